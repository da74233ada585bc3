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


BRANDS = {
    "batik-ayu": ("Batik Ayu", ("instagram", "facebook", "tiktok", "pinterest", "whatsapp")),
    "sd-harapan": ("SD Harapan", ("facebook", "instagram", "telegram", "x", "linkedin")),
    "rara-musik": ("Rara Musik", ("mastodon", "bluesky", "threads", "discord", "x")),
}
"""Three brands that are not coffee: their names, and the networks they try."""
DEMO = re.compile(r"kopi|coffee|sangrai|cupping|senja|fjord", re.IGNORECASE)
TEMPLATES = sorted((ROOT / "templates/posts").glob("*.md"))


def taken_out(clone):
    """Take the demo out as the README says."""
    for command in re.findall(r"^ *git (rm .+)$", README, re.MULTILINE):
        clone.git(*shlex.split(command))


def described(brand):
    """Write a brand.yml whose accounts try several networks in the sandbox."""
    name, networks = BRANDS[brand]
    rows = [f"  {each}: {{network: sandbox, like: {each}, handle: {brand}}}\n" for each in networks]
    return f"name: {name}\nzone: Asia/Jakarta\nlanguages: [id, en]\naccounts:\n{''.join(rows)}"


THREADS = {"x", "bluesky", "mastodon", "threads"}
"""What knows threads, of the networks above."""


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
    taken_out(clone)
    found = clone.mimin(["check", "--now", NOW])
    assert clone.code == 0, found
    assert "0 posts checked: 0 errors, 0 warnings" in found
    assert not list((clone.root / "content").glob("*/brand.yml")), "a demo brand is left"


def test_nothing_of_the_demo_is_left_for_three_other_brands(clone):
    taken_out(clone)
    for brand in BRANDS:
        clone.write(f"content/{brand}/brand.yml", described(brand))
    clone.git("add", "-A")
    clone.git("commit", "-q", "-m", "Three brands of our own")
    left = [
        path.relative_to(clone.root).as_posix()
        for folder in FOLDERS
        for path in sorted((clone.root / folder).rglob("*"))
        if path.is_file()
        if DEMO.search(path.name) or DEMO.search(path.read_text(errors="replace"))
    ]
    assert left == []
    found = clone.mimin(["check", "--now", NOW])
    assert "0 errors, 0 warnings" in found
    planned = clone.mimin(["plan", "--month", "2026-12", "--now", NOW])
    assert not DEMO.search(planned), planned


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a_post_template_is_fine_in_any_brand(template, clone):
    """It names no account: the first check says which there are, the second has no more to say."""
    taken_out(clone)
    text = template.read_text()
    assert not DEMO.search(text)
    copies = [f"content/{brand}/posts/{brand}-1.md" for brand in BRANDS]
    for brand, path in zip(BRANDS, copies, strict=True):
        clone.write(f"content/{brand}/brand.yml", described(brand))
        clone.write(path, text)
    told = clone.mimin(["check", "--now", NOW]).splitlines()
    assert clone.code == 1
    ways = [
        re.match(r"(.+?):\d.* is not an account of \S+; it has ([^\[]+) \[", line)
        for line in told[:-1]
    ]
    assert all(ways), told
    assert {way[1] for way in ways} == set(copies)
    for path, known in (way.groups() for way in ways):
        accounts = known.split(", ")
        if template.stem == "utas":
            accounts = [each for each in accounts if each in THREADS]
        own = re.sub(r"accounts: \[.*?\]", f"accounts: [{', '.join(accounts)}]", text)
        own = re.sub(r"^# (at|expires|tags): ", r"\1: ", own, flags=re.MULTILINE)
        clone.write(path, own)
    if template.stem == "utas":  # the shop has no account that knows threads
        (clone.root / copies[0]).unlink()
    found = clone.mimin(["check", "--now", NOW])
    assert "0 errors, 0 warnings" in found, found


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
