"""Standings: what the events of one delivery add up to. State is always this fold, never stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from whenever import Instant

from mimin.model.event import Event, Kind


class State(StrEnum):
    """Where one part, or a whole delivery, stands."""

    PLANNED = "planned"
    """Nothing is out, and nobody is at it; it may be tried."""
    CLAIMED = "claimed"
    """A run has said that it makes the call; nothing is known since."""
    REFUSED = "refused"
    """Proof that it did not go out."""
    UNKNOWN = "unknown"
    """It may be out; a look or a person has to say."""
    HANDED = "handed"
    """Waits for a person who posts it by hand."""
    PARTIAL = "partial"
    """Some parts of the thread are out, others are still to come."""
    PUBLISHED = "published"
    RETRACTED = "retracted"
    """Was out and has been taken down, or is being taken down part by part."""
    DROPPED = "dropped"
    """Will not go out."""


_BY_KIND = {
    Kind.CLAIMED: State.CLAIMED,
    Kind.PUBLISHED: State.PUBLISHED,
    Kind.REFUSED: State.REFUSED,
    Kind.UNKNOWN: State.UNKNOWN,
    Kind.HANDED: State.HANDED,
    Kind.ABSENT: State.PLANNED,
}


_NOT_OUT = {State.PLANNED, State.REFUSED}
_LATER = {Kind.EDITED, Kind.RETRACTED, Kind.KEPT}


@dataclass
class PartStanding:
    """One part: where it stands, the claim it rests on, and the event that says so."""

    state: State = State.PLANNED
    claim: Event | None = None
    """The latest claim; its handles are what a look-up needs."""
    last: Event | None = None
    receipt: Event | None = None
    shown: Event | None = None
    """Of what is out: the receipt or the edit that says what it is like now."""
    kept: Event | None = None
    """The latest change or taking down that came to nothing."""
    tries: int = 0
    twice: list[Event] = field(default_factory=list)
    """Receipts that name something else than the first: a duplicate that must be looked at."""

    @property
    def trace(self) -> Event | None:
        """The receipt, or the claim that something may have come of; None where nothing can be."""
        return self.receipt or (self.claim if self.state not in _NOT_OUT else None)

    def apply(self, event: Event) -> None:
        """Take one event into account. What is out stays out, whatever comes later."""
        if event.kind is Kind.PUBLISHED and self.receipt is not None:
            if event.remote_id != self.receipt.remote_id:
                self.twice.append(event)
            return
        if event.kind in _LATER:
            self._alter(event)
            return
        if event.kind is Kind.CLAIMED:
            self.claim = event
            self.tries += 1
        if self.receipt is not None or self._is_a_stranger_s_refusal(event):
            return
        if event.kind is Kind.PUBLISHED:
            self.receipt = self.shown = event
        self.state = _BY_KIND[event.kind]
        self.last = event

    def _alter(self, event: Event) -> None:
        """Take into account what became of a part after it was out."""
        if self.receipt is None or self.state is State.RETRACTED:
            return
        if event.kind is Kind.KEPT:
            self.kept = event
            return
        self.kept, self.last = None, event
        if event.kind is Kind.EDITED:
            self.shown = event
        else:
            self.state = State.RETRACTED

    def _is_a_stranger_s_refusal(self, event: Event) -> bool:
        """Tell whether a run speaks that does not hold the claim: its call proves nothing here."""
        if event.kind is not Kind.REFUSED or self.state in {State.PLANNED, State.REFUSED}:
            return False
        return self.state is not State.CLAIMED or not self.claim or self.claim.run != event.run


@dataclass
class Standing:
    """One delivery: its parts, the approvals given to it, and whether it was dropped."""

    key: str
    parts: dict[int, PartStanding] = field(default_factory=dict)
    approvals: list[Event] = field(default_factory=list)
    dropped: Event | None = None
    first: Event | None = None
    total: int = 1
    """How many parts the delivery was seen to have."""

    def part(self, index: int) -> PartStanding:
        """Give the standing of one part; of one that nothing is known about, an empty one."""
        return self.parts.get(index, PartStanding())

    def apply(self, event: Event) -> None:
        """Take one event into account."""
        self.first = self.first or event
        if event.kind is Kind.APPROVED:
            self.approvals.append(event)
        elif event.kind is Kind.DROPPED:
            self.dropped = event
        elif event.kind in _BY_KIND or event.kind in _LATER:
            part = self.parts.get(event.part)
            if part is None:
                part = self.parts[event.part] = PartStanding()
            part.apply(event)
            self.total = max(self.total, event.part + 1, event.parts)

    def state(self, parts: int | None = None) -> State:
        """Say where the delivery stands.

        Args:
            parts: How many parts it has now; the number seen in the ledger when not given.
        """
        states = self._states(parts)
        if states.count(State.PUBLISHED) == len(states):
            return State.PUBLISHED
        if State.RETRACTED in states:
            return State.RETRACTED
        for waiting in (State.UNKNOWN, State.CLAIMED, State.HANDED):
            if waiting in states:
                return waiting
        if self.dropped is not None:
            return State.DROPPED
        if State.REFUSED in states:
            return State.REFUSED
        return State.PARTIAL if State.PUBLISHED in states else State.PLANNED

    def _states(self, parts: int | None) -> list[State]:
        """Give the state of every part that counts."""
        if len(self.parts) == self.total == (parts or self.total):
            return [part.state for part in self.parts.values()]  # of nearly all deliveries
        # A part that the post no longer has counts only if something of it is or may be out.
        touched = [index + 1 for index, part in self.parts.items() if part.state not in _NOT_OUT]
        count = self.total if parts is None else max(parts, *touched, 1)
        return [self.part(index).state for index in range(count)]

    @property
    def whole(self) -> bool:
        """Whether the thread is out to its end, as it was when its last part was claimed."""
        last = max(self.parts, default=0)
        claim = self.part(last).claim
        return claim is not None and claim.parts == last + 1 and self.state() is State.PUBLISHED

    def drop_of(self, due: Instant | None) -> Event | None:
        """Give the drop that keeps the delivery from going out at *due*, if any.

        A run drops what is too late for its time; with a new time it may go out after all. What a
        person or an import has dropped stays dropped.
        """
        dropped = self.dropped
        by_a_run = dropped is not None and dropped.run and not dropped.by
        return None if by_a_run and dropped and dropped.due != due else dropped

    @property
    def standing_out(self) -> list[int]:
        """Numbers of the parts that are out and have not been taken down."""
        found = sorted(self.parts.items())
        return [index for index, part in found if part.state is State.PUBLISHED]

    @property
    def last(self) -> Event | None:
        """The latest event about any part."""
        events: list[Event] = [part.last for part in self.parts.values() if part.last]
        events += [self.dropped] if self.dropped is not None else []
        if len(events) == 1:
            return events[0]
        return max(events, key=lambda event: event.at, default=None)

    @property
    def trace(self) -> Event | None:
        """What tells that something of it is out, or may be; None where nothing can be."""
        traces = (self.parts[index].trace for index in sorted(self.parts))
        return next((trace for trace in traces if trace is not None), None)

    @property
    def receipts(self) -> list[Event]:
        """The receipts of the parts that are out, in order."""
        parts = (self.parts[index] for index in sorted(self.parts))
        return [part.receipt for part in parts if part.receipt is not None]


def fold(events: Iterable[Event], into: dict[str, Standing] | None = None) -> dict[str, Standing]:
    """Add up events: delivery key → standing."""
    standings = {} if into is None else into
    for event in events:
        if event.key:
            standing = standings.get(event.key)
            if standing is None:
                standing = standings[event.key] = Standing(event.key)
            standing.apply(event)
    return standings


def resuming(scope: str) -> str:
    """Give the command that lets *scope* go on, and nothing else: each is resumed by itself."""
    return " ".join(["mimin resume", scope.removesuffix("/*")]) if scope != "*" else "mimin resume"


def frozen_scopes(freezes: Iterable[Event]) -> dict[str, Event]:
    """Give what is frozen now: a scope → the event that says so."""
    latest = {event.account: event for event in freezes}
    return {scope: event for scope, event in latest.items() if event.kind is Kind.FROZEN}


def frozen_by(freezes: Iterable[Event], account: str) -> Event | None:
    """Give the freeze that stops *account* now; None when nothing does."""
    frozen = frozen_scopes(freezes)
    brand = account.partition("/")[0]
    return next((frozen[scope] for scope in ("*", f"{brand}/*", account) if scope in frozen), None)
