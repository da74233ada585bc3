"""Read what others wrote, which may be anything: JSON and whole numbers."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

_DIGITS = 18
"""More has no number that anybody counts or names things with; Python itself refuses 4,300."""


def read_json(text: str | bytes) -> Any:
    """Read JSON.

    Raises:
        ValueError: if it is none, is nested too deep, or holds a number that is not finite.
    """
    try:
        return json.loads(text, parse_float=_finite, parse_constant=_finite)
    except RecursionError:
        raise ValueError("nested too deep") from None


def read_number(text: str) -> int | None:
    """Read a whole number that is written in digits, with `-` before it or not; None if it is none.

    `str.isdigit` is no proof of one: it takes `²`, too.
    """
    digits = text.removeprefix("-")
    fits = digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS
    return int(text) if fits else None


def is_file(path: Path) -> bool:
    """Tell whether there is a file, at a path that may be none: too long, or with NUL in it."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number that JSON has")
    return number
