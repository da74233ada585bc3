"""What files there are and what their bytes are: as git sees them, and without git alike."""

from __future__ import annotations

import os

import pytest

from mimin.errors import WorkspaceError
from mimin.workspace.tree import UNREADABLE, blob_id, find_root, scan

POST = "content/kopi-senja/posts/a.md"
PICTURE = "content/kopi-senja/posts/a.png"


def test_git_and_no_git_see_the_same_bytes(place):
    place.write({POST: "Halo\n", PICTURE: {"image": "4x3 png"}, "reports/a.yml": {"link": "b.yml"}})
    without = dict(scan(place.root).blobs)
    place.commit()
    assert dict(scan(place.root).blobs) == without
    assert without[POST] == place.git("rev-parse", f"HEAD:{POST}").strip()
    assert without["reports/a.yml"] == blob_id(b"b.yml")


@pytest.mark.parametrize("staged", [True, False])
def test_the_bytes_in_the_folder_count_and_not_those_of_the_index(staged, place):
    place.write({POST: "Satu\n", PICTURE: "x"})
    place.commit()
    place.write({POST: "Dua\n", PICTURE: None, "calendar/kopi-senja.yml": "x"})
    if staged:
        place.git("add", "-A")
    blobs = scan(place.root).blobs
    assert blobs[POST] == blob_id(b"Dua\n")
    assert PICTURE not in blobs
    assert blobs["calendar/kopi-senja.yml"] == blob_id(b"x")


def test_an_edit_after_staging_is_seen(place):
    place.write({POST: "Satu\n"})
    place.commit()
    place.write({POST: "Dua\n"})
    place.git("add", "-A")
    place.write({POST: "Tiga\n"})
    assert scan(place.root).blobs[POST] == blob_id(b"Tiga\n")


def test_what_git_ignores_is_not_there(place):
    place.write({".gitignore": "*.tmp\n", "content/kopi-senja/posts/a.tmp": "x"})
    place.commit()
    assert "content/kopi-senja/posts/a.tmp" not in scan(place.root).blobs


def test_a_repository_inside_the_workspace_is_not_left_out_in_silence(place, place_at):
    place.commit()
    inner = place_at(place.root / "content/kopi-senja/posts/inner", {"a.md": "x"})
    inner.commit()
    blobs = scan(place.root).blobs
    assert blobs["content/kopi-senja/posts/inner"] == UNREADABLE


def test_names_with_quotes_spaces_and_other_alphabets_come_through(place):
    names = [f"content/kopi-senja/posts/{name}.md" for name in ("a b", 'a"b', "コ", "a\tb", "é")]
    place.write(dict.fromkeys(names, "x"))
    assert set(names) <= scan(place.root).blobs.keys()
    place.commit()
    assert set(names) <= scan(place.root).blobs.keys()


def test_reading_follows_no_link_and_waits_for_no_pipe(place):
    place.write({POST: {"link": "/etc/hostname"}})
    pipe = place.root / "content/kopi-senja/pipe.yml"
    os.mkfifo(pipe)
    tree = scan(place.root)
    for path in (POST, "content/kopi-senja/pipe.yml", "content/kopi-senja", "content/nowhere"):
        with pytest.raises(OSError, match=r".+"):
            tree.read(path)


def test_the_workspace_is_found_from_anywhere_inside(place, tmp_path):
    place.write({POST: "x"})
    assert find_root((place.root / POST).parent) == place.root.resolve()
    with pytest.raises(WorkspaceError, match=r"content/ and mkdocs\.yml"):
        find_root(tmp_path)
