"""Secret holders: with which of today's brands the ledger has seen each secret.

A newer brand may be called like it, or name it; whom it was seen with keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping

from mimin.ledger.ledger import Book
from mimin.ledger.tokens import Token
from mimin.model.brand import Account, Brand
from mimin.networks.address import is_own_host, token_host
from mimin.planning.account_names import AccountNames
from mimin.planning.heirs import brand_of, last_seen
from mimin.planning.secret_names import Owners

NOTHING_SENT = frozenset({"sandbox", "manual"})
"""Networks that send no secret anywhere."""


def token_of_account(ref: str, account: Account) -> Token | None:
    """Give an account's secret and where it is sent; None when nothing is sent."""
    if account.secret is None or account.network in NOTHING_SENT:
        return None
    host = token_host(account.network, account.server or "", account.handle)
    return Token(account.secret, host, ref)


def holders(
    brands: Mapping[str, Brand],
    book: Book,
    names: AccountNames,
    tokens: Mapping[str, Token] | None = None,
) -> dict[str, str]:
    """Find which of today's brands the ledger has seen each secret with: secret → brand.

    Args:
        brands: Today's brands.
        book: The ledger.
        names: What the ledger calls their accounts.
        tokens: Secret → where it went until now, when files say more of it than the ledger.
    """
    known = book.tokens if tokens is None else tokens
    users = _users(brands)
    owners = Owners(brands)
    found = {
        secret: _holder(token, users.get(secret, []), brands, book, names)
        for secret, token in known.items()
    }
    for secret in users.keys() - known.keys():
        found[secret] = _older(users[secret], owners.of(secret), brands, book, names)
    return {secret: brand for secret, brand in found.items() if brand}


def _holder(
    token: Token,
    users: list[Token],
    brands: Mapping[str, Brand],
    book: Book,
    names: AccountNames,
) -> str:
    """Give the brand that a secret, which was used before, is with today; empty if none can tell.

    A brand that is still there was never another; one that is gone has one heir, or nobody can
    tell.
    """
    home, name = brand_of(token.account), token.account
    heirs = names.heirs.get(name, frozenset())
    now = {brand_of(ref) for ref in heirs}
    if now - {home}:
        renamed = {brand.id for brand in brands.values() if brand.was == home} - now
        naming = {brand_of(each.account) for each in users}
        # Who says that it was the same brand, and names the same secret, is asked like the other.
        if renamed & naming and not last_seen(name, book.owners[name], heirs, brands):
            return ""
    elif home in brands:
        now = {home}
    else:
        now = {brand.id for brand in brands.values() if brand.was == home}
        now |= {brand_of(ref) for ref, formers in names.known.items() if name in formers}
    return next(iter(now)) if len(now) == 1 else ""


def _users(brands: Mapping[str, Brand]) -> dict[str, list[Token]]:
    """Find the accounts that name each secret."""
    found: dict[str, list[Token]] = {}
    for brand in brands.values():
        for name, account in brand.accounts.items():
            token = token_of_account(f"{brand.id}/{name}", account)
            if token is not None:
                found.setdefault(token.secret, []).append(token)
    return found


def _older(
    users: list[Token],
    called: frozenset[str],
    brands: Mapping[str, Brand],
    book: Book,
    names: AccountNames,
) -> str:
    """Give the brand that used a secret before ledgers named secrets; empty if none can tell.

    The ledger says where its account's posts went, but not with which secret. So that counts only
    where the account's own id is known, by which another's secret is refused when it is used, and
    where all others whom the secret may belong to would send it to the same server.
    """
    older = {brand_of(each.account) for each in users if was_there(each, brands, book, names)}
    naming = {brand_of(each.account) for each in users}
    one_server = len({each.host for each in users}) == 1
    return next(iter(older)) if len(older) == 1 and one_server and called <= naming else ""


def was_there(token: Token, brands: Mapping[str, Brand], book: Book, names: AccountNames) -> bool:
    """Tell whether the ledger has an account as it is today, from before it named secrets."""
    brand, _, name = token.account.partition("/")
    recorded = names.of(token.account)
    owners = [book.owners[each] for each in recorded if each in book.owners]
    meant = brands[brand].accounts[name].destination
    same = any(owner.author and owner.destination == meant for owner in owners)
    return same and sent_before(token, recorded, book) == token.host


def sent_before(token: Token, recorded: tuple[str, ...], book: Book) -> str:
    """Give the server that an account's posts went to, by ledgers that name no secrets.

    Empty when nothing went out, when a ledger of version 1 does not say where, or when the ledger
    knows the account with another secret: then this one is new.
    """
    if any(known.account in recorded for known in book.tokens.values()):
        return ""
    for ref in recorded:
        owner = book.owners.get(ref)
        if owner and not owner.destinations and is_own_host(token.host):
            return token.host  # version 1 does not say where, and there is one place only
        parts = owner.destination.split(" ") if owner else []
        if len(parts) > 1 and parts[0].partition("/")[0] not in NOTHING_SENT:
            server = parts[1] if len(parts) > 2 else ""
            return token_host(parts[0], server, parts[-1].partition(",")[0])
    return ""
