"""What a network must be able to do: the one interface that every adapter satisfies.

A `Network` is what is known without a connection: limits, text rules, the exact request. A
`Connection` is one account of it, logged in. An adapter is a small module with one of each; it
needs no base class. Success is the return value, proof that nothing went out is `NotPublished`, and
everything else is unknown: forgetting a case costs a look by a person, never a second post.

What only some networks can do is a small protocol of its own (`Chains`, `Edits`, `Retracts`,
`Identifies`, `TellsLimits`, `TellsTime`): a connection that has the method has the capability, one
that has not simply lacks it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from whenever import Instant

from mimin.model.base import Record
from mimin.model.brand import Account
from mimin.model.limits import Limits
from mimin.model.media import Media
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

    def __init__(self, pack: Path | None = None, *, where: str = "") -> None:
        """Keep where it waits: a pack, whose name alone may be recorded, or a place in words."""
        place = where or (f"as {pack.name}" if pack else "")
        super().__init__(f"{place}; post it by hand, then `mimin done`")
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


@dataclass(frozen=True, slots=True)
class Known:
    """A post of ours that the ledger knows to be out on the account, so a list must show it."""

    remote_id: str
    at: Instant
    """When its receipt was written."""


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
    known: tuple[Known, ...] = ()
    """Of a look-up: what else of ours is out on the account, newest first: all of the last days, or
    the newest one. A list that lacks what it must show proves nothing. No comments are among them,
    for they are on no list of posts."""

    ended: Instant | None = None
    """Of a look-up: by when the call has come to its end, if it was made at all."""

    @property
    def latest(self) -> Instant:
        """The latest moment at which the part can have become public; lists may lag behind it."""
        return max(self.at, self.due, self.ended or self.at)

    @property
    def part(self) -> Part:
        """The part that this job is about."""
        return self.payload.parts[self.index]

    @property
    def token(self) -> str:
        """Name of this part for the whole world and for ever: the delivery's key and the part."""
        return f"{self.key}/{self.index}"


class Keep(Protocol):
    """A place for one account's renewed tokens: it outlives the run, and nobody else reads it."""

    def load(self) -> str | None:
        """Give what was kept; None when there is nothing.

        Raises:
            MiminError: if it can not be read.
        """

    def save(self, text: str) -> None:
        """Keep a text; returns when it is durable.

        Raises:
            MiminError: if it could not be kept.
        """


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
    keep: Keep | None = None
    """Where renewed tokens are kept besides `folder`, for machines that forget theirs."""
    host: Callable[[Media], str] | None = None
    """Put a media file at a public address under a name that nobody can guess, for networks that
    fetch, and give the address; None where the brand names no `media_host`. May raise
    `NotPublished`."""


@dataclass(frozen=True, kw_only=True)
class Objection:
    """Something an adapter knows will be refused, found without a connection."""

    index: int
    """Part, from 0."""
    code: str
    """Kebab-case, as in `mimin.model.problem.Problem`."""
    message: str
    address: bool = False
    """Whether it asks to which place on the network the account leads: that is said once, at the
    account, and what only imitates the network leads to none."""


class Recovery(StrEnum):
    """How it is found out whether a post is out whose answer was lost."""

    KEY = "key"
    """The post has a key of ours; the network knows it, or refuses it the second time."""
    SESSION = "session"
    """The upload that becomes the post can be asked how far it came."""
    CONTAINER = "container"
    """The prepared container can be asked whether it was published."""
    DUPLICATE = "duplicate"
    """The network refuses the same content twice and names the first."""
    LIST = "list"
    """The account's own posts are listed and compared; being absent proves nothing at once."""
    PERSON = "person"
    """The network can not be asked; a person looks."""


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
            HandedOver: when a person has to finish it (`manual`, drafts on TikTok).
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
            HandedOver: when it waits for a person, which is all that can be said.
            Exception: when asking failed; the reason is for a person, and nothing follows from it.
        """


@runtime_checkable
class Chains(Protocol):
    """A connection that can prepare some things only when the parts before are out."""

    def chain(self, job: Job) -> Mapping[str, str]:
        """Do what needs the receipts of the parts before, in `job.sent`; nothing public.

        Called for every part but the first, right before it is claimed; `job.handles` has what
        `prepare` returned.

        Returns:
            More handles, recorded with the claim.

        Raises:
            NotPublished: whatever goes wrong here; nothing can be public yet.
        """


@runtime_checkable
class Edits(Protocol):
    """A connection that can change what is out. Doing it twice is doing it once."""

    def edit(self, job: Job, receipt: Receipt) -> Receipt:
        """Make the published part what `job.part` says now.

        Called only for differences that the network's `editable` names. `job.sent` has the receipts
        of all parts; `job.handles` is empty: what has to be uploaded is uploaded here.

        Returns:
            The receipt that holds from now on.

        Raises:
            NotPublished: with proof that nothing was changed; `permanent` where it never will be.
            Exception: anything else means that it may be changed; it is tried again.
        """


@runtime_checkable
class Retracts(Protocol):
    """A connection that can take down what is out. What is gone already counts as taken down."""

    def retract(self, job: Job, receipt: Receipt) -> None:
        """Take the published part down. `job.payload` may be empty: the file may be gone.

        Raises:
            NotPublished: with proof that it is still there; `permanent` where it will stay.
            Exception: anything else means that nobody knows; it is tried again.
        """


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who the network says that we are."""

    remote_id: str
    """The account's own id on its network, never empty: it stays when handle, secret or alias
    change, and no other account of the same server has it."""
    handle: str
    """As `Account.handle`; empty where the network has none."""
    name: str = ""
    scopes: tuple[str, ...] | None = None
    """What the token may do; None where the network does not say."""
    lacking: tuple[str, ...] = ()
    """Scopes or rights that publishing needs and the token lacks."""
    expires: Instant | None = None
    """When the token, or the refresh token behind it, ends; None when never or unknown."""
    restrictions: tuple[str, ...] = ()
    """What the network says it will not do for this account, in words for a person."""


@runtime_checkable
class Identifies(Protocol):
    """A connection that can say who it is."""

    def whoami(self) -> Identity:
        """Ask the network. Changes nothing.

        Raises:
            NotPublished: if the token is refused, or there is no connection.
        """


@runtime_checkable
class TellsLimits(Protocol):
    """A connection whose network reports limits of its own."""

    def own_limits(self) -> Mapping[str, int]:
        """Ask for the limits that hold for this account: field of `Limits` → value.

        Raises:
            NotPublished: if the token is refused, or there is no connection.
        """


@runtime_checkable
class TellsTime(Protocol):
    """A connection that notices what the network's clock says."""

    def server_time(self) -> tuple[Instant, Instant] | None:
        """Tell what the network's clock said last, and ours at that moment. Asks nothing.

        None before the first answer, and where the network's answers have no date. The network's
        moment is in whole seconds, so up to a second earlier than it was.
        """


class Network(Protocol):
    """What is known about a network without talking to it."""

    name: str
    recovery: Recovery
    settings: Mapping[str, str]
    """Names that `settings:` of an account or post may have → what each is, in one sentence."""

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

    def connection(self) -> type[Connection]:
        """Give the class that `connect` makes: its methods are the network's capabilities."""


class Editing(StrEnum):
    """What of a published part can be changed."""

    TEXT = "text"
    """Only its text (and a video's headline)."""
    ALL = "all"
    """Text and media."""


@runtime_checkable
class Changes(Protocol):
    """A network whose connections have `edit`: how much of a part that can change."""

    editable: Editing


@runtime_checkable
class Charges(Protocol):
    """A network that costs money."""

    def price(self, payload: Payload) -> int:
        """Give what publishing all parts costs, in thousandths of a US dollar."""


NO_SETTINGS: Mapping[str, str] = MappingProxyType({})
"""For networks that need none."""
