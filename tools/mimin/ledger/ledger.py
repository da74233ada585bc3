"""The ledger's reader and writer: a claim is decided on the newest state, by compare-and-swap."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from whenever import Instant

from mimin.ledger.claiming import NotClaimedError, Terms, why_lost, why_not
from mimin.ledger.lines import FREEZES, POLICIES, RUNS, TRUSTS, account_of, decode, encode, place_of
from mimin.ledger.owner import Owner, owners_of
from mimin.ledger.standing import Standing, State, fold, frozen_by, frozen_scopes
from mimin.ledger.tokens import Token, tokens_of
from mimin.model.event import Event
from mimin.store import Append, Branch, Change, Snapshot

BRANCH = "mimin/ledger"


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
    policies: Mapping[str, Event] = field(default_factory=dict)
    """Brand → the event that put its policy in force."""
    runs: tuple[Event, ...] = ()
    trusts: tuple[Event, ...] = ()
    """What people said about the servers that secrets are sent to."""

    @property
    def ran(self) -> str:
        """The commit that the newest run worked from; empty when none said."""
        return self.runs[-1].commit if self.runs else ""

    @cached_property
    def newest(self) -> Instant | None:
        """The moment of the newest event of a run, by its clock; what is simulated does not count.

        A sandbox may live in another time.
        """
        lasts = (standing.last for standing in self.standings.values())
        return max((last.at for last in lasts if last and not last.simulated), default=None)

    @cached_property
    def owners(self) -> Mapping[str, Owner]:
        """Account name → what the ledger knows of the real account behind it."""
        return owners_of(self.standings.values())

    @cached_property
    def tokens(self) -> Mapping[str, Token]:
        """Environment variable → the server that its value is sent to, and for which account."""
        return tokens_of(self.standings.values(), self.trusts)

    def standing(self, key: str) -> Standing:
        """Give the standing of a delivery; of an unknown one, an empty one."""
        return self.standings.get(key) or Standing(key)

    def frozen(self, account: str) -> Event | None:
        """Give the freeze that stops *account*, if any."""
        return frozen_by(self.freezes, account)


@dataclass(frozen=True)
class Conclusion:
    """What was found out about one part, and how the part stood when the look began."""

    event: Event
    claim: Event | None
    """The latest claim of the part then."""
    among: frozenset[State] | None
    """The states in which the event may still be said of the part; None if it holds in any."""

    def holds(self, book: Book) -> bool:
        """Tell whether it may be said of the part as it stands in *book*."""
        if self.among is None:
            return True
        part = book.standing(self.event.key).part(self.event.part)
        return part.claim == self.claim and part.state in self.among


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
        """Give all events, oldest first, and those of an account as they were appended."""
        snapshot = self._branch.read(fetch=fetch)
        self._book(snapshot, None)
        lists = [account.events for _, account in sorted(self._accounts.items())]
        lists.append(decode(snapshot.read(FREEZES), FREEZES))
        # Two runners' clocks differ; within an account the order of the lines is the truth.
        timed = [
            (latest, event)
            for events in lists
            for latest, event in zip(accumulate((e.at for e in events), max), events, strict=True)
        ]
        return [event for _, event in sorted(timed, key=lambda pair: pair[0])]

    def frozen(self, account: str) -> Event | None:
        """Give the freeze that stops *account* on the remote now, if any.

        Raises:
            StoreError: if the remote can not be asked.
        """
        snapshot = self._branch.read()
        return frozen_by(decode(snapshot.read(FREEZES), FREEZES), account)

    def frozen_scopes(self) -> dict[str, Event]:
        """Give what is frozen on the remote now: a scope → the event that says so.

        Raises:
            StoreError: if the remote can not be asked.
        """
        return frozen_scopes(decode(self._branch.read().read(FREEZES), FREEZES))

    def lost(self, claim: Event, terms: Terms) -> str:
        """Say why a claim of ours may not be used any more; an empty string when it may.

        Raises:
            StoreError: if the remote can not be asked.
        """
        return why_lost(self._book(self._branch.read(), claim.account), claim, terms)

    def start(self, run: Event, before: str) -> bool:
        """Note the commit that a run works from, if the newest run's is still *before*.

        Returns:
            Whether it was noted, or stood there already.

        Raises:
            StoreError: if the remote can not be asked.
        """
        agreed = False

        def decide(snapshot: Snapshot) -> Mapping[str, Change]:
            nonlocal agreed
            runs = decode(snapshot.read(RUNS), RUNS)
            newest = runs[-1].commit if runs else ""
            agreed = newest in {before, run.commit}
            return {} if newest == run.commit or not agreed else _appended([run], snapshot)

        self._branch.transact(decide, message=f"Run from {run.commit[:12]}", at=run.at)
        return agreed

    def claim(self, claim: Event, terms: Terms | None = None) -> None:
        """Append a claim, if the delivery may be tried in the state that the remote has now.

        Returns only when the claim is durable.

        Args:
            claim: The claim.
            terms: What else must hold.

        Raises:
            NotClaimedError: if it may not; nothing was written.
            StoreError: if the remote can not be asked; nothing may be sent.
        """
        refusal = ""

        def decide(snapshot: Snapshot) -> Mapping[str, Change]:
            nonlocal refusal
            refusal = why_not(self._book(snapshot, claim.account), claim, terms or Terms())
            return {} if refusal else _appended([claim], snapshot)

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
        self._branch.transact(
            lambda snapshot: _appended(listed, snapshot), message=_message(listed), at=listed[0].at
        )

    def conclude(self, conclusions: Sequence[Conclusion]) -> list[bool]:
        """Append what was found out about parts, in one commit, unless a part has moved on since.

        A look takes time; meanwhile another run may have closed the claim and made one of its own,
        and an answer about the old one must not close that.

        Args:
            conclusions: What was found out, each about another part.

        Returns:
            Whether each was written.

        Raises:
            StoreError: if they could not be written.
        """
        if not conclusions:
            return []
        still: list[bool] = []

        def decide(snapshot: Snapshot) -> Mapping[str, Change]:
            accounts = {each.event.account for each in conclusions}
            books = {account: self._book(snapshot, account) for account in accounts}
            still[:] = [each.holds(books[each.event.account]) for each in conclusions]
            kept = [each.event for each, holds in zip(conclusions, still, strict=True) if holds]
            return _appended(kept, snapshot)

        events = [each.event for each in conclusions]
        self._branch.transact(decide, message=_message(events), at=max(e.at for e in events))
        return still

    def _book(self, snapshot: Snapshot, only: str | None) -> Book:
        """Add up a snapshot, or only one account of it, reading no line twice."""
        with self._lock:
            mine: dict[str, list[str]] = {}
            for path in sorted(snapshot.files):
                account = account_of(path)
                if account is not None and only in {None, account}:
                    mine.setdefault(account, []).append(path)
            paths = [path for found in mine.values() for path in found]
            contents = snapshot.blobs([*paths, FREEZES, POLICIES, RUNS, TRUSTS])
            standings: dict[str, Standing] = {}
            for account, files in mine.items():
                read = self._accounts.get(account, _Account())
                if not _grown(read, files, contents):
                    read = _Account()
                _feed(read, files, contents)
                self._accounts[account] = read
                shared = standings.keys() & read.standings.keys()
                standings |= read.standings
                if shared:
                    standings |= self._joined(shared, mine)
            freezes, policies, runs, trusts = (
                tuple(decode(contents.get(path, b""), path))
                for path in (FREEZES, POLICIES, RUNS, TRUSTS)
            )
            in_force = {event.account.partition("/")[0]: event for event in policies}
            return Book(standings, freezes, in_force, runs, trusts)

    def _joined(self, keys: Collection[str], accounts: Iterable[str]) -> dict[str, Standing]:
        """Add up deliveries that files of several accounts tell of: one must not hide the other."""
        known = (self._accounts[account] for account in accounts if account in self._accounts)
        events = [event for each in known for event in each.events if event.key in keys]
        return fold(sorted(events, key=lambda event: event.at))


def _message(events: Sequence[Event]) -> str:
    first = events[0]
    message = f"{first.kind.capitalize()} {first.key or first.account}"
    return f"{message} and {len(events) - 1} more" if len(events) > 1 else message


def _appended(events: Iterable[Event], snapshot: Snapshot) -> Mapping[str, Change]:
    lines: dict[str, bytes] = {}
    for event in events:
        path = place_of(event, snapshot.files)
        lines[path] = lines.get(path, b"") + encode(event)
    return {path: Append(content) for path, content in lines.items()}


def _grown(read: _Account, files: list[str], contents: Mapping[str, bytes]) -> bool:
    """Tell whether the files are what was read, with whole lines added at the end only."""
    for path, seen in read.read.items():
        content = contents.get(path, b"")
        whole = content == seen or not seen or seen.endswith(b"\n")
        if not whole or not content.startswith(seen):
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
