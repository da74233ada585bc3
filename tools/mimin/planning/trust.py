"""Trust: a secret goes only to the server that it was given for, whoever approved a change of it.

A variable's value may be read by whoever runs the server that `brand.yml` names. The ledger
remembers where each secret went. A server that a file names, or another brand, gets it only after a
person has said so (`mimin accounts trust`), also the first one, and also where a brand asks for no
reviews.
"""

from __future__ import annotations

from collections.abc import Mapping

from mimin.ledger.ledger import Book
from mimin.ledger.tokens import Token
from mimin.model.brand import Account, Brand
from mimin.networks.address import is_own_host, token_host
from mimin.planning.account_names import AccountNames
from mimin.planning.notes import Note, note
from mimin.planning.secret_names import Owners, prefix_of

NOTHING_SENT = frozenset({"sandbox", "manual"})
"""Networks that send no secret anywhere."""


def token_of_account(ref: str, account: Account) -> Token | None:
    """Give an account's secret and where it is sent; None when nothing is sent."""
    if account.secret is None or account.network in NOTHING_SENT:
        return None
    host = token_host(account.network, account.server or "", account.handle)
    brand = ref.partition("/")[0]
    return Token(account.secret, host, ref, brand, frozenset({account.destination}))


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
    found: dict[str, Note] = {}
    for brand in brands.values():
        for name, account in brand.accounts.items():
            ref = f"{brand.id}/{name}"
            token = token_of_account(ref, account)
            if token is None:
                continue
            last = seen.get(token.secret)
            if last is None:
                doubt = _first_doubt(token, brand, owners, book, names)
            elif _is_same(account, brand, last, brands):
                doubt = _moved(token, last.host)
            else:
                doubt = _other(token, last)
            if doubt is not None:
                found[ref] = doubt
    return found


def _is_same(account: Account, brand: Brand, last: Token, brands: Mapping[str, Brand]) -> bool:
    """Tell whether a secret stays where it was: with a brand of the same id.

    What files say of a brand's earlier ids is no proof, as anybody's file may say it; so a brand
    that was renamed is asked about once. The id alone is no proof either, where the brand may have
    left it to somebody else: then it must be the same real account.
    """
    if brand.id != last.brand:
        return False
    if not last.destinations or account.destination in last.destinations:
        return True
    return not any(
        other.was == brand.id
        or any(each.destination in last.destinations for each in other.accounts.values())
        for other in brands.values()
        if other is not brand
    )


def holders(brands: Mapping[str, Brand], book: Book, names: AccountNames) -> dict[str, str]:
    """Find which of today's brands the ledger has seen each secret with: secret → brand."""
    heirs: dict[str, set[str]] = {}
    for brand in brands.values():
        heirs.setdefault(brand.was or "", set()).add(brand.id)
    for ref, formers in names.known.items():
        for former in formers:
            heirs.setdefault(former, set()).add(ref.partition("/")[0])
    found: dict[str, str] = {}
    for secret, token in book.tokens.items():
        home = token.brand
        # A brand that is still there was never another; one that is gone has one heir, or nobody
        # can tell.
        now = {home} & brands.keys() or heirs.get(home, set()) | heirs.get(token.account, set())
        if len(now) == 1:
            found[secret] = next(iter(now))
    return found


def _other(token: Token, last: Token) -> Note:
    """Ask about a secret that another brand or account had."""
    known = last.account.partition("/")[0] == last.brand
    return _ask("token-other", token, other=last.account if known else last.brand)


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
