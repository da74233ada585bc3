"""Changing and taking down what is out. Doing either twice is doing it once, so neither is claimed.

A run that dies between the call and the note about it leaves the next run to do it again. What is
refused is noted, so that it is not asked for again and again.
"""

from __future__ import annotations

from dataclasses import dataclass

from mimin.ledger.ledger import Ledger
from mimin.ledger.standing import PartStanding, Standing
from mimin.model.delivery import Delivery
from mimin.model.event import Event, Kind
from mimin.model.payload import Payload
from mimin.networks.protocol import Connection, Edits, Job, NotPublished, Receipt, Retracts
from mimin.publishing.clock import Clock
from mimin.publishing.deliver import Step, Tell, receipt_fields, refusal_fields
from mimin.publishing.destination import UNKNOWN, Destination, differs


@dataclass(frozen=True, kw_only=True)
class Amender:
    """What is needed to change and to take down what is out on one account."""

    connection: Connection
    ledger: Ledger
    clock: Clock
    run: str
    tell: Tell
    simulated: bool = False
    destination: Destination = UNKNOWN
    """The real account that the connection leads to."""
    commit: str = ""
    """The commit of the files that the run works from."""
    ran: str = ""
    """The commit of the newest run when this one was planned."""

    def edit(self, delivery: Delivery, payload: Payload, standing: Standing) -> Step:
        """Make all parts what the payload says; a part that is like it already is left alone.

        Raises:
            StoreError: if the ledger can not be written or asked; nothing more is changed then.
        """
        assert isinstance(self.connection, Edits)  # noqa: S101 - the plan asked the class
        for index in standing.standing_out:
            part = standing.part(index)
            if part.shown is None or part.shown.digest == payload.digest:
                continue
            job = self._job(delivery, payload, standing, index)
            # Of the first part there is more than its content, such as a headline.
            if index and _says(part.shown) == (job.part.content, delivery.shape):
                continue
            if self._barred(delivery, part, index):
                return Step.SKIPPED
            self.tell(delivery, index, Step.COMMIT, "changes it")
            try:
                receipt = self.connection.edit(job, _receipt(part))
            except Exception as error:  # noqa: BLE001 - whatever it was, it can be done again
                return self._keep(delivery, index, error)
            fields = receipt_fields(receipt) | {
                "shape": delivery.shape,
                "content": job.part.content,
            }
            self._record(delivery, index, Kind.EDITED, fields)
            self.tell(delivery, index, Step.EDITED, str(fields["url"]))
        return Step.EDITED

    def retract(self, delivery: Delivery, payload: Payload, standing: Standing) -> Step:
        """Take all parts down, the last first, so that no answer stands without what it answers.

        Raises:
            StoreError: if the ledger can not be written or asked; nothing more is taken down then.
        """
        assert isinstance(self.connection, Retracts)  # noqa: S101 - the plan asked the class
        for index in reversed(standing.standing_out):
            part = standing.part(index)
            if self._barred(delivery, part, index):
                return Step.SKIPPED
            self.tell(delivery, index, Step.COMMIT, "takes it down")
            try:
                job = self._job(delivery, payload, standing, index)
                self.connection.retract(job, _receipt(part))
            except Exception as error:  # noqa: BLE001 - whatever it was, it can be done again
                return self._keep(delivery, index, error)
            self._record(delivery, index, Kind.RETRACTED, {})
            self.tell(delivery, index, Step.RETRACTED, part.receipt.url if part.receipt else "")
        return Step.RETRACTED

    def _job(self, delivery: Delivery, payload: Payload, standing: Standing, index: int) -> Job:
        now = self.clock.now()
        receipts = [standing.part(number) for number in range(index)]
        return Job(
            key=delivery.key,
            payload=payload,
            index=index,
            due=delivery.due or now,
            at=now,
            sent=tuple(_receipt(part) for part in receipts if part.receipt is not None),
        )

    def _barred(self, delivery: Delivery, part: PartStanding, index: int) -> bool:
        """Look at the newest ledger, and at whom it would be done to, right before it is done."""
        book = self.ledger.read()
        freeze = book.frozen(delivery.account) or book.frozen(delivery.ledger_account)
        why = f"frozen: {freeze.reason}" if freeze is not None else ""
        if not why and self.ran and book.ran != self.ran:
            why = f"another run has newer files (commit {book.ran[:12]}); run again"
        if not why and part.receipt is not None:
            why = differs(part.receipt, self.destination)
        if why:
            self.tell(delivery, index, Step.SKIPPED, why)
        return bool(why)

    def _keep(self, delivery: Delivery, index: int, error: Exception) -> Step:
        """Note that it stays as it is; only the network's own word keeps it from another try."""
        fields = refusal_fields(error)
        if not isinstance(error, NotPublished):
            fields |= {"permanent": False}
        self._record(delivery, index, Kind.KEPT, fields)
        self.tell(delivery, index, Step.KEPT, str(fields["reason"]))
        return Step.KEPT

    def _record(
        self, delivery: Delivery, index: int, kind: Kind, fields: dict[str, object]
    ) -> None:
        event = {
            "at": self.clock.now(),
            "kind": kind,
            "account": delivery.ledger_account,
            "key": delivery.key,
            "part": index,
            "run": self.run,
            "digest": delivery.digest,
            "due": delivery.due,
            "simulated": self.simulated,
            "commit": self.commit,
            **self.destination.fields,
            **fields,
        }
        self.ledger.record([Event.model_validate(event)])


def _says(shown: Event) -> tuple[str, str]:
    return shown.content, shown.shape


def _receipt(part: PartStanding) -> Receipt:
    """Give the receipt that holds: an edit may have given another."""
    event = part.shown or part.receipt
    assert event is not None  # noqa: S101 - only parts that are out come here
    original = part.receipt or event
    return Receipt(
        remote_id=event.remote_id or original.remote_id,
        url=event.url or original.url,
        handles=event.handles or original.handles,
    )
