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
from mimin.model.brand import Brand
from mimin.networks.address import is_own_host
from mimin.planning.account_names import AccountNames
from mimin.planning.heirs import brand_of
from mimin.planning.notes import Note, note
from mimin.planning.secret_holders import holders, sent_before, token_of_account, was_there
from mimin.planning.secret_names import Owners, SecretFault, prefix_of, secret_faults


def secret_doubts(
    brands: Mapping[str, Brand],
    book: Book,
    names: AccountNames,
    ids: Iterable[str] | None = None,
) -> dict[str, Note]:
    """Say whose secret must not be sent, and why: `brand/account` → what is wrong, or to be asked.

    Args:
        brands: Today's brands.
        book: The ledger.
        names: What the ledger calls their accounts.
        ids: The ids of all brands, when some can not be read.
    """
    held = holders(brands, book, names)
    faults = judge_secrets(brands, book, names, held, ids)
    return {
        **token_doubts(brands, book, names, held),
        **{fault.ref: fault.note for fault in faults},
    }


def token_doubts(
    brands: Mapping[str, Brand],
    book: Book,
    names: AccountNames,
    held: Mapping[str, str] | None = None,
    *,
    known: Mapping[str, Token] | None = None,
) -> dict[str, Note]:
    """Find the accounts whose secret must not be sent before a person has said so.

    Args:
        brands: Today's brands.
        book: The ledger.
        names: What the ledger calls their accounts.
        held: What `holders` gives for the same; found out when missing.
        known: Secret → where it went until now, when files say more of it than the ledger.

    Returns:
        `brand/account` → the question.
    """
    owners = Owners(brands)
    seen = book.tokens if known is None else known
    held = holders(brands, book, names, seen) if held is None else held
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


def judge_secrets(
    brands: Mapping[str, Brand],
    book: Book,
    names: AccountNames,
    held: Mapping[str, str],
    ids: Iterable[str] | None = None,
) -> list[SecretFault]:
    """Find every account whose secret is not its brand's, by the ledger and by the names.

    Where it may have been its brand's under another name, it is asked about (`token_doubts`) and
    is no fault: a person may say that it is.

    Args:
        brands: The brands that can be read.
        book: The ledger.
        names: What the ledger calls their accounts.
        held: What `holders` gives for the same.
        ids: The ids of all brands, when some can not be read.
    """
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
    return not Owners(brands).of(token.secret) or was_there(token, brands, book, names)


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
    before = sent_before(token, names.of(token.account), book)
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
