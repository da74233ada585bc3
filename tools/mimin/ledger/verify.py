"""Verify: what must hold for any true ledger, checked event by event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mimin.ledger.standing import PartStanding, State, fold
from mimin.model.event import Event, Kind

_CLOSED = {State.PLANNED, State.REFUSED}
_OF_WHAT_IS_OUT = {Kind.EDITED, Kind.RETRACTED}
_IMPORTED = "imported"


def verify(events: Iterable[Event]) -> list[str]:
    """Find what can not be.

    A part out twice, a claim on what was claimed, something out without a claim or changed without
    being out, one post on the network as the receipt of two deliveries.
    """
    listed = [event for event in events if event.key]
    faults = []
    parts: dict[tuple[str, int], PartStanding] = {}
    for event in listed:
        if event.kind in {Kind.APPROVED, Kind.DROPPED}:
            continue
        part = parts.setdefault((event.key, event.part), PartStanding())
        if event.kind is Kind.CLAIMED and part.state not in _CLOSED:
            faults.append(_fault(event, f"claimed while it was {part.state}"))
        if event.kind is Kind.PUBLISHED and part.claim is None and not _needs_no_claim(event):
            faults.append(_fault(event, "published without a claim"))
        if event.kind in _OF_WHAT_IS_OUT and part.receipt is None:
            faults.append(_fault(event, f"{event.kind}, but nothing was out"))
        part.apply(event)
    for standing in fold(listed).values():
        for index, standing_part in standing.parts.items():
            faults += [
                f"{standing.key} part {index + 1}: out twice, as {event.remote_id} too"
                for event in standing_part.twice
            ]
    return faults + list(_shared_receipts(listed))


def _needs_no_claim(event: Event) -> bool:
    """Tell whether nobody of us made the call: a person did, or the tool before us.

    Imports write no run and begin their reason with this word, those of older versions too.
    """
    return bool(event.by) or (not event.run and event.reason.startswith(_IMPORTED))


def _shared_receipts(events: Iterable[Event]) -> Iterator[str]:
    owners: dict[tuple[str, str], str] = {}
    for event in events:
        # What a person gave is a link, such as a channel's, and no id of the network.
        if event.kind is not Kind.PUBLISHED or not event.remote_id or event.by:
            continue
        owner = owners.setdefault((event.account, event.remote_id), event.key)
        if owner != event.key:
            yield _fault(event, f"{event.remote_id} is the receipt of {owner} too")


def _fault(event: Event, what: str) -> str:
    return f"{event.key} part {event.part + 1} at {event.at.format_iso()}: {what}"
