"""The watchdog's look: every rule, in the order of what matters most."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mimin.watch import forecast, lost, planned
from mimin.watch.alarm import Alarm, Code, Look

RULES: tuple[Callable[[Look], Iterator[Alarm]], ...] = (
    lost.twice,
    lost.unknown,
    lost.claim,
    planned.missed,
    planned.held,
    planned.refused,
    planned.broken,
    planned.unapproved,
    planned.dropped,
    lost.handed,
    lost.frozen,
    forecast.token,
    forecast.version,
    planned.draft,
    forecast.idle,
    forecast.salvo,
)

_ORDER = {code: place for place, code in enumerate(Code)}


def find_alarms(look: Look) -> list[Alarm]:
    """Find everything that waits for a person, the most urgent first."""
    return sort_alarms([alarm for rule in RULES for alarm in rule(look)])


def sort_alarms(alarms: list[Alarm]) -> list[Alarm]:
    """Put what is going wrong now before what will."""
    return sorted(alarms, key=lambda alarm: (not alarm.urgent, _ORDER[alarm.code], alarm.subject))
