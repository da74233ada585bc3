"""Shapes: how an image has to be cropped and scaled so that a network takes it."""

from __future__ import annotations

from math import floor, sqrt
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mimin.model.limits import Limits

ROUNDING = 0.005
"""How far a shape may be outside of what a network takes."""
SAME = 0.01
"""Two shapes that differ by less, as a part, are taken for one."""


class Box(NamedTuple):
    """A stretch of an image in whole pixels."""

    left: int
    top: int
    width: int
    height: int


def crop_to(
    width: int, height: int, aspect: tuple[float, float], focus: tuple[float, float]
) -> Box | None:
    """Cut as little as possible off so that width by height lies within *aspect*.

    The point in *focus* (parts of width and height from the top left) stays inside, and in the
    middle where there is room. None where not a single pixel would be left.
    """
    low, high = aspect
    wide, tall = width, height
    if width > height * high:
        wide = floor(height * high)
    elif width < height * low:
        tall = floor(width / low)
    if wide < 1 or tall < 1:
        return None
    return Box(
        _start(focus[0] * width, wide, width), _start(focus[1] * height, tall, height), wide, tall
    )


def _start(point: float, length: int, whole: int) -> int:
    return max(0, min(floor(point - length / 2 + 0.5), whole - length))


def scale_to(
    width: int, height: int, limits: Limits, aspect: tuple[float, float] | None
) -> tuple[int, int]:
    """Give the largest size of this shape, no larger than it is, that the limits allow."""
    scale = 1.0
    if limits.image_width is not None:
        scale = min(scale, limits.image_width / width)
    if limits.image_pixels is not None:
        scale = min(scale, sqrt(limits.image_pixels / (width * height)))
    if limits.image_sides is not None:
        scale = min(scale, limits.image_sides / (width + height))
    if limits.image_short_side is not None:
        scale = min(scale, limits.image_short_side / min(width, height))
    return (width, height) if scale >= 1 else shrink(width, height, scale, aspect)


def shrink(
    width: int, height: int, scale: float, aspect: tuple[float, float] | None
) -> tuple[int, int]:
    """Scale down to whole pixels; rounding never leaves the allowed shapes where it need not."""
    wide, tall = max(1, floor(width * scale)), max(1, floor(height * scale))
    if aspect is not None:
        low, high = aspect
        if wide > tall * high:
            wide = max(1, floor(tall * high))
        elif wide < tall * low:
            tall = max(1, floor(wide / low))
    return wide, tall


def within(width: int, height: int, aspect: tuple[float, float]) -> bool:
    """Tell whether a network takes a shape; whole pixels rarely meet a ratio exactly."""
    low, high = aspect
    return low - ROUNDING <= width / height <= high + ROUNDING


def same_shape(size: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether nobody would see the difference between two shapes."""
    ratio = size[0] * other[1] / (size[1] * other[0])
    return 1 - SAME <= ratio <= 1 + SAME
