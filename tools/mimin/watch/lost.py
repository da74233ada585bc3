"""Alarms about what the ledger holds: open claims, unknowns, packs, duplicates, freezes."""

from __future__ import annotations

from collections.abc import Iterator

from mimin.ledger.claiming import PATIENCE, lease_over
from mimin.ledger.standing import Standing, State, frozen_scopes, resuming
from mimin.model.event import Event
from mimin.planning.plan import Cause, Line
from mimin.watch.alarm import Alarm, Code, Look, clock_of


def twice(look: Look) -> Iterator[Alarm]:
    """One delivery is out more than once."""
    for standing in look.book.standings.values():
        extra = [event for part in standing.parts.values() for event in part.twice]
        if extra:
            details = {"links": ", ".join(event.url or event.remote_id for event in extra)}
            yield _of(Code.TWICE, standing, extra[0], details)


def unknown(look: Look) -> Iterator[Alarm]:
    """Nobody can say whether it is out."""
    for standing, event in _in_state(look, State.UNKNOWN):
        yield _of(Code.UNKNOWN, standing, event, {"reason": event.reason or "?"})


def claim(look: Look) -> Iterator[Alarm]:
    """A run died between its claim and its receipt."""
    for standing, event in _in_state(look, State.CLAIMED):
        if lease_over(event, look.now, PATIENCE):
            yield _of(Code.CLAIM, standing, event, {"run": event.run or "?"})


def handed(look: Look) -> Iterator[Alarm]:
    """A pack waits for a person."""
    for standing, event in _in_state(look, State.HANDED):
        yield _of(Code.HANDED, standing, event, {"when": _when(look, event)})


def frozen(look: Look) -> Iterator[Alarm]:
    """A freeze holds posts up, or lasts long."""
    for scope, event in frozen_scopes(look.book.freezes).items():
        behind = [line for line in look.lines if _holds_up(scope, line, look)]
        if behind or look.now - event.at > look.patience.freeze:
            yield Alarm(
                code=Code.FROZEN,
                subject=scope,
                since=event.at,
                deliveries=tuple(line.delivery.key for line in behind),
                details={
                    "by": event.by or "?",
                    "reason": event.reason or "-",
                    "way": resuming(scope),
                },
            )


def _holds_up(scope: str, line: Line, look: Look) -> bool:
    due = line.delivery.due
    if line.cause is not Cause.FROZEN or due is None or due > look.now + look.patience.ahead:
        return False
    account = line.delivery.account
    return scope in {"*", account, f"{account.partition('/')[0]}/*"}


def _in_state(look: Look, state: State) -> Iterator[tuple[Standing, Event]]:
    """List the deliveries in *state*, in the plan or not, with the event that says so."""
    for standing, found in look.unsettled:
        if found is state:
            events = [
                part.last for part in standing.parts.values() if part.last and part.state is state
            ]
            yield standing, events[0]


def _of(code: Code, standing: Standing, event: Event, details: dict[str, str]) -> Alarm:
    return Alarm(
        code=code,
        subject=standing.key,
        since=event.at,
        deliveries=(standing.key,),
        details=details,
    )


def _when(look: Look, event: Event) -> str:
    brand = look.brands.get(event.account.partition("/")[0])
    return clock_of(event.at, brand.zone if brand else "UTC")
