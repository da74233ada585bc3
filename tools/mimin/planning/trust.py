"""Trust: a secret goes only to the server that it was given for, whoever approved a change of it.

A variable's value may be read by whoever runs the server that `brand.yml` names. The ledger
remembers where each secret went. A server that a file names, or another brand, gets it only after a
person has said so (`mimin accounts trust`), also the first one, and also where a brand asks for no
reviews.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from mimin.ledger.ledger import Book
from mimin.ledger.tokens import Token, token_of
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
    was = Counter(brand.was for brand in brands.values())
    found: dict[str, Note] = {}
    for brand in brands.values():
        for name, account in brand.accounts.items():
            ref = f"{brand.id}/{name}"
            token = token_of_account(ref, account)
            if token is None:
                continue
            if token.secret in seen:
                last = seen[token.secret]
                houses = _houses(brand, token, names, brands, was)
                same = brand.id == last.brand and not was[brand.id]
                same = same or (last.brand in houses and _was_with(account.destination, last, book))
                doubt = _moved(token, last.host) if same else _other(token, last)
            else:
                doubt = _first_doubt(token, brand, owners, book, names)
            if doubt is not None:
                found[ref] = doubt
    return found


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


def _was_with(destination: str, last: Token, book: Book) -> bool:
    """Tell whether the ledger has a secret with this very account: network, server and handle.

    Under another brand's name, or under one that two brands say they had, what files say is no
    proof that it is the same account. True also where the ledger does not tell.
    """
    owner = book.owners.get(last.account)
    known = {owner.destination} if owner is not None else set()
    for event in reversed(book.trusts):
        said = token_of(event)
        if said is not None and said.secret == last.secret:
            known.add(event.destination)
            break
    known.discard("")
    return not known or destination in known


def _houses(
    brand: Brand,
    token: Token,
    names: AccountNames,
    brands: Mapping[str, Brand],
    was: Mapping[str | None, int],
) -> set[str]:
    """Give a brand's id and those it had before; a brand that is still there was never another.

    Nor was one that another brand says it was: *was* counts who says so.
    """
    former = {brand.was or "", *(ref.partition("/")[0] for ref in names.of(token.account))}
    own = {name for name in former if was.get(name, 0) == (name == brand.was)}
    return {brand.id} | {name for name in own if name not in brands}


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
