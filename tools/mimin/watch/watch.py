"""The watchdog's look: every rule, in the order of what matters most."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from whenever import Instant, TimeDelta

from mimin.ledger.standing import State
from mimin.planning.endings import end_of
from mimin.planning.plan import Line
from mimin.planning.show import tries
from mimin.watch import forecast, lost, planned, unread
from mimin.watch.alarm import Alarm, Code, Look

RULES: tuple[Callable[[Look], Iterator[Alarm]], ...] = (
    unread.ledger,
    lost.twice,
    lost.unknown,
    lost.claim,
    planned.missed,
    planned.held,
    planned.refused,
    unread.files,
    planned.broken,
    planned.blackout,
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

_AHEAD = frozenset({Code.TOKEN, Code.VERSION, Code.DRAFT, Code.IDLE, Code.SALVO})
"""Alarms that name deliveries of which nothing is wrong yet."""
_ORDER = {code: place for place, code in enumerate(Code)}


def find_alarms(look: Look) -> list[Alarm]:
    """Find everything that waits for a person, the most urgent first.

    Whatever `publish` says of a delivery that waits, some alarm says too.
    """
    found = [alarm for rule in RULES for alarm in rule(look)]
    told = {key for alarm in found if alarm.code not in _AHEAD for key in alarm.deliveries}
    found += planned.blocked(look, told)
    simulated = tries(look.brands)
    return sort_alarms([_marked(alarm, simulated) for alarm in found] if simulated else found)


def _marked(alarm: Alarm, simulated: Collection[str]) -> Alarm:
    """Note which deliveries of an alarm go to the sandbox, and `*` if it is about nothing else."""
    tried = [key for key in alarm.deliveries if _account_of(key) in simulated]
    if len(tried) == len(alarm.deliveries) and (tried or alarm.subject in simulated):
        tried = ["*"]
    if not tried:
        return alarm
    return replace(alarm, details={**alarm.details, "simulated": " ".join(tried)})


def _account_of(key: str) -> str:
    post, _, name = key.partition("#")[0].partition("@")
    return f"{post.partition('/')[0]}/{name}"


def sort_alarms(alarms: list[Alarm]) -> list[Alarm]:
    """Put what is going wrong now before what will."""
    return sorted(alarms, key=lambda alarm: (not alarm.urgent, _ORDER[alarm.code], alarm.subject))


_AT_REST = {
    State.PLANNED,
    State.REFUSED,
    State.PARTIAL,
    State.PUBLISHED,
    State.RETRACTED,
    State.DROPPED,
}
_RESTLESS = TimeDelta(minutes=10)
_LONGEST = TimeDelta(hours=24)


def next_change(look: Look) -> Instant:
    """Tell until when the alarms stay what they are, while nothing but time goes by."""
    if look.book.freezes or any(state not in _AT_REST for _, state in look.unsettled):
        return look.now + _RESTLESS
    latest = look.now + _LONGEST
    coming = (moment for line in look.lines for moment in _turns(line, look) if moment > look.now)
    days = (
        end_of(look.now.to_tz(brand.zone).date().format_iso(), brand.zone)
        for brand in look.brands.values()
    )
    return min(latest, min(coming, default=latest), min(days, default=latest))


def _turns(line: Line, look: Look) -> Iterator[Instant]:
    """List the moments at which an alarm about a delivery may begin or end."""
    due = line.delivery.due
    if due is not None:
        yield from (due, due + look.patience.run, due - look.patience.soon)
        yield due - look.patience.ahead
        yield due + look.brands[line.post.brand].grace
        yield from () if line.post.grace is None else (due + TimeDelta(seconds=line.post.grace),)
    if line.delivery.expires is not None:
        yield line.delivery.expires
    if line.start is not None:
        yield line.start
