"""Lookups: what a network is asked about a part of which the ledger has a claim."""

from __future__ import annotations

from collections.abc import Iterator

from whenever import TimeDelta

from mimin.ledger.claiming import PATIENCE
from mimin.ledger.ledger import Book
from mimin.ledger.standing import Standing, State
from mimin.model.event import Event
from mimin.model.payload import Part, Payload
from mimin.networks.protocol import Job, Known, Receipt

_MOST = 50
"""Known posts that a list is held against; the newest are what it must show."""


def known_of(book: Book, claim: Event) -> tuple[Known, ...]:
    """List what else of ours must be on a claim's account: the newest first, of some days.

    Answers and first comments are left out: not every network lists them.
    """
    found = [
        Known(shown.remote_id or receipt.remote_id, receipt.at)
        for standing in book.standings.values()
        for receipt, shown in _firsts(standing)
        if receipt.account == claim.account
        and standing.key != claim.key
        and (receipt.destination, receipt.author) == (claim.destination, claim.author)
    ]
    ordered = sorted(found, key=lambda known: known.at, reverse=True)
    return tuple(known for known in ordered if known.remote_id)[:_MOST]


def _firsts(standing: Standing) -> Iterator[tuple[Event, Event]]:
    """Give the receipt of a delivery's first part, and what it is like now, while it is out."""
    part = standing.part(0)
    if part.receipt is not None and part.state is State.PUBLISHED and not part.receipt.by:
        yield part.receipt, part.shown or part.receipt


def job_of(standing: Standing, index: int, claim: Event, known: tuple[Known, ...] = ()) -> Job:
    """Rebuild the job of a claim, with all that a look-up may use; the texts are not among it."""
    count = max(standing.total, index + 1)
    payload = Payload(
        account=claim.account, network="", parts=tuple(Part(text="") for _ in range(count))
    )
    sent = tuple(
        Receipt(remote_id=event.remote_id, url=event.url, handles=event.handles)
        for event in standing.receipts
        if event.part < index
    )
    return Job(
        key=standing.key,
        payload=payload,
        index=index,
        due=claim.due or claim.at,
        at=claim.at,
        handles=claim.handles,
        sent=sent,
        known=known,
        ended=None if claim.until is None else claim.until + TimeDelta(seconds=PATIENCE),
    )
