"""CODEOWNERS as GitHub reads it."""

from __future__ import annotations

import fnmatch
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimin.workspace.codeowners import parse

POST = "content/kopi-senja/posts/2026/12/gajian.md"


def owners(text, path=POST):
    return parse(text.encode(), "CODEOWNERS").owners(path)


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*", POST, True),
        ("*.md", POST, True),
        ("*.md", "content/a.yml", False),
        ("/content/", POST, True),
        ("content/", POST, True),
        ("posts/", POST, True),
        ("/posts/", POST, False),
        ("posts", POST, True),
        ("/content/kopi-senja", POST, True),
        ("/content/kopi", POST, False),
        ("content/kopi-senja/*", POST, False),
        ("content/kopi-senja/*", "content/kopi-senja/brand.yml", True),
        ("content/kopi-senja/**", POST, True),
        ("kopi-senja/posts", POST, False),
        ("**/posts", POST, True),
        ("**/kopi-senja/posts", POST, True),
        ("content/**/gajian.md", POST, True),
        ("content/**/gajian.md", "content/gajian.md", True),
        ("content/*/posts/", POST, True),
        ("content/*/12/", POST, False),
        ("content/k?pi-senja/", POST, True),
        ("content/k?i-senja/", POST, False),
        ("GAJIAN.md", POST, False),
        ("gajian.md", POST, True),
        ("/gajian.md", POST, False),
        ("/content/kopi-senja/posts/2026/12/gajian.md", POST, True),
        ("gajian.md/", POST, False),
        ("a.c", "abc", False),
        ("*a*i*.md", POST, True),
        ("g*j*j*n.md", POST, False),
        ("*.md*", "content/a.md.bak", True),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("*a*a", "ba", False),
        ("with\\ space.md", "content/with space.md", True),
    ],
)
def test_patterns_fit_as_on_github(pattern, path, fits):
    assert bool(owners(f"{pattern} @ayu", path)) is fits


def test_the_last_line_that_fits_wins_alone():
    text = "* @rara\ncontent/ @ayu\ncontent/fjord/ @citra\n"
    assert owners(text) == ("ayu",)
    assert owners(text, "README.md") == ("rara",)


def test_a_line_without_owners_takes_them_away():
    assert owners("* @rara\ncontent/kopi-senja/\n") == ()


def test_comments_and_empty_lines_say_nothing():
    assert owners("# all\n\n  # more\n* @ayu @org/social # and @mallory\n") == ("ayu", "org/social")


def test_an_address_is_left_out_and_said():
    read = parse(b"* rara@example.com @ayu\n", ".github/CODEOWNERS")
    assert read.owners(POST) == ("ayu",)
    (remark,) = read.remarks
    assert remark.startswith(".github/CODEOWNERS:1: rara@example.com is an e-mail address")


@pytest.mark.parametrize("line", ["* ayu", "!* @mallory", "[a-z]* @mallory", "* @ayu and @citra"])
def test_a_line_that_github_skips_is_skipped_and_said(line):
    read = parse(f"* @rara\n{line}\n".encode(), "CODEOWNERS")
    assert read.owners(POST) == ("rara",)
    assert "CODEOWNERS:2: " in read.remarks[-1]


def test_a_file_larger_than_github_reads_names_nobody():
    read = parse(b"* @ayu\n" + b"#" * (3 * 1024 * 1024), "CODEOWNERS")
    assert read.owners(POST) == ()
    assert "GitHub ignores the file" in read.remarks[0]


@given(st.binary(max_size=200), st.text(min_size=1, max_size=30))
def test_no_file_is_too_strange_to_read(content, path):
    parse(content, "CODEOWNERS").owners(path)


@given(st.lists(st.from_regex(r"[a-z]{1,5}", fullmatch=True), min_size=1, max_size=5))
def test_every_path_fits_itself_its_folders_and_a_star(parts):
    path = "/".join(parts)
    assert owners(f"/{path} @ayu", path) == ("ayu",)
    assert owners("* @ayu", path) == ("ayu",)
    for depth in range(1, len(parts)):
        folder = "/".join(parts[:depth])
        assert owners(f"/{folder}/ @ayu", path) == ("ayu",)
        assert owners(f"/{folder}/** @ayu", path) == ("ayu",)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 40 + "b", "content/" + "a" * 200),
        ("**/a/" * 40 + "b", "a/" * 200 + "c"),
        ("/**" * 40 + "/b", "a/" * 200 + "c"),
        ("**/*a*/" * 40 + "b", "aa/" * 200 + "c"),
        ("**/a/*/" * 40 + "b", "a/" * 200 + "c"),
        ("*?" * 1000 + "b", "a" * 4000),
        ("a" * 4096, "a" * 4095),
        ("*" * 100_000, "a"),
    ],
)
def test_no_pattern_takes_long(pattern, path):
    begin = time.process_time()
    owners(f"{pattern} @ayu", path)
    assert time.process_time() - begin < 1


def _fits_slowly(parts, names):
    """Match as the manual of gitignore says it, trying everything."""
    if not parts:
        return True  # a name may be that of a folder
    if parts[0] == "**":
        if len(parts) == 1:
            return bool(names)
        return any(_fits_slowly(parts[1:], names[skip:]) for skip in range(len(names) + 1))
    if not names or not fnmatch.fnmatchcase(names[0], parts[0]):
        return False
    if len(parts) == 1 and parts[0] == "*":
        return len(names) == 1  # `docs/*` is the files of docs
    return _fits_slowly(parts[1:], names[1:])


_NAMES = st.sampled_from(["a", "b", "ab", "ba"])


@given(
    st.lists(st.sampled_from(["**", "*", "a", "b", "a*", "*b", "?"]), min_size=2, max_size=6),
    st.lists(_NAMES, min_size=1, max_size=7),
)
def test_two_stars_stand_for_any_number_of_folders(parts, names):
    pattern = "/" + "/".join(parts)
    assert bool(owners(f"{pattern} @ayu", "/".join(names))) is _fits_slowly(parts, names)
