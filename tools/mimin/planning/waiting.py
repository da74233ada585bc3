"""What waits for a person: a run must not end as if all were well while something due stays."""

from __future__ import annotations

from collections.abc import Iterable

from whenever import Instant

from mimin.planning.plan import Action, Cause, Line

_ALWAYS = {Cause.UNKNOWN, Cause.CLAIMED, Cause.WAITING, Cause.HELD, Cause.HALF_OUT}
_WHEN_DUE = {
    Cause.TWIN,
    Cause.STALE,
    Cause.PROBLEMS,
    Cause.UNAPPROVED,
    Cause.UNCOMMITTED,
    Cause.REFUSED,
    Cause.FROZEN,
    Cause.BUDGET,
}
"""They keep back what is due; before its time there is nothing to say."""


def waiting(lines: Iterable[Line], until: Instant) -> list[Line]:
    """Find what does not go out before somebody looks at it, as far as it was due by *until*."""
    return [
        line
        for line in lines
        if line.cause in _ALWAYS
        or (line.cause is Cause.RETRACT and line.action is Action.BLOCKED)
        or (line.cause in _WHEN_DUE and line.delivery.due and line.delivery.due <= until)
    ]
