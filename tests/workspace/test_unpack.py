"""Unpacking: what is in a commit lands in its folder, and nowhere else, on any Python."""

from __future__ import annotations

import io
import tarfile

import pytest

from mimin.workspace.unpack import unpack, unpack_checked


def packed(*members):
    """Make a tar of (name, content) and, for a link, of (name, None, where it leads to)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content, *link in members:
            member = tarfile.TarInfo(name)
            if link:
                member.type, member.linkname = tarfile.SYMTYPE, link[0]
            else:
                member.size = len(content)
            tar.addfile(member, io.BytesIO(content or b""))
    return out.getvalue()


def by_hand(archive, root):
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        unpack_checked(tar, root)


WAYS = pytest.mark.parametrize("way", [unpack, by_hand])


@WAYS
def test_files_land_in_the_folder(way, tmp_path):
    way(packed(("content/a.md", b"Halo"), ("content/b.md", None, "a.md")), tmp_path)
    assert (tmp_path / "content/a.md").read_text() == "Halo"
    assert (tmp_path / "content/b.md").is_symlink()


@WAYS
@pytest.mark.parametrize(
    "member",
    [
        ("../out.md", b"x"),
        ("content/../../out.md", b"x"),
        ("content/out", None, "../../out"),
        ("content/out", None, "/etc/passwd"),
    ],
)
def test_nothing_leads_out_of_it(way, member, tmp_path):
    root = tmp_path / "workspace"
    root.mkdir()
    with pytest.raises(tarfile.TarError):
        way(packed(member), root)
    assert not (tmp_path / "out.md").exists()
