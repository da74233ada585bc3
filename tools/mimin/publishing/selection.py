"""Selection: which accounts a command is asked about, by their names and by brands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mimin.errors import UsageError
from mimin.model.brand import Brand
from mimin.workspace.validation import suggest


def select(
    brands: Mapping[str, Brand], accounts: Iterable[str] = (), of: Iterable[str] = ()
) -> list[str]:
    """Resolve the accounts that are asked for; all of them when nothing is asked for.

    A brand is never found by an account's name, nor an account by a brand's: a workflow gives a
    job the secrets of one brand, and must not pick another brand's account with them.

    Args:
        brands: Every brand there is.
        accounts: Each `brand/account`, or the name of an account that only one brand has.
        of: Brands, by their exact ids; all of their accounts are meant.

    Returns:
        Each `brand/account` once.

    Raises:
        UsageError: if a name fits nothing, or more than one account.
    """
    everything = [f"{brand.id}/{name}" for brand in brands.values() for name in brand.accounts]
    accounts, of = list(accounts), list(of)
    if not accounts and not of:
        return everything
    found = [ref for brand in of for ref in _of_brand(brand, everything, brands)]
    found += [_one(name, everything, brands) for name in accounts]
    return list(dict.fromkeys(found))


def _of_brand(brand: str, everything: list[str], brands: Mapping[str, Brand]) -> list[str]:
    if brand not in brands:
        hint = suggest(brand, brands) or f"; there are {', '.join(brands) or 'none'}"
        raise UsageError(f"{brand!r} is no brand{hint}")
    return [ref for ref in everything if ref.partition("/")[0] == brand]


def _one(name: str, everything: list[str], brands: Mapping[str, Brand]) -> str:
    if name in everything:
        return name
    if name in brands:
        raise UsageError(f"{name!r} is a brand; for all of its accounts write `--brand {name}`")
    fitting = [ref for ref in everything if ref.partition("/")[2] == name]
    if len(fitting) > 1:
        raise UsageError(f"{name!r} is more than one account: {', '.join(fitting)}; name one")
    if not fitting:
        hint = suggest(name, everything) or f"; there are {', '.join(everything) or 'none'}"
        raise UsageError(f"{name!r} is no account{hint}")
    return fitting[0]
