"""One delivery, part by part: prepare, claim, commit, receipt. The order is the guarantee.

The claim is durable before the network is asked, so a run that dies leaves an open claim, never a
post that nobody recorded. Only proof that nothing went out allows a second try.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from whenever import Instant, TimeDelta

from mimin.errors import MiminError, StoreError
from mimin.ledger.claiming import NotClaimedError, Terms
from mimin.ledger.ledger import Conclusion, Ledger
from mimin.ledger.standing import Standing, State
from mimin.model.delivery import Delivery
from mimin.model.event import Event, Kind
from mimin.model.payload import Payload
from mimin.networks.masking import SEEN
from mimin.networks.protocol import Chains, Connection, HandedOver, Job, NotPublished, Receipt
from mimin.publishing.clock import Clock, ClockError
from mimin.publishing.clocks import clock_fault
from mimin.publishing.destination import UNKNOWN, Destination, differs
from mimin.publishing.lookup import job_of, known_of

CLAIM_AHEAD = TimeDelta(seconds=15)
"""How long before its time a part is claimed: longer than a push takes, short for a lease."""
LAST_LOOK = TimeDelta(seconds=2)
"""How long before the call somebody's freeze is looked for once more."""
LEASE = TimeDelta(minutes=2)
"""How long after the later of claim and due time the call may still be started."""
FRESH = TimeDelta(seconds=3)
"""How old a claim may be without another look whether it is still ours."""


class Step(StrEnum):
    """What a run tells about a part while it works."""

    PREPARE = "prepare"
    WAIT = "wait"
    CLAIM = "claim"
    COMMIT = "commit"
    PUBLISHED = "published"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    HANDED = "handed"
    SKIPPED = "skipped"
    DROPPED = "dropped"
    EDITED = "edited"
    RETRACTED = "retracted"
    KEPT = "kept"


_CLOSED = frozenset({State.PLANNED, State.REFUSED})

Tell = Callable[[Delivery, int, Step, str], None]
"""Told of each step: delivery, part from 0, step, and a note."""


class UnrecordedError(StoreError):
    """Something happened on a network and could not be written down; the message holds it."""


@dataclass(frozen=True, kw_only=True)
class Courier:
    """What is needed to deliver for one account."""

    connection: Connection
    ledger: Ledger
    clock: Clock
    run: str
    tell: Tell
    simulated: bool = False
    known: Collection[str] | None = None
    """The keys of all deliveries that the run knows of."""
    destination: Destination = UNKNOWN
    """The real account that the connection leads to."""
    commit: str = ""
    """The commit of the files that the run works from."""
    ran: str = ""
    """The commit of the newest run when this one was planned."""
    newest: Instant | None = None
    """The moment of the ledger's newest event when the run was planned."""
    token: Mapping[str, str] = field(default_factory=dict)
    """The handle that says which secret was sent where (`Token.write`); empty without a secret."""
    price: Callable[[Payload], int] | None = None
    """What publishing costs, in thousandths of a US dollar; None where it costs nothing."""

    def deliver(  # noqa: PLR0913 - keyword-only, and each is a different thing
        self,
        delivery: Delivery,
        payload: Payload,
        standing: Standing,
        *,
        start: Instant | None = None,
        apart: TimeDelta | None = None,
        path: str = "",
    ) -> Step:
        """Publish what is missing of a delivery, at most once, and record what is known.

        Args:
            delivery: What is to go out.
            payload: Its payload.
            standing: What the ledger knows of it.
            start: Not before this moment, where that is later than its time.
            apart: What lies at least between it and what another run sends; of late ones only.
            path: The post's file.

        Returns:
            How it ended: published, refused, unknown, handed, dropped when it expired meanwhile, or
            skipped when somebody else has it.

        Raises:
            StoreError: if the ledger can not be written; nothing more is sent then.
        """
        due = delivery.due
        if due is None:
            raise MiminError(f"{delivery.key} has no time; add `at:`")
        if self._was_out(delivery, standing):
            return Step.PUBLISHED
        moment = max(due, start or due)
        jobs = self._prepare(delivery, payload, standing, moment)
        if isinstance(jobs, Step):
            return jobs
        fault = clock_fault(self.connection, self.newest, self.clock.now())
        if fault:
            raise ClockError(fault)
        self._wait(delivery, moment - CLAIM_AHEAD)
        sent = [_receipt(event) for event in standing.receipts]
        for job in jobs:
            linked = self._linked(delivery, dataclasses.replace(job, sent=tuple(sent)), standing)
            if isinstance(linked, Step):
                return linked
            outcome = self._part(delivery, linked, moment, apart, path)
            if not isinstance(outcome, Receipt):
                return outcome
            sent.append(outcome)
        return Step.PUBLISHED

    def _was_out(self, delivery: Delivery, standing: Standing) -> bool:
        """Look once more before a refused call is made again: some refuse what they carried out.

        Only a find counts; that nothing is found changes nothing about the refusal.
        """
        for index, part in standing.parts.items():
            claim, found = part.claim, None
            if part.state is not State.REFUSED or claim is None or differs(claim, self.destination):
                continue
            with contextlib.suppress(Exception):  # the refusal stands, whatever went wrong
                known = known_of(self.ledger.read(), claim)
                found = self.connection.find(job_of(standing, index, claim, known))
            if isinstance(found, Receipt):
                now = {"at": self.clock.now(), "kind": Kind.PUBLISHED, "run": self.run}
                told = {"reason": "found on the network, though it was refused"}
                self._write([claim.model_copy(update=now | told | receipt_fields(found))])
                self.tell(delivery, index, Step.PUBLISHED, SEEN.hide(found.url))
                return True
        return False

    def _prepare(
        self, delivery: Delivery, payload: Payload, standing: Standing, moment: Instant
    ) -> list[Job] | Step:
        """Prepare every missing part before the first is claimed: nothing is public yet."""
        jobs = []
        due = delivery.due or moment
        # What waits for its turn is dated by that, so that a look-up finds it there.
        waits = moment > due
        for index in range(len(payload.parts)):
            if standing.part(index).receipt is not None:
                continue
            now = self.clock.now()
            at = max(now, moment) if waits else now
            job = Job(key=delivery.key, payload=payload, index=index, due=due, at=at)
            self.tell(delivery, index, Step.PREPARE, "")
            try:
                handles = self.connection.prepare(job)
            except Exception as error:  # noqa: BLE001 - whatever it was, nothing is public
                return self._unprepared(delivery, job, error, standing.part(index).claim)
            jobs.append(dataclasses.replace(job, handles=handles))
        return jobs

    def _linked(self, delivery: Delivery, job: Job, standing: Standing) -> Job | Step:
        """Prepare what needs the receipts of the parts before; nothing is public yet."""
        if not job.index or not isinstance(self.connection, Chains):
            return job
        try:
            handles = self.connection.chain(job)
        except Exception as error:  # noqa: BLE001 - whatever it was, nothing is public
            return self._unprepared(delivery, job, error, standing.part(job.index).claim)
        return dataclasses.replace(job, handles={**job.handles, **handles})

    def _part(
        self, delivery: Delivery, job: Job, moment: Instant, apart: TimeDelta | None, path: str
    ) -> Receipt | Step:
        if self._is_expired(delivery):
            return self._expired(delivery, job, claimed=False)
        claim = self._claim_of(delivery, job, moment, path)
        terms = self._terms(delivery, job, moment, apart)
        self.tell(delivery, job.index, Step.CLAIM, "")
        try:
            self.ledger.claim(claim, terms)
        except NotClaimedError as lost:
            self.tell(delivery, job.index, Step.SKIPPED, str(lost))
            return Step.SKIPPED
        try:
            self._check_clock(claim)
            self._wait(delivery, moment - LAST_LOOK)
            gone = self._lost(claim, terms)
            if gone:
                return self._given_up(delivery, job, gone)
            self._wait(delivery, moment)
            self._check_clock(claim)
        except ClockError as error:
            return self._refused(delivery, job, NotPublished(str(error)))
        return self._too_late(delivery, job, claim) or self._call(delivery, job)

    def _terms(
        self, delivery: Delivery, job: Job, moment: Instant, apart: TimeDelta | None
    ) -> Terms:
        late = apart is not None and not job.index
        return Terms(
            known=self.known,
            quiet_since=max(moment, self.clock.now()) - apart if late and apart else None,
            account=delivery.account,
            contents=delivery.contents,
            checkout=self.ran,
        )

    def _check_clock(self, claim: Event) -> None:
        """Make sure that the clock was not set back since a claim: by it a lease would never end.

        Raises:
            ClockError: if it was.
        """
        now = self.clock.now()
        if now < claim.at:
            raise ClockError(
                f"this machine's clock was set back to {now.format_iso()} after the claim of "
                f"{claim.at.format_iso()}; run again"
            )

    def _lost(self, claim: Event, terms: Terms) -> str:
        """Look whether the claim is still ours, where time has passed since it was made.

        Without a connection to the ledger it holds: nobody else could take it there either.
        """
        if self.clock.now() - claim.at < FRESH:
            return ""
        try:
            return self.ledger.lost(claim, terms)
        except StoreError:
            return ""

    def _given_up(self, delivery: Delivery, job: Job, why: str) -> Step:
        """Make no call; the refusal counts only if the claim is still ours."""
        return self._refused(delivery, job, NotPublished(why))

    def _too_late(self, delivery: Delivery, job: Job, claim: Event) -> Step | None:
        """Look at the clock once more, right before the call."""
        if self._is_expired(delivery):
            return self._expired(delivery, job, claimed=True)
        if claim.until is not None and self.clock.now() > claim.until:
            late = NotPublished(f"the claim ended at {claim.until.format_iso()} before the call")
            return self._refused(delivery, job, late)
        return None

    def _call(self, delivery: Delivery, job: Job) -> Receipt | Step:
        self.tell(delivery, job.index, Step.COMMIT, "")
        try:
            receipt = self.connection.commit(job)
        except NotPublished as refusal:
            return self._refused(delivery, job, refusal)
        except HandedOver as handed:
            self._record(delivery, job, Kind.HANDED, {"reason": encodable(str(handed))})
            self.tell(delivery, job.index, Step.HANDED, str(handed))
            return Step.HANDED
        except Exception as error:  # noqa: BLE001 - what we can not explain may be out
            reason = encodable(f"{type(error).__name__}: {error}")
            self._record(delivery, job, Kind.UNKNOWN, {"reason": reason})
            self.tell(delivery, job.index, Step.UNKNOWN, reason)
            return Step.UNKNOWN
        fields = receipt_fields(receipt) | {"shape": delivery.shape, "cost": self._cost(job)}
        self._record(delivery, job, Kind.PUBLISHED, fields)
        self.tell(delivery, job.index, Step.PUBLISHED, SEEN.hide(receipt.url))
        return receipt

    def _cost(self, job: Job) -> int:
        if self.price is None:
            return 0
        return self.price(job.payload.model_copy(update={"parts": (job.part,)}))

    def _claim_of(self, delivery: Delivery, job: Job, moment: Instant, path: str) -> Event:
        fields = {
            "until": max(self.clock.now(), moment) + LEASE,
            "parts": len(job.payload.parts),
            "handles": {name: SEEN.hide(value) for name, value in job.handles.items()}
            | dict(self.token),
            "path": path,
        }
        return self._event(delivery, job, Kind.CLAIMED, fields)

    def _unprepared(
        self, delivery: Delivery, job: Job, error: Exception, claim: Event | None
    ) -> Step:
        """Record that a part could not be prepared, unless somebody else is at it by now.

        Our failure says nothing about a call that another run has claimed.
        """
        event = self._event(delivery, job, Kind.REFUSED, refusal_fields(error))
        if not all(self.ledger.conclude([Conclusion(event, claim, _CLOSED)])):
            note = f"another run is at it; here it could not be prepared: {event.reason}"
            self.tell(delivery, job.index, Step.SKIPPED, note)
            return Step.SKIPPED
        self.tell(delivery, job.index, Step.REFUSED, event.reason)
        return Step.REFUSED

    def _is_expired(self, delivery: Delivery) -> bool:
        return delivery.expires is not None and self.clock.now() >= delivery.expires

    def _expired(self, delivery: Delivery, job: Job, *, claimed: bool) -> Step:
        """Give up what expired while it was waited for: nothing goes out after that."""
        assert delivery.expires is not None  # noqa: S101 - `_is_expired` asked
        reason = f"expired: expired at {delivery.expires.format_iso()}, while a run was at it"
        ends = [Kind.REFUSED, Kind.DROPPED] if claimed else [Kind.DROPPED]
        self._write([self._event(delivery, job, kind, {"reason": reason}) for kind in ends])
        self.tell(delivery, job.index, Step.DROPPED, reason)
        return Step.DROPPED

    def _refused(self, delivery: Delivery, job: Job, error: Exception) -> Step:
        fields = refusal_fields(error)
        self._record(delivery, job, Kind.REFUSED, fields)
        self.tell(delivery, job.index, Step.REFUSED, str(fields["reason"]))
        return Step.REFUSED

    def _event(
        self, delivery: Delivery, job: Job, kind: Kind, fields: Mapping[str, object]
    ) -> Event:
        return Event.model_validate(
            {
                "at": self.clock.now(),
                "kind": kind,
                "account": delivery.ledger_account,
                "key": job.key,
                "part": job.index,
                "run": self.run,
                "digest": job.payload.digest,
                "content": job.part.content,
                "commit": self.commit,
                "due": job.due,
                "simulated": self.simulated,
                **self.destination.fields,
                **fields,
            }
        )

    def _record(
        self, delivery: Delivery, job: Job, kind: Kind, fields: Mapping[str, object]
    ) -> None:
        self._write([self._event(delivery, job, kind, fields)])

    def _write(self, events: list[Event]) -> None:
        try:
            self.ledger.record(events)
        except Exception as error:
            lines = " ".join(event.model_dump_json(exclude_defaults=True) for event in events)
            raise UnrecordedError(f"could not write to the ledger ({error}): {lines}") from error

    def _wait(self, delivery: Delivery, moment: Instant) -> None:
        if self.clock.now() < moment:
            self.tell(delivery, 0, Step.WAIT, moment.format_iso())
            self.clock.wait_until(moment)


def receipt_fields(receipt: Receipt) -> dict[str, object]:
    """Give what an event keeps of a receipt: no secret, whatever the network put there."""
    return {
        "remote_id": SEEN.hide(receipt.remote_id),
        "url": SEEN.hide(receipt.url),
        "handles": {name: SEEN.hide(value) for name, value in receipt.handles.items()},
    }


def refusal_fields(error: Exception) -> dict[str, object]:
    """Give what an event keeps of a refusal."""
    if isinstance(error, NotPublished):
        reason, known = str(error), {"permanent": error.permanent, "retry_at": error.retry_at}
    else:
        reason, known = str(error) if isinstance(error, MiminError) else repr(error), {}
    return {"reason": encodable(reason), **known}


def encodable(text: str) -> str:
    """Make a server's words fit to be written down: no half characters, and no secrets."""
    return SEEN.hide(text).encode("utf-8", "replace").decode()


def _receipt(event: Event) -> Receipt:
    return Receipt(remote_id=event.remote_id, url=event.url, handles=event.handles)
