"""Hidden characters: what nobody sees in a file, but a network, a terminal or a log obeys."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

from mimin.printable import name_of
from mimin.unseen import find_hidden, is_unseen

_REFERENCE = re.compile("&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LISTED = 5
"""So many different ones are named of a text; a hostile one may have hundreds."""
_BIDIRECTIONAL = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def hidden_in(text: str) -> Iterator[tuple[int, str]]:
    """Find the first place of each hidden character of *text*: offset, character.

    NUL and what is no text at all are other rules'.
    """
    seen = set("\0")
    for place, character in find_hidden(text):
        if character not in seen and not "\ud800" <= character <= "\udfff":
            seen.add(character)
            yield place, character
            if len(seen) > _LISTED:
                return


def references_in(markdown: str) -> Iterator[tuple[int, str, str]]:
    """Find HTML's name or number of a hidden character, the first: offset, reference, character."""
    if "&" not in markdown:
        return
    for found in _REFERENCE.finditer(markdown):
        for _, character in hidden_in(unescape(found[0])):
            yield found.start(), found[0], character
            return


def complaint(character: str, count: int = 1) -> str:
    """Say which character stands in a text, how often, and the way out."""
    if count == 1:
        return f"{name_of(character)} stands here, {_harm(character)}; take it out"
    more = f"and {count - 1} time{'s' if count > 2 else ''} more"
    return f"{name_of(character)} stands here {more}, {_harm(character)}; take all of them out"


def complaint_of_name(character: str) -> str:
    """Say which character stands in a file's name, and the way out."""
    return f"its name holds {name_of(character)}, {_harm(character)}; rename the file"


def _harm(character: str) -> str:
    category = unicodedata.category(character)
    why = "which nobody sees"
    if character in _BIDIRECTIONAL:
        why = "which shows words in another order than they are sent"
    elif character < " " or "\x7f" <= character <= "\x9f":
        why = "a control character"
    elif category == "Co":
        why = "which each font shows as another sign"
    elif category in {"Mn", "Me"} and not is_unseen(character):
        why = "one more mark on a letter than any language has"
    return why


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Give the line and column of an offset, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
