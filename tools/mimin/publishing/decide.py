"""What people decide: it is out, it is not out, it will not go out, stop, go on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from whenever import Instant, TimeDelta

from mimin.errors import UsageError
from mimin.ledger.claiming import PATIENCE, lease_over
from mimin.ledger.ledger import Book, Conclusion, Ledger
from mimin.ledger.standing import Standing, State
from mimin.ledger.tokens import Token
from mimin.model.event import Event, Kind
from mimin.workspace.validation import suggest

_WAITING = frozenset({State.CLAIMED, State.UNKNOWN, State.HANDED})


_NO_ADDRESS = "no-address"
"""The id of what a person says is out without saying where; no network gives one like it."""
_ADDRESS = re.compile(r"https?://[^\s/?#@]+\.[^\s/?#@.]{2,}([/?#]\S*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Person:
    """Who decides, and when."""

    name: str
    at: Instant
    run: str


def trust_token(ledger: Ledger, token: Token, person: Person, destination: str) -> Event:
    """Record that a person lets a secret be sent to a server, and to no other from now on.

    Args:
        ledger: Where it is recorded.
        token: The secret, its server and its account.
        person: Who says so.
        destination: `Account.destination`, which the person has looked at too.
    """
    event = Event(
        at=person.at,
        kind=Kind.TRUSTED,
        account=token.account,
        run=person.run,
        by=person.name,
        destination=destination,
        handles=token.write(),
    )
    ledger.record([event])
    return event


def check_address(url: str) -> None:
    """Refuse what is no address of a page.

    Raises:
        UsageError: if it is none; with the way out.
    """
    if _ADDRESS.fullmatch(url):
        return
    near = f"https://{url}"
    way_out = f"write {near}" if _ADDRESS.fullmatch(near) else "copy it from the published post"
    raise UsageError(
        f"{url!r} is not an address; {way_out}, or say --out if there is no address to give"
    )


def find_standing(book: Book, key: str) -> Standing:
    """Find a delivery in the ledger by its key.

    Raises:
        UsageError: if the ledger knows nothing of it.
    """
    if key in book.standings:
        return book.standings[key]
    hint = suggest(key, book.standings)
    raise UsageError(f"the ledger knows no delivery {key!r}{hint}; `mimin ledger show` lists them")


def is_out(  # noqa: PLR0913, PLR0917 - what, where, who, and which of its parts
    ledger: Ledger, book: Book, key: str, url: str, person: Person, part: int | None = None
) -> list[Event]:
    """Record that a person has seen (or made) the open parts of a delivery, or one, on the network.

    Args:
        ledger: Where it is recorded.
        book: The ledger as it is.
        key: The delivery.
        url: Where the post is; empty when there is no address to give.
        person: Who says so.
        part: Only this part, from 0; every open one when None.
    """
    standing = find_standing(book, key)
    events = [
        _event(Kind.PUBLISHED, standing, index, person, f"{person.name} says it is out", url)
        for index in _open(standing, person.at)
        if part in {None, index}
    ]
    if not events:
        raise UsageError(f"{key} has no open part {(part or 0) + 1}; `mimin ledger show {key}`")
    ledger.record(events)
    return events


def is_retracted(ledger: Ledger, book: Book, key: str, person: Person) -> list[Event]:
    """Record that a person has taken down what is out, where no API can.

    Raises:
        UsageError: if nothing of it is out.
    """
    standing = find_standing(book, key)
    out = standing.standing_out
    if not out:
        raise UsageError(f"{key} is not out: it is {standing.state()}")
    reason = f"{person.name} has taken it down"
    events = [_event(Kind.RETRACTED, standing, index, person, reason) for index in out]
    ledger.record(events)
    return events


def is_not_out(ledger: Ledger, book: Book, key: str, person: Person) -> list[Event]:
    """Record that a person has looked and found nothing; the delivery may be tried again.

    Raises:
        UsageError: if there is nothing to say, or another run was at it meanwhile.
    """
    standing = find_standing(book, key)
    events = [
        _event(Kind.ABSENT, standing, part, person, f"{person.name} says it is not out")
        for part in _open(standing, person.at)
    ]
    found = [Conclusion(event, standing.part(event.part).claim, _WAITING) for event in events]
    if not all(ledger.conclude(found)):
        raise UsageError(f"{key} has moved on since you looked; `mimin ledger show {key}`")
    return events


def is_left(ledger: Ledger, book: Book, key: str, person: Person) -> list[Event]:
    """Record that nothing more of a delivery is to go out; what is out stays as it is.

    Raises:
        UsageError: if it is out to its end, or nobody can know yet what is out.
    """
    standing = find_standing(book, key)
    state = standing.state()
    if state not in {State.PARTIAL, State.REFUSED, State.PLANNED}:
        raise UsageError(f"{key} has nothing to leave: it is {state}")
    last = standing.last or standing.first
    assert last is not None  # noqa: S101 - the ledger knows it by an event
    event = Event(
        at=person.at,
        kind=Kind.DROPPED,
        account=last.account,
        key=key,
        run=person.run,
        digest=last.digest,
        due=last.due,
        reason=f"{person.name} leaves it as it is",
        by=person.name,
    )
    ledger.record([event])
    return [event]


def freeze(ledger: Ledger, scope: str, reason: str, person: Person, *, resume: bool) -> Event:
    """Stop everything in *scope*, or let it go on; the very next call obeys."""
    event = Event(
        at=person.at,
        kind=Kind.RESUMED if resume else Kind.FROZEN,
        account=scope,
        run=person.run,
        by=person.name,
        reason=reason,
    )
    ledger.record([event])
    return event


def _open(standing: Standing, now: Instant) -> list[int]:
    parts = [index for index, part in sorted(standing.parts.items()) if part.state in _WAITING]
    if not parts:
        state = standing.state()
        raise UsageError(f"{standing.key} waits for nobody: it is {state}")
    for index in parts:
        part = standing.part(index)
        if part.state is State.CLAIMED and part.claim is not None:
            _check_alone(part.claim, now)
    return parts


def _check_alone(claim: Event, now: Instant) -> None:
    """Nobody can know about a call that may still be made."""
    if not lease_over(claim, now, PATIENCE) and claim.until is not None:
        end = (claim.until + TimeDelta(seconds=PATIENCE)).format_iso()
        raise UsageError(f"{claim.key}: run {claim.run} may still be at it; try again after {end}")


def _event(  # noqa: PLR0913, PLR0917 - private, and each is a different thing
    kind: Kind, standing: Standing, index: int, person: Person, reason: str, url: str = ""
) -> Event:
    part = standing.part(index)
    claim = part.claim or part.last
    if claim is None:
        raise UsageError(f"{standing.key} was never claimed")
    return Event(
        at=person.at,
        kind=kind,
        account=claim.account,
        key=standing.key,
        part=index,
        run=person.run,
        digest=claim.digest,
        content=claim.content,
        destination=claim.destination,
        author=claim.author,
        commit=claim.commit,
        simulated=claim.simulated,
        due=claim.due,
        remote_id=url or (_NO_ADDRESS if kind is Kind.PUBLISHED else ""),
        url=url,
        reason=reason,
        by=person.name,
    )
