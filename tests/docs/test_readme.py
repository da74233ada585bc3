"""What the README tells a newcomer to do works."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
FOLDERS = ("content", "calendar", "templates", "reports")
NOW = "2026-12-01T09:00+07:00"


@pytest.fixture
def clone(reader):
    """A copy of this workspace's files, under git."""
    shutil.rmtree(reader.root / "content")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, reader.root / folder)
    reader.git("add", "-A")
    reader.git("commit", "-q", "-m", "Begin")
    return reader


def test_taking_the_demo_out_leaves_a_workspace_without_problems(clone):
    command = re.search(r"^ *git (rm .+)$", README, re.MULTILINE)[1]
    clone.git(*shlex.split(command))
    found = clone.mimin(["check", "--now", NOW])
    assert clone.code == 0, found
    assert "0 posts checked: 0 errors, 0 warnings" in found
    assert not list((clone.root / "content").glob("*/brand.yml")), "a demo brand is left"


def test_the_make_targets_that_are_named_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    pages = [README, (ROOT / "CONTRIBUTING.md").read_text()]
    pages += [path.read_text() for path in (ROOT / "content/handbook").glob("*.md")]
    named = {
        name for text in pages for name in re.findall(r"^ *make ([a-z-]+)", text, re.MULTILINE)
    }
    named |= {name for text in pages for name in re.findall(r"`make ([a-z-]+)", text)}
    assert named
    assert named <= targets


def test_the_smallest_python_that_is_named_is_the_one_that_is_asked_for():
    project = (ROOT / "pyproject.toml").read_text()
    least = re.search(r'requires-python = ">=(3\.\d+)"', project)[1]
    assert f"Python {least} or newer" in README
