"""Signs of Markdown that are sent as others, or not at all: for whoever previews a post."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mimin.compose.dialect import parser
from mimin.compose.parts import split
from mimin.compose.text import is_marked_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

    from mimin.model.limits import Links


_ESCAPE = re.compile(r"\\[!-/:-@\[-`{-~]")


def changed_signs(body: str, links: Links) -> tuple[str, ...]:
    """List what becomes of the signs of a body, as `- → •` or `** not sent`, each once."""
    pieces, _ = split(body)
    found = {"<!-- … --> not sent": None} if "<!--" in body else {}
    for piece in pieces:
        if is_marked_up(piece.source):
            for token in parser().parse(piece.source):
                found |= dict.fromkeys(_changes(token, marked=links == "marked"))
    return tuple(found)


def _changes(token: Token, *, marked: bool) -> Iterator[str]:
    match token.type:
        case "bullet_list_open":
            yield f"{token.markup} → •"
        case "strong_open" if marked:
            yield f"{token.markup} → *"
        case "em_open" | "code_inline" | "fence" if marked:
            pass  # the network reads them itself
        case "strong_open" | "em_open" | "code_inline" | "fence" | "heading_open":
            yield f"{token.markup} not sent"
        case "code_block":
            yield "four blanks at the start of a line not sent"
        case "inline":
            if _ESCAPE.search(token.content):
                yield "\\ not sent"
            for child in token.children or ():
                yield from _changes(child, marked=marked)
