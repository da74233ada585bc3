"""Motion: what viewers see of a picture that moves (GIF, WebP, APNG, AVIF), network by network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mimin.compose.remark import Remark
from mimin.model.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mimin.compose.media import MediaFacts
    from mimin.model.limits import Limits

_WAY_OUT = "make a video (MP4) of it"


def motion_remarks(name: str, facts: MediaFacts, limits: Limits, network: str) -> Iterator[Remark]:
    """Say what a network does not show of a picture that moves, and what it does not take of it.

    Args:
        name: Of the file.
        facts: What is known about it.
        limits: What the network takes.
        network: Its name.
    """
    if not facts.animated or (limits.image_types and facts.mime not in limits.image_types):
        return
    if limits.moving is not None and facts.mime not in limits.moving:
        moving = " and ".join(kind.partition("/")[2].upper() for kind in limits.moving)
        shown = f"pictures move only as {moving}" if moving else "no pictures move, only videos"
        message = f"on {network} {shown}: of {name} viewers see the first picture alone; {_WAY_OUT}"
        yield Remark(0, "media-stands-still", message, Severity.WARNING)
    if facts.mime == "image/gif":
        yield from _gif(name, facts, limits, network)


def _gif(name: str, facts: MediaFacts, limits: Limits, network: str) -> Iterator[Remark]:
    most = limits.gif_frames
    if most is not None and facts.frames > most:
        message = f"{name} has {facts.frames:,} pictures, {most:,} allowed on {network}; {_WAY_OUT}"
        yield Remark(0, "media-too-many-frames", message)
    size = limits.gif_size
    if size is not None and (facts.width > size[0] or facts.height > size[1]):
        message = (
            f"{name} is {facts.width} x {facts.height}, {size[0]} x {size[1]} allowed on {network} "
            f"for what moves; {_WAY_OUT}"
        )
        yield Remark(0, "media-too-many-pixels", message)
    pixels = facts.frames * facts.width * facts.height
    if limits.gif_pixels is not None and pixels > limits.gif_pixels:
        message = (
            f"{name} has {pixels:,} pixels in all its pictures, {limits.gif_pixels:,} allowed on "
            f"{network}; {_WAY_OUT}"
        )
        yield Remark(0, "media-too-many-pixels", message)
