"""Slots: the times of a calendar that no post fills yet, and the mix of what is planned."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from whenever import Date, Instant, Time, TimeDelta

from mimin.model.brand import Brand
from mimin.model.schedule import ScheduleFields, Slot, Weekday
from mimin.planning.blackout import find_blackout
from mimin.planning.line import Cause, Line

NEAR = TimeDelta(minutes=59)
"""A post fills a slot when it is due at most this long before or after it."""
GAP = 2
"""So many free slots of an account, one after the other, are a gap."""
_NEVER = frozenset({Cause.DROPPED, Cause.RETRACTED, Cause.RETRACT, Cause.CALLED_OFF})
_WEEKDAYS = tuple(Weekday)


@dataclass(frozen=True)
class FreeSlot:
    """A time of one account's calendar for which nothing is planned."""

    at: Instant
    account: str
    """As `brand/account`."""
    pillar: str
    """What the slot is for; empty when it does not say."""


@dataclass(frozen=True)
class Gap:
    """Slots of one account that are free one after the other."""

    account: str
    """As `brand/account`."""
    first: Instant
    last: Instant
    slots: int


@dataclass(frozen=True)
class Share:
    """What part of a brand's posts a pillar has, and should have."""

    pillar: str
    """Empty: the posts that name no pillar."""
    posts: int
    percent: int
    """Of the brand's posts in that time, rounded."""
    target: int | None
    """In percent, as `mix:` says; None where it says nothing."""


@dataclass(frozen=True)
class Outlook:
    """What a brand's calendar says about some days."""

    free: list[FreeSlot]
    gaps: list[Gap]
    mix: list[Share]
    """Empty where the calendar has neither a mix nor pillars, and nothing is planned."""


def look_at(  # noqa: PLR0913, PLR0917 - each is another source
    brand: Brand,
    schedule: ScheduleFields,
    lines: Sequence[Line],
    first: Date,
    last: Date,
    now: Instant,
) -> Outlook:
    """Look at the days of a brand from one to another.

    Args:
        brand: The brand.
        schedule: Its calendar.
        lines: What is planned, of any brand.
        first: The first day, in the brand's zone.
        last: The last day.
        now: The moment. Free slots and gaps are those from this day on: nobody fills what is past.
    """
    start = max(first, now.to_tz(brand.zone).date())
    free = free_slots(brand, schedule, lines, start, last)
    holes = gaps(brand, schedule, free, start, last)
    return Outlook(free, holes, shares(brand, schedule, lines, first, last))


def slots_of(
    brand: Brand, schedule: ScheduleFields, first: Date, last: Date
) -> Iterator[tuple[Instant, str, Slot]]:
    """Give every time of the slots from one local day to another, for each account.

    A day that the calendar blacks out for the account has none. A time that the clock skips counts
    as the one after the change.
    """
    day = first
    while day <= last:
        weekday = _WEEKDAYS[day.day_of_week().value - 1]
        for slot in schedule.slots:
            if weekday not in slot.days:
                continue
            local = day.at(Time.parse_iso(slot.at))
            at = local.assume_tz(brand.zone, disambiguation="compatible").to_instant()
            for name in slot.accounts:
                account = f"{brand.id}/{name}"
                if find_blackout(at, account, schedule, brand.zone) is None:
                    yield at, account, slot
        day = day.add(days=1)


def free_slots(
    brand: Brand, schedule: ScheduleFields, lines: Iterable[Line], first: Date, last: Date
) -> list[FreeSlot]:
    """Find the slots of a brand that no post fills, in their order.

    A draft with a time fills its slot. A post fills one slot of an account: the nearest.

    Args:
        brand: The brand.
        schedule: Its calendar.
        lines: What is planned, of any brand.
        first: The first day, in the brand's zone.
        last: The last day.
    """
    slots: dict[str, list[tuple[Instant, Slot]]] = {}
    for at, account, slot in slots_of(brand, schedule, first, last):
        slots.setdefault(account, []).append((at, slot))
    dues: dict[str, list[Instant]] = {}
    for line in lines:
        if line.delivery.due is not None and line.cause not in _NEVER:
            dues.setdefault(line.delivery.account, []).append(line.delivery.due)
    found = []
    for account, times in slots.items():
        filled = _filled([at for at, _ in times], dues.get(account, []))
        found += [FreeSlot(at, account, s.pillar or "") for at, s in times if at not in filled]
    return sorted(found, key=lambda slot: (slot.at, slot.account))


def _filled(slots: list[Instant], dues: list[Instant]) -> set[Instant]:
    """Give each due time to the nearest slot that is near and has none yet."""
    ordered, near = sorted(slots), []
    for number, due in enumerate(dues):
        for at in ordered[bisect_left(ordered, due - NEAR) :]:
            if at > due + NEAR:
                break
            near.append((abs((due - at).total("seconds")), at, number))
    filled: set[Instant] = set()
    given: set[int] = set()
    for _, at, number in sorted(near):
        if at not in filled and number not in given:
            filled.add(at)
            given.add(number)
    return filled


def gaps(
    brand: Brand,
    schedule: ScheduleFields,
    free: Iterable[FreeSlot],
    first: Date,
    last: Date,
) -> list[Gap]:
    """Find where several slots of an account are free one after the other.

    Args:
        brand: The brand.
        schedule: Its calendar.
        free: What `free_slots` found for the same days.
        first: The first day, in the brand's zone.
        last: The last day.
    """
    empty = {(slot.account, slot.at) for slot in free}
    times: dict[str, list[Instant]] = {}
    for at, account, _ in slots_of(brand, schedule, first, last):
        times.setdefault(account, []).append(at)
    found = []
    for account, all_times in times.items():
        ordered = sorted(set(all_times))
        marked = [((account, at) in empty, at) for at in ordered]
        for is_free, run in groupby(marked, key=itemgetter(0)):
            stretch = [at for _, at in run]
            if is_free and len(stretch) >= GAP:
                found.append(Gap(account, stretch[0], stretch[-1], len(stretch)))
    return sorted(found, key=lambda gap: (gap.first, gap.account))


def shares(
    brand: Brand, schedule: ScheduleFields, lines: Iterable[Line], first: Date, last: Date
) -> list[Share]:
    """Tell what part of a brand's posts each pillar has, as `mix:` names them first.

    A post counts once for each time that it goes out, for however many accounts. A draft counts
    when it has a time.

    Args:
        brand: The brand.
        schedule: Its calendar.
        lines: What is planned, of any brand.
        first: The first day, in the brand's zone.
        last: The last day.
    """
    said = {
        (line.post.path, line.delivery.due): line.post.pillar
        for line in lines
        if line.post.brand == brand.id
        and line.delivery.due is not None
        and line.cause not in _NEVER
        and first <= line.delivery.due.to_tz(brand.zone).date() <= last
    }
    counts = Counter(said.values())
    named = dict.fromkeys([*schedule.mix, *schedule.pillars, *sorted(filter(None, counts))])
    total = len(said)
    return [
        Share(
            pillar,
            counts[pillar],
            round(100 * counts[pillar] / total) if total else 0,
            schedule.mix.get(pillar),
        )
        for pillar in [*named, *([""] if counts[""] else [])]
    ]
