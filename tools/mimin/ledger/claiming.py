"""Claiming: what must hold for a part to be claimed, judged on the newest state of the ledger."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whenever import Instant

from mimin.ledger.standing import PartStanding, State
from mimin.model.event import Event, Kind

if TYPE_CHECKING:
    from mimin.ledger.ledger import Book


PATIENCE = 180.0
"""Seconds after a lease before others may conclude anything: the longest call, and clock drift."""
KEPT_APART = "a later run keeps them apart"
"""Why a late post is left for now, though nothing is wrong with it."""


class NotClaimedError(Exception):
    """The ledger did not give the claim: somebody else has it, or it may not be tried now."""


@dataclass(frozen=True)
class Terms:
    """What must hold for a claim, besides that its part is free."""

    known: Collection[str] | None = None
    """The keys that the run knows: of all its deliveries, and those in the ledger when it planned.
    Where the same payload, or one of the same time, is out under another, two runs may see one
    file under two names, and only one of them may send it."""
    quiet_since: Instant | None = None
    """Of what is late: since when no other run may have claimed anything on the account."""
    account: str = ""
    """What the files call the account today: a freeze may name it so."""
    contents: tuple[str, ...] = ()
    """Of each part of the thread: what must be out in its place before a later one is claimed."""
    checkout: str = ""
    """The commit of the newest files that were worked from when the run was planned."""


_FREE = Terms()


def why_not(book: Book, claim: Event, terms: Terms = _FREE) -> str:
    """Say why this part may not be claimed now; an empty string when it may.

    Args:
        book: The ledger, or the claim's account of it.
        claim: The claim.
        terms: What else must hold.
    """
    freeze = book.frozen(claim.account) or book.frozen(terms.account or claim.account)
    if freeze is not None:
        return f"{freeze.account} is frozen since {freeze.at.format_iso()}: {freeze.reason}"
    standing = book.standing(claim.key)
    dropped = standing.drop_of(claim.due)
    if dropped is not None:
        return f"dropped: {dropped.reason}"
    for index in range(claim.part):
        if standing.part(index).state is not State.PUBLISHED:
            return f"part {index + 1} is not out yet"
        shown = standing.part(index).shown
        wanted = terms.contents[index : index + 1]
        if shown is not None and shown.content and wanted and wanted != (shown.content,):
            return f"part {index + 1} is out with other words than the file has now"
    blocked = _part_blocked(standing.part(claim.part), claim) or _newer_files(book, terms)
    return blocked or _twin(book, claim, terms) or _too_close(book, claim, terms)


def why_lost(book: Book, claim: Event, terms: Terms = _FREE) -> str:
    """Say why a claim that was given may not be used any more; an empty string when it may.

    Time has passed since: somebody may have frozen the account, or taken the claim for abandoned.

    Args:
        book: The ledger as it is now.
        claim: Our claim.
        terms: What it was given on.
    """
    freeze = book.frozen(claim.account) or book.frozen(terms.account or claim.account)
    if freeze is not None:
        return f"frozen: {freeze.reason}"
    part = book.standing(claim.key).part(claim.part)
    mine = part.claim is not None and part.claim.run == claim.run
    if not mine or part.state is not State.CLAIMED:
        return f"the claim is not ours any more; the part is {part.state}"
    return _newer_files(book, terms)


def _newer_files(book: Book, terms: Terms) -> str:
    if terms.checkout and book.ran not in {"", terms.checkout}:
        return f"another run has newer files (commit {book.ran[:12]}); run again after `git pull`"
    return ""


def _twin(book: Book, claim: Event, terms: Terms) -> str:
    if terms.known is None or not claim.digest:
        return ""
    for key, standing in book.standings.items():
        trace = standing.trace
        if trace is None or trace.account != claim.account:
            continue
        alike = trace.digest == claim.digest or (trace.due is not None and trace.due == claim.due)
        if alike and key != claim.key and key not in terms.known:
            return f"what may be the same is {standing.state()} as {key}, a name that is not here"
    return ""


def _too_close(book: Book, claim: Event, terms: Terms) -> str:
    """Two runs at once may each have planned another late post first, knowing only their own."""
    if terms.quiet_since is None:
        return ""
    for key, standing in book.standings.items():
        for part in standing.parts.values():
            other = part.claim if part.trace is not None else None
            if other is None or other.account != claim.account or other.run == claim.run:
                continue
            if key != claim.key and other.at > terms.quiet_since:
                return f"run {other.run} claimed {key} just now; {KEPT_APART}"
    return ""


def _part_blocked(part: PartStanding, claim: Event) -> str:
    last = part.last
    if last is None or part.state is State.PLANNED:
        return ""
    if part.state is State.REFUSED:
        if last.permanent and last.digest == claim.digest:
            return f"refused: {last.reason}"
        if last.retry_at is not None and claim.at < last.retry_at:
            return f"not again before {last.retry_at.format_iso()}"
        return ""
    return f"{part.state} by run {last.run or '?'} at {last.at.format_iso()}"


def lease_over(claim: Event, now: Instant, patience: float) -> bool:
    """Tell whether the run that holds *claim* can no longer make the call.

    Args:
        claim: The claim.
        now: The moment to judge at.
        patience: Seconds after the claim's own end: the longest call, and clocks that differ.
    """
    if claim.kind is not Kind.CLAIMED or claim.until is None:
        return True
    return (now - claim.until).total("seconds") > patience
