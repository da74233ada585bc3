"""The one configuration that all frozen records share, and the small types of their fields."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
)
from whenever import Date, TimeDelta

from mimin.foreign import read_number
from mimin.model.written import read_day

SLUG = r"^[a-z0-9][a-z0-9_-]*$"
"""What brands, accounts, posts and templates may be called: safe in a URL, a file name, a ref."""

Slug = Annotated[str, Field(pattern=SLUG, max_length=100)]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_LONGEST = 5217 * 604800
_DURATION = re.compile(r"^\s*([0-9]+)\s*([smhdw])\s*$")


class Record(BaseModel):
    """A frozen record that refuses fields it does not know."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        defer_build=True,  # what a command never reads need not cost it time
    )


def split_names(value: object) -> object:
    """Take one line with commas for a list."""
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


def _former(value: object) -> object:
    return () if value == "none" else split_names(value)


Names = Annotated[tuple[str, ...], BeforeValidator(split_names)]
"""A list, or the same as one line with commas."""

Former = Annotated[
    tuple[Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9_-]*/)?[a-z0-9][a-z0-9_-]*$")], ...],
    BeforeValidator(_former),
]
"""Earlier names of the same thing, as `name` or `brand/name`; `none` says that it had none."""


def fold(name: str) -> str:
    """Give a name for comparing with others where capitals do not matter.

    No other letter becomes one of ASCII: `str.casefold` makes `ss` of `ß`, and `str.lower` makes
    `k` of the sign for kelvin, so that two servers, or two people, would be taken for one.
    """
    if name.isascii():
        return name.lower()
    return "".join(_small(letter) for letter in name)


def _small(letter: str) -> str:
    small = letter.lower()
    return small if len(small) == 1 and small.isascii() == letter.isascii() else letter


def is_default(value: object) -> bool:
    """Tell whether a field says nothing, so that what is written need not mention it."""
    return not value or value == "everyone"


def parse_duration(value: object) -> object:
    """Read `30m`, `2h`, `1d` or `1w`; other values are left to pydantic to refuse."""
    if isinstance(value, TimeDelta):
        return value
    match = _DURATION.match(str(value))
    if not match:
        message = "write a number and a unit: 45s, 30m, 2h, 1d or 1w"
        raise ValueError(message)
    seconds = read_number(match[1])
    if seconds is None or seconds * _UNITS[match[2]] > _LONGEST:
        # Longer ones lead to moments after the year 9999, which no calendar has.
        message = "write at most 5217w, which are a hundred years"
        raise ValueError(message)
    return TimeDelta(seconds=seconds * _UNITS[match[2]])


def format_duration(value: TimeDelta) -> str:
    """Write a duration the way people write it in a file; the largest unit that divides it."""
    seconds = round(value.total("seconds"))
    for unit, size in sorted(_UNITS.items(), key=lambda item: -item[1]):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


Duration = Annotated[
    TimeDelta,
    BeforeValidator(parse_duration, json_schema_input_type=str),
    PlainSerializer(format_duration, return_type=str),
]


def _real(day: str) -> str:
    try:
        Date.parse_iso(day)
    except ValueError:
        message = "there is no such day"
        raise ValueError(message) from None
    return day


Day = Annotated[
    str, Field(pattern=r"^\d{4}-\d\d-\d\d$"), AfterValidator(_real), BeforeValidator(read_day)
]
"""A local date, `2026-12-24`."""
