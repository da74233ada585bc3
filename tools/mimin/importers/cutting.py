"""Long texts → the parts of a thread, for tools that cut by themselves what mimin wants written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _words(text: str) -> Iterator[re.Match[str]]:
    """Find blanks but for those inside a link, where the next bracket is its `](`."""
    found = []
    inside = False
    for match in reversed(list(_BLANK_OR_BRACKET.finditer(text))):
        if match[0] in "[]":
            inside = text.startswith("](", match.start())
        elif not inside:
            found.append(match)
    return reversed(found)


_BLANK_OR_BRACKET = re.compile(r"[ ]+|[\[\]]")
_SEAMS: tuple[Callable[[str], Iterator[re.Match[str]]], ...] = (
    re.compile(r"\n{2,}").finditer,
    re.compile(r"\n").finditer,
    re.compile(r"(?<=[.!?…])[ ]+(?!\S*\]\()").finditer,
    _words,
)
"""Where to cut, from best to worst: paragraphs, lines, sentences, words; never inside a link."""
_LEAST = 40
"""A part is not made smaller than this for the sake of what stands under it."""


def cut(text: str, width: int, head: int = 0, tail: int = 0) -> list[str]:
    """Cut *text* into parts of at most *width* characters.

    The first part leaves room for *head* (hashtags), the last one for *tail* (mentions). A word
    that is longer than a part stays whole.
    """
    parts = _cut(text, width, _SEAMS)
    if parts and len(parts[-1]) + tail > width >= tail + _LEAST:
        parts[-1:] = _cut(parts[-1], width - tail, _SEAMS)
    room = width - head - (tail if len(parts) == 1 else 0)
    if parts and len(parts[0]) > room >= _LEAST:
        parts[:1] = _cut(parts[0], room, _SEAMS)
    return parts


def _cut(
    text: str, width: int, seams: tuple[Callable[[str], Iterator[re.Match[str]]], ...]
) -> list[str]:
    if len(text) <= width or not seams:
        return [text]
    parts: list[str] = []
    start = end = after = 0
    for match in [*seams[0](text), None]:
        stop = match.start() if match else len(text)
        if stop - start > width and end > start:
            parts += _cut(text[start:end], width, seams[1:])
            start = after
        end, after = stop, match.end() if match else stop
    parts += _cut(text[start:], width, seams[1:])
    return [part.strip() for part in parts if part.strip()]
