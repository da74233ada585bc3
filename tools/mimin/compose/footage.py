"""Footage: the one place that opens videos, as what `kinds` says that they are and as nothing else.

Runs in an isolated process (`isolated`). FFmpeg is told the container, may use no protocol and may
open nothing beside the bytes that it was given (https://ffmpeg.org/ffmpeg-protocols.html).
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NoReturn, cast

import av
import av.subtitles.codeccontext
import av.subtitles.stream
import av.subtitles.subtitle  # imported by PyAV on the way, when no file can be opened any more

from mimin.compose.kinds import recognise

if TYPE_CHECKING:
    from av.container import InputContainer

_CONTAINERS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/3gpp": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "video/ogg": "ogg",
    "video/x-msvideo": "avi",
}
MOST_PIXELS = 8192 * 4320
"""Of one picture of a video: 8K, the most that a network takes."""
MOST_PACKETS = 3_000_000
"""Pictures of a video: twelve hours, the most that a network takes, with 60 a second and more."""
_QUARTER_TURNS = {90, 270}


def look(_: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, object], list[bytes]]:
    """Read a video through to its end, decoding its first picture; `trouble` says what is wrong."""
    try:
        return _look(blobs[0]), []
    except av.error.MemoryError as error:  # of this machine, not of the file
        raise MemoryError(str(error)) from None
    except (av.error.FFmpegError, ValueError, OverflowError, RuntimeError) as error:
        return {"trouble": getattr(error, "strerror", None) or str(error) or "no reason given"}, []


def _look(content: bytes) -> dict[str, object]:
    with _open(content) as opened:
        found = _read(opened)
        frames = opened.streams.video[0].frames if opened.streams.video else 0
    # MP4 says how many pictures there are; what was cut off in transfer has fewer. What was trimmed
    # by its maker shows fewer, and has them all.
    # In AVI a picture that shows the one before again has no packet.
    counted = _CONTAINERS[recognise(content)] != "avi"
    if "trouble" not in found and cast("int", found.pop("packets")) < frames and counted:
        with _open(content, ignore_editlist="1") as opened:
            if _packets(opened, opened.streams.video[0])[0] < frames:
                return {"trouble": "its end is missing"}
    return found


def _open(content: bytes, **more: str) -> InputContainer:
    container = _CONTAINERS[recognise(content)]
    options = {
        "protocol_whitelist": "",
        "enable_drefs": "0",
        "max_pixels": str(MOST_PIXELS),
        **more,
    }
    return av.open(io.BytesIO(content), "r", format=container, options=options, io_open=_refuse)


def _refuse(url: str, *_: object) -> NoReturn:
    raise ValueError(f"it points to {url[:100]!r}, and only the file itself is read")


def _read(container: InputContainer) -> dict[str, object]:
    if not container.streams.video:
        return {"trouble": "there are no pictures in it"}
    stream = container.streams.video[0]
    # One thread, of FFmpeg and of the decoders that it calls: others could not be started here, and
    # one picture needs no more.
    stream.thread_type = "NONE"
    stream.codec_context.thread_count = 1
    if stream.codec_context.width * stream.codec_context.height > MOST_PIXELS:
        return {"trouble": f"its pictures have more than {MOST_PIXELS:,} pixels"}
    first = next(container.decode(stream), None)
    if first is None:
        return {"trouble": "there are no pictures in it"}
    turned = round(first.rotation) % 360 in _QUARTER_TURNS
    seconds = (container.duration or 0) / 1_000_000
    container.seek(0)
    packets, end = _packets(container, stream)
    if packets > MOST_PACKETS:
        return {"trouble": f"it has more than {MOST_PACKETS:,} pictures"}
    sound = container.streams.audio
    return {
        "seconds": round(seconds or end, 2),
        "width": first.height if turned else first.width,
        "height": first.width if turned else first.height,
        "fps": round(float(stream.average_rate or 0), 2),
        "codec": _codec(stream),
        "sound": _codec(sound[0]) if sound else "",
        "packets": packets,
    }


def _packets(container: InputContainer, stream: av.VideoStream) -> tuple[int, float]:
    """Count the packets of pictures, and tell when the last of them ends, in seconds."""
    packets, end = 0, 0.0
    for packet in container.demux(stream):
        if packet.size and packet.pts is not None and packet.time_base is not None:
            packets += 1
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            if packets > MOST_PACKETS:
                break
    return packets, end


def _codec(stream: av.VideoStream | av.AudioStream) -> str:
    return stream.codec_context.codec.canonical_name
