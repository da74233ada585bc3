"""Pictures: the one place that opens them, as what `kinds` says that they are and as nothing else.

Runs in an isolated process (`isolated`), so all that Pillow needs is imported here at once.
"""

from __future__ import annotations

import copy
import io
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    ExifTags,
    GifImagePlugin,
    Image,
    ImageChops,
    ImageCms,
    ImageColor,
    ImageFile,
    ImageFilter,
    ImageOps,
    ImagePalette,
    ImageSequence,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from pillow_heif import register_heif_opener

from mimin.compose.kinds import (
    BARED,
    MOST_FRAMES,
    MOST_PIXELS,
    MOST_SCANS,
    count_scans,
    recognise,
)
from mimin.compose.metadata import bare, is_personal

if TYPE_CHECKING:
    from collections.abc import Iterator

_FORMATS = {
    "image/jpeg": JpegImagePlugin.JpegImageFile.format,
    "image/png": PngImagePlugin.PngImageFile.format,
    "image/gif": GifImagePlugin.GifImageFile.format,
    "image/webp": WebPImagePlugin.WebPImageFile.format,
    "image/avif": AvifImagePlugin.AvifImageFile.format,
    "image/heic": "HEIF",
    "image/bmp": BmpImagePlugin.BmpImageFile.format,
    "image/tiff": TiffImagePlugin.TiffImageFile.format,
}
_NEEDED_LATER = (
    *(ImageChops, ImageCms, ImageColor, ImageFile, ImageFilter, ImageOps, ImagePalette),
    *(ImageSequence, MpoImagePlugin, copy),
)
"""What Pillow imports on the way, when no file can be opened any more."""

Image.preinit()
# Pillow takes a JPEG with a second picture behind it (a photo's preview, its other eye, a map of
# its brightness: MPO, Ultra HDR) for an animation, and its first picture from where the file says.
# Everybody else shows what stands first, as of any JPEG.
Image.register_open("JPEG", JpegImagePlugin.JpegImageFile, lambda head: head[:3] == b"\xff\xd8\xff")
# An isolated process can start no threads. Of a photo nothing but the photo is read: no small copy
# in its place, no map of depth.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False, aux_images=False)

_GPS = 0x8825


class TooManyScansError(Exception):
    """A JPEG goes over its picture too often; nothing of it was decoded."""


class TooLargeError(Exception):
    """A picture holds more than is read; nothing of it was decoded."""

    def __init__(self, width: int, height: int, frames: int = 1) -> None:
        """Keep its size in pixels, 0 when only a decoder would know, and how many pictures."""
        animated = f"{frames:,} pictures, {MOST_FRAMES:,} are read at most"
        still = f"more than {MOST_PIXELS:,} pixels"
        super().__init__(f"it has {animated if frames > MOST_FRAMES else still}")
        self.size = (width, height)
        self.frames = frames


@contextmanager
def open_picture(content: bytes, most_pixels: int = MOST_PIXELS) -> Iterator[Image.Image]:
    """Open a picture, not decoded yet.

    Raises:
        TooLargeError: if it holds more than is read.
        TooManyScansError: if it is a JPEG of too many scans.
        Exception: nearly any, of a decoder that can not read it.
    """
    kind = _FORMATS.get(recognise(content))
    if kind is None:
        raise ValueError("it is no picture of a kind that mimin knows")
    if kind == JpegImagePlugin.JpegImageFile.format and count_scans(content) > MOST_SCANS:
        raise TooManyScansError(f"it has more than {MOST_SCANS} scans; ten are usual")
    with warnings.catch_warnings():
        # Pillow only warns of decompression bombs, and of a file's own harmless faults.
        warnings.simplefilter("ignore")
        try:
            opened = Image.open(io.BytesIO(content), formats=[kind])
        except Image.DecompressionBombError:
            raise TooLargeError(0, 0) from None
        with opened as image:
            width, height = image.size
            if width * height > most_pixels:
                raise TooLargeError(width, height)
            frames = getattr(image, "n_frames", 1)
            if frames > MOST_FRAMES:
                raise TooLargeError(width, height, frames)
            yield image


def look(arguments: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, object], list[bytes]]:
    """Decode a picture and tell what it is, or how it is too large for that."""
    try:
        with open_picture(blobs[0], arguments["most_pixels"]) as image:
            width, height = image.size
            # An HEIC of several pictures is a series of photos; its first is the one that is shown.
            animated = image.format != "HEIF" and bool(getattr(image, "is_animated", False))
            frames = getattr(image, "n_frames", 1)
            exif = image.getexif()
            turned = exif.get(ExifTags.Base.Orientation) in {5, 6, 7, 8}
            located = bool(exif.get_ifd(_GPS))
            personal = _is_personal(blobs[0], image)
            image.load()
    except TooLargeError as error:
        return {"size": error.size, "too_large": True, "frames": error.frames}, []
    except TooManyScansError as error:
        return {"scans": str(error)}, []
    size = (height, width) if turned else (width, height)
    found = {"size": size, "animated": animated, "located": located, "personal": personal}
    return {**found, "frames": frames if animated else 1}, []


def strip(_arguments: dict[str, Any], blobs: list[bytes]) -> tuple[None, list[bytes]]:
    """Take the metadata out of a picture; nothing where they say nothing about a person."""
    mime = recognise(blobs[0])
    made = bare(blobs[0], mime) if mime in BARED else None
    return None, [] if made is None else [made]


def _is_personal(content: bytes, image: Image.Image) -> bool:
    mime = recognise(content)
    try:
        if mime in BARED:
            return bare(content, mime) is not None
        return "xmp" in image.info or is_personal(image.getexif())
    except Exception:  # noqa: BLE001 - Pillow raises nearly anything on bad bytes
        return True  # what nobody understands may be anything


def plain_mode(image: Image.Image) -> Image.Image:
    """Bring an image into a mode that can be scaled and has eight bits a channel."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"RGB", "L", "CMYK"}:
        return image
    transparent = image.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info
    return image.convert("RGBA" if transparent else "RGB")


def shrink(arguments: dict[str, Any], blobs: list[bytes]) -> tuple[None, list[bytes]]:
    """Save a picture as a JPEG of few pixels and bytes; nothing where that can not be done."""
    side = arguments["side"]
    with open_picture(blobs[0]) as image:
        small = plain_mode(image)
        small.thumbnail((side, side))
        plain = small.convert("RGB")
    for quality in (88, 75, 60, 40):
        out = io.BytesIO()
        plain.save(out, "JPEG", quality=quality)
        if out.tell() <= arguments["bytes"]:
            return None, [out.getvalue()]
    return None, []
