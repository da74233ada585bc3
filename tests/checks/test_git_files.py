"""No file that steers git shows a reviewer other words than are sent, or none."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
POST = "content/kopi-senja/posts/a.md"
TEXT = "---\naccounts: bluesky\nat: 2026-12-03 10:30\n---\nHalo $Id$ dunia.\n"
FOLDERS = ("", "content/", "content/kopi-senja/posts/", "calendar/", "templates/", ".github/")
BAD = [
    *("ident", "eol=crlf", "filter=x", "filter", "filter=lfs", "working-tree-encoding=UTF-16"),
    *("working-tree-encoding=ISO-8859-1", "export-subst", "-diff", "binary"),
    *("linguist-generated", "linguist-generated=true", "gitlab-generated", "merge=union"),
]
GOOD = [
    *("text", "-text", "text=auto", "eol=lf", "diff", "diff=markdown", "merge", "merge=binary"),
    *("-ident", "-filter", "!filter", "-linguist-generated", "linguist-generated=false", "!diff"),
    *(
        "linguist-language=Markdown",
        "whitespace=trailing-space",
        "-merge",
        "crlf",
        "-crlf",
        "export-ignore",
    ),
]


@pytest.fixture
def workspace(place):
    place.write({POST: TEXT})
    place.commit()
    return place


def told(place, *args, code="git-file"):
    rows = (
        re.match(r"(.+?):(\d+):\d+: (\w+): (.*) \[(.+)\]$", line)
        for line in place.check(*args).lines
    )
    return [(m[1], int(m[2]), m[4]) for m in rows if m and m[5] == code and m[3] == "error"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_alters_or_hides_a_text_is_refused_in_every_folder(folder, workspace):
    path = f"{folder}.gitattributes"
    for pattern in ("*", "*.md", "a.md", '"a b.md"', "**", "*.m?", "[a-z]*", "*.YML", "[attr]x"):
        lines = [f"{pattern} {bad}" for bad in BAD]
        workspace.write({path: "# ident\n\n" + "\n".join(lines) + "\n"})
        assert [row[:2] for row in told(workspace)] == [(path, n) for n in range(3, 3 + len(BAD))]


def test_what_does_neither_is_fine(workspace):
    lines = [f"* {good}" for good in GOOD]
    lines += [
        "*.png filter=lfs diff=lfs merge=lfs -text",
        "*.[jJ][pP][gG] filter=lfs",
        "*.mp4 binary",
    ]
    lines += [
        "tools/** linguist-generated -diff",
        "/tests/x.md -diff",
        "*.lock -diff",
        "*.py ident",
    ]
    workspace.write(
        {".gitattributes": "\n".join(lines) + "\n", "tools/.gitattributes": "* -diff\n"}
    )
    assert told(workspace) == []


@pytest.mark.parametrize(
    "bad", ["ident", "eol=crlf", "working-tree-encoding=UTF-8", "linguist-generated"]
)
def test_of_media_too_no_bytes_are_changed_by_git_itself(bad, workspace):
    workspace.write({".gitattributes": f"*.png {bad}\n"})
    assert len(told(workspace)) == 1


def test_line_ends_of_windows_may_be_asked_for_where_git_asks_first_what_is_text(workspace):
    for line, number in (
        ("* text=auto eol=crlf", 0),
        ("* eol=crlf", 1),
        ("*.png text=auto eol=crlf", 1),
    ):
        workspace.write({".gitattributes": line + "\n"})
        assert len(told(workspace)) == number, line


@pytest.mark.parametrize("bad", BAD)
def test_whoever_does_what_it_says_is_told_no_more(bad, workspace):
    lines = [f"* {bad}"] if bad == "eol=crlf" else [f"* {bad}", f"* text=auto {bad} eol=lf"]
    for line in lines:
        workspace.write({".gitattributes": line + "\n"})
        ((_, _, message),) = told(workspace)
        way_out = message.partition("; ")[2]
        taken = line.replace(f" {bad}", "")
        workspace.write({".gitattributes": taken + "\n"})
        assert told(workspace) == []
        for other in re.findall(r"such as `(.+?)`", way_out):
            workspace.write({".gitattributes": f"{taken}\n{other}\n"})
            assert told(workspace) == []


@pytest.mark.parametrize("name", [".GITATTRIBUTES", ".GitAttributes"])
def test_a_disk_without_capitals_reads_it_by_any_spelling(name, workspace):
    path = f"content/kopi-senja/posts/{name}"
    workspace.write({path: "* -diff\n"})
    assert [row[0] for row in told(workspace)] == [path]


def test_it_is_told_whether_git_has_it_already_or_not_and_in_a_pull_request(workspace):
    base = workspace.commit()
    workspace.write({".gitattributes": "*.md -diff\n"})
    assert told(workspace) == told(workspace, "--base", base) != []
    workspace.commit()
    assert told(workspace) == told(workspace, "--base", base) != []
    workspace.write({".gitattributes": "*.md diff\n"})
    assert told(workspace) == []


def test_lines_as_windows_writes_them_are_read_and_are_no_fault(workspace):
    workspace.write({".gitattributes": b"\xef\xbb\xbf* text=auto\r\n*.md -diff\r\n"})
    assert [row[1] for row in told(workspace)] == [2]
    assert ".gitattributes" not in "".join(
        line for line in workspace.check().lines if "git-file" not in line
    )


@pytest.mark.parametrize(
    "text", ["* ident\n" * 110_000, "* " + "ident " * 160_000, '* "' * 300_000]
)
def test_a_very_long_one_takes_no_time(text, workspace):
    workspace.write({"content/.gitattributes": text})
    begun = time.process_time()
    ran = workspace.check()
    assert time.process_time() - begun < 10
    assert len(ran.lines) < 100


def test_attributes_that_can_not_be_read_are_told(workspace):
    workspace.write({"content/.gitattributes": {"link": "/etc/passwd"}})
    assert [row[0] for row in told(workspace, code="file-unreadable")] == ["content/.gitattributes"]


def test_a_module_of_git_among_the_files_of_the_workspace_is_told(workspace):
    workspace.write(
        {".gitmodules": "[submodule]\n\tpath = tools/a\n\turl = x\n[submodule]\n\tPath=Content/b\n"}
    )
    assert [row[:2] for row in told(workspace)] == [(".gitmodules", 5)]


def test_the_files_of_this_repository_pass(place):
    listing = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    steering = [p for p in listing if p.rpartition("/")[2] in {".gitattributes", ".gitmodules"}]
    place.write({path: (ROOT / path).read_text() for path in steering})
    place.commit()
    assert told(place) == []


WAYS = {
    "ident": ("*.md ident\n", {}),
    "filter": (
        "*.md filter=x\n",
        {"filter.x.smudge": "sed s/dunia/neraka/", "filter.x.clean": "sed s/neraka/dunia/"},
    ),
    "encoding": ("*.md working-tree-encoding=ISO-8859-1\n", {}),
}


@pytest.mark.parametrize("place_of", [".gitattributes", ".git/info/attributes"])
@pytest.mark.parametrize("way", WAYS)
def test_a_text_that_git_has_in_other_words_is_told_and_not_sent(way, place_of, workspace):
    """What is read is the disk, and what is reviewed is git's: both are the same, or it is said."""
    attributes, settings = WAYS[way]
    workspace.write({POST: TEXT.replace("dunia", "dunia Ã©")})
    many = (f"content/kopi-senja/posts/m{number}.md" for number in range(60))
    workspace.write(dict.fromkeys(many, "---\ndraft: yes\naccounts: bluesky\n---\nHai.\n"))
    workspace.commit()
    for name, value in settings.items():
        workspace.git("config", name, value)
    assert told(workspace, code="file-differs") == []
    workspace.write({place_of: attributes})
    (workspace.root / POST).unlink()
    workspace.git("checkout", "-q", "--", POST)
    assert workspace.git("status", "--porcelain", "--", POST) == ""
    ((path, _, message),) = told(workspace, code="file-differs")
    assert path == POST
    assert told(workspace, code="file-differs"), "nor is it forgotten"
    ran = workspace.run("publish", "--now", "2026-12-03T10:31+07:00")
    assert "published kopi-senja/a" not in ran.out
    (command,) = re.findall("`(git checkout .*?)`", message)
    (workspace.root / place_of).unlink()
    (workspace.root / POST).unlink()
    workspace.git(*command.split()[1:])
    assert told(workspace, code="file-differs") == []
    assert (
        "published kopi-senja/a" in workspace.run("publish", "--now", "2026-12-03T10:31+07:00").out
    )


def test_a_repository_of_longer_ids_is_compared_as_well(place):
    place.git("init", "-q", "--object-format=sha256")
    place.write({POST: TEXT})
    place.commit()
    assert told(place, code="file-differs") == []
    place.write({POST: TEXT + "Lagi.\n"})
    assert told(place, code="file-differs") == []
