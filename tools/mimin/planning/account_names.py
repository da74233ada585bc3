"""Account names: under which names the ledger knows the accounts that the files have today.

A real account is its network, its server and its own id; alias, brand folder and file are what
people call it today. Where the ledger may mean the same account by a name that is gone, and nothing
proves it, a person is asked before anything is sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mimin.ledger.ledger import Book
from mimin.ledger.owner import Owner, network_of
from mimin.model.brand import Account, Brand
from mimin.planning.notes import Note, note


@dataclass(frozen=True)
class AccountNames:
    """What the ledger calls today's accounts and brands."""

    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Today's `brand/account` → every name the ledger has for it, the one to go on with first.
    An account that has its own name only is left out."""
    brands: Mapping[str, str] = field(default_factory=dict)
    """Today's brand → the name it had before, as far as keys are made of it."""
    doubts: Mapping[str, Note] = field(default_factory=dict)
    """Today's `brand/account` → the question that must be answered before anything is sent."""

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
    doubts = dict(_two_names(today))
    gone = {ref: owner for ref, owner in book.owners.items() if ref not in today}
    if not gone:
        return AccountNames(doubts=doubts)
    known: dict[str, tuple[str, ...]] = {}
    for ref, account in today.items():
        former = _former(ref, account, brands[ref.partition("/")[0]])
        if former is None and ref not in book.owners:
            former = _same(account, gone)
            doubt = None if former else _doubt(ref, account, gone, brands)
            if doubt is not None:
                doubts.setdefault(ref, doubt)
        names = [name for name in (ref, *(former or ())) if name in book.owners]
        if names and names != [ref]:
            known[ref] = tuple(dict.fromkeys(names))
    return AccountNames(known, _former_brands(known, brands, book), doubts)


def _two_names(today: Mapping[str, Account]) -> Iterable[tuple[str, Note]]:
    """Two names of one real account would each publish everything."""
    first: dict[str, str] = {}
    for ref, account in today.items():
        other = first.setdefault(account.destination, ref)
        if other != ref:
            yield other, note("account-twice", account=other, other=ref)
            yield ref, note("account-twice", account=ref, other=other)


def _former(ref: str, account: Account, brand: Brand) -> tuple[str, ...] | None:
    """Give the names that the files say the account had; None when they say nothing."""
    name = ref.partition("/")[2]
    places = [brand.id, *([brand.was] if brand.was else [])]
    if account.was is not None:
        return tuple(
            full
            for former in account.was
            for full in ([former] if "/" in former else [f"{place}/{former}" for place in places])
        )
    return (f"{brand.was}/{name}",) if brand.was else None


def _same(account: Account, gone: Mapping[str, Owner]) -> tuple[str, ...]:
    """Give the names that are gone and meant the very same account, the newest first."""
    found = [ref for ref, owner in gone.items() if account.destination in owner.destinations]
    return tuple(sorted(found, key=lambda ref: gone[ref].destinations[account.destination]))[::-1]


def _doubt(
    ref: str, account: Account, gone: Mapping[str, Owner], brands: Mapping[str, Brand]
) -> Note | None:
    """Ask about a name that is gone and may have meant this account."""
    home = ref.partition("/")[0]
    for other, owner in sorted(gone.items()):
        place = other.partition("/")[0]
        if place != home and place in brands:
            continue  # another brand that is still there let its own account go
        if not owner.destination or network_of(owner.destination) == network_of(
            account.destination
        ):
            return note("account-renamed", account=ref, former=other, path=brands[home].path)
    return None


def _former_brands(
    known: Mapping[str, tuple[str, ...]], brands: Mapping[str, Brand], book: Book
) -> dict[str, str]:
    """Find brands whose folder was renamed: by their own word, or as all their accounts say so."""
    in_ledger = {ref.partition("/")[0] for ref in book.owners}
    found = {brand.id: brand.was for brand in brands.values() if brand.was}
    places: dict[str, Counter[str]] = {}
    for ref, names in known.items():
        places.setdefault(ref.partition("/")[0], Counter())[names[0].partition("/")[0]] += 1
    for brand, former in places.items():
        [place, *more] = former
        if brand not in found and brand not in in_ledger and not more and place not in brands:
            found[brand] = place
    return found
