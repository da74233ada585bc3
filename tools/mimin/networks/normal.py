"""Unicode normalisation in a time that grows no faster than the text, whoever wrote it."""

from __future__ import annotations

import unicodedata
from typing import Literal

import regex  # type: ignore[import-untyped]  # it ships no types

# A letter has two or three marks; Unicode's own stream-safe form (UAX 15, D4) ends a run after 30.
_RUN = regex.compile(r"\p{M}{128}")


def normalize(form: Literal["NFC", "NFKC"], text: str) -> str:
    """Normalise *text* as `unicodedata` does.

    Python sorts marks behind a letter by insertion, which takes quadratic time. So a run of more
    than 128 of them, which no language has, is sorted in pieces.
    """
    if text.isascii():
        return text
    pieces = []
    cursor = 0
    for run in _RUN.finditer(text):
        pieces.append(unicodedata.normalize(form, text[cursor : run.end()]))
        cursor = run.end()
    pieces.append(unicodedata.normalize(form, text[cursor:]))
    return "".join(pieces)
