"""A brand's calendar: slots, campaigns, blackouts and mix targets (`calendar/<brand>.yml`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from mimin.model.base import Day, Duration, Names, Record, Slug
from mimin.model.brand import Late
from mimin.model.free_text import FreeText
from mimin.model.written import read_clock

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$"), BeforeValidator(read_clock)]
"""A local time of day, `09:30`."""


def _in_order(starts: str, ends: str) -> None:
    if ends < starts:
        message = f"it ends on {ends}, before it starts on {starts}; mend one of them"
        raise ValueError(message)


class Weekday(StrEnum):
    """Days of the week as they are written in a calendar file."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Slot(Record):
    """A recurring time to post."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    at: Clock
    accounts: Annotated[Names, Field(min_length=1)]
    pillar: Slug | None = None


class Campaign(Record):
    """A theme with a beginning and an end."""

    name: FreeText
    starts: Day
    ends: Day
    about: FreeText | None = None
    late: Late | None = None
    grace: Duration | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Campaign:
        _in_order(self.starts, self.ends)
        return self


class Blackout(Record):
    """Local days on which nothing may be planned."""

    starts: Day
    ends: Day
    reason: FreeText
    accounts: Names = ()
    """Only these; empty means all."""

    @model_validator(mode="after")
    def _ordered(self) -> Blackout:
        _in_order(self.starts, self.ends)
        return self


class ScheduleFields(Record):
    """What `calendar/<brand>.yml` may say."""

    slots: tuple[Slot, ...] = ()
    campaigns: dict[Slug, Campaign] = {}
    blackouts: tuple[Blackout, ...] = ()
    pillars: dict[Slug, FreeText] = {}
    """Pillar → what it is about."""
    mix: dict[Slug, Annotated[int, Field(ge=0, le=100)]] = {}
    """Pillar → the share of posts, in percent, that it should have."""


class Observance(Record):
    """A holiday or day that content may be about."""

    day: Day
    name: FreeText
    about: FreeText | None = None


class ObservanceFields(Record):
    """What a file in `calendar/observances/` may say."""

    name: FreeText
    days: tuple[Observance, ...]
