"""Deriving: a picture from an original by a recipe, the same bytes every time.

Nothing of the original's metadata survives: no EXIF, no comment, no colour profile. Colours become
sRGB, which is what everybody takes a picture without a profile for. Runs in an isolated process.
"""

from __future__ import annotations

import io
import warnings
from contextlib import suppress
from math import sqrt
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from PIL import ExifTags, Image, ImageCms, ImageOps

from mimin.compose.kinds import recognise
from mimin.compose.metadata import bare
from mimin.compose.pictures import open_picture, plain_mode
from mimin.compose.shape import Box, shrink, within

if TYPE_CHECKING:
    from mimin.compose.fit import Recipe

BEST, WORST = 90, 60
"""Qualities of JPEG and WebP; below the worst, a smaller picture looks better."""
FEW_COLOURS = 4096
"""A picture with no more is flat: a drawing or a text, which JPEG would smear."""
SMALLEST = 200
"""Pixels of the longer side; no picture is scaled below them for its bytes."""


def derive(content: bytes, recipe: Recipe) -> bytes | None:
    """Make the picture; None where it can not be brought below the recipe's bytes.

    The bytes depend on the versions of Pillow and its libraries, which the lock file pins.
    """
    if recipe.bare:
        with suppress(ValueError):  # its parts can not be told apart: it is made anew
            return bare(content, recognise(content))
    with warnings.catch_warnings():
        # Pillow only warns of a file's own harmless faults; it was decoded once before.
        warnings.simplefilter("ignore")
        picture = _picture(content, recipe)
    if picture is None:
        return None
    kinds = _kinds(picture, recipe)
    for kind in kinds:
        made = _best_quality(picture, kind, recipe.bytes)
        if _fits(made, recipe):
            return made
    lossy = [kind for kind in kinds if kind != "image/png"]
    return _scaled_down(picture, (lossy or kinds)[0], recipe) if kinds else None


def make(arguments: dict[str, Any], blobs: list[bytes]) -> tuple[None, list[bytes]]:
    """Make the picture in an isolated process; see `mimin.compose.fit.derived`."""
    fields = arguments["recipe"]
    fields["crop"] = Box(*fields["crop"])
    fields["size"] = tuple(fields["size"])
    # Plain fields in the place of the record: pydantic takes longer to start than Pillow.
    made = derive(blobs[0], cast("Recipe", SimpleNamespace(**fields)))
    return None, [] if made is None else [made]


def _fits(made: bytes, recipe: Recipe) -> bool:
    return recipe.bytes is None or len(made) <= recipe.bytes


def _picture(content: bytes, recipe: Recipe) -> Image.Image | None:
    """Give the pixels; None for what moves, which would stand still."""
    with open_picture(content) as opened:
        if opened.format != "HEIF" and getattr(opened, "is_animated", False):
            return None
        whole = _shown_size(opened)
        scale = max(recipe.size[0] / recipe.crop.width, recipe.size[1] / recipe.crop.height)
        if opened.format == "JPEG" and scale < 1:
            # The decoder skips what the scaling would throw away: several times as fast.
            wanted = (round(opened.width * scale), round(opened.height * scale))
            opened.draft(None, wanted)
        profile = opened.info.get("icc_profile")
        image = ImageOps.exif_transpose(opened)
    across, down = image.width / whole[0], image.height / whole[1]
    left, top, width, height = recipe.crop
    image = plain_mode(image)
    if image.size != recipe.size or (width, height) != whole:
        box = (left * across, top * down, (left + width) * across, (top + height) * down)
        image = image.resize(recipe.size, Image.Resampling.LANCZOS, box=_inside(box, image.size))
    return _to_srgb(image, profile)


def _shown_size(image: Image.Image) -> tuple[int, int]:
    turned = image.getexif().get(ExifTags.Base.Orientation) in {5, 6, 7, 8}
    return (image.height, image.width) if turned else image.size


def _inside(
    box: tuple[float, float, float, float], size: tuple[int, int]
) -> tuple[float, float, float, float]:
    return (max(0, box[0]), max(0, box[1]), min(size[0], box[2]), min(size[1], box[3]))


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        target = "RGBA" if image.mode == "RGBA" else "RGB"
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            found = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode=target
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            found = None  # a broken profile, or one of another colour space: taken as none
        if found is not None:
            image = found
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    image = image if image.mode in {"RGB", "RGBA"} else image.convert("RGB")
    image.info = {}  # Pillow would write a JPEG's comment again
    return image


def _kinds(picture: Image.Image, recipe: Recipe) -> list[str]:
    """Order what may be made: PNG first for what is flat or transparent, last for a photo."""
    kinds = [kind for kind in recipe.types if kind in _SAVE]
    if picture.mode == "RGBA":
        return sorted(kinds, key=("image/png", "image/webp", "image/jpeg").index)
    flat = recipe.flat and picture.getcolors(FEW_COLOURS) is not None
    return sorted(kinds, key=lambda kind: (kind == "image/png") is not flat)


def _scaled_down(picture: Image.Image, kind: str, recipe: Recipe) -> bytes | None:
    """Make the picture smaller until its bytes are few enough."""
    size, most = picture.size, recipe.bytes or 0
    made = _best_quality(picture, kind, most)
    while len(made) > most:
        smaller = shrink(*size, min(0.9, 0.95 * sqrt(most / len(made))), recipe.aspect)
        unshaped = recipe.aspect is not None and not within(*smaller, recipe.aspect)
        if max(smaller) < SMALLEST or smaller == size or unshaped:
            return None
        size = smaller
        made = _best_quality(picture.resize(size), kind, most)
    return made


def _best_quality(image: Image.Image, kind: str, most: int | None) -> bytes:
    """Find the best quality that fits; the worst when none does."""
    if kind == "image/jpeg" and image.mode == "RGBA":
        image = _on_white(image)
    best = _SAVE[kind](image, BEST)
    if most is None or len(best) <= most or kind == "image/png":
        return best
    low, high = WORST, BEST
    found = _SAVE[kind](image, low)
    while len(found) <= most and high - low > 1:
        middle = (low + high) // 2
        tried = _SAVE[kind](image, middle)
        if len(tried) <= most:
            low, found = middle, tried
        else:
            high = middle
    return found


def _on_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=0 if quality == BEST else 2)
    return out.getvalue()


def _png(image: Image.Image, quality: int) -> bytes:
    del quality  # it has none
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _webp(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


_SAVE = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}
