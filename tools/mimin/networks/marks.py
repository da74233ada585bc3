"""Marks: the hashtags, cashtags, mentions and links of a text, as networks count them.

No network says exactly what it takes for one, so what may be one is counted: a limit is then found
too early rather than after publishing.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mimin.networks.links import Kind, detect


class Marks(NamedTuple):
    """What stands in a text, each as often as it stands there."""

    hashtags: tuple[str, ...]
    """Without their #."""
    cashtags: tuple[str, ...]
    """With their $."""
    mentions: tuple[str, ...]
    """Without their @."""
    links: tuple[str, ...]
    """Whole addresses."""


# `#a#b` are two; what has only digits is none.
_TAGS = re.compile(r"(?<![\w&/])(?:[#\uFF03]\w+)+")
_TAG = re.compile(r"[#\uFF03](\w*[^\W\d]\w*)")
_MENTION = re.compile(r"(?<![\w.+/@-])@(\w(?:[\w.-]*\w)?(?:@\w(?:[\w.-]*\w)?)?)")


def find_marks(text: str) -> Marks:
    """Find all marks of a text; none of them inside a link."""
    spans = detect(text)
    cashtags = tuple(span.value for span in spans if span.kind is Kind.CASHTAG)
    links = [span for span in spans if span.kind is Kind.LINK]
    pieces, cursor = [], 0
    for link in links:
        pieces += [text[cursor : link.start], " " * (link.end - link.start)]
        cursor = link.end
    rest = "".join((*pieces, text[cursor:]))
    tags = (tag for run in _TAGS.findall(rest) for tag in _TAG.findall(run))
    return Marks(
        tuple(tags), cashtags, tuple(_MENTION.findall(rest)), tuple(link.value for link in links)
    )
