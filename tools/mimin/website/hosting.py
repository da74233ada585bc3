"""Media that networks will fetch from the site: there before it is due, gone when it is out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from whenever import Instant, TimeDelta

from mimin.checks.examine import compose_post
from mimin.checks.hosts import fetches_media
from mimin.checks.library import Library
from mimin.ledger.standing import State
from mimin.model.media import Media
from mimin.networks.hosting import hosted_name
from mimin.planning.plan import Cause, Line
from mimin.workspace.workspace import Workspace

FOLDER = "m"
"""Where it lies in the site; a brand's `media_host` is the address of this folder."""
_OVER = frozenset(
    {
        Cause.DRAFT,
        Cause.OUT,
        Cause.EXPIRED,
        Cause.MISSED,
        Cause.DROPPED,
        Cause.TWIN,
        Cause.CHANGED,
        Cause.PROBLEMS,
        Cause.RETRACT,
        Cause.RETRACTED,
    }
)
"""Causes of what does not go out as it is, or is out."""


@dataclass(frozen=True)
class Hosted:
    """One file that lies in the site for a network."""

    address: str
    path: str
    """Of the media, as its payload has it."""
    post: str


def hosted_media(
    lines: Iterable[Line], workspace: Workspace, library: Library, now: Instant, days: int
) -> tuple[Hosted, ...]:
    """List the media of all deliveries that are due within some days, or wait for something.

    It lies there for everybody who knows its name, also on a site that shows no plans: who does
    not know the name finds nothing.
    """
    until = now + TimeDelta(hours=24 * days)
    wanted: dict[str, list[str]] = {}
    for line in lines:
        if _fetched(line, workspace) and _coming(line, until):
            account = line.delivery.account.partition("/")[2]
            wanted.setdefault(line.post.path, []).append(account)
    found = {
        hosted.address: hosted
        for path, accounts in wanted.items()
        for hosted in _of_post(path, accounts, workspace, library)
    }
    return tuple(found[address] for address in sorted(found))


def _fetched(line: Line, workspace: Workspace) -> bool:
    """Tell whether the network fetches media, and fetches it from the site."""
    name, _, account = line.delivery.account.partition("/")
    brand = workspace.brand_for(name)
    host = brand.media_host
    return bool(host and not host.startswith("s3://")) and fetches_media(brand.accounts[account])


def _coming(line: Line, until: Instant) -> bool:
    due = line.delivery.due
    if due is None or line.cause in _OVER or line.state is State.PUBLISHED:
        return False
    return due <= until


def _of_post(
    path: str, accounts: list[str], workspace: Workspace, library: Library
) -> Iterator[Hosted]:
    brand = workspace.brand_for(workspace.brand_of(path))
    salt = workspace.tree.blobs.get(brand.path, "")
    draft = compose_post(workspace, path, library)
    for account in accounts:
        composed = draft.payloads.get(account)
        payload = composed.payload if composed is not None else None
        for part in payload.parts if payload is not None else ():
            for media in part.media:
                yield Hosted(_address(media, salt), media.path, path)


def _address(media: Media, salt: str) -> str:
    return f"{FOLDER}/{hosted_name(media, salt)}"
