"""The short way through front matter gives what the parser gives, or leaves it to the parser."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mimin.workspace.frontmatter import parse_yaml, read_document, read_yaml, split_document
from mimin.workspace.simple_yaml import read_simple

LINES = [
    "at: 2026-12-01 10:30",
    "on: no",
    "title: Kopi: enak",
    "title: Kopi #1",
    "title: kopi#1",
    "title: a::b",
    "title: ends:",
    "title: null",
    "title: ~",
    "title:",
    "title: ",
    "title:  dua spasi",
    "title: buntut ",
    'title: "Kopi: enak #1"',
    'title: ""',
    'title: "a\\nb"',
    "title: 'it''s'",
    "title: '#kopi'",
    "title: @kopi",
    "title: *kopi",
    "title: &a b",
    "title: !!str b",
    "title: [a",
    "title: a] b, {c}",
    "title: \u2615 kopi",
    "title: kopi \u2615\ufe0f",
    "title: \u00e9t\u00e9 \u00a0",
    "title: a\u2028b",
    "title: a\tb",
    "title: - a",
    "title: a - b ? c",
    "title: |",
    "note: >-",
    "note: >",
    "note: >-\n  satu\n  dua # bukan komentar: ya",
    "note: >-\n  satu\n\n  dua",
    "note: >-\n  satu\n   dua",
    "note: >-\n    satu\n    dua",
    "note: >-\n  - satu\n  a: b",
    "tags: [Kopi, Susu]",
    "tags: [Kopi,Susu]",
    "tags: [a:b, c]",
    "tags: [a, null]",
    "tags: []",
    "tags: [a, ]",
    "tags: [a b , c]",
    "tags: [a- b, 1.5]",
    "tags: [http://a]",
    "accounts:\n  - bluesky\n  - x",
    "accounts:\n  - null\n  - a: b",
    "accounts:\n- bluesky",
    "accounts:\n    - bluesky",
    "accounts:\n  - a\n    b",
    "accounts:\n  - [a, b]",
    "accounts:\n  - a \n  - b",
    "media:\n  - file: a.jpg\n    alt: 'Cangkir: dua'\n  - file:  b.jpg\n    alt: null",
    'media:\n  - file: a.jpg\n    alt: " Cangkir "\n    file: b.jpg',
    "media:\n  - file: a.jpg\n     alt: b",
    "media:\n  - file: a.jpg\n   alt: b",
    "media:\n  - file: a.jpg\n    alt: b: c",
    "media:\n  - file: a.jpg\n    alt:",
    "media:\n  - file: a.jpg\n  - b",
    "media:\n  - b\n  - file: a.jpg",
    "media:\n  - card: promo\n    values: {a: b}",
    "media:\n  - card: promo\n    values:\n      a: b",
    "  - lanjut",
    "    lanjut: x",
    "  lanjut",
    "# komentar",
    "",
    "...",
    "---",
    "? a",
    "a b: c",
    "A: b",
    "a : b",
    "a:b",
    "\u00e9: a",
    "<<: a",
    "repeat: {every: week}",
    "media:\n  - file: a.jpg\n    alt: Cangkir",
]
SIGNS = "ab1 :#-'\"[]{},>|*&!%@`~?.\\\n\n\t\r\u00a0\u00e9\u2615\x85\u2028\ufeff"
TEXTS = st.one_of(
    st.lists(st.sampled_from(LINES), min_size=1, max_size=6).map("\n".join),
    st.lists(st.text(SIGNS, max_size=8).map("a: ".__add__), max_size=3).map("\n".join),
    st.text(SIGNS, max_size=8).map("at: x\nb: {}\nc: y".format),
    st.text(SIGNS, max_size=8).map("a:\n  - {}\n  - b".format),
    st.text(SIGNS, max_size=8).map("a: [b, {}, c]".format),
    st.text(SIGNS, max_size=8).map("a: >-\n  {}\n  b".format),
    st.text(SIGNS, max_size=8).map('a: "{}"'.format),
    st.text(SIGNS, max_size=8).map("a: '{}'".format),
    st.text(SIGNS, max_size=8).map("a:\n  - b: {}\n    c: d".format),
    st.text(SIGNS, max_size=8).map("a:\n  - b: c\n    {}\n    d: e".format),
    st.characters().map("a:\n  - b: {0}\n    c: x{0}y".format),
    st.characters().map("a: b{}c".format),
    st.characters().map("a: {}".format),
    st.characters().map("a:\n  - b{}".format),
    st.characters().map("a: [{0}, b{0}c]".format),
    st.characters().map("a: >-\n  {}\n  b".format),
    st.characters().map("a: '{}'".format),
).map(lambda text: text + "\n")


def _all_of(fields):
    return fields.values, fields.faults, fields.first_line, fields.broken


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("after", ["", "z: a\n", "  - a\n", "  a\n", "\n"])
def test_each_form_means_what_it_means_in_yaml(line, after):
    text = f"{line}\n{after}"
    assert _all_of(read_yaml(text)) == _all_of(parse_yaml(text))


@given(TEXTS)
@settings(max_examples=1500)
@example("a: b\na: c\n")
@example("a: b\n\n")
@example("a: b")
@example("a" * 2000 + ": b\n")
@example("a: 'b'\nc: \"\"\nd: [e]\nf: >-\n  g\nh:\n  - i\n")
def test_the_short_way_reads_like_the_parser(text):
    short, long = read_yaml(text, first_line=3), parse_yaml(text, first_line=3)
    assert _all_of(short) == _all_of(long)
    for name, value in long.values.items():
        places = [(name,), (name, 0), (name, "x"), (name, 0, "b"), (name, 1, "alt")]
        for place in places:
            assert short.locate(place) == long.locate(place), value
            assert short.locate(place, key=True) == long.locate(place, key=True)
            assert short.holds(place) == long.holds(place)
    assert short.locate(("missing",)) == long.locate(("missing",))


PIECES = st.sampled_from(
    ["---", "----", "--", "\n", "\n", "\n---\n", "---\n", " ", "\t", "a: b", "Halo", "\x0c", "\x85"]
)


@given(st.lists(PIECES, max_size=9).map("".join))
@settings(max_examples=1500)
@example("---\na: b\n---\nHalo")
@example("---\na: b\n---\n\n\nHalo\n---\nlagi\n")
@example("---\na: b\n---\n \nHalo")
@example("---\na: b\n---x\n---\nHalo")
@example("---\n---\nHalo")
@example("---\n\n---\nHalo")
def test_a_file_is_taken_apart_as_python_frontmatter_does(text):
    short, long = read_document(text), split_document(text)
    assert (short.body, short.body_line) == (long.body, long.body_line)
    assert _all_of(short.fields) == _all_of(long.fields)


def test_what_a_typical_post_says_needs_no_parser():
    assert read_simple(
        "title: Gajian \u2615\nat: 2026-12-01 10:30\naccounts:\n  - bluesky\n  - x\n"
        'tags: [Kopi, Pagi]\nlink: https://kopi.example/a?b=1\nnote: "Dua: tiga"\n'
    )


def test_a_text_over_the_limit_is_left_to_what_refuses_it():
    text = f"note: {'a' * 70_000}\n"
    assert [fault.code for fault in read_yaml(text).faults] == ["yaml-too-large"]
