"""Links, mentions, hashtags and cashtags in plain text, found as Bluesky's own client finds them.

On Bluesky nothing in a text is clickable by itself: each of these becomes a facet over a stretch of
UTF-8 bytes, and it is the sender who has to find them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

import regex  # type: ignore[import-untyped]  # it ships no types

from mimin.networks import grammar
from mimin.networks.counting import graphemes, utf8_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

TAG_LENGTH = 64
"""Longest hashtag, in graphemes as Bluesky's client counts it (app.bsky.richtext.facet#tag)."""


class Kind(StrEnum):
    """What a span is."""

    LINK = "link"
    MENTION = "mention"
    TAG = "tag"
    CASHTAG = "cashtag"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text that means something, in code points."""

    start: int
    end: int
    kind: Kind
    value: str
    """Link: its full address. Mention: the handle without @. Tag: without #. Cashtag: `$ABCD`."""


# Nothing begins in the middle of a word, an address or another tag. An emoji, a quote or a bracket
# in front is fine.
_LEAD = r"(?<![\w@\uFF20#\uFF03$./-])"

_REST = r"[^\s<>\"“”«»「」]*"
_SCHEMED = re.compile(rf"{_LEAD}https?://(?![/?#]){_REST}", re.IGNORECASE)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_BARE = re.compile(
    rf"{_LEAD}(?=[A-Za-z])((?:{_LABEL}\.)+([A-Za-z0-9]+))(?![A-Za-z0-9_@(\u00C0-\u024F-]|\.\w)"
    rf"(?::\d+)?(?:[/?#]{_REST})?"
)
_MENTION = re.compile(rf"{_LEAD}@([A-Za-z0-9.-]+)(?a:\b)")
_CASHTAG = re.compile(rf"{_LEAD}(\$[A-Za-z][A-Za-z0-9]{{0,4}})(?=[\s.,;:!?)\"'\u2019]|$)")

# A tag begins a word and may hold nearly anything, as long as something in it is neither digit nor
# punctuation. What is invisible or encloses the character before it ends a tag; U+FE0F after #
# makes a keycap of it. (Looking back from behind the # is three times as fast as from before it.)
_TAG = re.compile(r"[#\uFF03](?<!\S.)(?!\uFE0F)([^\s\u00AD\u200A\u200B\u200C\u200D\u2060\u20E2]+)")
_SOLID = regex.compile(r"[^0-9\p{P}]")
_PUNCTUATION = regex.compile(r"\p{P}")

_SENTENCE_MARKS = ".,;:!?'\u2019\u2026\u3001\u3002\uff0c\uff01\uff1f"
_BRACKETS = {")": "(", "]": "[", "}": "{", "\uff09": "\uff08"}


@lru_cache(maxsize=64)
def detect(text: str) -> tuple[Span, ...]:
    """Find all links, mentions, hashtags and cashtags; in order, none over another.

    A mention is a handle by its form; whether the account exists is for the caller to find out.
    The accounts of a post mostly have one text, so the answer is kept for the next of them.
    """
    found: list[Span] = []
    for span in sorted(_candidates(text)):
        if not found or span.start >= found[-1].end:
            found.append(span)
    return tuple(found)


def byte_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Give the place of `text[start:end]` in UTF-8 bytes."""
    first = utf8_bytes(text[:start])
    return first, first + utf8_bytes(text[start:end])


def _candidates(text: str) -> Iterator[Span]:
    if "://" in text:
        yield from _schemed_links(text)
    yield from _bare_links(text)
    if "@" in text:
        yield from _mentions(text)
    if "#" in text or "\uff03" in text:
        yield from _tags(text)
    if "$" in text:
        for match in _CASHTAG.finditer(text):
            yield Span(*match.span(), Kind.CASHTAG, match[1].upper())


def _schemed_links(text: str) -> Iterator[Span]:
    for match in _SCHEMED.finditer(text):
        url = _trim(match[0])
        if url.partition("://")[2]:
            yield Span(match.start(), match.start() + len(url), Kind.LINK, url)


def _bare_links(text: str) -> Iterator[Span]:
    for start, end in grammar.dotted(text):
        for match in _BARE.finditer(text, start, end):
            if grammar.is_top_level(match[2]):
                url = _trim(match[0])
                yield Span(match.start(), match.start() + len(url), Kind.LINK, f"https://{url}")


def _mentions(text: str) -> Iterator[Span]:
    for match in _MENTION.finditer(text):
        domain, _, last = match[1].rpartition(".")
        # .test is reserved for trying things out; Bluesky's client lets it through as well.
        if domain and (last == "test" or grammar.is_top_level(last)):
            yield Span(*match.span(), Kind.MENTION, match[1])


def _tags(text: str) -> Iterator[Span]:
    for match in _TAG.finditer(text):
        tag = _without_punctuation(match[1])
        if _SOLID.search(tag) and graphemes(tag) <= TAG_LENGTH:
            yield Span(match.start(), match.start() + 1 + len(tag), Kind.TAG, tag)


def _without_punctuation(tag: str) -> str:
    """Take punctuation off the end; a pattern would begin anew at each sign of it."""
    end = len(tag)
    while end and _PUNCTUATION.match(tag, end - 1):
        end -= 1
    return tag[:end]


def _trim(url: str) -> str:
    """Leave what belongs to the sentence around a link: marks and brackets that it did not open."""
    end = len(url)
    surplus: dict[str, int] = {}  # how many more of a bracket close than open, up to `end`
    while True:
        last = url[end - 1]
        opened = _BRACKETS.get(last)
        if opened is not None and last not in surplus:
            surplus[last] = url.count(last, 0, end) - url.count(opened, 0, end)
        if last not in _SENTENCE_MARKS and (opened is None or surplus[last] <= 0):
            return url[:end]
        end -= 1
        if opened is not None:
            surplus[last] -= 1
