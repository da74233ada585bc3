"""What a network must be able to do: the one interface that every adapter satisfies.

A `Network` is what is known without a connection: limits, text rules, the exact request. A
`Connection` is one account of it, logged in. An adapter is a small module with one of each; it
needs no base class. Success is the return value, proof that nothing went out is `NotPublished`, and
everything else is unknown: forgetting a case costs a look by a person, never a second post.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol

from whenever import Instant

from mimin.model.base import Record
from mimin.model.brand import Account
from mimin.model.limits import Limits
from mimin.model.payload import Part, Payload


class NotPublished(Exception):  # noqa: N818 - a fact that the engine decides on, not a fault
    """Proof that this call made nothing public.

    Only a documented refusal or a connection that was never made may be reported like this. A
    time-out after the body was sent is not proof.
    """

    def __init__(
        self, reason: str, *, permanent: bool = False, retry_at: Instant | None = None
    ) -> None:
        """Keep the network's reason; `permanent` when only a changed post or account can help."""
        super().__init__(reason)
        self.permanent = permanent
        self.retry_at = retry_at


class HandedOver(Exception):  # noqa: N818 - a fact that the engine decides on, not a fault
    """The part now waits for a person, who publishes it by hand and reports the link.

    It is neither out nor refused: open like an unknown, but expected. Committing the same job
    again only lays the same pack again.
    """

    def __init__(self, pack: Path) -> None:
        """Keep where the pack lies; the message, which may be recorded, holds only its name."""
        super().__init__(f"as {pack.name}; post it by hand, then `mimin done`")
        self.pack = pack


class Absent(Enum):
    """The answer of `find` that proves: nothing with this key is on the network, or will be."""

    PROVEN = "proven"


class Receipt(Record):
    """The network's proof that a part is out."""

    remote_id: str
    url: str = ""
    handles: dict[str, str] = {}
    """What a reply to this part needs, such as the content id on Bluesky."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One part of one delivery on its way out."""

    key: str
    """The delivery's key."""
    payload: Payload
    index: int
    """Which part of the payload, from 0."""
    due: Instant
    at: Instant
    """The moment of the claim by the run's clock; the same on every later try."""
    handles: Mapping[str, str] = field(default_factory=dict)
    """What `prepare` returned, as the claim recorded it. Empty while preparing."""
    sent: tuple[Receipt, ...] = ()
    """Receipts of the parts before this one, in order."""

    @property
    def part(self) -> Part:
        """The part that this job is about."""
        return self.payload.parts[self.index]

    @property
    def token(self) -> str:
        """Name of this part for the whole world and for ever: the delivery's key and the part."""
        return f"{self.key}/{self.index}"


@dataclass(frozen=True, kw_only=True)
class Access:
    """What a connection is made from. Nothing here is read from the environment by an adapter."""

    ref: str
    """`brand/account`."""
    account: Account
    secret: str | None
    """The token or app password; None when the account names none."""
    folder: Path
    """A private folder of this machine for what may be lost: sessions, limits, the sandbox."""
    clock: Callable[[], Instant]
    read: Callable[[str], bytes]
    """Read a media file by its `Media.path`; raises OSError."""


@dataclass(frozen=True, kw_only=True)
class Objection:
    """Something an adapter knows will be refused, found without a connection."""

    index: int
    """Part, from 0."""
    code: str
    """Kebab-case, as in `mimin.model.problem.Problem`."""
    message: str


class Connection(Protocol):
    """One account, logged in (or about to log in when it must)."""

    def prepare(self, job: Job) -> Mapping[str, str]:
        """Do all that can fail or take long and is not public: upload media, create containers.

        Returns:
            Handles that `commit` and `find` need; they are recorded with the claim.

        Raises:
            NotPublished: whatever goes wrong here; nothing can be public yet.
        """

    def commit(self, job: Job) -> Receipt:
        """Make the one call that publishes the part. Called once per claim, never repeated inside.

        Raises:
            NotPublished: only with proof that nothing went out.
            HandedOver: when a person has to finish it (`manual`).
            Exception: anything else means that it may be out.
        """

    def find(self, job: Job) -> Receipt | Absent | None:
        """Look on the network whether the part is out, by key, container or own timeline.

        It has the key, the handles and the receipts of earlier parts to go by, but not the
        payload: the file may have been changed or removed since. What else it needs (a hash of
        the text, say) `prepare` must put into the handles.

        Returns:
            The receipt if it is there, `Absent.PROVEN` if it can be shown not to be, and None while
            neither can be said (the network can not be asked, or may still be catching up).

        Raises:
            Exception: when asking failed; the reason is for a person, and nothing follows from it.
        """


class Network(Protocol):
    """What is known about a network without talking to it."""

    name: str

    def limits(self, account: Account) -> Limits:
        """Give the limits that hold for this account."""

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:
        """Find what this network is known to refuse beyond its `Limits`. Never connects."""

    def wire(self, job: Job) -> dict[str, object]:
        """Show the publishing request that `commit` will make, as plain data.

        What only the network can give (uploaded media, the ids of earlier parts) stands in braces.
        """

    def connect(self, access: Access) -> Connection:
        """Prepare to talk as this account; logs in only when the first call needs it."""
