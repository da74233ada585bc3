"""Trust: a secret goes only to the server that it was given for, whoever approved a change of it.

A variable's value may be read by whoever runs the server that `brand.yml` names. The ledger
remembers where each secret went. A server that a file names, or another brand, gets it only after a
person has said so (`mimin accounts trust`), also the first one, and also where a brand asks for no
reviews.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mimin.ledger.ledger import Book
from mimin.ledger.tokens import Token
from mimin.model.brand import Account, Brand
from mimin.networks.address import is_own_host, token_host
from mimin.planning.account_names import AccountNames
from mimin.planning.heirs import brand_of, last_seen
from mimin.planning.notes import Note, note
from mimin.planning.secret_names import Owners, SecretFault, prefix_of, secret_faults

NOTHING_SENT = frozenset({"sandbox", "manual"})
"""Networks that send no secret anywhere."""


def token_of_account(ref: str, account: Account) -> Token | None:
    """Give an account's secret and where it is sent; None when nothing is sent."""
    if account.secret is None or account.network in NOTHING_SENT:
        return None
    host = token_host(account.network, account.server or "", account.handle)
    return Token(account.secret, host, ref)


def token_doubts(
    brands: Mapping[str, Brand],
    book: Book,
    names: AccountNames,
    *,
    known: Mapping[str, Token] | None = None,
) -> dict[str, Note]:
    """Find the accounts whose secret must not be sent before a person has said so.

    Args:
        brands: Today's brands.
        book: The ledger.
        names: What the ledger calls their accounts.
        known: Secret → where it went until now, when files say more of it than the ledger.

    Returns:
        `brand/account` → the question.
    """
    owners = Owners(brands)
    seen = book.tokens if known is None else known
    held = holders(brands, book, names, seen)
    found: dict[str, Note] = {}
    for brand in brands.values():
        for name, account in brand.accounts.items():
            ref = f"{brand.id}/{name}"
            token = token_of_account(ref, account)
            if token is None:
                continue
            if token.secret in seen:
                doubt = _doubt(token, seen[token.secret], held.get(token.secret, ""))
            else:
                doubt = _first_doubt(token, brand, owners, book, names)
            if doubt is not None:
                found[ref] = doubt
    return found


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
    found = {secret: _holder(token, brands, book, names) for secret, token in known.items()}
    users = _users(brands)
    owners = Owners(brands)
    for secret in users.keys() - known.keys():
        found[secret] = _older(users[secret], owners.of(secret), brands, book, names)
    return {secret: brand for secret, brand in found.items() if brand}


def _holder(token: Token, brands: Mapping[str, Brand], book: Book, names: AccountNames) -> str:
    """Give the brand that a secret, which was used before, is with today; empty if none can tell.

    A brand that is still there was never another; one that is gone has one heir, or nobody can
    tell.
    """
    home, name = brand_of(token.account), token.account
    heirs = names.heirs.get(name, frozenset())
    now = {brand_of(ref) for ref in heirs}
    if now - {home}:
        renamed = {brand.id for brand in brands.values() if brand.was == home} - now
        users = {brand_of(each.account) for each in _users(brands).get(token.secret, ())}
        # Who says that it was the same brand, and names the same secret, is asked like the heir.
        if renamed & users and not last_seen(name, book.owners[name], heirs, brands):
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
    older = {brand_of(each.account) for each in users if _was_there(each, brands, book, names)}
    naming = {brand_of(each.account) for each in users}
    one_server = len({each.host for each in users}) == 1
    return next(iter(older)) if len(older) == 1 and one_server and called <= naming else ""


def _was_there(token: Token, brands: Mapping[str, Brand], book: Book, names: AccountNames) -> bool:
    brand, _, name = token.account.partition("/")
    recorded = names.of(token.account)
    owners = [book.owners[each] for each in recorded if each in book.owners]
    meant = brands[brand].accounts[name].destination
    same = any(owner.author and owner.destination == meant for owner in owners)
    return same and _sent_before(token, recorded, book) == token.host


def judge_secrets(
    brands: Mapping[str, Brand],
    book: Book,
    names: AccountNames,
    ids: Iterable[str] | None = None,
) -> list[SecretFault]:
    """Find every account whose secret is not its brand's, by the ledger and by the names.

    Where it may have been its brand's under another name, it is asked about (`token_doubts`) and
    is no fault: a person may say that it is.

    Args:
        brands: The brands that can be read.
        book: The ledger.
        names: What the ledger calls their accounts.
        ids: The ids of all brands, when some can not be read.
    """
    held = holders(brands, book, names)
    found = []
    for fault in secret_faults(brands, ids, held):
        secret = brands[fault.brand].accounts[fault.account].secret or ""
        known = book.tokens.get(secret)
        asked = known is not None and fault.ref in names.heirs.get(known.account, ())
        if fault.kind == "reserved" or not asked or secret in held:
            found.append(fault)
    return found


def may_be_trusted(
    fault: SecretFault, brands: Mapping[str, Brand], book: Book, names: AccountNames
) -> bool:
    """Tell whether a person may say that a secret is an account's in spite of a fault.

    That is where the ledger has not seen the secret, and its name tells nothing or the account was
    there before ledgers named secrets.
    """
    token = token_of_account(fault.ref, brands[fault.brand].accounts[fault.account])
    if token is None or fault.kind == "reserved" or token.secret in book.tokens:
        return False
    if token.secret in holders(brands, book, names):
        return False
    return not Owners(brands).of(token.secret) or _was_there(token, brands, book, names)


def _doubt(token: Token, known: Token, holder: str) -> Note | None:
    """Ask about a secret that was used before."""
    if brand_of(token.account) != holder:
        return _ask("token-other", token, other=known.account)
    return _moved(token, known.host)


def _first_doubt(
    token: Token, brand: Brand, owners: Owners, book: Book, names: AccountNames
) -> Note | None:
    """Ask about a secret that nobody has seen being used.

    A server that a file names reads what it is sent, whatever the variable is called: also a
    brand's own team must not be able to fetch the brand's other tokens. The networks' own servers
    are known, so there the name decides.
    """
    before = _sent_before(token, names.of(token.account), book)
    if before == token.host:
        return None
    if not is_own_host(token.host):
        return _moved(token, before) if before else _ask("token-new", token)
    if owners.of(token.secret) == {brand.id}:
        return None
    return _ask("token-name", token, prefix=prefix_of(brand.id))


def _moved(token: Token, was: str) -> Note | None:
    """Ask about another server than before; the networks' own servers read only their own tokens.

    Their addresses stand in mimin and in no file of a brand.
    """
    if is_own_host(token.host) or token.host == was:
        return None
    return _ask("token-moved", token, was=was)


def _ask(sentence: str, token: Token, **values: object) -> Note:
    return note(sentence, account=token.account, secret=token.secret, host=token.host, **values)


def _sent_before(token: Token, recorded: tuple[str, ...], book: Book) -> str:
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
