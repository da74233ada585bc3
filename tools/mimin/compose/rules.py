"""Rules: what one network accepts, as composing needs to know it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from mimin.compose.marks import mark_remarks, may_exceed
from mimin.compose.remark import Remark
from mimin.printable import is_seen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from mimin.compose.marks import Marks
    from mimin.model.limits import Limits
    from mimin.model.media import Media, MediaFields
    from mimin.model.payload import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The limits of a network (or of the one it is like) with its own way of counting."""

    network: str
    """Whose rules these are: `bluesky` also for a sandbox that is like it."""
    limits: Limits
    measure: Callable[[str], int]
    """Length of a text in `limits.text_unit`."""
    ceiling: Callable[[str], int] | None = None
    """What that length never exceeds, where it is found faster; saves measuring most texts."""
    measure_warning: Callable[[str], int] = len
    """Length of a content warning, where it counts as part of the text."""
    measure_alt: Callable[[str], int] = len
    """Length of an alt text in `limits.alt_unit`."""
    ceiling_alt: Callable[[str], int] | None = None
    """As `ceiling`, for alt texts."""
    measure_headline: Callable[[str], int] = len
    """Length of a headline in `limits.headline_unit`."""
    measure_hashtag: Callable[[str], int] = len
    """Length of a hashtag in graphemes."""
    marks: Callable[[str], Marks] | None = None
    """Finds hashtags, cashtags, mentions and links; without it nobody counts them."""
    settings: Collection[str] | None = None
    """Names of the settings that the network knows; None where any may be one."""


class Fitted(NamedTuple):
    """A file as one network gets it."""

    media: Media
    remarks: tuple[Remark, ...] = ()
    """What is wrong with it there, or was done to it that somebody should know."""


Fit = Callable[["Media", "MediaFields", Rules, "Media | None"], Fitted]
"""Makes of a file what a network takes; the last argument is the post's first picture where the
others are cropped to its shape."""


def surely_fits(part: Part, rules: Rules) -> bool:
    """Tell, at little cost, that nothing can be said against a part that is only text.

    False means no more than that somebody has to look.
    """
    limits, text = rules.limits, part.text
    if not is_seen(text) or part.media or limits.media_required or limits.text_forbidden:
        return False
    if limits.text_bytes is not None and len(text) * 4 > limits.text_bytes:
        return False
    if rules.marks is not None and may_exceed(part, limits):
        return False
    limit, ceiling = limits.text, rules.ceiling
    return limit is None or (ceiling is not None and ceiling(text) <= limit)


def text_remarks(part: Part, warning: str | None, rules: Rules, way_out: str) -> Iterator[Remark]:
    """Say what is wrong with the text of a part and the content warning that goes with it."""
    limits = rules.limits
    limit = limits.longest(part.kinds, comment=part.comment)
    shown = warning if limits.warning_counted else None
    surely_fits = rules.ceiling and limit is not None and rules.ceiling(part.text) <= limit
    if limit is not None and (shown or not surely_fits):
        length = rules.measure(part.text)
        length += rules.measure_warning(shown) if shown else 0
        if length > limit:
            yield Remark(0, "text-too-long", _long(f"{length:,} characters", limit, rules, way_out))
    # Four bytes are the most that a character takes: short texts need no counting.
    most = limits.text_bytes
    if most is not None and len(part.text) * 4 > most and (size := len(part.text.encode())) > most:
        yield Remark(0, "text-too-long", _long(f"{size:,} bytes", most, rules, way_out))
    for character in limits.text_forbidden:
        if character in part.text:
            yield Remark(
                part.text.count("\n", 0, part.text.index(character)),
                "text-forbidden",
                f"{character!r} may not stand in a text on {rules.network}; write it differently",
            )
    if not (is_seen(part.text) or part.media or part.card):
        yield Remark(0, "text-missing", "nothing would be sent; write a text or add media")
    yield from mark_remarks(part, rules)


def _long(size: str, limit: int, rules: Rules, way_out: str) -> str:
    return f"{size}, {limit:,} allowed on {rules.network}; {way_out}"


def media_remarks(part: Part, rules: Rules) -> Iterator[tuple[int | None, Remark]]:
    """Say what is wrong with the media of a part, each with the number of its file."""
    limits, name = rules.limits, rules.network
    videos = [number for number, media in enumerate(part.media) if _as_video(media, limits)]
    images = [number for number in range(len(part.media)) if number not in videos]
    if limits.media_required and not part.media:
        what = "a video" if limits.images == 0 else "an image"
        message = f"{name} takes no post without media; add {what}"
        yield None, Remark(0, "media-required", message)
    if limits.images is not None and len(images) > limits.images:
        yield images[limits.images], _many("image", len(images), limits.images, name)
    if limits.videos is not None and len(videos) > limits.videos:
        yield videos[limits.videos], _many("video", len(videos), limits.videos, name)
    if videos and images and not limits.mixed_media:
        message = f"{name} takes images or a video in one post, not both; put one of them elsewhere"
        if not any(map(_video, part.media)):
            message += " (a GIF that moves counts as a video)"
        yield max(videos[0], images[0]), Remark(0, "media-mixed", message)
    for number, media in enumerate(part.media):
        for remark in _file_remarks(media, rules):
            yield number, remark


def _many(what: str, count: int, limit: int, name: str) -> Remark:
    allowed = f"{limit} allowed" if limit else "none are allowed"
    message = f"{count} {what}s, {allowed} on {name}; take some out, or write a variant for it"
    return Remark(0, f"too-many-{what}s", message)


def _file_remarks(media: Media, rules: Rules) -> Iterator[Remark]:
    if _video(media):
        return  # by what is known of its bytes, see `mimin.compose.video`
    limits, name = rules.limits, rules.network
    types = limits.image_types
    if types and media.mime not in types:
        takes = ", ".join(kind.partition("/")[2] for kind in types)
        message = f"{media.mime} is not taken by {name}; it takes {takes}"
        if media.moves:
            message += "; make a video (MP4) of it, as a picture would stand still"
        yield Remark(0, "media-type-refused", message)
    most = limits.image_bytes
    if media.mime == "image/gif" and limits.gif_bytes is not None:
        most = limits.gif_bytes
    if most is not None and media.size > most:
        message = f"{media.size:,} bytes, {most:,} allowed on {name}; save it smaller"
        yield Remark(0, "media-too-large", message)
    yield from _shape_remarks(media, rules)


def _shape_remarks(media: Media, rules: Rules) -> Iterator[Remark]:
    limits, name = rules.limits, rules.network
    size = f"{media.width} x {media.height}"
    pixels = media.width * media.height
    if limits.image_pixels is not None and pixels > limits.image_pixels:
        message = (
            f"{size} is {pixels:,} pixels, {limits.image_pixels:,} allowed on {name}; scale it down"
        )
        yield Remark(0, "media-too-many-pixels", message)
    sides = media.width + media.height
    if limits.image_sides is not None and sides > limits.image_sides:
        message = (
            f"{size}: width and height add up to {sides:,}, {limits.image_sides:,} allowed "
            f"on {name}; scale it down"
        )
        yield Remark(0, "media-too-many-pixels", message)
    short = min(media.width, media.height)
    if limits.image_min_side is not None and short < limits.image_min_side:
        message = (
            f"{size}: the shorter side has {short:,} pixels, {limits.image_min_side:,} at least "
            f"on {name}; take a larger picture"
        )
        yield Remark(0, "media-too-small", message)
    if limits.image_short_side is not None and short > limits.image_short_side:
        message = (
            f"{size}: the shorter side has {short:,} pixels, {limits.image_short_side:,} allowed "
            f"on {name}; scale it down"
        )
        yield Remark(0, "media-too-many-pixels", message)
    if limits.image_aspect is not None and media.height:
        low, high = limits.image_aspect
        aspect = media.width / media.height
        if not low - 0.005 <= aspect <= high + 0.005:
            message = (
                f"{size} is {aspect:.2f} wide for 1 high, {low:.2f} to {high:.2f} allowed "
                f"on {name}; crop it"
            )
            yield Remark(0, "media-aspect-refused", message)


def alt_remarks(media: Media, rules: Rules) -> Iterator[Remark]:
    """Say what is wrong with an alt text."""
    limit = rules.limits.alt
    if not media.alt.strip():
        message = "no alt text; say what somebody who can not see it should know"
        yield Remark(0, "alt-missing", message)
        return
    if not limit or (rules.ceiling_alt and rules.ceiling_alt(media.alt) <= limit):
        return
    length = rules.measure_alt(media.alt)
    if length > limit:
        message = (
            f"alt text of {length:,} characters, {limit:,} allowed on {rules.network}; shorten it"
        )
        yield Remark(0, "alt-too-long", message)


def _as_video(media: Media, limits: Limits) -> bool:
    """Tell whether the network counts a file as a video."""
    gif = limits.gif_is_video and media.moves and media.mime == "image/gif"
    return gif or _video(media)


def _video(media: Media) -> bool:
    return media.mime.startswith("video/")
