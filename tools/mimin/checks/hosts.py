"""Hosts: a brand says where media lies when a network has to fetch it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mimin.compose.composed import Composed
from mimin.model.brand import Account, Brand
from mimin.model.media import Media
from mimin.model.problem import Problem
from mimin.networks.registry import find_network
from mimin.workspace.posts import ReadPost


def fetches_media(account: Account) -> bool:
    """Tell whether the network fetches media from an address; what imitates one does not."""
    if account.network in {"sandbox", "manual"}:
        return False
    return find_network(account.network).limits(account).media_url


def _still(media: Media) -> bool:
    return not media.mime.startswith("video/")


def host_problems(
    read: ReadPost, brand: Brand, payloads: Mapping[str, Composed]
) -> Iterator[Problem]:
    """Find the accounts that a post's pictures could not be fetched for.

    A video some of these networks take as an upload; whoever prepares it knows.
    """
    if brand.media_host is not None:
        return
    for name, composed in payloads.items():
        parts = composed.draft.parts if composed.draft else ()
        pictures = [media for part in parts for media in part.media if _still(media)]
        if pictures and fetches_media(brand.accounts[name]):
            line, column = read.fields[read.path].locate(("media",))
            network = brand.accounts[name].network
            message = (
                f"{network} fetches media from a public address, and {brand.path} names none; "
                "add `media_host:` there"
            )
            yield Problem(
                path=read.path,
                line=line,
                column=column,
                code="media-host-missing",
                message=message,
            )
