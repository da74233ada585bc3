"""Fitting: what has to be done to an image so that a network takes it, as far as it can be done.

The original goes out as it is wherever a network takes it. Else a picture is derived from it: the
same original and recipe give the same bytes, as long as Pillow is the same.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from mimin.compose.kinds import BARED
from mimin.compose.remark import Remark
from mimin.compose.shape import Box, crop_to, same_shape, scale_to, shrink, within
from mimin.isolated import FailedError, call
from mimin.model.base import Record
from mimin.model.problem import Severity

if TYPE_CHECKING:
    from mimin.compose.media import MediaFacts
    from mimin.model.limits import Limits

MIDDLE = (0.5, 0.5)
ROOMY = 2048
"""Pixels of the longer side that are enough everywhere: what has too many bytes is scaled to them
first, which nobody sees, before its quality is lowered, which somebody may."""

_SECONDS = 60
"""Of computing to make a picture: scaled once, saved with several qualities."""
_TARGETS = ("image/jpeg", "image/png", "image/webp")
"""What can be made, the most widely taken first."""
_CONVERTED = frozenset({"image/heic"})
"""What is never sent as it is: most browsers show nothing of it, whatever a network takes."""
_LOSSLESS = frozenset({"image/png", "image/gif", "image/bmp", "image/tiff"})


class Recipe(Record):
    """All that is done to an original; it names the result together with the original's bytes."""

    types: tuple[str, ...]
    """What may be made, the best first."""
    flat: bool
    """Whether PNG is to be kept if the picture has few colours."""
    crop: Box
    """What is kept of the picture, as it is shown."""
    size: tuple[int, int]
    bytes: int | None
    """Most bytes."""
    aspect: tuple[float, float] | None
    """What its shape has to stay within when it is made smaller for the bytes."""
    bare: bool = False
    """Whether nothing is done but to take out its metadata."""


def parse_focus(text: str | None) -> tuple[float, float] | None:
    """Read `focus:` of a media entry."""
    if text is None:
        return None
    across, down = text.split()
    return float(across), float(down)


def plan_fit(
    facts: MediaFacts,
    limits: Limits,
    focus: tuple[float, float] | None = None,
    first: tuple[int, int] | None = None,
) -> Recipe | None:
    """Find out what has to be done to an image; None where it goes out as it is.

    It also goes out as it is, to be refused by name, where nothing can be done: what moves would
    stand still. Only its metadata can be taken out.

    Args:
        facts: What is known about the original.
        limits: What the network takes.
        focus: The point that a crop keeps; the middle when nobody says.
        first: Size of the first picture of the post, where the others are cropped to its shape.
    """
    if not facts.fittable:
        return None
    if facts.animated:
        return _bare(facts) if facts.personal else None
    recipe = _anew(facts, limits, focus, first)
    if recipe is None or not _is_same(recipe, facts, limits):
        return recipe
    # What holds a place was always made anew, and is approved by those bytes.
    if facts.located or (facts.personal and facts.mime not in BARED):
        return recipe
    return _bare(facts) if facts.personal else None


def _anew(
    facts: MediaFacts,
    limits: Limits,
    focus: tuple[float, float] | None,
    first: tuple[int, int] | None,
) -> Recipe | None:
    """Find out how a still picture is made anew; None where it can not be."""
    size = (facts.width, facts.height)
    aspect = limits.image_aspect
    shaped = aspect is None or within(*size, aspect)
    if first is not None:
        aspect = _shape_of(first, aspect)
        shaped = same_shape(size, first)
    crop = Box(0, 0, *size)
    if aspect is not None and not shaped:
        found = crop_to(*size, aspect, focus or MIDDLE)
        if found is None:
            return None
        crop = found
    scaled = scale_to(crop.width, crop.height, limits, aspect)
    if not _is_light(facts, limits) and max(scaled) > ROOMY:
        scaled = shrink(*scaled, ROOMY / max(scaled), aspect)
    if limits.image_aspect is not None and not within(*scaled, limits.image_aspect):
        return None  # so few pixels that none of their shapes will do
    types = _types(facts.mime, limits.image_types)
    if not types:
        return None
    flat = facts.mime in _LOSSLESS and "image/png" in types
    return Recipe(
        types=types, flat=flat, crop=crop, size=scaled, bytes=limits.image_bytes, aspect=aspect
    )


def _is_same(recipe: Recipe, facts: MediaFacts, limits: Limits) -> bool:
    """Tell whether the original itself is what the recipe would make."""
    size = (facts.width, facts.height)
    same = recipe.types[0] == facts.mime and recipe.size == size == recipe.crop[2:]
    return same and _is_light(facts, limits)


def _is_light(facts: MediaFacts, limits: Limits) -> bool:
    most = limits.image_bytes
    if facts.mime == "image/gif" and limits.gif_bytes is not None:
        most = limits.gif_bytes
    return most is None or facts.size <= most


def _bare(facts: MediaFacts) -> Recipe:
    """Take out nothing but the metadata."""
    size = (facts.width, facts.height)
    return Recipe(
        types=(facts.mime,),
        flat=False,
        crop=Box(0, 0, *size),
        size=size,
        bytes=None,
        aspect=None,
        bare=True,
    )


def _shape_of(first: tuple[int, int], allowed: tuple[float, float] | None) -> tuple[float, float]:
    """Give the shape of the first picture, as far as the network takes it."""
    shape = first[0] / first[1]
    if allowed is not None:
        shape = min(max(shape, allowed[0]), allowed[1])
    return (shape, shape)


def _types(mime: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """List what may be made of an image; first its own type, where that is taken as it is."""
    targets = tuple(kind for kind in _TARGETS if not allowed or kind in allowed)
    if mime not in _CONVERTED and (not allowed or mime in allowed):
        return (mime, *(kind for kind in targets if kind != mime))
    return targets


def derived(content: bytes, recipe: Recipe) -> bytes | None:
    """Have the picture made in an isolated process; None where it can not be made.

    It can not where it does not come below the recipe's bytes.

    Raises:
        StoppedError: if it takes too much, or there was no answer.
    """
    arguments = {"recipe": recipe.model_dump(mode="json")}
    try:
        made = call("mimin.compose.picture_calls:make", arguments, [content], seconds=_SECONDS)
    except FailedError:
        return None
    return made.blobs[0] if made.blobs else None


def crop_remark(
    name: str, facts: MediaFacts, made: tuple[int, int], recipe: Recipe, network: str
) -> Remark | None:
    """Tell of a crop; only what nobody asked for has to be told."""
    crop = recipe.crop
    if (crop.width, crop.height) == (facts.width, facts.height):
        return None
    message = (
        f"{name} is {facts.width} x {facts.height} and is cropped to {made[0]} x {made[1]} around "
        f"its middle for {network}; say what to keep with `focus: 0.5 0.3`, crop it yourself, or "
        "add a variant with another picture"
    )
    return Remark(0, "media-cropped", message, Severity.WARNING)


def location_remark(name: str, path: str, mime: str) -> Remark:
    """Tell that an original holds a place that what is sent does not.

    Args:
        name: The picture, as the post names it.
        path: Where it lies.
        mime: What it is.
    """
    fix = f"`mimin check --fix {shlex.quote(path)}` takes it out"
    if mime not in BARED:
        fix = "share it from the phone without its location, or save it as a JPEG without it"
    message = (
        f"{name} tells where it was taken (GPS in its EXIF); what is sent does not, but whoever "
        f"has this repository can see it; {fix}"
    )
    return Remark(0, "media-has-location", message, Severity.WARNING)
