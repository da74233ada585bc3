"""Footage: the one place that opens videos, as what `kinds` says that they are and as nothing else.

Runs in an isolated process (`isolated`). FFmpeg is told the container, may use no protocol and may
open nothing beside the bytes that it was given (https://ffmpeg.org/ffmpeg-protocols.html).
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, NoReturn, cast

import av
import av.subtitles.codeccontext
import av.subtitles.stream
import av.subtitles.subtitle  # imported by PyAV on the way, when no file can be opened any more

from mimin.compose.boxes import is_protected, makers_boxes
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
_UNKNOWN = "unknown"
_QUARTER_TURNS = {90, 270}
HDR = {16: "PQ", 18: "HLG"}
"""Transfer characteristics of high dynamic range (ITU-T H.273, table 3)."""
_PLACES = ("location", "gps", "geo")
_PLACE_TRACKS = frozenset({"gpmd", "camm", "djmd", "rtmd"})
"""Tracks into which cameras of GoPro, Android, DJI and Sony write where they are."""
_HARMLESS = re.compile(
    r"major_brand|minor_version|compatible_brands|encoder|encoding_tool|creation_time|date|year"
    r"|handler_name|vendor_id|language|timecode|rotate|bps|duration|number_of_\w+|_statistics_\w+"
    r"|make|model|software|hw|firmware|variant|com\.android\.(?!.*owner)[\w.]+|com\.samsung\.[\w.]+"
    r"|com\.apple\.quicktime\.(?:make|model|software|creationdate|content\.identifier"
    r"|full-frame-rate-playback-intent|live-photo[\w.-]*|cinematic[\w.-]*|camera\.[\w.-]+)"
    r"|samsung[\w.]*|play_mode|alternate_sourceid|stereo_mode|track|disc|hd_video|media_type"
    r"|gapless_playback|itunsmpb|alpha_mode|filename|mimetype",
    re.IGNORECASE,
)
"""Names of metadata that say nothing about a person, as FFmpeg calls them."""


def look(_: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, object], list[bytes]]:
    """Read a video through to its end, decoding its first picture; `trouble` says what is wrong."""
    try:
        return _look(blobs[0]), []
    except av.error.MemoryError as error:  # of this machine, not of the file
        raise MemoryError(str(error)) from None
    except (av.error.FFmpegError, ValueError, OverflowError, RuntimeError) as error:
        return {"trouble": getattr(error, "strerror", None) or str(error) or "no reason given"}, []


def _look(content: bytes) -> dict[str, object]:
    is_mov = _CONTAINERS[recognise(content)] == "mov"
    if is_mov and is_protected(content):
        return {"trouble": "it is protected against copying (DRM), so nobody else can play it"}
    with open_video(content) as opened:
        found = _read(opened)
        if is_mov and "trouble" not in found and makers_boxes(content):
            found["named"] = [*cast("list[str]", found["named"]), "data of the camera's maker"]
        frames = opened.streams.video[0].frames if opened.streams.video else 0
    # MP4 says how many pictures there are; what was cut off in transfer has fewer. What was trimmed
    # by its maker shows fewer, and has them all.
    # In AVI a picture that shows the one before again has no packet.
    counted = _CONTAINERS[recognise(content)] != "avi"
    if "trouble" not in found and cast("int", found.pop("packets")) < frames and counted:
        with open_video(content, ignore_editlist="1") as opened:
            if _packets(opened, opened.streams.video[0])[0] < frames:
                return {"trouble": "its end is missing"}
    return found


def open_video(content: bytes, **more: str) -> InputContainer:
    """Open bytes as the container that they are, so that nothing else is ever opened."""
    container = _CONTAINERS[recognise(content)]
    options = {
        "protocol_whitelist": "",
        "enable_drefs": "0",
        "max_pixels": str(MOST_PIXELS),
        **({"export_xmp": "1"} if container == "mov" else {}),
        **more,
    }
    return av.open(
        io.BytesIO(content),
        "r",
        format=container,
        options=options,
        metadata_errors="replace",  # a title in letters of its own is no fault of the pictures
        io_open=_refuse,
    )


def _refuse(url: str, *_: object) -> NoReturn:
    raise ValueError(f"it points to {url[:100]!r}, and only the file itself is read")


def _read(container: InputContainer) -> dict[str, object]:
    if not container.streams.video:
        return {"trouble": "there are no pictures in it"}
    stream = container.streams.video[0]
    if stream.codec_context is None:
        return {"trouble": "its pictures are saved in a form that is not known here"}
    alone(stream)
    if stream.codec_context.width * stream.codec_context.height > MOST_PIXELS:
        return {"trouble": f"its pictures have more than {MOST_PIXELS:,} pixels"}
    first = next(container.decode(stream), None)
    if first is None:
        return {"trouble": "there are no pictures in it"}
    turned = round(first.rotation) % 360 in _QUARTER_TURNS
    seconds = (container.duration or 0) / 1_000_000
    container.seek(0)
    packets, end, skipped = _packets(container, stream)
    if packets > MOST_PACKETS:
        return {"trouble": f"it has more than {MOST_PACKETS:,} pictures"}
    voice = voice_of(container)
    return {
        "seconds": round(seconds or end, 2),
        "width": first.height if turned else first.width,
        "height": first.width if turned else first.height,
        "fps": round(float(stream.average_rate or 0), 2),
        "codec": _codec(stream),
        "sound": _codec(voice) if voice else _UNKNOWN if container.streams.audio else "",
        "pixels": stream.codec_context.pix_fmt or "",
        "hdr": HDR.get(int(first.color_trc), ""),
        "trimmed": skipped,
        "sound_rate": voice.codec_context.sample_rate if voice else 0,
        "sound_channels": voice.codec_context.channels if voice else 0,
        "late": _late(container, stream),
        "late_sound": _late(container, voice) if voice else 0,
        "located": _is_located(container),
        "named": _named(container),
        "packets": packets,
    }


def voice_of(container: InputContainer) -> av.AudioStream | None:
    """Give the first track of sound that can be decoded; telephones write others beside it."""
    found = (stream for stream in container.streams.audio if stream.codec_context is not None)
    return next(found, None)


def alone(stream: Any) -> None:
    """Let one thread do all, of FFmpeg and of the decoders that it calls.

    Others could not be started here.
    """
    stream.codec_context.thread_type = "NONE"
    stream.codec_context.thread_count = 1


def _late(container: InputContainer, stream: Any) -> float:
    """Tell how many seconds a track begins after the video."""
    start = (container.start_time or 0) / 1_000_000
    return round(max(0.0, float((stream.start_time or 0) * stream.time_base) - start), 3)


def _metadata(container: InputContainer) -> dict[str, str]:
    found = dict(container.metadata)
    for stream in container.streams:
        found.update(stream.metadata)
    return found


def _is_located(container: InputContainer) -> bool:
    """Tell whether metadata, or a track beside pictures and sound, may say where it was filmed."""
    told = _metadata(container)
    if any(place in name.lower() for name in told for place in _PLACES):
        return True
    if "GPSL" in told.get("xmp", ""):  # GPSLatitude, GPSLongitude
        return True
    tags = {stream.codec_context.codec_tag for stream in container.streams if stream.codec_context}
    tags |= {getattr(stream, "codec_tag", "") for stream in container.streams}
    return bool(tags & _PLACE_TRACKS)


def _named(container: InputContainer) -> list[str]:
    """Name what its metadata say about people: title, author, comment, numbers of cameras."""
    told = _metadata(container)
    names = sorted({name.partition("-")[0] for name in told if not _HARMLESS.fullmatch(name)})
    return [name for name in names if not any(place in name.lower() for place in _PLACES)][:5]


def _packets(container: InputContainer, stream: av.VideoStream) -> tuple[int, float, bool]:
    """Count the packets of pictures; tell when the last ends, in seconds, and if one is not shown.

    What is not shown was trimmed by the maker, and is in the file all the same.
    """
    packets, end, skipped = 0, 0.0, False
    for packet in container.demux(stream):
        if packet.size and packet.pts is not None and packet.time_base is not None:
            packets += 1
            skipped = skipped or packet.is_discard
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            if packets > MOST_PACKETS:
                break
    return packets, end, skipped


def _codec(stream: av.VideoStream | av.AudioStream) -> str:
    return stream.codec_context.codec.canonical_name
