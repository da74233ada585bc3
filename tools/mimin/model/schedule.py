"""A brand's calendar: slots, campaigns, blackouts and mix targets (`calendar/<brand>.yml`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from mimin.model.base import Day, Duration, Names, Record, Slug, split_names
from mimin.model.brand import Late
from mimin.model.free_text import FreeText
from mimin.model.written import read_clock, read_weekday

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

    days: Annotated[
        tuple[Annotated[Weekday, BeforeValidator(read_weekday)], ...],
        BeforeValidator(split_names),
        Field(min_length=1),
    ]
    """On which days of the week, `[mon, thu]` or `[senin, kamis]`."""
    at: Clock
    """At which local time, `09:00`."""
    accounts: Annotated[Names, Field(min_length=1)]
    """For which accounts of the brand."""
    pillar: Slug | None = None
    """For which theme."""


class Campaign(Record):
    """A theme with a beginning and an end."""

    name: FreeText
    """What the team calls it."""
    starts: Day
    """Its first day, `2026-12-01`."""
    ends: Day
    """Its last day."""
    about: FreeText | None = None
    """What it is for."""
    late: Late | None = None
    """What happens to its posts when their time has passed by more than the grace."""
    grace: Duration | None = None
    """How late its posts may go out."""

    @model_validator(mode="after")
    def _ordered(self) -> Campaign:
        _in_order(self.starts, self.ends)
        return self


class Blackout(Record):
    """Local days on which nothing may be planned."""

    starts: Day
    """The first day on which nothing may be planned."""
    ends: Day
    """The last such day."""
    reason: FreeText
    """Why; it is told wherever a post is held up."""
    accounts: Names = ()
    """Only these; empty means all."""

    @model_validator(mode="after")
    def _ordered(self) -> Blackout:
        _in_order(self.starts, self.ends)
        return self


class ScheduleFields(Record):
    """What `calendar/<brand>.yml` may say."""

    slots: tuple[Slot, ...] = ()
    """Times that come again and want a post."""
    campaigns: dict[Slug, Campaign] = {}
    """Campaigns, each under the name that posts use."""
    blackouts: tuple[Blackout, ...] = ()
    """Times in which nothing goes out."""
    pillars: dict[Slug, FreeText] = {}
    """Pillar → what it is about."""
    mix: dict[Slug, Annotated[int, Field(ge=0, le=100)]] = {}
    """Pillar → the share of posts, in percent, that it should have."""


class Observance(Record):
    """A holiday or day that content may be about."""

    day: Day
    """Which day, `2026-12-25`."""
    name: FreeText
    """What it is called."""
    about: FreeText | None = None
    """What it is, for who plans."""


class ObservanceFields(Record):
    """What a file in `calendar/observances/` may say."""

    name: FreeText
    """What the collection is called."""
    brands: Names = ()
    """Whose content it is for; empty means every brand's."""
    days: tuple[Observance, ...]
    """The days."""
