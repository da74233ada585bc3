"""Masking: secrets are taken out of what servers say, however they say it.

A server can give a token back in capitals, percent-encoded, in base64 (once or twice), as HTML
entities, with the escapes of JSON or of shells, backwards, with blanks between its signs, or cut
short. So a text is read with all of that undone and compared by its letters and digits alone, and
what holds a secret, or how a long one begins, is hidden.
"""

from __future__ import annotations

import base64
import html
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

HIDDEN = "[hidden]"
_FEW = 6
"""Letters and digits; with fewer, ordinary words would be hidden. Such a secret is hidden as it is
written, percent-encoded, and with the escapes of JSON."""
_START = 12
"""Letters and digits that a long secret begins with; so many are hidden without the rest."""
_LONG = 20
"""Letters and digits that make a secret long."""
_ROUNDS = 3
"""How often an encoding may be encoded again."""
_ESCAPE = re.compile(
    r"%([0-9a-f]{2})|\\u(?:0000)?([0-9a-f]{4})|\\[ux]\{([0-9a-f]{1,8})\}|\\x([0-9a-f]{2})"
    r"|\\0?([0-3][0-7]{2})|(\\[nrtbfv])"
    r"|(&#x[0-9a-f]{1,9};?|&#[0-9]{1,9};?|&[a-z]{2,8};)",
    re.IGNORECASE,
)
_OCTAL, _BLANK, _ENTITY = 5, 6, 7
"""Groups of `_ESCAPE`; those before are hexadecimal."""

_Sign = tuple[str, int, int]
"""What a sign means, and from where to where in the text it stands."""


class Mask:
    """Secrets, and how to take them out of a text."""

    def __init__(self, shortest: int = 1) -> None:
        """Hide secrets of at least so many signs."""
        self._shortest = shortest
        self._secrets: set[str] = set()
        self._traces: set[str] = set()
        self._starts: set[tuple[str, str]] = set()
        """How long secrets begin, each with the letters and digits of the whole."""

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
        once = _base64(content)
        twice = [_base64(inner.encode()) for inner in {*once, *map(_for_urls, once)}]
        traces = [
            secret,
            secret[::-1],
            content.hex(),
            *once,
            *(one for ones in twice for one in ones),
        ]
        plain = [_letters(_signs(trace)) for trace in traces]
        self._traces |= {trace for trace in plain if len(trace) >= _FEW}
        start = _start(plain[0])
        if start:
            self._starts.add((start, plain[0]))

    def hide(self, text: str) -> str:
        """Take every secret out of a text."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        found: list[tuple[int, int]] = []
        for signs in _readings(text) if self._traces else ():
            letters = _letters(signs)
            places = [place for trace in self._traces for place in _places(letters, trace)]
            for start, whole in self._starts:
                places += _beginnings(letters, start, whole)
            found += [(signs[first][1], signs[end - 1][2]) for first, end in places]
        return _without(text, sorted(found))


SEEN = Mask(shortest=16)
"""Every secret that this process knows, for all that it writes down; short ones may be words."""


def _base64(content: bytes) -> list[str]:
    """Encode what stands somewhere in a longer text: for each of its places, the certain part."""
    return [
        base64.b64encode(bytes(before) + content).decode()[
            -(-before * 8 // 6) : (before + len(content)) * 8 // 6
        ]
        for before in range(3)
    ]


def _for_urls(encoded: str) -> str:
    return encoded.replace("+", "-").replace("/", "_")


def _start(letters: str) -> str:
    """Give how a long secret begins; nothing where that may be words."""
    digit = next((at for at, sign in enumerate(letters) if sign.isdigit()), len(letters))
    length = max(_START, digit + 1)
    return letters[:length] if len(letters) >= max(_LONG, length + _FEW) else ""


def _places(letters: str, trace: str) -> Iterator[tuple[int, int]]:
    place = letters.find(trace)
    while place >= 0:
        yield place, place + len(trace)
        place = letters.find(trace, place + 1)


def _beginnings(letters: str, start: str, whole: str) -> Iterator[tuple[int, int]]:
    """Find where a secret begins, and how far it goes on from there."""
    place = letters.find(start)
    while place >= 0:
        rest = zip(letters[place : place + len(whole)], whole, strict=False)
        alike = next((at for at, (is_, wanted) in enumerate(rest) if is_ != wanted), len(whole))
        end = min(place + alike, len(letters))
        yield place, end
        place = letters.find(start, end)


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
        meant = _meant(found)
        made.append((_fold(meant[:1]) or " ", signs[found.start()][1], signs[at - 1][2]))
    return made + signs[at:]


def _meant(found: re.Match[str]) -> str:
    if found[_BLANK]:
        return " "
    if found[_ENTITY]:
        return html.unescape(found[_ENTITY])
    octal = found[_OCTAL]
    number = int(octal, 8) if octal else int(found[1] or found[2] or found[3] or found[4], 16)
    return chr(number) if number <= sys.maxunicode else " "


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for start, end in spans:
        if end <= at:
            continue
        if start >= at:
            pieces += [text[at:start], HIDDEN]
        at = end
    return "".join(pieces) + text[at:]
