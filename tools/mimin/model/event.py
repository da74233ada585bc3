"""Events: the lines of the ledger. State is always what they add up to."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field
from whenever import Instant, TimeDelta

from mimin.model.base import Record

FORMAT: Literal[2] = 2
"""Version of the line format; a reader refuses lines from the future.

Version 1 had no `commit`, `path`, `content`, `destination` and `author`; it is read as it stands.
"""

MOST_PARTS = 1000
"""No thread has more parts: a line that says so is damaged, and must not cost time or memory."""
LONGEST_WAIT = TimeDelta(hours=24)
"""No documented limit of a network holds longer than a day."""
_Count = Annotated[int, Field(ge=0, le=MOST_PARTS)]


class Kind(StrEnum):
    """What happened."""

    CLAIMED = "claimed"
    """A run is about to make the call for this part. Written before it is made."""
    PUBLISHED = "published"
    """The part is out; the receipt names it."""
    REFUSED = "refused"
    """Proof that nothing went out. Another try is allowed when `permanent` is false."""
    UNKNOWN = "unknown"
    """Nobody can say yet whether it went out. Never tried again before that is known."""
    HANDED = "handed"
    """A pack was handed to a person, who is to post it and say so with `mimin done`."""
    ABSENT = "absent"
    """The network was asked after the fact and proved that nothing is there."""
    EDITED = "edited"
    """What is out was changed to the payload with this digest."""
    RETRACTED = "retracted"
    """What was out was taken down."""
    KEPT = "kept"
    """A change or a taking down was refused or failed: what is out stays as it is for now."""
    DROPPED = "dropped"
    """Will not be sent: too late, expired, or a person said so."""
    APPROVED = "approved"
    """A person's yes to the payload with this digest."""
    POLICY = "policy"
    """The policy in force of the brand in `account` (`brand/*`); its digest is the policy's."""
    TRUSTED = "trusted"
    """A person's yes to sending the secret of `account` to the server that is named with it."""
    FROZEN = "frozen"
    """Stop everything in the scope of `account` until resumed."""
    RESUMED = "resumed"
    RAN = "ran"
    """A run works from the files of `commit`; runs with older files are refused from then on."""


class Event(Record):
    """One line of the ledger."""

    v: Literal[1, 2] = FORMAT
    at: Instant
    """When it was written, by the clock of the run that wrote it."""
    kind: Kind
    account: str
    """`brand/account`; for a freeze also `brand/*` or `*`."""
    key: str = ""
    """The delivery; empty for a freeze."""
    part: _Count = 0
    """From 0."""
    parts: _Count = 0
    """Of a claim: how many parts the thread had when it was claimed."""
    run: str = ""
    """Which run wrote it."""
    digest: str = ""
    content: str = ""
    """Hash of this part alone (`Part.content`): a thread is compared by what is out of it."""
    destination: str = ""
    """The account that was meant, as files name it: network, server and handle."""
    author: str = ""
    """The account's id on its network, which outlives every name; empty where it was not told."""
    commit: str = ""
    """The git commit of the files that the run worked from."""
    path: str = ""
    """Of a claim: the post's file in that commit."""
    shape: str = ""
    """Of a receipt or an edit: hash of all of the payload but its words; empty when it is nothing
    but words."""
    cost: int = 0
    """Of a receipt: what it cost, in thousandths of a US dollar."""
    due: Instant | None = None
    """When it was to go out."""
    until: Instant | None = None
    """Of a claim: the run that holds it does not start the call after this moment."""
    handles: dict[str, str] = {}
    """What step 1 prepared and what a later look-up needs: record key, media ids, creation time."""
    remote_id: str = ""
    url: str = ""
    reason: str = ""
    permanent: bool = False
    """Of a refusal: trying again can not help until the post is changed."""
    retry_at: Instant | None = None
    """Of a refusal: not before; whoever waits goes by `again_at`."""
    by: str = ""
    """The person behind an approval, a freeze, a drop or a manual receipt."""
    simulated: bool = False
    """From the sandbox: nothing left this machine."""

    @property
    def again_at(self) -> Instant | None:
        """When another try may be made: what the network said, but a day later at the most.

        A wrong year in a header must not end a post for good.
        """
        return None if self.retry_at is None else min(self.retry_at, self.at + LONGEST_WAIT)
