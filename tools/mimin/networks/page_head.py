"""The head of a web page: what it says about itself (https://ogp.me).

Runs in an isolated process (`isolated`): a page can be written so that reading it takes minutes.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


def read(_: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, str], list[bytes]]:
    """Give what `<meta>` and `<title>` of a page in UTF-8 say; the title under an empty name."""
    found = _Head()
    found.feed(blobs[0].decode(errors="replace"))
    return {**found.properties, "": found.title.strip()}, []


class _Head(HTMLParser):
    """Reads `<meta>` and `<title>`; whatever else a page holds."""

    def __init__(self) -> None:
        super().__init__()
        self.properties: dict[str, str] = {}
        self.title = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._in_title = tag == "title" and not self.title
        if tag == "meta":
            name = values.get("property") or values.get("name", "")
            if name:
                self.properties.setdefault(name.lower(), values.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
