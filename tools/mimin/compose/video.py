"""Videos: what their bytes say, and what of it a network does not take.

Nothing is transcoded: a video that does not fit is a problem for whoever made it.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from mimin.compose.remark import Remark
from mimin.isolated import FailedError, call
from mimin.model.base import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mimin.model.limits import Limits

_ROUNDING = 0.005
_SECONDS = 20
_BYTES_A_SECOND = 20_000_000
"""A video may take that long to compute, with more for the many bytes of a long one."""


class VideoFacts(Record):
    """What is known about a video from its bytes."""

    seconds: float
    width: int
    """As shown, after the turn that the file may ask for."""
    height: int
    fps: float
    """Pictures a second, on average; 0 when the file does not say."""
    codec: str
    """Of the pictures, as FFmpeg calls it: `h264`, `hevc`, `vp9`."""
    sound: str
    """Codec of the sound; empty without any."""
    index_first: bool
    """Whether the index (`moov`) stands before the pictures; true for what has no such index."""


def examine_video(name: str, content: bytes) -> VideoFacts | Remark:
    """Have a video read through to its end, and its first picture decoded.

    Raises:
        StoppedError: if it took too much, or there was no answer.
    """
    seconds = _SECONDS + len(content) / _BYTES_A_SECOND
    try:
        answer = call("mimin.compose.footage:look", {}, [content], seconds=seconds).value
        if isinstance(answer, dict) and "trouble" in answer:
            return _unreadable(name, str(answer["trouble"]))
        return VideoFacts.model_validate({**_plain(answer), "index_first": _index_first(content)})
    except (FailedError, ValueError) as error:
        return _unreadable(name, str(error))


def _plain(answer: object) -> dict[str, object]:
    if not isinstance(answer, dict):
        raise ValueError("its decoder gave no answer")  # noqa: TRY004 - as for any bad answer
    return answer


def _unreadable(name: str, reason: str) -> Remark:
    message = f"{name} can not be read as a video ({reason}); export it again"
    return Remark(0, "media-unreadable", message)


def _index_first(content: bytes) -> bool:
    """Tell whether `moov` stands before `mdat` (ISO/IEC 14496-12, section 4.2: boxes)."""
    place = 0
    while place + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, place)
        if kind in {b"moov", b"mdat"}:
            return bool(kind == b"moov")
        if size == 1 and place + 16 <= len(content):
            (size,) = struct.unpack_from(">Q", content, place + 8)
        if size < 8:
            break
        place += size
    return True


def video_remarks(facts: VideoFacts, limits: Limits, network: str) -> Iterator[Remark]:
    """Say what a network does not take of a video; type and bytes are judged with all files."""
    yield from _length_remarks(facts, limits, network)
    yield from _shape_remarks(facts, limits, network)
    yield from _coding_remarks(facts, limits, network)


def _length_remarks(facts: VideoFacts, limits: Limits, network: str) -> Iterator[Remark]:
    longest, shortest = limits.video_seconds, limits.video_min_seconds
    if longest is not None and facts.seconds > longest:
        message = f"{facts.seconds:,g} s long, {longest:,} s allowed on {network}; cut it shorter"
        yield Remark(0, "video-too-long", message)
    if shortest is not None and facts.seconds < shortest:
        message = (
            f"{facts.seconds:g} s long, {shortest:g} s at least on {network}; take a longer one"
        )
        yield Remark(0, "video-too-short", message)


def _shape_remarks(facts: VideoFacts, limits: Limits, network: str) -> Iterator[Remark]:
    size = f"{facts.width} x {facts.height}"
    export = "export it smaller, or add a variant without it"
    for side, actual, most in (
        ("wide", facts.width, limits.video_width),
        ("high", facts.height, limits.video_height),
    ):
        if most is not None and actual > most:
            message = f"{size} pixels, at most {most:,} {side} on {network}; {export}"
            yield Remark(0, "video-too-many-pixels", message)
    pixels, most = facts.width * facts.height, limits.video_pixels
    if most is not None and pixels > most:
        message = f"{size} is {pixels:,} pixels, {most:,} allowed on {network}; {export}"
        yield Remark(0, "video-too-many-pixels", message)
    least = limits.video_min_side
    if least is not None and min(facts.width, facts.height) < least:
        message = f"{size} pixels, {least:,} at least on each side on {network}; export it larger"
        yield Remark(0, "video-too-small", message)
    if limits.video_aspect is not None and facts.height:
        low, high = limits.video_aspect
        aspect = facts.width / facts.height
        if not low - _ROUNDING <= aspect <= high + _ROUNDING:
            message = (
                f"{size} is {aspect:.2f} wide for 1 high, {low:.2f} to {high:.2f} allowed on "
                f"{network}; export it in another shape"
            )
            yield Remark(0, "video-aspect-refused", message)


def _coding_remarks(facts: VideoFacts, limits: Limits, network: str) -> Iterator[Remark]:
    if limits.video_fps is not None and facts.fps:
        low, high = limits.video_fps
        if not low - _ROUNDING <= facts.fps <= high + _ROUNDING:
            message = (
                f"{facts.fps:g} pictures a second, {low:g} to {high:g} allowed on {network}; "
                "export it with 30"
            )
            yield Remark(0, "video-fps-refused", message)
    for what, codec, known in (
        ("pictures are", facts.codec, limits.video_codecs),
        ("sound is", facts.sound, limits.video_sound),
    ):
        if codec and known and codec not in known:
            message = (
                f"its {what} coded as {codec}, {' or '.join(known)} allowed on {network}; "
                "export it as MP4 with H.264 and AAC"
            )
            yield Remark(0, "video-codec-refused", message)
    if limits.video_index_first and not facts.index_first:
        message = (
            f"its index stands at the end, {network} wants it first; export it for the web "
            "(also called fast start)"
        )
        yield Remark(0, "video-index-last", message)
