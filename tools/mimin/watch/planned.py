"""Alarms about what is planned: missed, held up, not ready, given up."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace

from whenever import Instant

from mimin.ledger.standing import State
from mimin.planning.plan import Cause, Line
from mimin.planning.waiting import waiting
from mimin.watch.alarm import Alarm, Code, Look, clock_of, is_shared

_GIVEN_UP = {Cause.EXPIRED, Cause.MISSED}
"""Dropped by the next run that comes."""


def missed(look: Look) -> Iterator[Alarm]:
    """A run should have sent it, and none came."""
    seen = _last_seen(look)
    found: dict[str, list[Line]] = {}
    for line in look.lines:
        if _is_missed(line, seen.get(line.post.brand), look):
            found.setdefault(line.post.brand, []).append(line)
    for brand, lines in found.items():
        yield _about(Code.MISSED, brand, lines, look)


def held(look: Look) -> Iterator[Alarm]:
    """Too late to go out without a person's word."""
    return _by_post(Code.HELD, (line for line in look.lines if line.cause is Cause.HELD), look)


def refused(look: Look) -> Iterator[Alarm]:
    """A network refuses it for good, or again and again."""
    for line in look.lines:
        if line.state is not State.REFUSED or line.cause not in {Cause.REFUSED, Cause.RETRY}:
            continue
        parts = [part for part in line.standing.parts.values() if part.state is State.REFUSED]
        tries = max((part.tries for part in parts), default=0)
        last = line.standing.last
        if last is None:
            continue
        for_good = last.permanent and last.digest == line.delivery.digest
        if for_good or tries >= look.patience.tries:
            details = {"tries": str(tries), "reason": last.reason}
            found = _about(Code.REFUSED, line.delivery.key, [line], look)
            yield replace(found, since=last.at, details={**found.details, **details})


def broken(look: Look) -> Iterator[Alarm]:
    """It falls due soon and has problems."""
    own = (line for line in _soon(Cause.PROBLEMS, look) if not is_shared(line.post.blame))
    return _by_post(Code.BROKEN, own, look)


def blackout(look: Look) -> Iterator[Alarm]:
    """It falls due soon, on a day that the calendar blacks out."""
    return _by_post(Code.BLACKOUT, _soon(Cause.BLACKOUT, look), look, says=True)


def blocked(look: Look, told: Container[str]) -> Iterator[Alarm]:
    """It is due, and something keeps it back; *told* are the deliveries that other alarms name."""
    until = look.now + look.patience.ahead
    left = (line for line in waiting(look.lines, now=look.now, until=until) if line.key not in told)
    return _by_post(Code.BLOCKED, left, look, says=True)


def unapproved(look: Look) -> Iterator[Alarm]:
    """It falls due soon and nobody has approved it."""
    return _by_post(Code.UNAPPROVED, _soon(Cause.UNAPPROVED, look), look)


def draft(look: Look) -> Iterator[Alarm]:
    """A draft has a time, and the time is near."""
    oldest = look.now - look.patience.memory
    near = (line for line in _soon(Cause.DRAFT, look) if (line.delivery.due or oldest) > oldest)
    return _by_post(Code.DRAFT, near, look)


def dropped(look: Look) -> Iterator[Alarm]:
    """It will not go out: it expired, or came too late."""
    return _by_post(Code.DROPPED, (line for line in look.lines if _is_lost(line, look)), look)


def _is_lost(line: Line, look: Look) -> bool:
    """Tell whether it was given up lately, and not by a person."""
    if line.cause in _GIVEN_UP:
        return True
    event = line.standing.drop_of(line.delivery.due)
    if line.cause is not Cause.DROPPED or event is None or event.by:
        return False
    return bool(event.run) and look.now - event.at <= look.patience.memory


def _is_missed(line: Line, seen: Instant | None, look: Look) -> bool:
    """Tell whether a run should have been here since the delivery's time, and was not.

    *seen* is when a run last did something for the brand. One that was here since is working the
    backlog off and has not come to this yet, or has left it to a person.
    """
    due = line.delivery.due
    if due is None or line.cause is Cause.RETRY:
        return False
    if line.cause is Cause.HELD or line.cause in _GIVEN_UP:
        return look.now - due > look.patience.run and (seen is None or seen < due)
    waits = (line.start or look.now) > look.now
    if waits and seen is not None and seen > due:
        return False
    return (line.sends or waits) and look.now - max(due, seen or due) > look.patience.run


def _soon(cause: Cause, look: Look) -> Iterator[Line]:
    until = look.now + look.patience.soon
    for line in look.lines:
        if line.cause is cause and line.delivery.due is not None and line.delivery.due <= until:
            yield line


def _last_seen(look: Look) -> Mapping[str, Instant]:
    """Tell when a run last did something for each brand."""
    found: dict[str, Instant] = {}
    for key, standing in look.book.standings.items():
        last = standing.last
        if last is not None and last.run and not last.by:
            brand = key.partition("/")[0]
            found[brand] = max(found.get(brand, last.at), last.at)
    return found


def _by_post(
    code: Code, lines: Iterable[Line], look: Look, *, says: bool = False
) -> Iterator[Alarm]:
    """Make one alarm a post; where *says*, with what the plan says of its first delivery."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.post.key, []).append(line)
    for key, group in found.items():
        alarm = _about(code, key, group, look)
        details = {**alarm.details, "why": group[0].note or str(group[0].cause)}
        details |= {"retract": "*"} if group[0].cause is Cause.RETRACT else {}
        yield replace(alarm, details=details) if says else alarm


def _about(code: Code, subject: str, lines: list[Line], look: Look) -> Alarm:
    first = lines[0]
    zone = look.brands[first.post.brand].zone
    due = min((line.delivery.due for line in lines if line.delivery.due), default=None)
    numbers = sorted({line.delivery.occurrence or 0 for line in lines})
    series = {"numbers": ", ".join(map(str, numbers)), "number": str(numbers[0])}
    return Alarm(
        code=code,
        subject=subject,
        since=due if due is not None and due <= look.now else None,
        deliveries=tuple(line.delivery.key for line in lines),
        details={
            "due": clock_of(due, zone) if due is not None else "-",
            "path": first.post.blame,
            "title": first.post.title,
            **(series if numbers[0] else {}),
        },
    )
