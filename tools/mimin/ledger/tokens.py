"""Tokens: which server the ledger has seen each secret go to, and for which account.

The ledger knows a secret by the name of its environment variable, never by its value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

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
    brand: str = ""
    """The id that the brand had then; an account keeps its first name in the ledger."""
    destinations: frozenset[str] = frozenset()
    """The real accounts that it was used for: network, server and handle."""

    def write(self) -> dict[str, str]:
        """Give the handle that keeps it."""
        return {TOKEN: f"{self.secret} {self.host}"}


def token_of(event: Event) -> Token | None:
    """Read what an event says of a token; None when it says nothing."""
    secret, _, host = event.handles.get(TOKEN, "").partition(" ")
    if not secret or not host:
        return None
    folders = event.path.split("/")
    brand = folders[1] if len(folders) > 1 else event.account.partition("/")[0]
    return Token(secret, host, event.account, brand, frozenset({event.destination} - {""}))


def tokens_of(standings: Iterable[Standing], trusts: Iterable[Event]) -> dict[str, Token]:
    """Find what holds of each secret: the latest trust, else the latest claim that used it.

    Clocks do not matter for a trust: claims that came after it went where it says, for the brand
    that it says.

    Args:
        standings: The deliveries.
        trusts: What people said, in the order in which it was written.
    """
    claims = (
        part.claim
        for standing in standings
        for part in standing.parts.values()
        if part.claim is not None and TOKEN in part.claim.handles
    )
    found: dict[str, Token] = {}
    for event in [*sorted(claims, key=lambda event: event.at), *trusts]:
        token = token_of(event)
        if token is not None:
            before = found.get(token.secret, token).destinations
            found[token.secret] = replace(token, destinations=token.destinations | before)
    return found
