"""TIDs: keys of Bluesky posts, made so that a part of a delivery gets the same one every time."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whenever import Instant

ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
"""Base 32 whose digits sort as text (atproto.com/specs/tid)."""

_LENGTH = 13
_MICROSECONDS = 1_000_000
_CLOCK_BITS = 10
_MOST_PARTS = 1000
"""Microseconds kept free at the end of a second, so that no thread runs into the next."""


def encode_tid(microseconds: int, clock: int) -> str:
    """Write a moment (53 bits) and a clock's number (10 bits) as a TID; the highest bit stays 0."""
    number = (microseconds % 2**53) << _CLOCK_BITS | (clock % 2**_CLOCK_BITS)
    digits = (ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return "".join(digits)


def derive_tid(due: Instant, key: str, part: int = 0) -> str:
    """Give the one TID of a delivery's part that is due at this moment.

    The second says when; all that is finer comes from the key, so that two posts of one second do
    not meet (1 in 2^30) and a second try can not be a second post. Parts follow each other, so that
    the server's order is the thread's.
    """
    chance = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    fraction, clock = chance % (_MICROSECONDS - _MOST_PARTS), chance // _MICROSECONDS
    return encode_tid(due.timestamp() * _MICROSECONDS + fraction + part, clock)
