"""Account names: under which names the ledger knows the accounts that the files have today.

A real account is its network, its server and its own id; alias, brand folder and file are what
people call it today. Where the ledger may mean the same account by a name that is gone, and nothing
proves it, a person is asked before anything is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mimin.ledger.ledger import Book
from mimin.ledger.owner import Owner, network_of
from mimin.model.brand import Account, Brand
from mimin.planning.notes import Note, note


@dataclass(frozen=True)
class AccountNames:
    """What the ledger calls today's accounts."""

    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Today's `brand/account` → every name the ledger has for it, the one to go on with first.
    An account that has its own name only is left out."""
    doubts: Mapping[str, Note] = field(default_factory=dict)
    """Today's `brand/account` → the question that must be answered before anything is sent."""
    taken: frozenset[str] = frozenset()
    """Today's `brand/account` under whose names the ledger has what another account sent."""

    def of(self, ref: str) -> tuple[str, ...]:
        """Give all names of an account, the one that new events go under first."""
        return self.known.get(ref, (ref,))

    def today(self, recorded: str) -> str:
        """Give today's name of an account that the ledger calls *recorded*."""
        return next((ref for ref, names in self.known.items() if recorded in names), recorded)


def find_account_names(brands: Mapping[str, Brand], book: Book) -> AccountNames:
    """Find what the ledger calls each account.

    Args:
        brands: Today's brands.
        book: The ledger.
    """
    today = {
        f"{brand.id}/{name}": account
        for brand in brands.values()
        for name, account in brand.accounts.items()
    }
    doubts = dict(_two_names(today, brands, book))
    left = {ref: owner for ref, owner in book.owners.items() if not _is_still(ref, owner, today)}
    if not left and not any(account.was for account in today.values()):
        return AccountNames(doubts=doubts)
    formers = {
        ref: _recorded(ref, account, brands[ref.partition("/")[0]], left, book)
        for ref, account in today.items()
    }
    known: dict[str, tuple[str, ...]] = {}
    strangers: set[str] = set()
    for ref, former in formers.items():
        names = [name for name in dict.fromkeys((ref, *(former or ()))) if name in book.owners]
        taken = [name for name in names if name != ref and name in today]
        questions = dict(_two_accounts(ref, name, today, book, brands) for name in taken)
        doubts |= questions
        strangers |= questions.keys()
        if names[:1] == taken[:1]:
            names = [ref, *names]  # nothing new goes on under another account's name
        if any(name != ref for name in names):
            known[ref] = tuple(names)
    free = {
        ref: owner
        for ref, owner in left.items()
        if ref not in today and not any(ref in names for names in known.values())
    }
    for ref, account in today.items():
        if formers[ref] is None and ref not in book.owners:
            doubt = _doubt(ref, account, free, brands)
            if doubt is not None:
                doubts.setdefault(ref, doubt)
    return AccountNames(known, doubts, frozenset(strangers))


def _is_still(ref: str, owner: Owner, today: Mapping[str, Account]) -> bool:
    """Tell whether a name means today what it meant before, as far as the ledger says."""
    account = today.get(ref)
    return account is not None and (
        not owner.destinations or account.destination in owner.destinations
    )


def _two_names(
    today: Mapping[str, Account], brands: Mapping[str, Brand], book: Book
) -> Iterable[tuple[str, Note]]:
    """Two names of one real account would each publish everything.

    Where the ledger knows the account by one of them, that one goes on: nobody else's file may
    stop it. But where another says that it was that one, the folder may have been left and opened
    again by somebody else, and nothing tells which of the two it is: both stop.
    """
    named: dict[str, list[str]] = {}
    for ref, account in today.items():
        named.setdefault(account.destination, []).append(ref)
    for destination, refs in named.items():
        if len(refs) == 1:
            continue
        known = [ref for ref in refs if _went_to(destination, [ref], book)]
        known = known or [
            ref for ref in refs if _went_to(destination, _own_names(ref, today, brands), book)
        ]
        claimed = {
            former
            for ref in refs
            for former in _former(ref, today[ref], brands[ref.partition("/")[0]], {}) or ()
            if former != ref
        }
        known = [] if len(known) == 1 and known[0] in claimed else known
        for ref in refs if len(known) != 1 else set(refs) - set(known):
            first = known if len(known) == 1 else refs
            other = first[0] if first[0] != ref else first[1]
            yield ref, note("account-twice", account=ref, other=other)


def _went_to(destination: str, names: Iterable[str], book: Book) -> bool:
    return any(
        destination in book.owners[name].destinations for name in names if name in book.owners
    )


def _own_names(
    ref: str, today: Mapping[str, Account], brands: Mapping[str, Brand]
) -> Iterator[str]:
    """Give the names that an account had in its own brand, as its file says; another may lie."""
    brand = brands[ref.partition("/")[0]]
    houses = {brand.id, *({brand.was} - brands.keys() if brand.was else ())}
    for former in today[ref].was or (ref.partition("/")[2],):
        for house in houses:
            full = former if "/" in former else f"{house}/{former}"
            if full not in today and full.partition("/")[0] in houses:
                yield full


def _two_accounts(
    ref: str, name: str, today: Mapping[str, Account], book: Book, brands: Mapping[str, Brand]
) -> tuple[str, Note]:
    """Say which of two accounts must get another name: both would go on under one."""
    owner = book.owners[name]
    proven = today[ref].destination in owner.destinations or not owner.destinations
    foreign = ref.partition("/")[0] != name.partition("/")[0]
    if (foreign and not proven) or (owner.destinations and _is_still(name, owner, today)):
        path = brands[ref.partition("/")[0]].path
        return ref, note("account-not-former", account=ref, former=name, path=path)
    path = brands[name.partition("/")[0]].path
    return name, note("account-name-taken", account=name, other=ref, path=path)


def _recorded(
    ref: str, account: Account, brand: Brand, left: Mapping[str, Owner], book: Book
) -> tuple[str, ...] | None:
    """Give the names that the ledger has for what an account was; None if nothing is said.

    An account keeps its first name in the ledger, so a name that the files had later may not be
    there; then the very same account is looked for.
    """
    said = _former(ref, account, brand, left)
    if not said or any(name in book.owners for name in (ref, *said)):
        return said
    return _same(account, {other: owner for other, owner in left.items() if other != ref}) or None


def _former(
    ref: str, account: Account, brand: Brand, left: Mapping[str, Owner]
) -> tuple[str, ...] | None:
    """Give the names that the account had, as the files or the ledger say; None if none do."""
    name = ref.partition("/")[2]
    places = [brand.id, *([brand.was] if brand.was else [])]
    if account.was is not None:
        return tuple(
            full
            for former in account.was
            for full in ([former] if "/" in former else [f"{place}/{former}" for place in places])
        )
    if brand.was:
        return (f"{brand.was}/{name}",)
    return _same(account, {other: owner for other, owner in left.items() if other != ref}) or None


def _same(account: Account, left: Mapping[str, Owner]) -> tuple[str, ...]:
    """Give the names that meant the very same account, the newest first."""
    found = [ref for ref, owner in left.items() if account.destination in owner.destinations]
    return tuple(sorted(found, key=lambda ref: left[ref].destinations[account.destination]))[::-1]


def _doubt(
    ref: str, account: Account, free: Mapping[str, Owner], brands: Mapping[str, Brand]
) -> Note | None:
    """Ask about a name that no account has any more and that may have meant this one."""
    home = ref.partition("/")[0]
    for other, owner in sorted(free.items()):
        place = other.partition("/")[0]
        if place != home and place in brands:
            continue  # another brand that is still there let its own account go
        if not owner.destination or network_of(owner.destination) == network_of(
            account.destination
        ):
            return note("account-renamed", account=ref, former=other, path=brands[home].path)
    return None
