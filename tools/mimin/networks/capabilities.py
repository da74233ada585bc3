"""Capabilities: what a network can do, read off what its adapter itself declares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from mimin.model.post import Replies, Visibility
from mimin.networks.checked import CHECKED
from mimin.networks.protocol import (
    Changes,
    Charges,
    Editing,
    Edits,
    Identifies,
    Recovery,
    Retracts,
    TellsLimits,
)
from mimin.networks.registry import ADAPTERS, find_network

if TYPE_CHECKING:
    from collections.abc import Callable

    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.payload import Payload
    from mimin.networks.protocol import Network


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What publishing to one network can do."""

    network: str
    text_only: bool
    images: int | None
    """Most images in a post; None when no limit is known."""
    videos: int | None
    threads: bool
    comment: bool
    """A first comment where there are no threads."""
    alt: bool
    link_card: bool
    """Whether the sender makes the card of a link."""
    headline: bool
    replies: bool
    """Whether it can be said who may answer."""
    visibilities: tuple[str, ...]
    paid: bool
    ai: bool
    edit: Editing | None
    """What of a published post can be changed; None where nothing can."""
    retract: bool
    identify: bool
    own_limits: bool
    costs: bool
    media_url: bool
    """Whether media has to lie at a public address."""
    recovery: Recovery
    settings: dict[str, str]
    checked: str
    """The day on which what is known of it was last compared with the network; empty when nobody
    said."""


def acting(account: Account) -> str:
    """Name the network whose abilities hold: a sandbox account has those of what it imitates."""
    if account.network == "sandbox" and account.like in ADAPTERS and account.like != "manual":
        return account.like
    return account.network


@cache
def can_edit(network: str) -> Editing | None:
    """Tell what of a published post can be changed on a network; None where nothing can."""
    adapter = find_network(network)
    if not issubclass(adapter.connection(), Edits):
        return None
    return adapter.editable if isinstance(adapter, Changes) else Editing.TEXT


@cache
def price_of(network: str) -> Callable[[Payload], int] | None:
    """Give what a payload costs on a network, in thousandths of a US dollar; None where nothing."""
    adapter = find_network(network)
    return adapter.price if isinstance(adapter, Charges) else None


@cache
def can_retract(network: str) -> bool:
    """Tell whether a published post can be taken down by an API."""
    return issubclass(find_network(network).connection(), Retracts)


def capabilities(network: str, account: Account) -> Capabilities:
    """Tell what a network can do for an account."""
    adapter: Network = find_network(network)
    limits: Limits = adapter.limits(account)
    connection = adapter.connection()
    return Capabilities(
        network=network,
        text_only=not limits.media_required,
        images=limits.images,
        videos=limits.videos,
        threads=limits.threads,
        comment=limits.comment != 0,
        alt=limits.alt != 0,
        link_card=limits.link_card,
        headline=limits.headline != 0,
        replies=limits.replies != (Replies.EVERYONE,),
        visibilities=tuple(
            str(visibility) for visibility in Visibility if visibility in limits.visibilities
        ),
        paid=limits.paid,
        ai=limits.ai,
        edit=can_edit(network),
        retract=can_retract(network),
        identify=issubclass(connection, Identifies),
        own_limits=issubclass(connection, TellsLimits),
        costs=isinstance(adapter, Charges),
        media_url=limits.media_url,
        recovery=adapter.recovery,
        settings=dict(adapter.settings),
        checked=CHECKED[network].format_iso() if network in CHECKED else "",
    )
