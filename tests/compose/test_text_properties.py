"""What must hold for any text that somebody may write."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mimin.compose import text as text_module
from mimin.compose.parts import passages, scan, split
from mimin.compose.text import is_marked_up, plain, render
from mimin.compose.walk import walk

MARKS = st.sampled_from(
    [
        "*",
        "**",
        "_",
        "`",
        "```\n",
        "~~~\n",
        "[",
        "](",
        ")",
        "![",
        "<",
        ">",
        "<!--",
        "-->",
        "&amp;",
        "#",
        "# ",
        "- ",
        "1. ",
        "> ",
        "---",
        "\n---\n",
        "\n",
        "\n\n",
        "  ",
        "\\",
        "@",
        "@{",
        "}",
        "=",
        "https://a.example/_b_",
        "<https://a.example>",
        "\t",
        "    ",
        "\xa0",
        "☕️",
        "kopi",
        "a_b",
        "+",
        "~",
        "[a]: https://b.example",
        "2*3",
        "1",
        ".",
        "\r\n",
        "\x00",
        "\x0c",
        "\u2028",
        "<b>",
        ":",
        "//",
        "&",
    ]
)
CAPTIONS = st.one_of(st.text(max_size=80), st.lists(MARKS, max_size=25).map("".join))
WORDS = st.lists(
    st.sampled_from(
        [
            "kopi",
            "susu",
            "#Ngopi",
            "@kopi_senja",
            "15rb",
            "☕️",
            "5 * 3",
            "a_b",
            "—",
            "&",
            "(x)",
            "!",
        ]
    ),
    min_size=1,
    max_size=30,
)


@given(CAPTIONS, st.sampled_from(["facet", "bare", "marked"]))
@settings(max_examples=400)
def test_any_text_is_read_without_a_crash_and_its_spans_lie_on_words(body: str, links: str) -> None:
    found, remarks = passages(body, links)
    count = body.count("\n") + body.count("\r") + 1
    for passage in found:
        end = 0
        for span in sorted(passage.spans, key=lambda span: span.start):
            assert end <= span.start < span.end <= len(passage.text)
            shown = passage.text[span.start : span.end]
            assert shown == shown.strip()
            end = span.end
        assert 0 <= passage.line < count
        assert "\n\n\n" not in passage.text or "`" in body or "~" in body or "\\" in body
        assert not re.search(r"[ \t]$", passage.text, re.MULTILINE)
    assert all(0 <= remark.line < count for remark in remarks)


@given(CAPTIONS)
@settings(max_examples=400)
def test_the_short_way_reads_like_the_parser(body: str) -> None:
    for piece in split(body)[0]:
        if text_module._SIGNIFICANT.search(piece.source):
            continue
        slow = walk(piece.source, "facet", piece.lines)
        assert plain(piece.source) == slow.text
        assert render(piece.source, "facet", piece.lines) == slow


@given(CAPTIONS | st.text("\n -a.)1#>+~_&;*\u0661", max_size=12))
@settings(max_examples=600)
def test_no_markup_escapes_the_quick_look(body: str) -> None:
    assert is_marked_up(body) == bool(text_module._SIGNIFICANT.search(body))


LINES = st.sampled_from(
    ["---", " ---", "   --- ", "    ---", "----", "--- a", "a", "", " ", "\t", "<!-- a -->", "```"]
)


@given(CAPTIONS | st.lists(LINES, max_size=9).map("\n".join))
@settings(max_examples=600)
def test_parts_are_cut_at_once_where_reading_every_line_cuts_them(body: str) -> None:
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    assert split(body) == scan(body)


@given(
    st.lists(st.text("abc019 \n.,!?#@_&:;()/=<>+-*~'\"\u00e9☕", max_size=40), max_size=4).map(
        "\n".join
    )
)
@settings(max_examples=400)
def test_the_short_way_reads_captions_like_the_parser(body: str) -> None:
    if not text_module._SIGNIFICANT.search(body):
        lines = range(body.count("\n") + 1)
        assert render(body, "facet", lines) == walk(body, "facet", lines)


@given(WORDS, st.data())
def test_parts_together_keep_every_word(words: list[str], data: st.DataObject) -> None:
    glue = st.sampled_from([" ", "\n", "\n\n", "\n---\n", "\n\n---\n\n"])
    body = words[0] + "".join(data.draw(glue) + word for word in words[1:])
    found, remarks = passages(body, "facet")
    assert " ".join(passage.text for passage in found).split() == " ".join(words).split()
    assert not remarks


@given(
    st.lists(st.sampled_from(["kopi", "*susu*", "👩🏽‍🍳", "\n", "![x](y.jpg)", "- "]), max_size=12)
)
def test_a_span_lies_on_its_own_words_wherever_they_land(before: list[str]) -> None:
    body = " ".join(before) + " [menu kami](https://a.example) akhir"
    (passage,), _ = passages(body, "facet")
    (span,) = passage.spans
    assert passage.text[span.start : span.end] == "menu kami"
    (bare,), _ = passages(body, "bare")
    assert "menu kami (https://a.example) akhir" in bare.text


def test_what_is_reviewed_is_sent_without_normalising() -> None:
    decomposed = "cafe\u0301 \ufb01n"
    assert render(decomposed, "facet").text == decomposed


@pytest.mark.parametrize(
    "source", ["Kopi susu @kopi_senja 15rb\n\n#Ngopi https://a.example/b_c?d=1&e=2", "☕️"]
)
def test_a_typical_caption_does_not_need_the_parser(source: str) -> None:
    assert not text_module._SIGNIFICANT.search(source)
