"""Blackouts: nothing is published on a day that the calendar blacks out, however it came to it.

What was planned for such a day is not sent on it, nor after it: its day was the wrong one. What is
late, or is the rest of a thread, waits until the day is over. What is out may be taken down or
mended on such a day: a brand that mourns wants to take posts down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from whenever import Instant

from mimin.model.brand import Brand
from mimin.model.delivery import Delivery
from mimin.model.schedule import Blackout, ScheduleFields
from mimin.planning.examined import Examined
from mimin.planning.line import Action, Cause, Line, Rules
from mimin.planning.notes import note

Obstacle = Callable[[Examined, Delivery], str]
"""Says why a delivery would not go out at its time, in words; empty when it would."""


def local_day(moment: Instant, zone: str) -> str:
    """Give the day of a moment in a brand's zone, as calendars write it."""
    return moment.to_tz(zone).date().format_iso()


def find_blackout(
    moment: Instant, account: str, schedule: ScheduleFields, zone: str
) -> Blackout | None:
    """Find the blackout that a moment lies in for an account (`brand/account`)."""
    day, name = local_day(moment, zone), account.partition("/")[2]
    for blackout in schedule.blackouts:
        named = not blackout.accounts or name in blackout.accounts
        if named and blackout.starts <= day <= blackout.ends:
            return blackout
    return None


def without_blackouts(lines: list[Line], rules: Rules) -> list[Line]:
    """Block what would go out on a day that is blacked out, or was planned for one."""
    if not any(schedule.blackouts for schedule in rules.schedules.values()):
        return lines
    return [_keep_back(line, rules) for line in lines]


def _keep_back(line: Line, rules: Rules) -> Line:
    schedule = rules.schedules.get(line.post.brand)
    due, moment = line.delivery.due, line.moment
    if line.action is not Action.PUBLISH or schedule is None or due is None or moment is None:
        return line
    zone = rules.brands[line.post.brand].zone
    for when, sentence in ((due, "blackout"), (max(moment, rules.now), "blackout-today")):
        found = find_blackout(when, line.delivery.account, schedule, zone)
        if found is not None:
            says = note(sentence, day=local_day(when, zone), reason=found.reason)
            return replace(line, action=Action.BLOCKED, cause=Cause.BLACKOUT, note=says)
    return line


def obstacles(brands: Mapping[str, Brand], schedules: Mapping[str, ScheduleFields]) -> Obstacle:
    """Make what tells of each delivery why it would not go out: its post's errors, a blackout."""

    def tell(post: Examined, delivery: Delivery) -> str:
        if post.broken:
            return note("problems", path=post.blame)
        schedule = schedules.get(post.brand)
        if schedule is None or delivery.due is None:
            return ""
        zone = brands[post.brand].zone
        found = find_blackout(delivery.due, delivery.account, schedule, zone)
        if found is None:
            return ""
        return note("blackout", day=local_day(delivery.due, zone), reason=found.reason)

    return tell
