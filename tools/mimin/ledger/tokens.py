"""Tokens: which server the ledger has seen each secret go to, and for which account.

The ledger knows a secret by the name of its environment variable, never by its value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from whenever import Instant

from mimin.ledger.standing import Standing
from mimin.model.event import Event

TOKEN = "token"  # noqa: S105 - the name of a handle
"""The handle of a claim, or of a person's trust, that names a secret and where it is sent."""


@dataclass(frozen=True)
class Token:
    """A secret, and the server that it is sent to."""

    secret: str
    """The environment variable's name."""
    host: str
    """Scheme and host of the server, or the network's name where its address is not in a file."""
    account: str = ""
    """`brand/account`, as it was called then."""
    path: str = ""
    """The file of the post that used it; empty for a person's word."""

    @property
    def brand(self) -> str:
        """Give the id that the brand had then; an account keeps its first name in the ledger."""
        folders = self.path.split("/")
        return folders[1] if len(folders) > 1 else self.account.partition("/")[0]

    def write(self) -> dict[str, str]:
        """Give the handle that keeps it."""
        return {TOKEN: f"{self.secret} {self.host}"}


def token_of(event: Event) -> Token | None:
    """Read what an event says of a token; None when it says nothing."""
    secret, _, host = event.handles.get(TOKEN, "").partition(" ")
    return Token(secret, host, event.account, event.path) if secret and host else None


def tokens_of(standings: Iterable[Standing], trusts: Iterable[Event]) -> dict[str, Token]:
    """Find what holds of each secret: where it may go, and who had it last.

    It may go where the latest trust says, else where the latest claim sent it. Clocks do not matter
    for that: claims that came after a trust went where it says.

    Args:
        standings: The deliveries.
        trusts: What people said, in the order in which it was written.
    """
    claims = [
        part.claim
        for standing in standings
        for part in standing.parts.values()
        if part.claim is not None and TOKEN in part.claim.handles
    ]
    hosts: dict[str, str] = {}
    last: dict[str, Token] = {}
    for event in [*sorted(claims, key=_at), *trusts]:
        if token := token_of(event):
            hosts[token.secret] = token.host
    for event in sorted([*claims, *trusts], key=_at):
        if token := token_of(event):
            last[token.secret] = token
    return {secret: replace(token, host=hosts[secret]) for secret, token in last.items()}


def _at(event: Event) -> Instant:
    return event.at
