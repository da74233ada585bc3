"""Videos: what their bytes say, and what of it a network does not take.

What can be mended is told with the command that does it (`compose.transcode`); the rest is for
whoever made the video.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mimin.compose.boxes import index_first
from mimin.compose.remark import Remark
from mimin.isolated import FailedError, call
from mimin.model.base import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mimin.compose.media import MediaFacts
    from mimin.model.limits import Limits
    from mimin.model.media import Media

_ROUNDING = 0.005
MEND = "run `mimin mend`, which makes a copy that fits"
MENDABLE = frozenset(
    {
        *("media-type-refused", "media-too-large", "video-too-many-pixels", "video-fps-refused"),
        *("video-codec-refused", "video-sound-refused", "video-index-last"),
    }
)
"""What is wrong with a video and can be mended."""
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
    pixels: str = ""
    """How a pixel is stored, as FFmpeg calls it: `yuv420p` has 8 bits, `yuv420p10le` ten."""
    hdr: str = ""
    """`HLG` or `PQ` where colours are of high dynamic range."""
    trimmed: bool = False
    """Whether it holds pictures that are not shown, as its maker has cut them off."""
    late: float = 0
    late_sound: float = 0
    """Seconds after which pictures and sound begin."""
    sound_rate: int = 0
    """Samples a second."""
    sound_channels: int = 0
    located: bool = False
    """Whether it tells where it was filmed."""
    named: tuple[str, ...] = ()
    """What else it says about people: names of its metadata."""

    @property
    def plain(self) -> bool:
        """Whether its pixels have 8 bits and halved colours, as all players of H.264 know them."""
        return self.pixels in {"", "yuv420p", "yuvj420p"}


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
        return VideoFacts.model_validate({**_plain(answer), "index_first": index_first(content)})
    except (FailedError, ValueError) as error:
        return _unreadable(name, str(error))


def _plain(answer: object) -> dict[str, object]:
    if not isinstance(answer, dict):
        raise ValueError("its decoder gave no answer")  # noqa: TRY004 - as for any bad answer
    return answer


def _unreadable(name: str, reason: str) -> Remark:
    message = f"{name} can not be read as a video ({reason}); export it again"
    return Remark(0, "media-unreadable", message)


def video_remarks(media: MediaFacts, limits: Limits, network: str) -> Iterator[Remark]:
    """Say what a network does not take of a video."""
    facts = media.video
    if facts is None:
        return
    yield from _length_remarks(facts, limits, network)
    yield from _shape_remarks(facts, limits, network)
    yield from _coding_remarks(facts, limits, network)
    yield from _sound_remarks(facts, limits, network)
    yield from _rate_remarks(media, limits, network)
    yield from file_remarks(media, limits, network)


def _rate_remarks(media: MediaFacts, limits: Limits, network: str) -> Iterator[Remark]:
    most, seconds = limits.video_bit_rate, media.video.seconds if media.video else 0
    rate = media.size * 8 / max(seconds, 1)
    if most is not None and rate > most:
        shown = f"{rate / 1e6:,.1f} million bits a second, {most / 1e6:,.1f} allowed"
        yield Remark(0, "media-too-large", f"{shown} on {network}; {MEND}")


def file_remarks(media: MediaFacts | Media, limits: Limits, network: str) -> Iterator[Remark]:
    """Say what a network does not take of the file itself: its type and its bytes."""
    if limits.video_types and media.mime not in limits.video_types:
        takes = " or ".join(shown_type(kind) for kind in limits.video_types)
        message = f"a {shown_type(media.mime)} file, and {network} takes {takes}; {MEND}"
        yield Remark(0, "media-type-refused", message)
    if limits.video_bytes is not None and media.size > limits.video_bytes:
        message = f"{media.size:,} bytes, {limits.video_bytes:,} allowed on {network}; {MEND}"
        yield Remark(0, "media-too-large", message)
    least = limits.video_min_bytes
    if least is not None and media.size < least:
        message = f"{media.size:,} bytes, {least:,} at least on {network}; save it better or larger"
        yield Remark(0, "media-too-small", message)


def shown_type(mime: str) -> str:
    """Call a type of file as people do: `MP4`, `MOV`."""
    name = mime.partition("/")[2]
    return {"quicktime": "MOV", "x-matroska": "MKV", "x-msvideo": "AVI", "3gpp": "3GP"}.get(
        name, name.removeprefix("x-").upper()
    )


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
    for side, actual, most in (
        ("wide", facts.width, limits.video_width),
        ("high", facts.height, limits.video_height),
    ):
        if most is not None and actual > most:
            message = f"{size} pixels, at most {most:,} {side} on {network}; {MEND}"
            yield Remark(0, "video-too-many-pixels", message)
    pixels, most = facts.width * facts.height, limits.video_pixels
    if most is not None and pixels > most:
        message = f"{size} is {pixels:,} pixels, {most:,} allowed on {network}; {MEND}"
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
                f"{facts.fps:g} pictures a second, {low:g} to {high:g} allowed on {network}; {MEND}"
            )
            yield Remark(0, "video-fps-refused", message)
    codecs = limits.video_codecs
    takes = " or ".join(map(shown_codec, codecs))
    if codecs and facts.codec not in codecs:
        message = (
            f"its pictures are saved in a form ({shown_codec(facts.codec)}) that {network} does "
            f"not take; it takes {takes}; {MEND}"
        )
        yield Remark(0, "video-codec-refused", message)
    elif codecs and facts.codec == "h264" and not facts.plain:
        message = (
            "its pictures hold more shades of colour than H.264 has elsewhere "
            f"({facts.pixels}), which {network} does not take; {MEND}"
        )
        yield Remark(0, "video-codec-refused", message)
    if limits.video_index_first and not facts.index_first:
        message = (
            "its table of contents stands at the end of the file, "
            f"and {network} wants it first; {MEND}"
        )
        yield Remark(0, "video-index-last", message)


def _sound_remarks(facts: VideoFacts, limits: Limits, network: str) -> Iterator[Remark]:
    if not facts.sound:
        return
    if limits.video_sound and facts.sound not in limits.video_sound:
        takes = " or ".join(map(shown_codec, limits.video_sound))
        message = (
            f"its sound is saved in a form ({shown_codec(facts.sound)}) that {network} does not "
            f"take; it takes {takes}; {MEND}"
        )
        yield Remark(0, "video-codec-refused", message)
    rate, most = facts.sound_rate, limits.video_sound_rate
    if most is not None and rate > most:
        message = f"its sound has {rate:,} Hz, {most:,} allowed on {network}; {MEND}"
        yield Remark(0, "video-sound-refused", message)
    channels, most = facts.sound_channels, limits.video_sound_channels
    if most is not None and channels > most:
        message = f"its sound has {channels} channels, {most} allowed on {network}; {MEND}"
        yield Remark(0, "video-sound-refused", message)


def shown_codec(codec: str) -> str:
    """Call a codec as cameras and editors do."""
    return _CODECS.get(codec, codec.upper() if codec.isalnum() else codec)


_CODECS = {
    "h264": "H.264",
    "hevc": "HEVC",
    "prores": "ProRes",
    "mpeg4": "MPEG-4 Visual",
    "mjpeg": "Motion JPEG",
    "opus": "Opus",
    "vorbis": "Vorbis",
    "pcm_s16le": "PCM, not compressed",
    "pcm_s16be": "PCM, not compressed",
    "pcm_s24le": "PCM, not compressed",
}
