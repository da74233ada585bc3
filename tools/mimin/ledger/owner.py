"""Owners: which real account stands behind each account name that the ledger has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from whenever import Instant

from mimin.ledger.standing import Standing
from mimin.model.event import Event


@dataclass
class Owner:
    """What the events under one account name say of the real account."""

    destinations: dict[str, Instant] = field(default_factory=dict)
    """`Account.destination` → when it was last meant; empty for ledgers of version 1."""
    authors: dict[str, Instant] = field(default_factory=dict)
    """The account's own id on its network → when it was last told."""

    @property
    def destination(self) -> str:
        """Give the newest destination; empty when the ledger never said."""
        return max(self.destinations, key=self.destinations.__getitem__, default="")

    @property
    def author(self) -> str:
        """Give the newest id; empty when the network never told."""
        return max(self.authors, key=self.authors.__getitem__, default="")

    def learn(self, event: Event) -> None:
        """Take one event into account."""
        for known, value in (
            (self.destinations, event.destination),
            (self.authors, event.author),
        ):
            if value and (value not in known or known[value] < event.at):
                known[value] = event.at


def owners_of(standings: Iterable[Standing]) -> dict[str, Owner]:
    """Find the owner of every account name: those under which something is or may be out."""
    found: dict[str, Owner] = {}
    for standing in standings:
        for part in standing.parts.values():
            for event in (part.claim, part.receipt):
                if event is not None:
                    owner = found.get(event.account)
                    if owner is None:
                        owner = found[event.account] = Owner()
                    owner.learn(event)
    return found


def network_of(destination: str) -> str:
    """Give network and server of a destination, without the handle."""
    return destination.rpartition(" ")[0]
