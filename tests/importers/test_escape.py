from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mimin.compose.parts import passages
from mimin.importers.escape import escape, escape_breaks

PIECES = st.sampled_from(
    [
        *"ab1_*[]()<>\\`&#;!|{}~@:/.-+=\"' \n\t?é👍",
        *("http://", "https://a_b.c/d_", "---", "&amp;", "&#10;", "1. ", "- ", "===", "* * *"),
        *("\n\n\n", "    ", "[x]: y", "> ", "```", "~~~", "![a](b)", "\r\n"),
    ]
)


def as_typed(text: str) -> str:
    """Give a text without what is never kept: spaces at line ends, empty lines around it."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return "\n".join(lines).strip("\n")


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_escaped_text_reads_back_as_it_was_typed(text: str) -> None:
    typed = as_typed(text)
    found, _ = passages(escape(text), "bare")
    assert [passage.text for passage in found] == [typed]


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=60))
def test_any_script_and_sign_reads_back(text: str) -> None:
    found, _ = passages(escape(text), "bare")
    assert [passage.text for passage in found] == [as_typed(text)]


@pytest.mark.parametrize(
    "text",
    ["Kopi #senja di https://kopi.example/a_b?c=d&e=f hari ini (50%).", "snake_case 3.5 - a/b"],
)
def test_text_that_is_safe_stays_readable(text: str) -> None:
    assert escape(text) == text


def test_a_line_of_dashes_does_not_cut_a_thread() -> None:
    assert len(passages(escape("a\n---\nb"), "bare")[0]) == 1
    assert len(passages(escape_breaks("a\n\n---\n\n**b**"), "bare")[0]) == 1
