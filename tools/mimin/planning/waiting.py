"""What waits for a person: one judgement that `publish`, `watch` and the home page share."""

from __future__ import annotations

from collections.abc import Iterable

from whenever import Instant

from mimin.ledger.claiming import PATIENCE, lease_over
from mimin.ledger.standing import Standing, State
from mimin.planning.line import Action, Cause, Line

_ALWAYS = frozenset({Cause.UNKNOWN, Cause.WAITING, Cause.HELD, Cause.HALF_OUT})
"""Causes of what is out by half, or may be, or was due long ago."""
_OUT = frozenset({Cause.RETRACT, Cause.CHANGED})
"""Causes of what is out, and can not become what its file says; some of it may be missing."""


def waiting(lines: Iterable[Line], *, now: Instant, until: Instant) -> list[Line]:
    """Find what does not go out before somebody looks at it.

    Args:
        lines: A plan.
        now: When it was made.
        until: What is blocked and due later than this has time still.
    """
    return [line for line in lines if waits(line, now=now, until=until)]


def waits(line: Line, *, now: Instant, until: Instant) -> bool:
    """Tell whether one delivery waits for a person.

    Another run that holds a claim is no person: it may be sending this very moment.
    """
    if line.cause is Cause.CLAIMED:
        return not _is_being_sent(line.standing, now)
    if line.cause in _ALWAYS:
        return True
    if line.action is not Action.BLOCKED:
        return False
    due = line.delivery.due
    return line.cause in _OUT or (due is not None and due <= until)


def _is_being_sent(standing: Standing, now: Instant) -> bool:
    claims = [
        part.claim for part in standing.parts.values() if part.state is State.CLAIMED and part.claim
    ]
    return bool(claims) and not any(lease_over(claim, now, PATIENCE) for claim in claims)
