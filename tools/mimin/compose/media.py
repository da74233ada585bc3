"""Media files: what their bytes are, whatever their names say."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mimin.compose.kinds import BARED, MOST_FRAMES, MOST_PIXELS, UNKNOWN, recognise
from mimin.compose.remark import Remark
from mimin.compose.video import VideoFacts, examine_video
from mimin.isolated import FailedError, StoppedError, TooCostlyError, call
from mimin.model.base import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 2_000_000_000
"""Of a file that is opened; it is in memory more than once."""

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
LOCATED = "media-has-location"
COSTLY = "media-too-costly"
_SECONDS = 20
"""Of computing to decode a picture; the largest that is read takes about four."""


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
    frames: int = 1
    """Pictures of what moves."""
    personal: bool = False
    """Whether its metadata say something about a person: a name, a number of a camera, a place."""
    video: VideoFacts | None = None
    remarks: tuple[Remark, ...] = ()
    unsure: bool = False
    """Whether it was not read for what may be otherwise another time; not to be kept."""

    @property
    def located(self) -> bool:
        """Whether it tells where it was taken."""
        return any(remark.code == LOCATED for remark in self.remarks)

    @property
    def fittable(self) -> bool:
        """Whether another picture can be made of it, as nothing else is wrong with it.

        Of what moves, only metadata can be taken out.
        """
        faults = [remark for remark in self.remarks if remark.code != LOCATED]
        moves = self.animated and self.mime not in BARED
        return self.width > 0 and self.video is None and not moves and not faults


class _Seen(Record):
    """What was seen of an image by decoding it."""

    size: tuple[int, int] = (0, 0)
    animated: bool = False
    located: bool = False
    personal: bool = False
    too_large: bool = False
    frames: int = 1
    scans: str = ""
    """Says that a JPEG has too many."""


def inspect(name: str, content: bytes) -> MediaFacts:
    """Find out what a file is and whether it can be sent.

    Decodes the whole image, which is the only way to know that none of it is missing; so ask once
    and keep the answer by the file's hash and `name`'s suffix.
    """
    mime = recognise(content)
    seen, video, remarks = _Seen(), None, list(_kind_remarks(name, content, mime))
    unsure = False
    try:
        if mime.startswith("image/") and not remarks:
            seen, remarks = _image(name, content)
        elif mime.startswith("video/") and not remarks:
            seen, video, remarks = _video(name, content)
    except StoppedError as error:
        remarks, unsure = [stopped_remark(name, error)], not error.sure
    remarks += _suffix_remarks(name, mime)
    return MediaFacts(
        sha256=hashlib.sha256(content).hexdigest(),
        mime=mime,
        size=len(content),
        width=seen.size[0],
        height=seen.size[1],
        animated=seen.animated,
        frames=seen.frames,
        personal=seen.personal,
        video=video,
        remarks=tuple(remarks),
        unsure=unsure,
    )


def _kind_remarks(name: str, content: bytes, mime: str) -> Iterator[Remark]:
    if not content:
        yield Remark(0, "media-unreadable", f"{name} is empty; save the file again")
    elif len(content) > MOST_BYTES:
        yield too_costly(name, f"it has {len(content):,} bytes, {MOST_BYTES:,} are read at most")
    elif content.startswith(_LFS):
        message = f"{name} is a Git LFS pointer and not the file itself; run `git lfs pull`"
        yield Remark(0, "media-is-lfs-pointer", message)
    elif mime == "image/svg+xml":
        yield _unsupported(name, "an SVG drawing", "export it as PNG")
    elif mime == "application/pdf":
        yield _unsupported(name, "a PDF document", "export its pages as PNG")
    elif mime == UNKNOWN:
        yield _unsupported(name, "of no kind that mimin knows", "use JPEG, PNG, GIF, WebP or MP4")


def _unsupported(name: str, what: str, way_out: str) -> Remark:
    return Remark(
        0, "media-kind-unsupported", f"{name} is {what}, which no post can carry; {way_out}"
    )


def too_costly(name: str, reason: str, way_out: str = "save it smaller or shorter") -> Remark:
    """Say that a file was not read to its end because that takes too much."""
    return Remark(0, "media-too-costly", f"{name} can not be read ({reason}); {way_out}")


def costly_facts(remark: Remark, *, unsure: bool) -> MediaFacts:
    """Keep of a picture that is made from others that it can not be, as it takes too much."""
    return MediaFacts(sha256="", mime=UNKNOWN, size=0, remarks=(remark,), unsure=unsure)


def stopped_remark(name: str, error: StoppedError) -> Remark:
    """Say why nothing is known about a file."""
    if isinstance(error, TooCostlyError):
        return too_costly(name, str(error))
    message = f"{name} can not be read ({error}); check again, or save it again"
    return Remark(0, "media-unreadable", message)


def suffix_for(name: str, head: bytes) -> str:
    """Give the suffix, as `.jpg`, that a file's first bytes call for: its own where that fits."""
    suffix = name.rpartition(".")[2].lower()
    fitting = _SUFFIXES.get(recognise(head), (suffix,))
    return f".{suffix if suffix in fitting else fitting[0]}"


def _suffix_remarks(name: str, mime: str) -> Iterator[Remark]:
    stem, _, suffix = name.rpartition(".")
    fitting = _SUFFIXES.get(mime, ())
    if fitting and suffix.lower() not in fitting:
        message = (
            f"{name} holds {mime}, whatever its name says; rename it to {stem}.{fitting[0]}, "
            "or let `mimin check --fix` do it"
        )
        yield Remark(0, "media-suffix-wrong", message)


def _image(name: str, content: bytes) -> tuple[_Seen, list[Remark]]:
    """Have an image decoded; give what was seen of it, and what is wrong with it.

    Raises:
        StoppedError: if it took too much, or there was no answer.
    """
    try:
        answer = call(
            "mimin.compose.picture_calls:look",
            {"most_pixels": MOST_PIXELS},
            [content],
            seconds=_SECONDS,
        )
        seen = _Seen.model_validate(answer.value)
    except (FailedError, ValueError) as error:
        message = f"{name} can not be read as an image ({error}); save it again"
        return _Seen(), [Remark(0, "media-unreadable", message)]
    if seen.scans:
        return seen, [too_costly(name, seen.scans, "save it again as a JPEG")]
    if seen.frames > MOST_FRAMES:
        return seen, [
            too_costly(name, f"it has {seen.frames:,} pictures, {MOST_FRAMES:,} are read at most")
        ]
    if seen.too_large:
        return seen, [_bomb(name, *seen.size)]
    return seen, [_located(name)] if seen.located else []


def _video(name: str, content: bytes) -> tuple[_Seen, VideoFacts | None, list[Remark]]:
    """Have a video read; give what was seen of it, and what is wrong with it."""
    found = examine_video(name, content)
    if isinstance(found, Remark):
        return _Seen(), None, [found]
    return _Seen(size=(found.width, found.height)), found, []


def without_metadata(content: bytes) -> bytes | None:
    """Give the same picture without its place and what else its metadata say about a person.

    None where they say nothing of that kind, or can not be taken out.
    """
    try:
        made = call("mimin.compose.picture_calls:strip", {}, [content], seconds=_SECONDS).blobs
    except StoppedError:
        return None
    return made[0] if made else None


def shrink(content: bytes, side: int, most: int) -> bytes | None:
    """Make a JPEG of a stranger's picture; None where it can not be read or made small enough.

    Args:
        content: The picture.
        side: Most pixels of its longer side.
        most: Most bytes.
    """
    try:
        place, arguments = "mimin.compose.picture_calls:shrink", {"side": side, "bytes": most}
        made = call(place, arguments, [content], seconds=_SECONDS).blobs
    except StoppedError:
        return None
    return made[0] if made else None


def _bomb(name: str, width: int, height: int) -> Remark:
    size = f"{width:,} x {height:,} pixels" if width else "far too many pixels"
    message = f"{name} has {size}, {MOST_PIXELS:,} in all are read at most; scale it down"
    return Remark(0, "media-too-many-pixels", message)


def _located(name: str) -> Remark:
    message = (
        f"{name} tells where it was taken (GPS in its EXIF), and so would everybody who gets it; "
        "save it as a moving WebP or as an MP4"
    )
    return Remark(0, LOCATED, message)
