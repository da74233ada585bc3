"""Encoding: the form of a video that networks take, made of the form in which it was saved.

Runs in an isolated process (`isolated`) like all that opens media: bytes in, bytes out, with one
thread. Pictures are H.264 High with 8 bits (4:2:0), upright, at a constant rate; sound is AAC-LC,
stereo, 48 kHz; the index stands first. What already is so is copied and not coded anew. Of the
original's metadata nothing is taken over, nor tracks that are neither pictures nor sound: some
cameras write their place into one, picture by picture.
"""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import av.filter

from mimin.compose.footage import HDR, alone, open_video, voice_of
from mimin.compose.tones import Filter, as_sdr

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from av.container import InputContainer, OutputContainer

_RATE = 48_000
"""Samples of sound a second; Instagram takes no more."""
_SAMPLES = 1024
"""Of one packet of AAC."""
_STEP = 0.01
"""Part of the video after which it is told how far it is."""
_OVER = 10
"""Seconds that a track may be longer than its video says; gaps are filled, so more is a trap."""
_TURNS = {
    90: (Filter("transpose", "cclock"),),
    180: (Filter("hflip"), Filter("vflip")),
    270: (Filter("transpose", "clock"),),
}
"""Degrees counterclockwise by which a player turns the pictures → the filters that do it."""
_QUALITY = {"preset": "veryfast", "crf": "20", "bf": "0"}
"""Of x264. Without pictures that refer to later ones (`bf`) all are stored as they are shown."""


def encode(
    arguments: dict[str, Any], blobs: list[bytes]
) -> Generator[float, None, tuple[dict[str, object], list[bytes]]]:
    """Make the video; tell on the way which part of it is done.

    The arguments are the fields of `mimin.compose.transcode.Form`, and `seconds`. Gives `trouble`
    in place of a video where none can be made.
    """
    out = io.BytesIO()
    try:
        with open_video(blobs[0]) as source:
            if not (source.streams.video and source.streams.video[0].codec_context):
                return {"trouble": "there are no pictures in it that can be read"}, []
            yield from _encode(source, out, arguments)
    except av.error.MemoryError as error:  # of this machine, not of the file
        raise MemoryError(str(error)) from None
    except (av.error.FFmpegError, ValueError, OverflowError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error) or "no reason given"
        return {"trouble": reason}, []
    return {}, [out.getvalue()]


def _encode(
    source: InputContainer, out: io.BytesIO, form: dict[str, Any]
) -> Generator[float, None, None]:
    with av.open(out, "w", format="mp4", options=_FORM, io_open=_reading(out)) as target:
        target.flags |= _BITEXACT
        stream = source.streams.video[0]
        alone(stream)
        begin = Fraction(source.start_time or 0, 1_000_000)
        tracks: dict[int, _Copied | _Coded] = {
            stream.index: _Copied(stream, target)
            if form["copied"]
            else _Pictures(stream, target, form, begin)
        }
        voice = voice_of(source)
        if form["sound"] and voice is None:
            raise ValueError("its sound is saved in a form that is not known here")
        if form["sound"] and voice is not None:
            alone(voice)
            tracks[voice.index] = (
                _Copied(voice, target)
                if form["sound"] == "copied"
                else _Sound(voice, target, form, begin)
            )
        yield from _mux(source, target, tracks, begin, form["seconds"])


def _mux(
    source: InputContainer,
    target: OutputContainer,
    tracks: dict[int, _Copied | _Coded],
    begin: Fraction,
    seconds: float,
) -> Generator[float, None, None]:
    told = 0.0
    # All tracks are read at once, so that packets are written in the order of the video.
    for packet in source.demux([stream for stream in source.streams if stream.index in tracks]):
        _write(target, tracks[packet.stream.index].take(packet))
        if packet.pts is not None and packet.time_base is not None:
            done = float(packet.pts * packet.time_base - begin) / seconds
            if told + _STEP <= done <= 1:
                told = done
                yield told
    for track in tracks.values():
        _write(target, track.end())


def _write(target: OutputContainer, made: Iterable[av.Packet[Any]]) -> None:
    for packet in made:
        # What AAC needs before its first sample is heard would put off all sound without a list.
        if packet.stream.type == "audio" and packet.pts is not None and packet.pts < 0:
            continue
        target.mux(packet)


_FORM = {"movflags": "+faststart+negative_cts_offsets", "use_editlist": "0"}
"""Of the file: the index first, and no edit lists, which Instagram and Threads do not take. Without
one, pictures that are stored in another order than they are shown need negative offsets to begin
with the sound."""
_BITEXACT = 0x0400
"""`AVFMT_FLAG_BITEXACT`: no version of a program in the file."""


class _Again:
    """The file that is being written, opened once more to be read: to put its index first."""

    name = ""

    def __init__(self, file: io.BytesIO) -> None:
        self._file = file
        self._at = 0

    def read(self, size: int) -> bytes:
        with self._file.getbuffer() as view:
            found = bytes(view[self._at : self._at + size])
        self._at += len(found)
        return found

    def seek(self, offset: int, whence: int = 0) -> int:
        base = (0, self._at, self._file.getbuffer().nbytes)[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        """Leave the file itself open."""


def _reading(out: io.BytesIO) -> Any:
    return lambda *_: _Again(out)


class _Copied:
    """A track that stays as it is."""

    def __init__(self, stream: Any, target: OutputContainer) -> None:
        self._made = target.add_stream_from_template(stream)
        if stream.codec_context.name == "hevc":
            self._made.codec_context.codec_tag = "hvc1"  # Apple's players know no other
        for name in list(self._made.metadata):
            del self._made.metadata[name]

    def take(self, packet: av.Packet[Any]) -> Iterator[av.Packet[Any]]:
        if packet.dts is not None:
            packet.stream = self._made
            yield packet

    def end(self) -> Iterable[av.Packet[Any]]:
        return ()


class _Coded:
    """A track that is decoded, changed by filters, and coded anew."""

    def __init__(self, stream: Any, made: Any, begin: Fraction, most: float) -> None:
        self._stream = stream
        self._most = most
        self._made = made
        self._begin = begin
        self._graph: av.filter.Graph | None = None
        self._count = 0

    def take(self, packet: av.Packet[Any]) -> Iterator[av.Packet[Any]]:
        for frame in packet.decode():
            yield from self._push(frame)

    def end(self) -> Iterator[av.Packet[Any]]:
        if self._graph is None:
            raise ValueError("nothing in it can be decoded")
        self._graph.push(None)
        yield from self._pull(self._graph)
        if not self._count:  # FFmpeg says "later" also where it could not start a thread
            raise ValueError("the filters gave nothing")
        yield from self._made.encode(None)

    def _push(self, frame: Any) -> Iterator[av.Packet[Any]]:
        if self._graph is None:
            self._graph = av.filter.Graph()
            self._graph.threads = 1
            source = self._source(self._graph)
            nodes = [self._graph.add(*each) for each in self._filters(frame)]
            self._graph.link_nodes(source, *nodes, self._graph.add(self._sink)).configure()
        if frame.pts is not None and frame.time_base is not None:
            frame.pts -= round(self._begin / frame.time_base)
        self._graph.push(frame)
        yield from self._pull(self._graph)

    _sink = "buffersink"

    def _pull(self, graph: av.filter.Graph) -> Iterator[av.Packet[Any]]:
        while True:
            try:
                frame = graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            self._count += 1
            if self._count > self._most:
                raise ValueError("its pictures or its sound have times that can not be")
            yield from self._made.encode(self._ready(frame))

    def _ready(self, frame: Any) -> Any:
        return frame

    def _source(self, graph: av.filter.Graph) -> Any:
        raise NotImplementedError

    def _filters(self, frame: Any) -> Iterator[Filter]:
        raise NotImplementedError


class _Pictures(_Coded):
    def __init__(
        self,
        stream: av.VideoStream,
        target: OutputContainer,
        form: dict[str, Any],
        begin: Fraction,
    ) -> None:
        rate = Fraction(form["fps"]).limit_denominator(1001)
        bits = str(form["bits"])
        options = {**_QUALITY, "maxrate": bits, "bufsize": bits, "profile": "high"}
        made = target.add_stream("libx264", rate=rate, options=options)
        made.width, made.height, made.pix_fmt = form["width"], form["height"], "yuv420p"
        made.time_base = 1 / rate
        coding = made.codec_context
        coding.thread_count, coding.thread_type = 1, "NONE"
        coding.gop_size = round(rate * 2)
        coding.colorspace = coding.color_primaries = coding.color_trc = 1  # BT.709
        coding.color_range = 1  # as television has it
        super().__init__(stream, made, begin, (form["seconds"] + _OVER) * rate)
        self._rate = rate
        self._size = form["width"], form["height"]

    def _source(self, graph: av.filter.Graph) -> Any:
        return graph.add_buffer(template=self._stream)

    def _filters(self, frame: av.VideoFrame) -> Iterator[Filter]:
        yield Filter("yadif", "deint=interlaced")
        yield from _TURNS.get(round(frame.rotation) % 360, ())
        yield Filter("fps", f"fps={self._rate}:start_time=0")
        wide, high = self._size
        hdr = HDR.get(int(frame.color_trc))
        if hdr:
            yield Filter("scale", f"w={wide}:h={high}:flags=bicubic:in_color_matrix=bt2020")
            yield from as_sdr(hdr)
        else:
            yield Filter("scale", f"w={wide}:h={high}:flags=bicubic:{_MATRIX}")
        yield Filter("setsar", "1")
        yield Filter("format", "yuv420p")

    def _ready(self, frame: av.VideoFrame) -> av.VideoFrame:
        frame.pict_type = 0  # the encoder decides
        return frame


_MATRIX = "out_color_matrix=bt709:out_range=tv"


class _Sound(_Coded):
    def __init__(
        self,
        stream: av.AudioStream,
        target: OutputContainer,
        form: dict[str, Any],
        begin: Fraction,
    ) -> None:
        made = target.add_stream("aac", rate=_RATE)
        # PyAV's own resampler asks for threads, and does without where none can be started.
        made.codec_context.layout = "stereo"
        made.codec_context.bit_rate = form["sound_bits"]
        super().__init__(stream, made, begin, (form["seconds"] + _OVER) * _RATE / _SAMPLES)

    _sink = "abuffersink"

    def _source(self, graph: av.filter.Graph) -> Any:
        return graph.add_abuffer(template=self._stream)

    def _filters(self, frame: av.AudioFrame) -> Iterator[Filter]:  # noqa: ARG002 - as for pictures
        yield Filter("aresample", f"{_RATE}:async=1000:first_pts=0")
        yield Filter("aformat", "sample_fmts=fltp:channel_layouts=stereo")
        yield Filter("asetnsamples", f"n={_SAMPLES}:p=0")
