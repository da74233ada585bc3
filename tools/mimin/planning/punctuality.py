"""Punctuality: how long after its time a delivery was out, and what many of them add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from mimin.planning.plan import Line


@dataclass(frozen=True)
class Punctuality:
    """Seconds after the due time; None where nothing went out."""

    median: float | None
    p95: float | None
    worst: float | None


def measure(seconds: Iterable[float]) -> Punctuality:
    """Add up the lateness of many deliveries."""
    ordered = sorted(seconds)
    if not ordered:
        return Punctuality(None, None, None)
    return Punctuality(median(ordered), percentile(ordered, 95), ordered[-1])


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """Give the nearest-rank percentile: a value that did occur."""
    if not ordered:
        return None
    rank = -(-percent * len(ordered) // 100)
    return ordered[max(rank, 1) - 1]


def lateness(line: Line) -> float:
    """Tell how many seconds after its time a delivery was out; a thread, with its first part."""
    receipt = line.standing.receipts[0]
    due = receipt.due or line.delivery.due
    return max(0.0, (receipt.at - due).total("seconds")) if due is not None else 0.0
