"""Transcoding: what a copy of a video has to be so that networks take it, and the making of it.

A copy is made once, and kept in a file beside the original: whatever encodes it would give other
bytes on another machine or in another version, and takes minutes. The file's name holds the start
of the SHA-256 of the original's bytes, so that a copy of an older original is never taken for one.
"""

from __future__ import annotations

import re
from math import sqrt
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mimin.compose.remark import Remark
from mimin.compose.video import MENDABLE, video_remarks
from mimin.isolated import FailedError, call
from mimin.model.base import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mimin.compose.media import MediaFacts
    from mimin.compose.video import VideoFacts
    from mimin.model.limits import Limits

COPIES = 3
"""Copies of one original, for networks that take no form in common."""
MOST_BYTES = 95_000_000
"""Of a copy: GitHub takes no file of more than 100 MB without Git LFS."""
_LONG, _SHORT = 1920, 1080
"""Pixels of the sides of a copy that is coded anew; more is not shown anywhere."""
_MOST_FPS = 60.0
_RATES = (24_000 / 1001, 24.0, 25.0, 30_000 / 1001, 30.0, 50.0, 60_000 / 1001, 60.0)
"""Pictures a second that players know; what telephones write is a little off."""
_SOUND_BITS, _FEW_SOUND_BITS = 128_000, 64_000
"""Bits of sound a second, and what they are where there is little room."""
_ROOMY = 3_000_000
"""Bits a second with which those of the sound do not matter."""
_GOOD, _ENOUGH, _LEAST = 0.1, 0.04, 0.02
"""Bits for each pixel of a picture: what is as good as the original, what is taken before the
picture is made smaller, and with what it falls apart."""
_SMALLEST = 240
"""Pixels of the shorter side: what would be smaller is told instead."""
_APART = 0.04
"""Seconds that sound and pictures may be apart before somebody sees it; more has to be filled."""
_SECONDS, _A_SECOND = 60, 40
"""Of computing: for any video, and for each second of one. 4K with 60 pictures a second takes 15
on a slow machine."""
_MOST_SECONDS = 4 * 3600
_KEPT = re.compile(r"(?P<stem>.+)\.(?P<hash>[0-9a-f]{10})(?:-[2-9])?\.mp4")


class Form(Record):
    """What is made of a video; `mimin.compose.encode` knows the fields by these names."""

    copied: bool
    """Whether its pictures stay as they are."""
    sound: str
    """`copied`, `coded`, or empty where there is none."""
    width: int
    height: int
    """Of what is coded anew, upright."""
    fps: float
    bits: int
    """Most bits a second of the pictures."""
    sound_bits: int


def kept_names(path: str, sha256: str) -> tuple[str, ...]:
    """Name the files in which copies of a video are kept: `promo.mov` → `promo.1f2e3d4c5b.mp4`."""
    start = f"{PurePosixPath(path).with_suffix('')}.{sha256[:10]}"
    return (f"{start}.mp4", *(f"{start}-{number}.mp4" for number in range(2, COPIES + 1)))


def original_of(path: str) -> str | None:
    """Give the name without suffix of what a file would be a copy of; None where it is none."""
    found = _KEPT.fullmatch(path.rpartition("/")[2])
    return found["stem"] if found else None


def faults(media: MediaFacts, limits: Limits, network: str) -> list[Remark]:
    """Say what a network does not take of a video.

    Where something is wrong that no copy changes (length, shape), that alone is said: the video has
    to be made anew, and then the rest is another.
    """
    found = list(video_remarks(media, limits, network))
    lost = [remark for remark in found if remark.code not in MENDABLE]
    if lost or not found:
        return lost
    form = plan_form(media, [limits])
    if isinstance(form, Remark):
        return [Remark(0, form.code, f"{form.message} on {network}; {_SHORTER}")]
    return found


_SHORTER = "cut it shorter, or add a variant with another file"


def plan_form(media: MediaFacts, takers: Sequence[Limits]) -> Form | Remark:
    """Find the best copy that all *takers* take; the remark says what stands in the way.

    What no copy changes (length, shape) is not looked at.
    """
    facts = media.video
    assert facts is not None  # noqa: S101 - only videos are asked for
    low = max((limits.video_fps[0] for limits in takers if limits.video_fps), default=0.0)
    high = min((limits.video_fps[1] for limits in takers if limits.video_fps), default=_MOST_FPS)
    most_bytes = min([MOST_BYTES, *(_bytes(limits, facts.seconds) for limits in takers)])
    sound = _sound(facts)
    if media.size <= most_bytes and _stays(facts, takers):
        return Form(
            copied=True,
            sound=sound,
            width=0,
            height=0,
            fps=facts.fps or 30,
            bits=0,
            sound_bits=_SOUND_BITS,
        )
    fps = _rate(facts.fps or 30.0, low, min(high, _MOST_FPS))
    room = most_bytes * 8 * 0.95 / (facts.seconds + 1)
    sound_bits = 0 if not sound else _SOUND_BITS if room > _ROOMY / 3 else _FEW_SOUND_BITS
    if sound and room < _ROOMY:
        sound = "coded"  # as nobody knows how many bytes it takes as it is
    room -= sound_bits
    width, height = _size(facts, takers)
    if fps > 31 and room < _ENOUGH * width * height * fps and fps / 2 >= low:
        fps /= 2
    scale = min(1.0, sqrt(max(room, 0) / (_ENOUGH * width * height * fps)))
    least = max([_SMALLEST, *(m for limits in takers if (m := limits.video_min_side))])
    if min(width, height) * scale < least:
        scale = min(1.0, least / min(width, height))
    width, height = _even(width * scale), _even(height * scale)
    if room < _LEAST * width * height * fps:
        message = (
            f"{facts.seconds:,g} s of film can not be made as small as {most_bytes:,} bytes, "
            "which is the most"
        )
        return Remark(0, "media-too-large", message)
    return Form(
        copied=False,
        sound=sound,
        width=width,
        height=height,
        fps=fps,
        bits=int(min(room, _GOOD * width * height * fps)),
        sound_bits=sound_bits or _SOUND_BITS,
    )


def _bytes(limits: Limits, seconds: float) -> int:
    most = limits.video_bytes or MOST_BYTES
    rate = limits.video_bit_rate
    return most if rate is None else min(most, int(rate * max(seconds, 1) / 8))


def _stays(facts: VideoFacts, takers: Sequence[Limits]) -> bool:
    """Tell whether the pictures can stay as they are: all networks take them."""
    if facts.trimmed or facts.late > _APART or facts.codec not in {"h264", "hevc"}:
        return False
    if facts.codec == "h264" and not facts.plain:
        return False
    return all(_takes_pictures(limits, facts) for limits in takers)


def _takes_pictures(limits: Limits, facts: VideoFacts) -> bool:
    # All players know H.264; HEVC only those that say so.
    codecs = limits.video_codecs or ("h264",)
    low, high = limits.video_fps or (0, facts.fps)
    size = facts.width, facts.height
    same = _size(facts, [limits], room=False) == size
    return facts.codec in codecs and low <= facts.fps <= high and same


def _sound(facts: VideoFacts) -> str:
    if not facts.sound:
        return ""
    same = facts.sound == "aac" and facts.sound_rate <= 48_000 and facts.sound_channels <= 2
    return "copied" if same and not facts.trimmed and facts.late_sound <= _APART else "coded"


def _rate(fps: float, low: float, high: float) -> float:
    """Give the pictures a second of a copy: a rate that is usual, and that all networks take."""
    while fps > high * 1.02:
        fps /= 2
    if fps < low:
        fps = next((rate for rate in _RATES if low <= rate <= high and rate >= 30), high)
    near = min(_RATES, key=lambda rate: abs(rate - fps))
    if abs(near - fps) <= 0.03 * fps and low <= near <= high:
        return near
    return max(low, min(high, fps))


def _size(facts: VideoFacts, takers: Sequence[Limits], *, room: bool = True) -> tuple[int, int]:
    """Give the largest size of this shape that all networks take; *room*: and that is of use."""
    width, height, scale = facts.width, facts.height, 1.0
    if room:
        scale = min(scale, _LONG / max(width, height), _SHORT / min(width, height))
    for limits in takers:
        if limits.video_width:
            scale = min(scale, limits.video_width / width)
        if limits.video_height:
            scale = min(scale, limits.video_height / height)
        if limits.video_pixels:
            scale = min(scale, sqrt(limits.video_pixels / (width * height)))
    if scale >= 1 and not room:
        return width, height
    return _even(width * scale), _even(height * scale)


def _even(length: float) -> int:
    """Round down to what H.264 with halved colours can have."""
    return max(2, int(length + 0.001) // 2 * 2)


def transcode(
    content: bytes, form: Form, seconds: float, told: Callable[[float], None] | None = None
) -> bytes:
    """Have a copy made in an isolated process.

    Raises:
        StoppedError: if it can not be made, or takes too much; the text says why.
    """
    arguments = {**form.model_dump(mode="json"), "seconds": max(seconds, 0.1)}
    limit = min(_SECONDS + _A_SECOND * seconds, _MOST_SECONDS)
    answer = call("mimin.compose.encode:encode", arguments, [content], seconds=limit, told=told)
    if isinstance(answer.value, dict) and "trouble" in answer.value:
        raise FailedError(str(answer.value["trouble"]))
    if not answer.blobs:
        raise FailedError("its encoder gave no answer")
    return answer.blobs[0]
