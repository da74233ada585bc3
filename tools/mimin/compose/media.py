"""Media files: what their bytes are, whatever their names say."""

from __future__ import annotations

import hashlib
import io
import warnings
from typing import TYPE_CHECKING

from mimin.compose.remark import Remark
from mimin.compose.video import VideoFacts, examine_video
from mimin.model.base import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

MOST_PIXELS = 100_000_000
"""What is larger is not decoded: a small file can hold a picture that fills the memory."""

_LFS = b"version https://git-lfs.github.com/spec/"
_SUFFIXES = {
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png", "apng"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/avif": ("avif",),
    "image/heic": ("heic", "heif"),
    "image/bmp": ("bmp",),
    "image/tiff": ("tif", "tiff"),
    "image/svg+xml": ("svg",),
    "application/pdf": ("pdf",),
    "video/mp4": ("mp4", "m4v"),
    "video/quicktime": ("mov", "qt"),
    "video/webm": ("webm",),
    "video/x-matroska": ("mkv",),
    "video/ogg": ("ogv", "ogg"),
    "video/x-msvideo": ("avi",),
    "video/3gpp": ("3gp",),
}
_PIL = {"JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF"}
_GPS = 0x8825
LOCATED = "media-has-location"


class MediaFacts(Record):
    """What is known about a file from its bytes; JSON and back, so that a cache can keep it."""

    sha256: str
    mime: str
    """By content; `application/octet-stream` when nothing is recognised."""
    size: int
    """Bytes."""
    width: int = 0
    """As shown, after the turn that EXIF may ask for. 0 for what is neither image nor video."""
    height: int = 0
    animated: bool = False
    video: VideoFacts | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def located(self) -> bool:
        """Whether it tells where it was taken."""
        return any(remark.code == LOCATED for remark in self.remarks)

    @property
    def fittable(self) -> bool:
        """Whether another picture can be made of it: a still image with nothing else wrong."""
        faults = [remark for remark in self.remarks if remark.code != LOCATED]
        return self.width > 0 and self.video is None and not self.animated and not faults


def inspect(name: str, content: bytes) -> MediaFacts:
    """Find out what a file is and whether it can be sent.

    Decodes the whole image, which is the only way to know that none of it is missing; so ask once
    and keep the answer by the file's hash and `name`'s suffix.
    """
    mime = recognise(content)
    width, height, animated, remarks = 0, 0, False, list(_kind_remarks(name, content, mime))
    if mime.startswith("image/") and not remarks:
        width, height, animated, remarks = _image(name, content)
    video = None
    if mime.startswith("video/") and not remarks:
        found = examine_video(name, content)
        if isinstance(found, Remark):
            remarks.append(found)
        else:
            video, width, height = found, found.width, found.height
    remarks += _suffix_remarks(name, mime)
    return MediaFacts(
        sha256=hashlib.sha256(content).hexdigest(),
        mime=mime,
        size=len(content),
        width=width,
        height=height,
        animated=animated,
        video=video,
        remarks=tuple(remarks),
    )


def recognise(content: bytes) -> str:
    """Tell the MIME type from the first bytes."""
    head = content[:512]
    for magic, mime in (
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"BM", "image/bmp"),
        (b"II*\x00", "image/tiff"),
        (b"MM\x00*", "image/tiff"),
        (b"%PDF-", "application/pdf"),
        (b"OggS", "video/ogg"),
    ):
        if head.startswith(magic):
            return mime
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}.get(head[8:12], _UNKNOWN)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm" if b"webm" in head else "video/x-matroska"
    if head[4:8] == b"ftyp":
        return _by_brand(head[8:12])
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:300].lower()
    if start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!--")) and b"<svg" in start):
        return "image/svg+xml"
    return _UNKNOWN


_UNKNOWN = "application/octet-stream"


def _by_brand(brand: bytes) -> str:
    """Tell by the major brand of an ISO media file (ISO/IEC 14496-12, section 4.3)."""
    if brand in {b"avif", b"avis"}:
        return "image/avif"
    if brand in {b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1"}:
        return "image/heic"
    if brand == b"qt  ":
        return "video/quicktime"
    return "video/3gpp" if brand.startswith(b"3g") else "video/mp4"


def _kind_remarks(name: str, content: bytes, mime: str) -> Iterator[Remark]:
    if not content:
        yield Remark(0, "media-unreadable", f"{name} is empty; save the file again")
    elif content.startswith(_LFS):
        message = f"{name} is a Git LFS pointer and not the file itself; run `git lfs pull`"
        yield Remark(0, "media-is-lfs-pointer", message)
    elif mime == "image/svg+xml":
        yield _unsupported(name, "an SVG drawing", "export it as PNG")
    elif mime == "image/heic":
        yield _unsupported(name, "an HEIC photo", "save it as JPEG")
    elif mime == "application/pdf":
        yield _unsupported(name, "a PDF document", "export its pages as PNG")
    elif mime == _UNKNOWN:
        yield _unsupported(name, "of no kind that mimin knows", "use JPEG, PNG, GIF, WebP or MP4")


def _unsupported(name: str, what: str, way_out: str) -> Remark:
    return Remark(
        0, "media-kind-unsupported", f"{name} is {what}, which no post can carry; {way_out}"
    )


def _suffix_remarks(name: str, mime: str) -> Iterator[Remark]:
    suffix = name.rpartition(".")[2].lower()
    fitting = _SUFFIXES.get(mime, ())
    if fitting and suffix not in fitting:
        message = f"{name} holds {mime}, whatever its name says; call it .{fitting[0]}"
        yield Remark(0, "media-suffix-wrong", message)


def _image(name: str, content: bytes) -> tuple[int, int, bool, list[Remark]]:
    """Open and decode an image; give its size, whether it moves, and what is wrong with it."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            # Pillow only warns of decompression bombs, and of a file's own harmless faults.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=sorted(_PIL)) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    return width, height, False, [_bomb(name, width, height)]
                animated = bool(getattr(image, "is_animated", False))
                turned, located = _exif(image)
                image.load()
    except Image.DecompressionBombError:
        return 0, 0, False, [_bomb(name, 0, 0)]
    except Exception as error:  # noqa: BLE001 - Pillow's decoders raise nearly anything on bad bytes
        reason = str(error).partition("\n")[0] or type(error).__name__
        message = f"{name} can not be read as an image ({reason}); save it again"
        return 0, 0, False, [Remark(0, "media-unreadable", message)]
    remarks = [_located(name)] if located else []
    return (height, width, animated, remarks) if turned else (width, height, animated, remarks)


def _exif(image: Image.Image) -> tuple[bool, bool]:
    """Tell whether EXIF asks for a quarter turn, and whether it tells where the photo was taken."""
    from PIL import ExifTags

    exif = image.getexif()
    turned = exif.get(ExifTags.Base.Orientation) in {5, 6, 7, 8}
    return turned, bool(exif.get_ifd(_GPS))


def _bomb(name: str, width: int, height: int) -> Remark:
    size = f"{width:,} x {height:,} pixels" if width else "far too many pixels"
    message = f"{name} has {size}, {MOST_PIXELS:,} in all are read at most; scale it down"
    return Remark(0, "media-too-many-pixels", message)


def _located(name: str) -> Remark:
    message = (
        f"{name} tells where it was taken (GPS in its EXIF), and so would everybody who gets it; "
        "take the location out, for instance with `exiftool -gps:all= FILE`"
    )
    return Remark(0, LOCATED, message)
