"""The backlog: what is late on an account waits its turn, so that it goes out one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from whenever import Instant, TimeDelta

from mimin.ledger.ledger import Book
from mimin.planning.line import Action, Cause, Line, Rules
from mimin.planning.notes import note
from mimin.planning.throttle import LATE, SPACING, spread


@dataclass(frozen=True)
class Turn:
    """When a late delivery goes out, and how far from others."""

    start: Instant
    apart: TimeDelta


def turns(lines: Iterable[Line], book: Book, rules: Rules) -> dict[str, Turn]:
    """Find the turn of every late delivery: delivery key → turn."""
    # What is blocked counts too: approved a moment from now, it goes out at its time.
    listed = [line for line in lines if line.action in {Action.PUBLISH, Action.BLOCKED}]
    late: dict[str, list[Line]] = {}
    for line in listed:
        if _is_late(line, rules.now):
            late.setdefault(line.delivery.ledger_account, []).append(line)
    if not late:
        return {}
    taken = _touched(book, late)
    for line in listed:
        due = line.delivery.due
        if (
            due is not None
            and line.delivery.ledger_account in late
            and _keeps_its_time(line, rules.now)
        ):
            taken[line.delivery.ledger_account].append(max(due, rules.now))
    found = {}
    for account, waiting in late.items():
        gap = rules.brands[waiting[0].post.brand].spacing or SPACING
        starts = spread(len(waiting), taken=taken[account], gap=gap, now=rules.now)
        for line, start in zip(waiting, starts, strict=True):
            found[line.delivery.key] = Turn(start, gap)
    return found


def _keeps_its_time(line: Line, now: Instant) -> bool:
    due = line.delivery.due
    if line.action is Action.BLOCKED:
        return due is not None and now - due <= LATE
    return not _is_late(line, now)


def _is_late(line: Line, now: Instant) -> bool:
    """Tell whether it is held up; a thread that has begun goes on at once."""
    due = line.delivery.due
    return line.sends and line.cause is not Cause.RESUME and due is not None and now - due > LATE


def _touched(book: Book, accounts: Iterable[str]) -> dict[str, list[Instant]]:
    """Find when something went out on each account, or may have."""
    found: dict[str, list[Instant]] = {account: [] for account in accounts}
    for standing in book.standings.values():
        for part in standing.parts.values():
            trace = part.trace
            if trace is not None and trace.account in found:
                found[trace.account].append(trace.at)
    return {account: [max(moments)] if moments else [] for account, moments in found.items()}


def at_its_turn(line: Line, turn: Turn | None, rules: Rules) -> Line:
    """Give the line its turn; where that is beyond the look-ahead, leave it to a later run."""
    if turn is None:
        return line
    if turn.start <= rules.now:
        return replace(line, apart=turn.apart)
    says = line.note or note("apart", start=turn.start)
    cause = line.cause if turn.start <= rules.now + rules.lookahead else Cause.LATER
    return replace(line, start=turn.start, apart=turn.apart, cause=cause, note=says)
