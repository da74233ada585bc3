"""Copies of films are what networks take, whatever a telephone has saved. The films are real."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import textwrap
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from mimin.compose import transcode as module
from mimin.compose.boxes import boxes
from mimin.compose.media import MediaFacts, inspect
from mimin.compose.remark import Remark
from mimin.compose.tones import as_sdr
from mimin.compose.transcode import Form, faults, kept_names, original_of, plan_form, transcode
from mimin.compose.video import VideoFacts
from mimin.isolated import StoppedError, TooCostlyError
from mimin.model.limits import Limits
from mimin.networks.known import LIMITS

pytestmark = pytest.mark.long

PHONES = {
    "an iPhone's HEVC, turned, with a place": {
        "video": "320x180 mov", "seconds": 4, "codec": "hevc", "turn": -90, "sound": "aac",
        "com.apple.quicktime.location.ISO6709": "-06.2+106.8/", "streamed": "no",
    },
    "HLG with 10 bits": {
        "video": "320x180 mov", "seconds": 4, "codec": "hevc", "hdr": "HLG",
        "pixels": "yuv420p10le",
    },
    "PQ with 10 bits": {
        "video": "320x180 mp4", "seconds": 4, "codec": "hevc", "pixels": "yuv420p10le", "hdr": "PQ",
    },
    "240 pictures a second": {"video": "320x180 mp4", "seconds": 3, "fps": 240},
    "pictures that are shown unevenly long": {
        "video": "320x180 mp4", "seconds": 3, "codec": "mpeg4", "uneven": "yes", "sound": "aac",
    },
    "sound that is not compressed": {
        "video": "320x180 mov", "seconds": 4, "sound": "pcm_s16le", "rate": 44_100,
        "channels": "mono",
    },
    "six channels": {"video": "320x180 mov", "seconds": 4, "sound": "aac", "channels": "5.1"},
    "odd sizes": {"video": "321x181 mp4", "seconds": 4, "pixels": "yuv444p"},
    "ProRes": {"video": "320x180 mov", "seconds": 4, "codec": "prores_ks", "pixels": "yuv422p10le"},
    "upside down": {"video": "320x180 mov", "seconds": 4, "codec": "hevc", "turn": 180},
    "the web": {"video": "320x180 webm", "seconds": 4, "codec": "vp9", "sound": "libopus"},
}  # fmt: skip
TAKERS = [LIMITS["x"], LIMITS["instagram"], LIMITS["tiktok"].model_copy(update={
    "video_min_side": None})]  # fmt: skip


def made(recipe, rendered, takers=TAKERS):
    content = rendered(recipe)
    name = "a." + recipe["video"].split()[1]
    facts = inspect(name, content)
    form = plan_form(facts, takers)
    assert isinstance(form, Form), form
    return facts, transcode(content, form, facts.video.seconds)


@pytest.mark.parametrize("phone", PHONES)
def test_a_copy_is_what_every_network_takes(phone, rendered):
    original, content = made(PHONES[phone], rendered)
    facts = inspect("a.mp4", content)
    video = facts.video
    assert (facts.mime, facts.remarks) == ("video/mp4", ())
    assert (video.codec, video.pixels, video.hdr) == ("h264", "yuv420p", "")
    assert video.sound == ("aac" if original.video.sound else "")
    if video.sound:
        assert (video.sound_rate, video.sound_channels) == (48_000, 2)
    assert video.index_first
    assert 23 <= video.fps <= 60
    assert not video.located
    assert video.named == ()
    assert video.seconds == pytest.approx(original.video.seconds, abs=0.1)
    assert abs(facts.width - original.width) <= 1
    assert abs(facts.height - original.height) <= 1
    assert not any(faults(facts, limits, "x") for limits in TAKERS)
    assert b"elst" not in content
    assert {kind for kind, _, _ in boxes(content, 0, len(content))} <= {
        b"ftyp", b"moov", b"free", b"mdat",
    }  # fmt: skip


@pytest.mark.parametrize("turn", [0, 90, 180, -90])
def test_pictures_that_are_coded_anew_stand_upright_in_their_bytes(turn):
    content = _with_a_mark(turn)
    shown = _first(content)
    facts = inspect("a.mov", content)
    copy = transcode(content, plan_form(facts, [LIMITS["x"]]), facts.video.seconds)
    frame = _first(copy)
    assert frame.rotation == 0
    expected = shown.to_image().convert("L").rotate(shown.rotation, expand=True)
    got = frame.to_image().convert("L")
    assert got.size == expected.size
    assert _apart(got, expected) < 5


def _with_a_mark(turn):
    """Render a film that is white in its upper left corner."""
    picture = Image.new("RGB", (320, 180))
    picture.paste("white", (0, 0, 120, 60))
    out = io.BytesIO()
    with av.open(out, "w", format="mov") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        stream.set_display_rotation(turn)
        for _ in range(25):
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode())
    return out.getvalue()


def _first(content):
    with av.open(io.BytesIO(content)) as container:
        return next(container.decode(video=0))


def _apart(one, other):
    one, other = one.resize((40, 40)), other.resize((40, 40))
    return ImageStat.Stat(ImageChops.difference(one, other)).mean[0]


def _packets(content):
    with av.open(io.BytesIO(content), options={"ignore_editlist": "1"}) as container:
        return [bytes(p) for p in container.demux(video=0) if p.size]


def test_where_only_the_file_is_wrong_no_picture_changes(rendered):
    recipe = {
        "video": "320x180 mov", "seconds": 4, "streamed": "no", "sound": "aac",
        "location": "-06.2+106.8/", "artist": "Siti",
    }  # fmt: skip
    facts, content = made(recipe, rendered)
    assert facts.video.located
    assert facts.video.named == ("artist",)
    assert _packets(content) == _packets(rendered(recipe))
    assert b"Siti" not in content
    assert b"106.8" not in content


@pytest.mark.parametrize("sound", ["aac", "pcm_s16le"])
@pytest.mark.parametrize("codec", ["h264", "mpeg4"])
def test_sound_and_pictures_begin_together(codec, sound, rendered):
    recipe = {"video": "320x180 mov", "seconds": 4, "codec": codec, "sound": sound}
    _, content = made(recipe, rendered)
    with av.open(io.BytesIO(content)) as container:
        starts = [next(container.decode(s)).time for s in (container.streams.video[0],)]
        container.seek(0)
        starts.append(next(container.decode(container.streams.audio[0])).time)
    assert starts == [pytest.approx(0, abs=0.005)] * 2


def test_what_a_maker_cut_off_is_not_in_the_copy(rendered):
    whole = rendered({"video": "64x48 mp4", "seconds": 4, "streamed": "yes"})
    part, at = bytearray(whole), whole.index(b"elst")
    (start,) = struct.unpack_from(">I", whole, at + 16)
    (of_track,) = struct.unpack_from(">I", whole, whole.index(b"mdhd") + 16)
    (of_film,) = struct.unpack_from(">I", whole, whole.index(b"mvhd") + 16)
    struct.pack_into(">II", part, at + 12, 2 * of_film, start + of_track)
    facts = inspect("a.mp4", bytes(part))
    assert facts.video.trimmed
    form = plan_form(facts, [LIMITS["instagram"]])
    assert not form.copied
    copy = inspect("a.mp4", transcode(bytes(part), form, facts.video.seconds))
    assert copy.video.seconds == pytest.approx(2, abs=0.1)
    assert not copy.video.trimmed


def test_no_thread_is_started_for_pictures(rendered, tmp_path):
    if not Path("/proc/self/task").is_dir():
        pytest.skip("threads are counted in /proc")
    film = tmp_path / "film"
    film.write_bytes(rendered(PHONES["HLG with 10 bits"]))
    form = {"copied": False, "sound": "", "width": 320, "height": 180, "fps": 25, "bits": 500_000}
    program = f"""
        import os, pathlib
        from mimin.compose.encode import encode
        making = encode({{**{form!r}, "sound_bits": 0, "seconds": 4}},
                        [pathlib.Path({str(film)!r}).read_bytes()])
        print(max(len(os.listdir("/proc/self/task")) for _ in making))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "1"


def test_it_is_told_how_far_it_is(rendered):
    content = rendered(PHONES["odd sizes"])
    facts, told = inspect("a.mp4", content), []
    transcode(content, plan_form(facts, TAKERS), facts.video.seconds, told.append)
    assert len(told) > 20
    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] <= 1


def test_what_takes_too_long_is_ended(rendered, monkeypatch):
    content = rendered(PHONES["HLG with 10 bits"])
    facts = inspect("a.mov", content)
    monkeypatch.setattr(module, "_SECONDS", 0)
    monkeypatch.setattr(module, "_A_SECOND", 0)
    big = {"width": 7680, "height": 4320, "fps": 60}
    form = plan_form(facts, TAKERS).model_copy(update=big)
    with pytest.raises(TooCostlyError):
        transcode(content, form, facts.video.seconds)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video 5000 RTP/AVP 96\r\n",
        b"\0\0\0\x18ftypisom" + bytes(90),
    ],
)
def test_what_is_no_film_gives_a_reason_and_no_bytes(content, rendered):
    facts = inspect("a.mp4", rendered(PHONES["odd sizes"]))
    with pytest.raises(StoppedError):
        transcode(content, plan_form(facts, TAKERS), 4)


def test_a_film_that_was_cut_off_gives_a_reason(rendered):
    content = rendered({"video": "64x48 mp4", "seconds": 2, "streamed": "no"})[:-200]
    facts = inspect("a.mp4", rendered(PHONES["odd sizes"]))
    with pytest.raises(StoppedError):
        transcode(content, plan_form(facts, TAKERS), 2)


def test_sound_that_can_not_be_read_is_never_left_out_silently(rendered):
    content = rendered({"video": "64x48 mov", "seconds": 4, "sound": "pcm_s16le"})
    content = content.replace(b"sowt", b"apac")
    facts = inspect("a.mov", content)
    assert facts.video.sound == "unknown"
    with pytest.raises(StoppedError, match="its sound is saved in a form that is not known"):
        transcode(content, plan_form(facts, [LIMITS["bluesky"]]), 4)


def test_a_copy_stays_below_its_bytes(rendered):
    recipe = {"video": "320x180 mp4", "seconds": 4, "noise": "yes"}
    facts, content = made(recipe, rendered, [Limits(video_bytes=300_000)])
    assert facts.size > 3_000_000
    assert len(content) <= 300_000


FILM = MediaFacts(
    sha256="ab" * 32,
    mime="video/quicktime",
    size=400_000_000,
    width=2160,
    height=3840,
    video=VideoFacts(
        seconds=60, width=2160, height=3840, fps=59.94, codec="hevc", sound="aac",
        index_first=False, sound_rate=48_000, sound_channels=2,
    ),
)  # fmt: skip


def _form(*takers, **changed):
    video = FILM.video.model_copy(update=changed)
    size = {"width": video.width, "height": video.height}
    return plan_form(FILM.model_copy(update={"video": video, **size}), takers)


@pytest.mark.parametrize(
    ("takers", "size", "fps"),
    [
        (["instagram"], (1080, 1920), 59.94),
        (["instagram", "x"], (720, 1280), 59.94),
        (["discord"], (742, 1320), 29.97),
        (["instagram", "discord"], (742, 1320), 29.97),
    ],
)
def test_one_copy_is_made_for_the_strictest(takers, size, fps):
    form = _form(*(LIMITS[name] for name in takers))
    assert not form.copied
    assert form.sound == ("coded" if "discord" in takers else "copied")
    assert form.width / form.height == pytest.approx(9 / 16, abs=0.01)
    assert form.height <= size[1]
    assert form.fps == pytest.approx(fps, abs=0.01)
    most = min((LIMITS[name].video_bytes or 10**12) for name in takers)
    assert (form.bits + form.sound_bits) / 8 * 60 < min(most, 100_000_000)


@pytest.mark.parametrize(
    ("fps", "allowed", "made"),
    [
        (29.83, (23, 60), 29.97),
        (240, (23, 60), 60),
        (119.88, (23, 60), 59.94),
        (10, (23, 60), 29.97),
        (12, (0, 60), 12),
        (50, (0, 30), 25),
        (25.02, (23, 60), 25),
        (90, (23, 60), 45),
    ],
)
def test_pictures_come_at_a_rate_that_players_know(fps, allowed, made):
    assert _form(Limits(video_fps=allowed), fps=fps).fps == pytest.approx(made, abs=0.04)


def test_what_has_too_many_bits_a_second_is_coded_anew_below_them():
    limits = Limits(video_bit_rate=4_000_000, video_codecs=("hevc", "h264"))
    form = _form(limits, width=720, height=1280)
    assert not form.copied
    assert form.bits + form.sound_bits <= 4_000_000


def test_a_copied_film_is_called_as_apples_players_know_it(rendered):
    content = rendered({"video": "64x48 mov", "seconds": 4, "codec": "hevc", "streamed": "no"})
    facts = inspect("a.mov", content)
    form = plan_form(facts, [LIMITS["instagram"]])
    assert form.copied
    copy = transcode(content, form, 4)
    assert b"hvc1" in copy
    assert b"hev1" not in copy


def test_what_can_not_be_made_small_enough_says_so():
    found = _form(LIMITS["discord"], seconds=3600)
    assert isinstance(found, Remark)
    assert found.message.startswith("3,600 s of film can not be made as small as 10,485,760 bytes")


def test_what_has_to_be_made_anew_is_told_alone():
    film = FILM.model_copy(update={"video": FILM.video.model_copy(update={"seconds": 900})})
    assert [remark.code for remark in faults(film, LIMITS["x"], "x")] == ["video-too-long"]


def test_a_copy_is_named_after_the_bytes_of_its_original():
    names = kept_names("content/a/posts/IMG 1.MOV", "0123456789abcdef" * 4)
    assert names[0] == "content/a/posts/IMG 1.0123456789.mp4"
    assert names[1] == "content/a/posts/IMG 1.0123456789-2.mp4"
    assert {original_of(name) for name in names} == {"IMG 1"}
    assert original_of("content/a/posts/promo.mp4") is None


@pytest.mark.parametrize("hdr", ["HLG", "PQ"])
def test_grey_stays_grey_and_white_is_as_white_as_it_is_meant(hdr):
    white, middle = {"HLG": (721, 500), "PQ": (594, 400)}[hdr]  # 10 bits; BT.2408, table 1
    shades = [_shown(hdr, value) for value in (64, middle, white, 940)]
    assert all(abs(blue - 128) <= 1 and abs(red - 128) <= 1 for _, blue, red in shades)
    lights = [light for light, _, _ in shades]
    assert lights[0] == pytest.approx(16, abs=2)
    assert lights[0] + 40 < lights[1] < lights[2] - 30 < lights[3]
    assert lights[2] > 195
    assert lights[3] == pytest.approx(235, abs=3)


def _shown(hdr, value):
    frame = av.VideoFrame(64, 48, "yuv420p10le")
    for plane, told in zip(frame.planes, (value, 512, 512), strict=True):
        plane.update(told.to_bytes(2, "little") * (plane.buffer_size // 2))
    frame.pts, frame.colorspace, frame.color_range = 0, 9, 1
    graph = av.filter.Graph()
    nodes = [
        graph.add("buffer", "video_size=64x48:pix_fmt=yuv420p10le:time_base=1/25:pixel_aspect=1/1"
                            ":colorspace=bt2020nc:range=tv"),
        graph.add("scale", "w=64:h=48:in_color_matrix=bt2020"),
        *(graph.add(*each) for each in as_sdr(hdr)),
        graph.add("format", "yuv420p"),
        graph.add("buffersink"),
    ]  # fmt: skip
    graph.link_nodes(*nodes).configure()
    graph.push(frame)
    made = graph.pull()
    return tuple(bytes(plane)[0] for plane in made.planes)
