"""Bluesky without a connection: limits, what it refuses, and the exact record of a post.

`mimin check` and `mimin plan` need no more than this; the calls are in `bluesky_connection`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mimin.model.post import Visibility
from mimin.networks.address import base_address
from mimin.networks.bluesky_record import is_video, publication
from mimin.networks.limits import LIMITS, adjust
from mimin.networks.protocol import NO_SETTINGS, Objection, Recovery
from mimin.printable import is_seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.payload import Part, Payload
    from mimin.networks.protocol import Access, Connection, Job

ENTRYWAY = "https://bsky.social"
"""Where accounts that name no `server` log in; it tells where they really live."""

LABELS = LIMITS["bluesky"].warning_labels
"""The warnings that Bluesky knows: values of a self-label, no free text."""

_MOST_IMAGES = 4
_THUMB_BYTES = 1_000_000


class Bluesky:
    """What is known about Bluesky without talking to it."""

    name = "bluesky"
    recovery = Recovery.KEY
    settings = NO_SETTINGS

    def limits(self, account: Account) -> Limits:
        """Give the network's limits; the account's own win."""
        return adjust(LIMITS[self.name], account.limits)

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:
        """Find what Bluesky can not show, or would not understand."""
        return (*_check_whole(payload, account), *_check_parts(payload))

    def wire(self, job: Job) -> dict[str, object]:
        """Show the call that writes the post, with its thread gate if it has one."""
        path, body = publication(job)
        return {
            "method": "POST",
            "url": "{server}" + path,
            "headers": {"authorization": "Bearer {token}"},
            "json": body,
        }

    def connect(self, access: Access) -> Connection:
        """Prepare to talk as this account."""
        from mimin.networks.bluesky_connection import BlueskyConnection

        return BlueskyConnection(access)

    def connection(self) -> type[Connection]:
        """Give the class of its connections."""
        from mimin.networks.bluesky_connection import BlueskyConnection

        return BlueskyConnection


NETWORK = Bluesky()


def _check_whole(payload: Payload, account: Account) -> Iterator[Objection]:
    try:
        base_address(account.server or ENTRYWAY)
    except ValueError as error:
        yield Objection(index=0, code="server-address", message=f"bluesky: {error}")
    if payload.warning and payload.warning not in LABELS:
        yield Objection(
            index=0,
            code="warning-unknown",
            message=f"bluesky knows no warning {payload.warning!r}, only {', '.join(LABELS)};"
            " use one of them, or say it in the text",
        )
    if payload.visibility is not Visibility.PUBLIC:
        yield Objection(
            index=0,
            code="visibility-unknown",
            message=f"every post on bluesky is public, none can be {payload.visibility};"
            " leave the account out or make the post public",
        )


def _check_parts(payload: Payload) -> Iterator[Objection]:
    for index, part in enumerate(payload.parts):
        if is_seen(part.text) and not (part.media or part.spans or part.card):
            continue  # words and nothing else
        for code, message in (*_check_embed(part), *_check_spans(part)):
            yield Objection(index=index, code=code, message=f"bluesky: {message}")


def _check_embed(part: Part) -> Iterator[tuple[str, str]]:
    if len(part.media) > _MOST_IMAGES:
        yield "too-many-images", f"{len(part.media)} images, 4 allowed; take some out"
    for media in part.media:
        if not media.mime.startswith("image/") and media.mime != "video/mp4":
            yield "media-type", f"{media.path} is {media.mime}; save it as an image or as MP4"
    if len(part.media) > 1 and any(is_video(media) for media in part.media):
        yield "mixed-media", "a post shows up to 4 images or one video; take the others out"
    if part.media and part.card:
        yield "card-and-media", "a post shows either images or a link card; take one out"
    image = part.card.image if part.card else None
    if image and image.size > _THUMB_BYTES:
        found = f"{image.path} has {image.size:,} bytes, 1,000,000 allowed in a card"
        yield "card-image-size", f"{found}; save it smaller"
    if not (is_seen(part.text) or part.media or part.card):
        yield "empty", "nothing to post; write a text or add an image"


def _check_spans(part: Part) -> Iterator[tuple[str, str]]:
    end = 0
    for span in sorted(part.spans, key=lambda span: span.start):
        if not end <= span.start < span.end <= len(part.text):
            yield (
                "span-place",
                f"the link at {span.start} to {span.end} overlaps or leaves the text",
            )
        end = max(end, span.end)
