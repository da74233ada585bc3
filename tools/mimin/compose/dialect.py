"""The Markdown that captions are written in: CommonMark without what silently eats text."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

NESTING = 60
"""Deepest nesting that is read; the parser drops what lies deeper, so the walk refuses it."""

_WORD = re.compile(r"[@#][\w.]*[^\W_]")
_ADDRESS = re.compile(r"://(?:[^\s<>\[\]()`\\\"&]|&(?!#?\w+;))*[^\W_/]/?")
_SCHEME = re.compile(r"(?<!\w)https?$", re.IGNORECASE)


@cache
def parser() -> MarkdownIt:
    """Build the one parser.

    Underlined headings are off because people underline with `-----` as an ornament; HTML blocks
    are off so that a tag is always found inside the text, and the text around it is kept.
    """
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"maxNesting": NESTING})
    markdown.disable(["lheading", "html_block"])
    markdown.inline.ruler.before("emphasis", "verbatim", _verbatim)
    markdown.normalizeLink = _as_written  # type: ignore[method-assign]
    return markdown


def _as_written(url: str) -> str:
    return url.replace(" ", "%20")


def _verbatim(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's signature
    """Keep handles, hashtags, addresses and sums whole: their `_` and `*` are not emphasis."""
    end = _verbatim_end(state)
    if not end:
        return False
    if not silent:
        state.pending += state.src[state.pos : end]
    state.pos = end
    return True


def _verbatim_end(state: StateInline) -> int:
    source, at = state.src, state.pos
    character = source[at]
    match = None
    if character in "@#":
        match = _WORD.match(source, at, state.posMax)
    elif character == ":" and _SCHEME.search(source, max(0, at - 6), at):
        match = _ADDRESS.match(source, at, state.posMax)
    elif (
        character == "*" and source[at - 1 : at].isdecimal() and source[at + 1 : at + 2].isdecimal()
    ):
        return at + 1
    return match.end() if match else 0
