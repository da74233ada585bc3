"""Mastodon's HTML read back as text, so that a status can be recognised as one of ours.

An instance hides parts of links, drops the domain of mentions and makes paragraphs of its own. What
is compared is what is left when all of that is taken away from both sides.
"""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser

from mimin.networks.normal import normalize

_BREAKS = frozenset({"p", "br", "div", "li", "blockquote", "pre"})
_SKIPPED = "quote-inline"
"""Class of the paragraph that Mastodon puts before a quoting post."""
# The parser looks for the end of each of these to the end of the text; no instance sends them.
_NO_TAG = re.compile(r"<(?:(?=[!?])|(?![^<>]*>))")
# Python reads no number of thousands of digits, and the parser falls over it.
_HUGE_NUMBER = re.compile(r"&(?=#\d{1000})")
_MENTION = re.compile(r"@([\w.-]*\w)(?:@\w[\w.-]*\w)+")


def normal_text(text: str) -> str:
    """Give what identifies a text: compatibility forms, mentions without domain, single spaces."""
    plain = normalize("NFKC", text)
    return " ".join(_MENTION.sub(r"@\1", plain).split())


def normal_html(content: str) -> str:
    """Give what identifies the text that a status was made from."""
    reader = _Reader()
    reader.feed(_HUGE_NUMBER.sub("&amp;", _NO_TAG.sub("&lt;", content)))
    reader.close()
    return normal_text("".join(reader.pieces))


def text_hash(text: str) -> str:
    """Give what a text is recognised by."""
    return _hash(normal_text(text))


def html_hash(content: str) -> str:
    """Give what the text that a status was made from is recognised by."""
    return _hash(normal_html(content))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class _Reader(HTMLParser):
    """Collects text; the invisible pieces of shortened links belong to it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._skipping = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self.pieces.append("\n")
        if tag == "p" and _SKIPPED in (dict(attrs).get("class") or "").split():
            self._skipping = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS:
            self.pieces.append("\n")
        if tag == "p":
            self._skipping = False

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.pieces.append(data)
