"""Hosts: a brand says where media lies when a network has to fetch it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mimin.compose.composed import Composed
from mimin.model.brand import Account, Brand
from mimin.model.problem import Problem
from mimin.networks.registry import find_network
from mimin.workspace.posts import ReadPost


def fetches_media(account: Account) -> bool:
    """Tell whether the network fetches media from an address; what imitates one does not."""
    if account.network in {"sandbox", "manual"}:
        return False
    return find_network(account.network).limits(account).media_url


def host_problems(
    read: ReadPost, brand: Brand, payloads: Mapping[str, Composed]
) -> Iterator[Problem]:
    """Find the accounts that a post's media could not be fetched for."""
    if brand.media_host is not None:
        return
    for name, composed in payloads.items():
        if _needs_host(composed, brand.accounts[name]):
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


def _needs_host(composed: Composed, account: Account) -> bool:
    """Tell whether some of it has to be fetched; TikTok fetches images, and is sent videos."""
    if not composed.draft or not fetches_media(account):
        return False
    sent = find_network(account.network).limits(account).videos_sent
    media = (media for part in composed.draft.parts for media in part.media)
    return any(not (sent and each.mime.startswith("video/")) for each in media)
