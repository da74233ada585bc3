"""One run: reconcile, plan, and deliver what is due, each account on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

from whenever import Instant

from mimin.errors import MiminError, StoreError
from mimin.ledger.ledger import Book, Ledger
from mimin.ledger.tokens import Token
from mimin.model.event import Event, Kind
from mimin.model.payload import Part, Payload
from mimin.networks.protocol import Connection
from mimin.planning.plan import Line
from mimin.publishing.amend import Amender
from mimin.publishing.clock import Clock
from mimin.publishing.deliver import Courier, Step, Tell, UnrecordedError
from mimin.publishing.destination import Destinations, OtherAccountError

_NOTHING_OUT = frozenset(
    {Step.SKIPPED, Step.REFUSED, Step.DROPPED, Step.EDITED, Step.RETRACTED, Step.KEPT}
)


@dataclass(frozen=True)
class Sent:
    """How one delivery of a run ended."""

    line: Line
    step: Step
    note: str = ""


@dataclass
class Outcome:
    """How a run ended."""

    sent: list[Sent] = field(default_factory=list)
    dropped: list[Line] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """What went wrong outside any delivery; a person should read it."""

    def count(self, step: Step) -> int:
        """Say how many deliveries ended like this."""
        return sum(1 for sent in self.sent if sent.step is step)


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """What a run works with."""

    ledger: Ledger
    connections: Mapping[str, Connection]
    payload: Callable[[Line], Payload]
    """Compose the payload of a line's delivery from the files as they are."""
    clock: Clock
    run: str
    tell: Tell
    simulated: frozenset[str] = frozenset()
    """Accounts that nothing leaves the machine for."""
    prices: Mapping[str, Callable[[Payload], int]] = field(default_factory=dict)
    """Accounts that cost money → what a payload costs, in thousandths of a US dollar."""
    tokens: Mapping[str, Token] = field(default_factory=dict)
    """Accounts with a secret → the secret's name and where it is sent."""
    destinations: Destinations = field(default_factory=Destinations)
    """Whom the connections lead to."""
    commit: str = ""
    """The commit of the files that the run works from."""
    book: Book = field(default_factory=lambda: Book({}))
    """The ledger that the plan was made with."""
    workers: int = 64

    def publish(self, lines: Iterable[Line]) -> Outcome:
        """Deliver all lines that are to be sent, change and take down what is to be, and drop.

        One account's failure never holds up another's; within an account the order is that of the
        moments at which they go out.
        """
        outcome = Outcome()
        listed = list(lines)
        dropped = [line for line in listed if line.drops]
        self._drop(dropped, outcome)
        queues: dict[str, list[Line]] = {}
        for line in sorted((line for line in listed if line.acts and not line.drops), key=_moment):
            queues.setdefault(line.delivery.account, []).append(line)
        known = frozenset(line.delivery.key for line in listed) | self.book.standings.keys()
        work = partial(self._account, known=known)
        with ThreadPoolExecutor(max_workers=max(1, min(self.workers, len(queues)))) as pool:
            for sent, error in pool.map(work, queues.values()):
                outcome.sent += sent
                outcome.errors += [error] if error else []
        return outcome

    def _account(self, lines: list[Line], known: frozenset[str]) -> tuple[list[Sent], str]:
        """Work through one account's deliveries; stop when the ledger can not be written."""
        account = lines[0].delivery.account
        try:
            connection = self.connections.get(account)
        except Exception as error:  # noqa: BLE001 - the other accounts go on
            return [], f"{account}: nothing was sent: {_words(error)}"
        if connection is None:
            return [], f"{account}: no connection"
        try:
            destination = self.destinations.checked(account, connection)
        except OtherAccountError as error:
            return [], f"{account}: nothing was sent: {error}"
        token = self.tokens.get(account)
        courier = Courier(
            connection=connection,
            ledger=self.ledger,
            clock=self.clock,
            run=self.run,
            tell=self.tell,
            simulated=account in self.simulated,
            known=known,
            destination=destination,
            commit=self.commit,
            ran=self.book.ran,
            newest=None if account in self.simulated else self.book.newest,
            token=token.write() if token else {},
            price=self.prices.get(account),
        )
        amender = Amender(
            connection=connection,
            ledger=self.ledger,
            clock=self.clock,
            run=self.run,
            tell=self.tell,
            simulated=account in self.simulated,
            destination=destination,
            commit=self.commit,
            ran=self.book.ran,
        )
        sent: list[Sent] = []
        last: Instant | None = None
        for line in lines:
            try:
                sent.append(self._handle(_kept_apart(line, last), courier, amender))
                last = last if sent[-1].step in _NOTHING_OUT else self.clock.now()
            except UnrecordedError as error:
                return sent, f"{account}: {error}"
            except Exception as error:  # noqa: BLE001 - the other accounts go on
                return sent, f"{account}: nothing more was sent: {_words(error)}"
        return sent, ""

    def _handle(self, line: Line, courier: Courier, amender: Amender) -> Sent:
        if line.retracts:
            # The file may say no more than that; what is out is known by its receipts.
            nothing = tuple(Part(text="") for _ in line.standing.parts)
            payload = Payload(account=line.delivery.account, network="", parts=nothing)
            return Sent(line, amender.retract(line.delivery, payload, line.standing))
        try:
            payload = self.payload(line)
        except StoreError:
            raise
        except MiminError as error:
            return Sent(line, Step.SKIPPED, str(error))
        if payload.digest != line.delivery.digest:
            note = "the payload is not the one that was planned; run again"
            return Sent(line, Step.SKIPPED, note)
        if line.edits:
            return Sent(line, amender.edit(line.delivery, payload, line.standing))
        step = courier.deliver(
            line.delivery,
            payload,
            line.standing,
            start=line.start,
            apart=line.apart,
            path=line.post.path,
        )
        return Sent(line, step)

    def _drop(self, lines: list[Line], outcome: Outcome) -> None:
        try:
            self.ledger.record(
                [drop_event(line, self.clock.now(), self.run, self.commit) for line in lines]
            )
        except MiminError as error:
            outcome.errors.append(str(error))
        else:
            outcome.dropped = lines


def _kept_apart(line: Line, last: Instant | None) -> Line:
    """Move what is late away from what this run has sent, where that took longer than planned."""
    if last is None or line.apart is None:
        return line
    earliest = last + line.apart
    return replace(line, start=max(line.start or earliest, earliest))


def _moment(line: Line) -> float:
    return line.moment.timestamp(unit="nanosecond") if line.moment is not None else 0


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, MiminError) else repr(error)


def drop_event(line: Line, now: Instant, run: str, commit: str = "") -> Event:
    """Record that a delivery will not go out, and why."""
    return Event(
        at=now,
        kind=Kind.DROPPED,
        account=line.delivery.ledger_account,
        key=line.delivery.key,
        run=run,
        commit=commit,
        digest=line.delivery.digest,
        due=line.delivery.due,
        reason=f"{line.cause}: {line.note}",
    )
