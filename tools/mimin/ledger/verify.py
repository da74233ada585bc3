"""Verify: what must hold for any true ledger, checked event by event."""

from __future__ import annotations

from collections.abc import Iterable

from mimin.ledger.standing import PartStanding, State, fold
from mimin.model.event import Event, Kind

_CLOSED = {State.PLANNED, State.REFUSED}


def verify(events: Iterable[Event]) -> list[str]:
    """Find what can not be: a part out twice, a claim on what was claimed, out without a claim."""
    listed = [event for event in events if event.key]
    faults = []
    parts: dict[tuple[str, int], PartStanding] = {}
    for event in listed:
        if event.kind in {Kind.APPROVED, Kind.DROPPED}:
            continue
        part = parts.setdefault((event.key, event.part), PartStanding())
        if event.kind is Kind.CLAIMED and part.state not in _CLOSED:
            faults.append(_fault(event, f"claimed while it was {part.state}"))
        if event.kind is Kind.PUBLISHED and part.claim is None and not event.by:
            faults.append(_fault(event, "published without a claim"))
        part.apply(event)
    for standing in fold(listed).values():
        for index, standing_part in standing.parts.items():
            faults += [
                f"{standing.key} part {index + 1}: out twice, as {event.remote_id} too"
                for event in standing_part.twice
            ]
    return faults


def _fault(event: Event, what: str) -> str:
    return f"{event.key} part {event.part + 1} at {event.at.format_iso()}: {what}"
