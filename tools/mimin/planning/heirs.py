"""Heirs: which of today's accounts goes on under a name of the ledger that several could mean.

A file may say anything of what its brand was, so what files say is not enough where two brands say
it. First counts under which brand's files the ledger has last seen the name, then the destination,
then a person's word (`mimin accounts trust`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from mimin.ledger.ledger import Book
from mimin.ledger.owner import Owner
from mimin.model.brand import Account, Brand


def brand_of(ref: str) -> str:
    """Give the brand of a `brand/account`."""
    return ref.partition("/")[0]


def last_seen(name: str, owner: Owner, refs: Iterable[str], brands: Mapping[str, Brand]) -> str:
    """Give the account of another brand whose file the name was last used for; else be empty.

    That it was used for a file of the brand that it names proves nothing: a folder that is gone may
    come back as another brand.
    """
    for ref in refs:
        folder = brands[brand_of(ref)].path.rpartition("/")[0] + "/"
        if brand_of(ref) != brand_of(name) and owner.path.startswith(folder):
            return ref
    return ""


def trusted(refs: Collection[str], today: Mapping[str, Account], book: Book) -> str:
    """Give the one of *refs* that a person has last trusted as it is today; else be empty."""
    for event in reversed(book.trusts):
        if event.account in refs and event.destination == today[event.account].destination:
            return event.account
    return ""


def heirs_of(
    name: str,
    refs: Collection[str],
    today: Mapping[str, Account],
    brands: Mapping[str, Brand],
    book: Book,
) -> list[str]:
    """Find who goes on under a name that no account has today; more than one must be asked.

    The name itself is among them where its own brand may still want it.

    Args:
        name: The name in the ledger.
        refs: The accounts that say, or seem, to have had it.
        today: Today's accounts.
        brands: Today's brands.
        book: The ledger.
    """
    owner, home = book.owners[name], brand_of(name)
    seen = last_seen(name, owner, refs, brands)
    if seen:
        return [seen]
    own = [ref for ref in refs if brand_of(ref) == home]
    if own:
        return own
    # Only a brand's own `was:` may take a brand's name over; a destination alone says nothing, for
    # a handle that was given up may be taken by anybody.
    renamed = {brand.id for brand in brands.values() if brand.was == home}
    said = [ref for ref in refs if brand_of(ref) in renamed]
    alone = not said
    said = said or [ref for ref in refs if today[ref].was] or list(refs)
    newest = max(
        (ref for ref in said if today[ref].destination in owner.destinations),
        key=lambda ref: owner.destinations[today[ref].destination],
        default="",
    )
    if newest:
        meant = today[newest]
        said = [
            ref
            for ref in said
            if today[ref].destination == meant.destination
            # Who names the same secret must not lose, or get, it by what files say.
            or (meant.secret is not None and today[ref].secret == meant.secret)
        ]
    elif home in brands or (alone and renamed):
        return [name]  # what a brand has let go is not anybody's who only says so
    others = ({home} & brands.keys()) | (set() if newest else renamed)
    if len({brand_of(ref) for ref in said} | others) == 1:
        return said
    word = trusted(said, today, book)
    return [word] if word else [*said, *([name] if others else [])]
