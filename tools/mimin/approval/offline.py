"""Approval without GitHub: a person signs the exact payloads with an SSH key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from whenever import Instant

from mimin.approval.jury import Jury
from mimin.approval.signing import SIGNATURE, check_principal, sign
from mimin.errors import MiminError, UsageError
from mimin.ledger.ledger import Book
from mimin.model.brand import Approval, Brand
from mimin.model.delivery import Delivery
from mimin.model.event import Event, Kind
from mimin.model.schedule import ScheduleFields
from mimin.planning.approval import SECOND, SSH, VIA, needs_second, vote_on
from mimin.planning.bond import Bond, bond_of, campaign_of
from mimin.planning.examined import Examined
from mimin.workspace.validation import suggest

Pair = tuple[Delivery, Examined]


@dataclass(frozen=True)
class Signer:
    """Who signs, with which key, when."""

    principal: str
    key: Path
    at: Instant
    run: str


def choose(posts: Sequence[Examined], names: Iterable[str]) -> list[Pair]:
    """Find the deliveries that a person names: a delivery's key, a post's `brand/id`, or a path.

    Raises:
        UsageError: if a name fits nothing.
    """
    found: dict[str, Pair] = {}
    for name in names:
        fitting = [
            (delivery, post)
            for post in posts
            for delivery in post.deliveries
            if name in {delivery.key, post.key, post.path}
        ]
        if not fitting:
            known = [post.path for post in posts] + [post.key for post in posts]
            hint = suggest(name, known)
            raise UsageError(f"{name!r} is no delivery and no post{hint}; `mimin plan` shows keys")
        found |= {delivery.key: (delivery, post) for delivery, post in fitting}
    return list(found.values())


def sign_all(  # noqa: PLR0913, PLR0917 - what, by which rules, and who
    pairs: Iterable[Pair],
    brands: Mapping[str, Brand],
    book: Book,
    jury: Jury,
    signer: Signer,
    schedules: Mapping[str, ScheduleFields] | None = None,
) -> tuple[list[Event], list[Event]]:
    """Sign each delivery's payload; gives the new approvals, and those that were there before.

    Raises:
        MiminError: if one of them can not be approved, or not by this person; nothing is signed.
    """
    check_principal(signer.principal)
    listed = list(pairs)
    for delivery, post in listed:
        _check(delivery, post, brands[post.brand])
    fresh, known = [], []
    for delivery, post in listed:
        brand = brands[post.brand]
        bond = bond_of(delivery, post, brand, campaign_of(post, schedules or {}))
        event = _event(delivery, post, brand, jury, signer, bond)
        before = _before(event, book, jury, post, bond)
        if before is not None:
            known.append(before)
            continue
        signature = sign(event, signer.key)
        handles = {**event.handles, SIGNATURE: signature}
        signed = event.model_copy(update={"handles": handles})
        refusal = jury.vote(signed, post).refusal
        if refusal:
            raise MiminError(f"{delivery.key}: this approval would not count: {refusal}")
        fresh.append(signed)
    return fresh, known


def _check(delivery: Delivery, post: Examined, brand: Brand) -> None:
    if post.broken or not delivery.digest:
        raise MiminError(f"{post.path} has problems; `mimin check {post.blame}` shows them")
    if brand.approval is not Approval.REVIEW:
        raise UsageError(
            f"{delivery.key} needs no approval: {brand.path} says `approval: {brand.approval}`"
        )


def _event(  # noqa: PLR0913, PLR0917 - an approval holds all of it
    delivery: Delivery, post: Examined, brand: Brand, jury: Jury, signer: Signer, bond: Bond
) -> Event:
    handles = {VIA: SSH, "shape": jury.shape(post, delivery), **bond.handles()}
    if needs_second(brand, post):
        handles[SECOND] = needs_second(brand, post)
    return Event(
        at=signer.at,
        kind=Kind.APPROVED,
        account=delivery.account,
        key=delivery.key,
        run=signer.run,
        digest=delivery.digest,
        destination=bond.destination,
        by=signer.principal,
        handles=handles,
        reason="signed",
    )


def _before(event: Event, book: Book, jury: Jury, post: Examined, bond: Bond) -> Event | None:
    for each in book.standing(event.key).approvals:
        same = (each.digest, each.by, each.handles.get(VIA), each.handles.get(SECOND)) == (
            event.digest,
            event.by,
            SSH,
            event.handles.get(SECOND),
        )
        if same and vote_on(each, bond, post, jury).people:
            return each
    return None
