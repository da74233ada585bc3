"""What the handbook shows is what happens."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml

HANDBOOK = Path(__file__).parents[2] / "content/handbook"
FIRST = "start.md"
PAGES = sorted(path.name for path in HANDBOOK.glob("*.md"))
SHOWN = [page for page in PAGES if "\n```" in (HANDBOOK / page).read_text()]
NOW = "2026-12-01T09:00+07:00"


@pytest.mark.parametrize("page", SHOWN)
def test_commands_print_what_the_page_says_and_its_files_have_no_problems(page, request):
    someone = request.getfixturevalue("reader" if page == FIRST else "settled_reader")
    someone.read(HANDBOOK / page)
    found = someone.mimin(["check", "--now", NOW])
    if os.environ.get("UPDATE_DOCS"):
        _rewrite(HANDBOOK / page, someone.changes)
    assert someone.code == 0, f"{page} leaves problems behind:\n{found}"
    assert "0 warnings" in found, found


def _rewrite(path, changes):
    """Write anew what commands print, for a person to judge."""
    lines = path.read_text().splitlines()
    for command, actual in reversed(changes):
        start = command.line + command.words.count("\n")
        while lines[start].startswith("> "):
            start += 1
        shown = [line.rstrip() for line in actual.strip("\n").split("\n")] if actual.strip() else []
        if lines[start + len(command.output) - 1 : start + len(command.output)] == [""]:
            shown.append("")
        lines[start : start + len(command.output)] = shown
    path.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("page", PAGES)
def test_an_example_of_a_file_says_which_file_it_is(page, blocks):
    for block in blocks(HANDBOOK / page):
        if block.kind in {"markdown", "yaml"}:
            assert block.title, f"{block} is tested only with a title"


@pytest.mark.parametrize("page", PAGES)
def test_workflows_pin_every_action_to_a_commit(page, blocks):
    for block in blocks(HANDBOOK / page):
        if block.title.startswith(".github/workflows/"):
            workflow = yaml.safe_load(block.text)
            assert "permissions" in workflow, f"{block} says what it may do"
            used = re.findall(r"uses: *(\S+)", block.text)
            assert used
            for action in used:
                assert re.search(r"@[0-9a-f]{40}$", action), f"{block}: {action} is not pinned"


def test_no_recorded_output_holds_a_failure_that_the_page_does_not_announce(reader):
    reader.write("page.md", "```console\n$ mimim schema brand > brand.json\n```\n")
    with pytest.raises(AssertionError, match="ends with 127, and the page says nothing of it"):
        reader.read(reader.root / "page.md")
    reader.write("page.md", "```console\n$ mimim schema brand | cat\n…\n```\n")
    with pytest.raises(AssertionError, match=r"does not work: .*not found"):
        reader.read(reader.root / "page.md")
    reader.write("page.md", "<!-- exit: 2 -->\n\n```console\n$ mimin chekc\n…\n```\n")
    with pytest.raises(AssertionError, match="does not work: Usage: mimin"):
        reader.read(reader.root / "page.md")


def test_a_failure_that_the_page_announces_is_an_example(reader):
    for page in (
        "```console\n$ grep -q x mkdocs.yml\n$ echo $?\n1\n```\n",
        "<!-- exit: 1 -->\n\n```console\n$ grep -q x mkdocs.yml\n```\n",
    ):
        reader.write("page.md", page)
        reader.read(reader.root / "page.md")


def test_a_page_finds_mimin_though_no_virtual_environment_is_active(reader, monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    assert '"$schema"' in reader.run("mimin schema brand | while read line; do echo $line; done")
    assert reader.code == 0
