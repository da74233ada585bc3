"""Masking: secrets are taken out of what servers say, however they say it.

A server can give a token back in capitals, percent-encoded, in base64, as HTML entities, with the
escapes of JSON or with blanks between its signs. So a text is read with all of that undone and
compared by its letters and digits alone, and what holds a secret is hidden.
"""

from __future__ import annotations

import base64
import html
import json
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

HIDDEN = "[hidden]"
_FEW = 6
"""Letters and digits; with fewer, ordinary words would be hidden. Such a secret is hidden as it is
written, percent-encoded, and with the escapes of JSON."""
_ROUNDS = 3
"""How often an encoding may be encoded again."""
_ESCAPE = re.compile(
    r"%([0-9a-f]{2})|\\u\{?([0-9a-f]{4})\}?|\\x([0-9a-f]{2})|(\\[nrtbfv])"
    r"|(&#x[0-9a-f]{1,6};?|&#[0-9]{1,7};?|&[a-z]{2,8};)",
    re.IGNORECASE,
)

_Sign = tuple[str, int, int]
"""What a sign means, and from where to where in the text it stands."""


class Mask:
    """Secrets, and how to take them out of a text."""

    def __init__(self, shortest: int = 1) -> None:
        """Hide secrets of at least so many signs."""
        self._shortest = shortest
        self._secrets: set[str] = set()
        self._traces: set[str] = set()

    def add(self, secret: str) -> None:
        """Hide this text from now on."""
        if len(secret) < self._shortest or secret in self._secrets:
            return
        self._secrets |= {
            secret,
            quote(secret, safe="", errors="replace"),
            json.dumps(secret)[1:-1],
        }
        content = secret.encode(errors="replace")
        traces = [secret, content.hex(), *(_base64(content, before) for before in range(3))]
        plain = (_letters(_signs(trace)) for trace in traces)
        self._traces |= {trace for trace in plain if len(trace) >= _FEW}

    def hide(self, text: str) -> str:
        """Take every secret out of a text."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        found: list[tuple[int, int]] = []
        for signs in _readings(text) if self._traces else ():
            letters = _letters(signs)
            for trace in self._traces:
                place = letters.find(trace)
                while place >= 0:
                    found.append((signs[place][1], signs[place + len(trace) - 1][2]))
                    place = letters.find(trace, place + 1)
        return _without(text, sorted(found))


SEEN = Mask(shortest=16)
"""Every secret that this process knows, for all that it writes down; short ones may be words."""


def _base64(content: bytes, before: int) -> str:
    """Encode what stands so many bytes after the start of a longer text; its certain part."""
    encoded = base64.b64encode(bytes(before) + content).decode()
    return encoded[-(-before * 8 // 6) : (before + len(content)) * 8 // 6]


def _readings(text: str) -> Iterator[list[_Sign]]:
    """Give the letters and digits of a text as it is, and with its encodings undone, ever more."""
    whole = _signs(text, kept=True)
    for signs in (whole, [sign for sign in whole if not sign[0].isspace()]):
        for _ in range(_ROUNDS + 1):
            yield [sign for sign in signs if sign[0].isalnum()]
            undone = _decoded(signs)
            if len(undone) == len(signs):
                break
            signs = undone  # noqa: PLW2901 - the next round goes on from it


def _signs(text: str, *, kept: bool = False) -> list[_Sign]:
    folded = (_fold(sign) for sign in text)
    return [(sign, at, at + 1) for at, sign in enumerate(folded) if kept or sign.isalnum()]


def _fold(sign: str) -> str:
    """Give the plain form of a letter; a blank for what is not of ASCII and has none."""
    if not sign.isascii():
        sign = unicodedata.normalize("NFKC", sign)[:1]
    return sign.lower() if sign.isascii() else " "


def _letters(signs: list[_Sign]) -> str:
    return "".join(sign for sign, _, _ in signs)


def _decoded(signs: list[_Sign]) -> list[_Sign]:
    text = _letters(signs)
    made: list[_Sign] = []
    at = 0
    for found in _ESCAPE.finditer(text):
        made += signs[at : found.start()]
        at = found.end()
        code, entity = found[1] or found[2] or found[3], found[5]
        meant = chr(int(code, 16)) if code else html.unescape(entity) if entity else " "
        made.append((_fold(meant[:1]) or " ", signs[found.start()][1], signs[at - 1][2]))
    return made + signs[at:]


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for start, end in spans:
        if end <= at:
            continue
        if start >= at:
            pieces += [text[at:start], HIDDEN]
        at = end
    return "".join(pieces) + text[at:]
