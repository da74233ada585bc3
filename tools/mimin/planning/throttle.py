"""Throttle: what was held up goes out one by one, so that a backlog is not a salvo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from whenever import Instant, TimeDelta

SPACING = TimeDelta(minutes=10)
"""Between two late posts of one account, where the brand names no `spacing:` of its own."""
LATE = TimeDelta(minutes=5)
"""How long after its time a delivery counts as late; a run that comes a little later is usual."""


def spread(
    count: int, *, taken: Iterable[Instant], gap: TimeDelta, now: Instant
) -> Sequence[Instant]:
    """Find a start for each of *count* late deliveries of one account, in their order.

    Args:
        count: How many there are.
        taken: When something goes out, or went out, that keeps its time.
        gap: What lies at least between two of them, and between one of them and what is taken.
        now: The earliest start.
    """
    fixed = iter(sorted(taken))
    ahead = next(fixed, None)
    found: list[Instant] = []
    start = now
    for _ in range(count):
        # Starts only move on, so what was passed once is never in the way again.
        while ahead is not None and ahead - gap < start:
            start = max(start, ahead + gap)
            ahead = next(fixed, None)
        found.append(start)
        start += gap
    return found
