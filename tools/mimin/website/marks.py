"""Marks: how the standing of a delivery looks, as an icon, a tone and words, never colour alone."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from mimin.planning.plan import Cause, Line


class Mark(NamedTuple):
    """How one cause is drawn."""

    tone: str
    """Colour family of the style sheet."""
    icon: str
    """Icon of the style sheet."""
    weight: int
    """Of several deliveries the heaviest is shown first."""


MARKS = MappingProxyType(
    {
        Cause.OUT: Mark("good", "check", 0),
        Cause.CHANGED: Mark("good", "check", 1),
        Cause.EDIT: Mark("plan", "pencil", 2),
        Cause.RETRACT: Mark("plan", "cross", 4),
        Cause.RETRACTED: Mark("quiet", "cross", 1),
        Cause.CALLED_OFF: Mark("quiet", "cross", 1),
        Cause.BLACKOUT: Mark("bad", "pause", 12),
        Cause.ENDED: Mark("bad", "pause", 12),
        Cause.DUPLICATE: Mark("bad", "pause", 12),
        Cause.BUDGET: Mark("bad", "pause", 12),
        Cause.LATER: Mark("plan", "clock", 2),
        Cause.DUE: Mark("plan", "send", 3),
        Cause.RESUME: Mark("plan", "send", 4),
        Cause.RETRY: Mark("plan", "send", 4),
        Cause.DRAFT: Mark("quiet", "pencil", 3),
        Cause.UNSCHEDULED: Mark("quiet", "pencil", 3),
        Cause.DROPPED: Mark("quiet", "cross", 1),
        Cause.EXPIRED: Mark("quiet", "cross", 5),
        Cause.MISSED: Mark("quiet", "cross", 5),
        Cause.CLAIMED: Mark("plan", "send", 6),
        Cause.UNCOMMITTED: Mark("wait", "person", 7),
        Cause.UNAPPROVED: Mark("wait", "person", 8),
        Cause.WAITING: Mark("wait", "person", 9),
        Cause.LATE: Mark("bad", "clock", 10),
        Cause.FROZEN: Mark("cold", "pause", 11),
        Cause.HELD: Mark("bad", "pause", 12),
        Cause.STALE: Mark("bad", "pause", 12),
        Cause.HALF_OUT: Mark("bad", "alert", 14),
        Cause.TWIN: Mark("bad", "alert", 13),
        Cause.UNTRUSTED: Mark("bad", "alert", 13),
        Cause.PROBLEMS: Mark("bad", "alert", 13),
        Cause.UNKNOWN: Mark("bad", "question", 14),
        Cause.REFUSED: Mark("bad", "cross", 15),
    }
)

FILE_CHANGED = frozenset({Cause.CHANGED, Cause.EDIT})
"""What is out says something else than the file does."""
PERSON = frozenset({Cause.WAITING})
APPROVAL = frozenset({Cause.UNAPPROVED, Cause.UNCOMMITTED})
TROUBLE = frozenset({Cause.REFUSED, Cause.UNKNOWN, Cause.CLAIMED, Cause.HALF_OUT})
HELD = frozenset(
    {
        Cause.HELD,
        Cause.STALE,
        Cause.BLACKOUT,
        Cause.ENDED,
        Cause.DUPLICATE,
        Cause.BUDGET,
        Cause.TWIN,
        Cause.UNTRUSTED,
        Cause.FROZEN,
        Cause.EXPIRED,
        Cause.MISSED,
    }
)


def heaviest(lines: list[Line]) -> Cause:
    """Give the cause that somebody should see first."""
    return max((line.cause for line in lines), key=lambda cause: MARKS[cause].weight)
