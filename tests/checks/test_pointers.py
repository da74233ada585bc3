"""Git LFS: a pointer and the file behind it have one blob id, and are two different things."""

from __future__ import annotations

import stat

import pytest

P = "content/kopi-senja/posts/"
POST = "---\naccounts: bluesky\nat: 2026-12-01 09:05\nmedia: [{file: a.png, alt: K}]\n---\nHalo.\n"
SOON = "2026-12-01T09:06+07:00"
CLEAN = """\
#!/bin/sh
cat > "$0.$$"
if head -c 7 "$0.$$" | grep -q version; then cat "$0.$$"; else
s=$(sha256sum "$0.$$" | cut -c1-64)
cp "$0.$$" "$(dirname "$0")/$s"
printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%s\\nsize 1\\n' "$s"; fi
rm "$0.$$"
"""
SMUDGE = """\
#!/bin/sh
cat > "$0.$$"
s=$(sed -n 's/^oid sha256://p' "$0.$$")
if [ -n "$s" ] && [ -f "$(dirname "$0")/$s" ]; then cat "$(dirname "$0")/$s"; else cat "$0.$$"; fi
rm "$0.$$"
"""


@pytest.fixture
def lfs(place, tmp_path):
    """A workspace whose picture git stores as a pointer; it can be pulled, and dropped again."""
    tools = tmp_path / "filter"
    tools.mkdir()
    for name, text in (("clean", CLEAN), ("smudge", SMUDGE)):
        (tools / name).write_text(text)
        (tools / name).chmod(stat.S_IRWXU)
    place.write({f"{P}a.md": POST, f"{P}a.png": {"image": "40x30 png"}})
    place.write({".gitattributes": "*.png filter=fk\n"})
    place.git("init", "-q")
    place.git("config", "filter.fk.clean", str(tools / "clean"))
    place.git("config", "filter.fk.smudge", str(tools / "smudge"))
    place.commit()

    def check_out(smudge):
        place.git("config", "filter.fk.smudge", smudge)
        (place.root / P / "a.png").unlink()
        place.git("checkout", "-q", "--", "content")

    place.drop = lambda: check_out("cat")
    place.pull = lambda: check_out(str(tools / "smudge"))
    assert place.git("show", f"HEAD:{P}a.png").startswith("version https://git-lfs")
    return place


def is_refused(place):
    found = place.check(now="2026-12-01T09:00+07:00")
    return "[media-is-lfs-pointer]" in found.out and found.code == 1


def test_a_pointer_is_one_until_its_file_comes_and_no_longer(lfs):
    lfs.drop()
    assert is_refused(lfs)
    assert is_refused(lfs)
    lfs.pull()
    assert not is_refused(lfs)
    assert lfs.check(now="2026-12-01T09:00+07:00").code == 0


def test_a_file_that_becomes_a_pointer_again_is_noticed(lfs):
    assert not is_refused(lfs)
    lfs.drop()
    assert is_refused(lfs)


def test_the_file_behind_a_pointer_is_published(lfs):
    """Its bytes are not those of the blob, and yet are what was committed."""
    lfs.drop()
    assert "published" not in lfs.run("publish", "--now", SOON).out
    lfs.pull()
    ran = lfs.run("publish", "--now", SOON)
    assert "published kopi-senja/a@bluesky" in ran.out
    assert ran.code == 0


def test_a_checkout_with_windows_line_ends_says_and_plans_what_one_with_unix_ones_does(place):
    place.write({f"{P}a.md": POST.replace("media: [{file: a.png, alt: K}]\n", "")})
    place.write({".gitattributes": "* text=auto eol=crlf\n"})
    place.commit()
    (place.root / P / "a.md").unlink()
    place.git("checkout", "-q", "--", "content")
    assert b"\r\n" in (place.root / P / "a.md").read_bytes()
    assert not place.check().out
    plan = place.run("plan", "--now", SOON, "--format", "json")
    assert plan.code == 0
    place.write({".gitattributes": "* text=auto eol=lf\n"})
    place.git("commit", "-q", "-am", "LF")
    (place.root / P / "a.md").unlink()
    place.git("checkout", "-q", "--", "content")
    assert b"\r" not in (place.root / P / "a.md").read_bytes()
    assert not place.check().out
    assert place.run("plan", "--now", SOON, "--format", "json").out == plan.out
