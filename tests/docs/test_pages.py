"""Pages hang together: links lead somewhere, and nothing that the product has goes unsaid."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click
import pytest

import mimin
from mimin.cli.main import COMMANDS, main

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "content/handbook").glob("*.md")), ROOT / "README.md"]
PAGES += [ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^(`{3,}).*?^\1$", re.DOTALL | re.MULTILINE)


def _links(path):
    prose = re.sub(r"`[^`\n]+`", "", _FENCED.sub("", path.read_text()))
    return [target for target in _LINK.findall(prose) if "://" not in target]


def _slug(heading):
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())


def _anchors(path):
    text = _FENCED.sub("", path.read_text())
    return {_slug(line.lstrip("#")) for line in text.splitlines() if line.startswith("#")}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_to_a_place_that_exists(path):
    for target in _links(path):
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        assert there.exists(), f"{path.name} links to {target}"
        if anchor:
            assert anchor in _anchors(there), f"{path.name} links to {target}"


def _commands(group, before=()):
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        yield (*before, name)
        if isinstance(command, click.Group):
            yield from _commands(command, (*before, name))


def test_the_reference_shows_the_help_of_every_command():
    path = ROOT / "content/handbook/commands.md"
    for words in (" ".join(words) for words in _commands(main)):
        shown = f"$ mimin {words} --help\n"
        if os.environ.get("UPDATE_DOCS") and shown not in path.read_text():
            with path.open("a") as page:  # the next run puts in what it prints
                page.write(f"\n## mimin {words}\n\n```console\n{shown}```\n")
        assert shown in path.read_text(), "UPDATE_DOCS=1, twice, adds it"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_used_in_some_task(command):
    tasks = [path for path in PAGES if path.name not in {"commands.md", "README.md"}]
    assert any(f"$ mimin {command}" in path.read_text() for path in tasks)


def test_every_page_of_the_handbook_is_linked_from_its_front_page():
    front = (ROOT / "content/handbook/index.md").read_text()
    for path in sorted((ROOT / "content/handbook").glob("*.md")):
        assert path.name == "index.md" or f"]({path.name})" in front, path.name


def test_the_change_log_knows_this_version():
    assert f"## [{mimin.__version__}]" in (ROOT / "CHANGELOG.md").read_text()
