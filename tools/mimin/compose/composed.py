"""What composing comes to: a payload, where its parts were written, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from mimin.compose.remark import Finding, Remark
from mimin.compose.variant import WISHES
from mimin.compose.wishes import grant
from mimin.model.media import Media, MediaFields
from mimin.model.payload import Part, Payload

if TYPE_CHECKING:
    from mimin.compose.rules import Fit, Rules
    from mimin.compose.text import Passage
    from mimin.compose.variant import Chosen
    from mimin.model.brand import Account, Brand

Lookup = Callable[[MediaFields], Media | Remark | None]
"""Finds a file or a card by its fields. A remark says why there is none; None only that."""


class Place(NamedTuple):
    """Where a part was written."""

    path: str
    line: int | None
    """From 1, in the file; None when `field` says where it is."""
    field: tuple[str, ...] = ()
    """Way to the front matter field."""


class Composed(NamedTuple):
    """What composing a post for one account came to."""

    payload: Payload | None
    """What may be sent; None as soon as one finding is an error."""
    findings: tuple[Finding, ...]
    draft: Payload | None
    """What it would be, for previews; None when a part of it could not be made at all."""
    places: tuple[Place, ...]
    """Where each part starts, so that what an adapter says about a part finds its line."""


class Wish(NamedTuple):
    """All that a payload comes from, and nothing else."""

    chosen: Chosen
    account_id: str
    account: Account
    brand: Brand
    rules: Rules
    lookup: Lookup
    fit: Fit | None = None
    """Makes of a file what the network takes; without it every file goes out as it is."""


def close(wish: Wish, parts: tuple[Part, ...], warning: str | None) -> Payload:
    """Make the payload of these parts; *warning* only where the network has a place for it."""
    chosen, account_id, account, brand, rules, _, _ = wish
    name, network = f"{brand.id}/{account_id}", account.network
    language = chosen.language or brand.languages[0]
    languages = () if rules.limits.languages == 0 else (language,)
    if warning is None and not account.settings and WISHES.isdisjoint(chosen.said):
        return Payload(account=name, network=network, parts=parts, languages=languages)
    granted = grant(chosen, account, rules, video=has_video(parts))
    return Payload(
        account=name,
        network=network,
        parts=parts,
        languages=languages,
        warning=warning,
        visibility=granted.visibility,
        headline=granted.headline,
        replies=granted.replies,
        paid=granted.paid,
        ai=granted.ai,
        settings=dict(granted.settings),
    )


def has_video(parts: tuple[Part, ...]) -> bool:
    """Tell whether a video goes with a post."""
    return any(media.mime.startswith("video/") for part in parts for media in part.media)


def places(path: str, first: int, found: tuple[Passage, ...]) -> tuple[Place, ...]:
    """Say where each part was written: in the file *path*, whose body starts at line *first*."""
    return tuple([Place(path, first + passage.line) for passage in found])
