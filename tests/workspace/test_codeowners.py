"""CODEOWNERS as GitHub reads it."""

from __future__ import annotations

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


def test_many_stars_take_no_time():
    assert owners(f"{'*a' * 40}b @ayu", "content/" + "a" * 200) == ()
