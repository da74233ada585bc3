"""Reconcile: close what is unknown by asking the network, or leave it to a person."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mimin.errors import MiminError
from mimin.ledger.claiming import PATIENCE, lease_over
from mimin.ledger.ledger import Book, Conclusion, Ledger
from mimin.ledger.standing import PartStanding, Standing, State
from mimin.model.event import Event, Kind
from mimin.networks.protocol import Absent, Connection, Receipt
from mimin.publishing.clock import Clock
from mimin.publishing.clocks import clock_fault
from mimin.publishing.deliver import encodable, receipt_fields
from mimin.publishing.destination import Destinations, differs
from mimin.publishing.lookup import job_of, known_of

_OPEN = frozenset({State.CLAIMED, State.UNKNOWN})


@dataclass(frozen=True)
class Finding:
    """What a look at the network gave for one open part."""

    key: str
    part: int
    account: str
    answer: State
    """`published`, `planned` (proven absent), or what it stays: `unknown`, `claimed`."""
    note: str


def open_parts(book: Book) -> Iterator[tuple[Standing, int, PartStanding]]:
    """List the parts that are claimed or unknown."""
    for standing in book.standings.values():
        for index, part in sorted(standing.parts.items()):
            if part.state in {State.CLAIMED, State.UNKNOWN}:
                yield standing, index, part


def reconcile(  # noqa: PLR0913 - keyword-only, and each is a different thing
    book: Book,
    *,
    connections: Mapping[str, Connection],
    ledger: Ledger,
    clock: Clock,
    run: str,
    accounts: Iterable[str] | None = None,
    destinations: Destinations | None = None,
) -> list[Finding]:
    """Ask the networks about every open part and record what they prove.

    A claim whose run may still be at work is left alone: what is not there yet may come. All that
    was proven is written in one commit, so a hundred findings cost one push.

    Raises:
        StoreError: if the ledger can not be written.
    """
    looks = Looks(book, connections, destinations or Destinations(), clock, run)
    wanted = None if accounts is None else set(accounts)
    findings: list[Finding] = []
    proofs: dict[int, Conclusion] = {}
    for standing, index, part in list(open_parts(book)):
        claim = part.claim
        if claim is None or (wanted is not None and looks.account(claim) not in wanted):
            continue
        if not lease_over(claim, clock.now(), PATIENCE):
            note = f"run {claim.run} may still be at it"
            findings.append(Finding(standing.key, index, claim.account, part.state, note))
            continue
        finding, event = looks.look(standing, index, claim)
        if event is not None:
            # What is out is out, whoever is at it now.
            among = None if event.kind is Kind.PUBLISHED else _OPEN
            proofs[len(findings)] = Conclusion(event, claim, among)
        findings.append(finding)
    for place, written in zip(proofs, ledger.conclude([*proofs.values()]), strict=True):
        if not written:
            findings[place] = _overtaken(findings[place], book)
    return findings


def _overtaken(finding: Finding, book: Book) -> Finding:
    before = book.standing(finding.key).part(finding.part).state
    note = "another run has closed it meanwhile"
    return dataclasses.replace(finding, answer=before, note=note)


@dataclass(frozen=True)
class Looks:
    """What is needed to look on the networks."""

    book: Book
    connections: Mapping[str, Connection]
    destinations: Destinations
    clock: Clock
    run: str

    def account(self, claim: Event) -> str:
        """Give today's name of the account that a claim is about."""
        return self.destinations.names.today(claim.account)

    def look(self, standing: Standing, index: int, claim: Event) -> tuple[Finding, Event | None]:
        """Look for one part; give what was found, and the event that says so if it proves it."""
        answer, note = self._ask(standing, index, claim)
        fields: dict[str, object] = {
            "at": self.clock.now(),
            "account": claim.account,
            "key": standing.key,
            "part": index,
            "run": self.run,
            "digest": claim.digest,
            "content": claim.content,
            "destination": claim.destination,
            "author": claim.author,
            "commit": claim.commit,
            "due": claim.due,
            "simulated": claim.simulated,
            "reason": encodable(note),
        }
        state = State.UNKNOWN
        if isinstance(answer, Receipt):
            state, note = State.PUBLISHED, answer.url
            fields |= {"kind": Kind.PUBLISHED, **receipt_fields(answer)}
        elif answer is Absent.PROVEN:
            state = State.PLANNED
            fields |= {"kind": Kind.ABSENT}
        elif standing.part(index).state is State.CLAIMED:
            fields |= {"kind": Kind.UNKNOWN}
        finding = Finding(standing.key, index, claim.account, state, note)
        return finding, Event.model_validate(fields) if "kind" in fields else None

    def _ask(
        self, standing: Standing, index: int, claim: Event
    ) -> tuple[Receipt | Absent | None, str]:
        """Look on the network; say in words what came of it."""
        ref = self.account(claim)
        try:
            connection = self.connections.get(ref)
            if connection is None:
                return None, "there is no connection to this account"
            other = differs(claim, self.destinations.of(ref, connection))
            if other:
                return None, f"{other}; a person has to look there"
            answer = connection.find(job_of(standing, index, claim, known_of(self.book, claim)))
            fault = clock_fault(connection, self.book.newest, self.clock.now())
        except MiminError as error:
            return None, str(error)
        except Exception as error:  # noqa: BLE001 - a look that fails changes nothing
            return None, f"{type(error).__name__}: {error}"
        return _told(answer, fault)


def _told(answer: Receipt | Absent | None, fault: str) -> tuple[Receipt | Absent | None, str]:
    """Say what an answer means; by a clock that is off nobody knows how late it is."""
    if isinstance(answer, Receipt):
        return answer, "found on the network"
    if fault:
        return None, fault
    if answer is Absent.PROVEN:
        return answer, "is not on the network; may be tried again"
    return (
        None,
        "its run ended without an answer, and the network can not tell; a person has to look",
    )
