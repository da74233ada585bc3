"""A month of the plan: what is due in it, and what its slots and its mix still lack."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from whenever import Date, Instant

from mimin.model.brand import Brand
from mimin.model.schedule import ScheduleFields
from mimin.planning.line import Line
from mimin.planning.markdown import words
from mimin.planning.show import local
from mimin.planning.slots import FreeSlot, Gap, Share, look_at


@dataclass(frozen=True)
class Month:
    """What the calendars of some brands say about a month, beside its lines."""

    lines: list[Line]
    """What is due in it, each in its brand's zone, whatever comes of it."""
    free: list[FreeSlot]
    gaps: list[Gap]
    mix: Mapping[str, list[Share]]
    """Brand → its pillars; only brands with a mix."""


def month_of(  # noqa: PLR0913, PLR0917 - each is another source
    first: Date,
    lines: Sequence[Line],
    brands: Mapping[str, Brand],
    schedules: Mapping[str, ScheduleFields],
    accounts: Collection[str],
    now: Instant,
) -> Month:
    """Look at one month.

    Args:
        first: Its first day.
        lines: The plan of all accounts: a mix is of all posts of a brand.
        brands: The brands.
        schedules: Their calendars.
        accounts: The accounts asked about, as `brand/account`.
        now: The moment; free slots and gaps are those from this day on.
    """
    last = first.add(months=1).subtract(days=1)
    found = Month([], [], [], mix := {})
    for line in lines:
        due, zone = line.delivery.due, brands[line.post.brand].zone
        inside = due is not None and first <= due.to_tz(zone).date() <= last
        if inside and line.delivery.account in accounts:
            found.lines.append(line)
    for name in dict.fromkeys(ref.partition("/")[0] for ref in accounts):
        brand, schedule = brands[name], schedules.get(name)
        if schedule is None:
            continue
        outlook = look_at(brand, schedule, lines, first, last, now)
        found.free.extend(slot for slot in outlook.free if slot.account in accounts)
        found.gaps.extend(gap for gap in outlook.gaps if gap.account in accounts)
        if schedule.mix:
            mix[name] = outlook.mix
    return found


def as_text(month: Month, brands: Mapping[str, Brand]) -> str:
    """Free slots, gaps and the mix, for a terminal; empty when there is nothing to say."""
    return "".join(f"{line}\n" for line in _sentences(month, brands))


def as_markdown(month: Month, brands: Mapping[str, Brand]) -> str:
    """The same as a list for a pull request or an issue."""
    lines = [f"- {words(line)}\n" for line in _sentences(month, brands)]
    return "".join(["\n", *lines]) if lines else ""


def as_rows(month: Month) -> dict[str, list[dict[str, object]]]:
    """The same as objects."""
    return {
        "free_slots": [
            {"account": slot.account, "at": slot.at.format_iso(), "pillar": slot.pillar or None}
            for slot in month.free
        ],
        "gaps": [
            {
                "account": gap.account,
                "first": gap.first.format_iso(),
                "last": gap.last.format_iso(),
                "slots": gap.slots,
            }
            for gap in month.gaps
        ],
        "mix": [
            {
                "brand": name,
                "pillar": share.pillar or None,
                "posts": share.posts,
                "percent": share.percent,
                "target": share.target,
            }
            for name, pillars in month.mix.items()
            for share in pillars
        ],
    }


def _sentences(month: Month, brands: Mapping[str, Brand]) -> Iterable[str]:
    def when(at: Instant, account: str) -> str:
        return local(at, brands[account.partition("/")[0]].zone)

    for slot in month.free:
        purpose = f" for {slot.pillar}" if slot.pillar else ""
        yield f"free slot: {when(slot.at, slot.account)} on {slot.account}{purpose}"
    for gap in month.gaps:
        first, last = when(gap.first, gap.account), when(gap.last, gap.account)
        yield f"gap: no slot of {gap.account} is filled from {first} to {last}, {gap.slots} slots"
    for name, pillars in month.mix.items():
        for share in pillars:
            pillar = share.pillar or "(no pillar)"
            target = "" if share.target is None else f", target {share.target} %"
            count = f"{share.posts} post{'s' if share.posts != 1 else ''}"
            yield f"mix of {name}: {pillar} {share.percent} % ({count}{target})"
