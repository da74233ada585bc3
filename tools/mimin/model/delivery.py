"""A delivery: one post to one account, once."""

from __future__ import annotations

from dataclasses import dataclass

from whenever import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One post (or one occurrence of it) to one account.

    The key names it for ever. It comes from post, account and occurrence, never from the time,
    the text or the path: moving a file or mending a typo can not post twice.
    """

    post: str
    """`brand/id` of the post."""
    account: str
    """`brand/account`."""
    known_as: str = ""
    """The key that the ledger has it under, where that is not made of today's names."""
    recorded: str = ""
    """The name that the ledger has for the account, where it is not `account`."""
    occurrence: int | None = None
    """Number of the repetition, from 1; None for a post that does not repeat."""
    due: Instant | None
    """When it is to go out; None while no time is set."""
    expires: Instant | None = None
    parts: int
    """How many parts the thread has; 1 for a plain post."""
    digest: str
    """Of the payload."""
    shape: str = ""
    """Of the payload: hash of all but its words; empty when it is nothing but words."""
    contents: tuple[str, ...] = ()
    """Hash of each part; empty when it could not be composed."""
    refused_from: Instant | None = None
    """From when its network has said to refuse it, as the version of the API that it asks for ends;
    None where that is not announced."""
    words: str = ""
    """Hash of the text that it begins with; empty when it begins with none."""
    cost: int = 0
    """What publishing it costs, in thousandths of a US dollar."""

    @property
    def key(self) -> str:
        """The name under which the ledger knows this delivery."""
        return self.known_as or self.own_key

    @property
    def own_key(self) -> str:
        """The key that is made of today's names."""
        return delivery_key(self.post, self.account, self.occurrence)

    @property
    def ledger_account(self) -> str:
        """The name under which the ledger knows the account."""
        return self.recorded or self.account


def delivery_key(post: str, account: str, occurrence: int | None = None) -> str:
    """Build a delivery's key, such as `kopi-senja/gajian@bluesky` or `…@bluesky#3`.

    Post and account belong to one brand, so the brand stands once. The first occurrence has no
    number: a post that is out and is then made to repeat, or the other way round, is out.
    """
    handle = account.partition("/")[2]
    number = f"#{occurrence}" if occurrence not in {None, 1} else ""
    return f"{post}@{handle}{number}"
