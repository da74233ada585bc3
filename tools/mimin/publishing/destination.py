"""Destination: that what is sent, looked for or changed goes to the account that is meant.

Names in files are what people call an account today. The network's own id says which one it is, and
the ledger knows to which one all earlier posts went.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mimin.errors import MiminError
from mimin.ledger.owner import Owner, network_of
from mimin.model.event import Event
from mimin.networks.protocol import Connection, Identifies
from mimin.planning.account_names import AccountNames


class OtherAccountError(MiminError):
    """The secret belongs to another account than the one that is meant."""


@dataclass(frozen=True, kw_only=True)
class Destination:
    """The real account behind a connection."""

    name: str = ""
    """`Account.destination`: network, server and handle as the files have them."""
    author: str = ""
    """The account's own id; empty where the network does not say."""

    @property
    def fields(self) -> dict[str, str]:
        """Give what events keep of it."""
        return {"destination": self.name, "author": self.author}


UNKNOWN = Destination()
"""For tests of their own, and networks of which nothing is said."""


def ask_author(connection: Connection) -> str:
    """Ask the network who we are; empty where it can not be asked or does not answer.

    A failed question must hold up nothing: whatever is wrong shows at the call itself.
    """
    if not isinstance(connection, Identifies):
        return ""
    try:
        return connection.whoami().remote_id
    except Exception:  # noqa: BLE001 - see above
        return ""


@dataclass(frozen=True)
class Destinations:
    """The real accounts behind the connections of a run, each asked for once."""

    files: Mapping[str, str] = field(default_factory=dict)
    """Today's `brand/account` → its `Account.destination`."""
    names: AccountNames = field(default_factory=AccountNames)
    owners: Mapping[str, Owner] = field(default_factory=dict)
    _authors: dict[str, str] = field(default_factory=dict)

    def of(self, ref: str, connection: Connection) -> Destination:
        """Tell whom a connection leads to, whether that is who is meant or not."""
        if ref not in self._authors:
            self._authors[ref] = ask_author(connection)
        return Destination(name=self.files.get(ref, ""), author=self._authors[ref])

    def checked(self, ref: str, connection: Connection) -> Destination:
        """Tell whom a connection leads to, before anything is sent to it.

        Raises:
            OtherAccountError: if earlier posts under this name went to another account, or the
                ledger knows this account under a name that is not its own.
        """
        found = self.of(ref, connection)
        if found.author:
            recorded = self.names.of(ref)
            self._check_owner(found, recorded)
            self._check_names(found, recorded)
        return found

    def _check_owner(self, found: Destination, recorded: tuple[str, ...]) -> None:
        for ref in recorded:
            owner = self.owners.get(ref)
            if owner and owner.author not in {"", found.author} and owner.destination == found.name:
                raise OtherAccountError(
                    f"the secret belongs to account {found.author}, and all earlier posts went to "
                    f"{owner.author}; give it the secret of {found.name}, or, if it is another "
                    "account now, a name of its own in brand.yml"
                )

    def _check_names(self, found: Destination, recorded: tuple[str, ...]) -> None:
        for ref, owner in self.owners.items():
            same = network_of(owner.destination) == network_of(found.name)
            if same and found.author in owner.authors and ref not in recorded:
                raise OtherAccountError(
                    f"this is the account that the ledger calls {ref}; write `was: {ref}` below "
                    "it in brand.yml, or take one of the two out"
                )


def differs(event: Event, here: Destination) -> str:
    """Say why an event is about another account than the one that is asked now; else be empty.

    Another account, or another server, knows nothing of what is meant: its "not there" is no proof.
    Events of the ledger's first version do not say where they went and are believed.
    """
    if event.destination and here.name:
        if network_of(event.destination) != network_of(here.name):
            return f"it was sent to {event.destination}, and brand.yml says {here.name} now"
        if not event.author and event.destination != here.name:
            return f"it was sent to {event.destination}, and brand.yml says {here.name} now"
    if event.author and not here.author:
        return "the network did not say who we are, so its answer may be about another account"
    if event.author and event.author != here.author:
        return f"it was sent as account {event.author}, and the secret belongs to {here.author}"
    return ""
