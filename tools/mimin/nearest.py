"""The known word that a misspelt one is close to, as a hint to who wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from mimin.model.bounds import NAME

_DIGITS = re.compile(r"\d+")


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Find the one of *known* that is closest to *word*; None when none is close.

    Names that differ in a number are never close: `IMG_2202` is another photo than `IMG_2201`, and
    `shop2` another account than `shop1`.

    Args:
        word: What somebody wrote.
        known: What may stand there.
        cutoff: How alike the two have to be at least, from 0 to 1.
    """
    if len(word) > NAME:  # comparing takes quadratic time
        return None
    numbers = _DIGITS.findall(word)
    words = [name for name in known if len(name) <= NAME and _DIGITS.findall(name) == numbers]
    return next(iter(get_close_matches(word, words, n=1, cutoff=cutoff)), None)
