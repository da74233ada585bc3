"""What the sandbox refuses: the limits of the real network that an account imitates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mimin.errors import UsageError
from mimin.model.limits import Limits
from mimin.model.post import Replies, Visibility
from mimin.networks.counting import COUNTERS
from mimin.networks.limits import LIMITS, adjust, over
from mimin.printable import is_seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mimin.model.brand import Account
    from mimin.model.media import Media
    from mimin.model.payload import Part, Payload

ROUNDING = 0.005
"""Whole pixels rarely meet a ratio exactly; networks let that pass."""

GENEROUS = Limits(
    text=5000,
    text_unit="graphemes",
    headline=200,
    visibilities=tuple(Visibility),
    replies=tuple(Replies),
    paid=True,
    ai=True,
    warning=True,
    languages=10,
    links="facet",
    link_card=True,
    threads=True,
    mixed_media=True,
    images=10,
    image_bytes=20_000_000,
    alt=5000,
    alt_unit="graphemes",
    videos=1,
    video_bytes=1_000_000_000,
)
"""For accounts that imitate no network."""


def limits_of(account: Account) -> Limits:
    """Give the limits of the imitated network, with the account's own ones over them.

    Raises:
        UsageError: if no such network is known.
        WorkspaceError: if the account names a limit that does not exist.
    """
    if account.like is None:
        return adjust(GENEROUS, account.limits)
    if account.like not in LIMITS:
        known = ", ".join(sorted(LIMITS))
        raise UsageError(f"`like: {account.like}` is not a network; known are {known}")
    return adjust(LIMITS[account.like], account.limits)


def refusals(payload: Payload, index: int, limits: Limits) -> list[str]:
    """List all that the imitated network would refuse in one part; empty when it would take it."""
    part = payload.parts[index]
    return [
        *_about_text(payload, part, limits),
        *_about_amounts(payload, part, limits),
        *(words for media in part.media for words in _about_file(media, limits)),
    ]


def _about_text(payload: Payload, part: Part, limits: Limits) -> Iterator[str]:
    if not is_seen(part.text) and not part.media and part.card is None:
        yield "there is nothing to publish"
    if part.comment and limits.comment == 0:
        yield "comments can not be made here"
    warning = payload.warning or ""
    for excess in over(limits, part.text, part.kinds, warning=warning, comment=part.comment):
        yield f"{excess.actual} {excess.what}, {excess.allowed} allowed"
    for character in sorted(set(part.text) & set(limits.text_forbidden)):
        yield f"the character {character!r} is not allowed"
    if payload.warning and not limits.warning:
        yield "content warnings do not exist here"
    if part.card and not limits.link_card:
        yield "link cards can not be sent along"


def _about_amounts(payload: Payload, part: Part, limits: Limits) -> Iterator[str]:
    videos = sum(media.mime.startswith("video/") for media in part.media)
    images = len(part.media) - videos
    for amount, allowed, what in (
        (images, limits.images, "images"),
        (videos, limits.videos, "videos"),
        # Where a post has no language (0), none is sent along.
        (len(payload.languages), limits.languages or None, "languages"),
    ):
        if allowed is not None and amount > allowed:
            yield f"{amount} {what}, {allowed} allowed"
    if images and videos and not limits.mixed_media:
        yield "images and videos can not go together"
    if limits.media_required and not part.media and not part.comment:
        yield "an image or a video is required"
    if sum(not each.comment for each in payload.parts) > 1 and not limits.threads:
        yield "threads do not exist here"


def _about_file(media: Media, limits: Limits) -> Iterator[str]:
    video = media.mime.startswith("video/")
    types = limits.video_types if video else limits.image_types
    largest = limits.video_bytes if video else limits.image_bytes
    if media.mime == "image/gif" and limits.gif_bytes is not None:
        largest = limits.gif_bytes
    if types and media.mime not in types:
        yield f"{media.mime} is not accepted; accepted are {', '.join(types)}"
    if largest is not None and media.size > largest:
        yield f"{media.path} has {media.size} bytes, {largest} allowed"
    least = limits.video_min_bytes if video else None
    if least is not None and media.size < least:
        yield f"{media.path} has {media.size} bytes, {least} at least"
    if not video:
        yield from _about_shape(media, limits)
    yield from _about_alt(media, limits)


def _about_shape(media: Media, limits: Limits) -> Iterator[str]:
    if limits.image_pixels is not None and media.width * media.height > limits.image_pixels:
        yield f"{media.path} has {media.width * media.height} pixels, {limits.image_pixels} allowed"
    if limits.image_sides is not None and media.width + media.height > limits.image_sides:
        yield f"{media.path}: width and height together are over {limits.image_sides}"
    short = min(media.width, media.height)
    if limits.image_min_side is not None and short < limits.image_min_side:
        yield f"{media.path}: the shorter side is below {limits.image_min_side}"
    if limits.image_short_side is not None and short > limits.image_short_side:
        yield f"{media.path}: the shorter side is over {limits.image_short_side}"
    if limits.image_aspect is not None and media.height:
        narrowest, widest = limits.image_aspect
        aspect = media.width / media.height
        if not narrowest - ROUNDING <= aspect <= widest + ROUNDING:
            yield f"{media.path} is {media.width}x{media.height}, outside {narrowest} to {widest}"


def _about_alt(media: Media, limits: Limits) -> Iterator[str]:
    if limits.alt_required and not media.alt:
        yield f"{media.path} has no alt text"
    # Where there is no place for alt text (0), it is simply not sent.
    if limits.alt:
        length = COUNTERS[limits.alt_unit](media.alt)
        if length > limits.alt:
            yield f"the alt text of {media.path} has {length} characters, {limits.alt} allowed"
