"""The ledger's reader and writer: a claim is decided on the newest state, by compare-and-swap."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from whenever import Instant

from mimin.ledger.lines import FREEZES, account_of, decode, encode, path_of
from mimin.ledger.standing import PartStanding, Standing, State, fold, frozen_by
from mimin.model.event import Event, Kind
from mimin.store import Append, Branch, Change, Snapshot

BRANCH = "mimin/ledger"


class NotClaimedError(Exception):
    """The ledger did not give the claim: somebody else has it, or it may not be tried now."""


@dataclass
class _Account:
    """What the files of one account add up to, and how much of them was read."""

    read: dict[str, bytes] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True)
class Book:
    """The ledger as it was at one moment."""

    standings: Mapping[str, Standing]
    freezes: tuple[Event, ...] = ()

    def standing(self, key: str) -> Standing:
        """Give the standing of a delivery; of an unknown one, an empty one."""
        return self.standings.get(key) or Standing(key)

    def frozen(self, account: str) -> Event | None:
        """Give the freeze that stops *account*, if any."""
        return frozen_by(self.freezes, account)


class Ledger:
    """Events on the branch `mimin/ledger`. Threads may share one."""

    def __init__(self, branch: Branch) -> None:
        """Use *branch* as the ledger."""
        self._branch = branch
        self._accounts: dict[str, _Account] = {}
        self._lock = threading.Lock()

    def read(self, *, fetch: bool = True) -> Book:
        """Read the whole ledger; with *fetch* as it is on the remote now."""
        return self._book(self._branch.read(fetch=fetch), None)

    def events(self, *, fetch: bool = True) -> list[Event]:
        """Give all events, oldest first as each account wrote them."""
        snapshot = self._branch.read(fetch=fetch)
        self._book(snapshot, None)
        found = [event for account in self._accounts.values() for event in account.events]
        found += decode(snapshot.read(FREEZES), FREEZES)
        return sorted(found, key=lambda event: event.at)

    def claim(self, claim: Event) -> None:
        """Append a claim, if the delivery may be tried in the state that the remote has now.

        Returns only when the claim is durable.

        Raises:
            NotClaimedError: if it may not; nothing was written.
            StoreError: if the remote can not be asked; nothing may be sent.
        """
        refusal = ""

        def decide(snapshot: Snapshot) -> Mapping[str, Change]:
            nonlocal refusal
            refusal = why_not(self._book(snapshot, claim.account), claim)
            return {} if refusal else {path_of(claim): Append(encode(claim))}

        message = f"Claim {claim.key} part {claim.part + 1}"
        self._branch.transact(decide, message=message, at=claim.at)
        if refusal:
            raise NotClaimedError(refusal)

    def record(self, events: Iterable[Event]) -> None:
        """Append events that are facts: receipts, refusals, unknowns, freezes.

        Raises:
            StoreError: if they could not be written.
        """
        listed = list(events)
        if not listed:
            return
        lines: dict[str, bytes] = {}
        for event in listed:
            path = path_of(event)
            lines[path] = lines.get(path, b"") + encode(event)
        changes = {path: Append(content) for path, content in lines.items()}
        first = listed[0]
        message = f"{first.kind.capitalize()} {first.key or first.account}"
        if len(listed) > 1:
            message += f" and {len(listed) - 1} more"
        self._branch.transact(lambda _: changes, message=message, at=first.at)

    def _book(self, snapshot: Snapshot, only: str | None) -> Book:
        """Add up a snapshot, or only one account of it, reading no line twice."""
        with self._lock:
            mine: dict[str, list[str]] = {}
            for path in sorted(snapshot.files):
                account = account_of(path)
                if account is not None and only in {None, account}:
                    mine.setdefault(account, []).append(path)
            paths = [path for found in mine.values() for path in found]
            contents = snapshot.blobs([*paths, FREEZES])
            standings: dict[str, Standing] = {}
            for account, files in mine.items():
                read = self._accounts.get(account, _Account())
                if not _grown(read, files, contents):
                    read = _Account()
                _feed(read, files, contents)
                self._accounts[account] = read
                standings |= read.standings
            freezes = tuple(decode(contents.get(FREEZES, b""), FREEZES))
            return Book(standings, freezes)


def _grown(read: _Account, files: list[str], contents: Mapping[str, bytes]) -> bool:
    """Tell whether the files are what was read, with lines added at the end only."""
    if any(not contents.get(path, b"").startswith(seen) for path, seen in read.read.items()):
        return False
    newest = max(read.read, default="")
    return all(path in read.read or path > newest for path in files) and all(
        len(contents[path]) == len(seen) for path, seen in read.read.items() if path != newest
    )


def _feed(read: _Account, files: list[str], contents: Mapping[str, bytes]) -> None:
    for path in files:
        seen = read.read.get(path, b"")
        content = contents[path]
        if len(content) > len(seen):
            fresh = decode(content[len(seen) :], path, seen.count(b"\n") + 1)
            fold(fresh, read.standings)
            read.events += fresh
        read.read[path] = content


def why_not(book: Book, claim: Event) -> str:
    """Say why this part may not be claimed now; an empty string when it may."""
    freeze = book.frozen(claim.account)
    if freeze is not None:
        return f"{freeze.account} is frozen since {freeze.at.format_iso()}: {freeze.reason}"
    standing = book.standing(claim.key)
    if standing.dropped is not None:
        return f"dropped: {standing.dropped.reason}"
    for index in range(claim.part):
        if standing.part(index).state is not State.PUBLISHED:
            return f"part {index + 1} is not out yet"
    return _part_blocked(standing.part(claim.part), claim)


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
