"""What the bytes of a video say, and what networks do not take of it. The videos are real."""

from __future__ import annotations

import struct

import pytest

from mimin.compose.media import MediaFacts, inspect
from mimin.compose.remark import Remark
from mimin.compose.video import VideoFacts, examine_video, video_remarks
from mimin.model.limits import Limits

FACTS = VideoFacts(
    seconds=10, width=1280, height=720, fps=30, codec="h264", sound="aac", index_first=True
)


def _codes(limits, **changed):
    mime, size = changed.pop("mime", "video/mp4"), changed.pop("size", 1000)
    facts = FACTS.model_copy(update=changed)
    media = MediaFacts(sha256="0" * 64, mime=mime, size=size, video=facts)
    return [remark.code for remark in video_remarks(media, Limits(**limits), "x")]


def test_a_video_tells_what_it_is(rendered):
    content = rendered({"video": "64x48 mp4", "seconds": 2, "fps": 25, "sound": "aac"})
    facts = examine_video("a.mp4", content)
    assert facts == VideoFacts(
        seconds=facts.seconds,
        width=64,
        height=48,
        fps=25,
        codec="h264",
        sound="aac",
        index_first=True,
        pixels="yuv420p",
        sound_rate=48_000,
        sound_channels=2,
    )
    assert facts.seconds == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize(
    ("recipe", "codec", "mime"),
    [
        ({"video": "64x48 webm", "codec": "vp9"}, "vp9", "video/webm"),
        ({"video": "64x48 mp4", "codec": "mpeg4"}, "mpeg4", "video/mp4"),
        ({"video": "64x48 mov"}, "h264", "video/quicktime"),
        ({"video": "64x48 mkv", "codec": "hevc"}, "hevc", "video/x-matroska"),
    ],
)
def test_containers_and_codecs_are_known_by_their_bytes(rendered, recipe, codec, mime):
    name = f"a.{recipe['video'].split()[1]}"
    facts = inspect(name, rendered(recipe))
    assert (facts.mime, facts.width, facts.height, facts.remarks) == (mime, 64, 48, ())
    assert facts.video.codec == codec
    assert facts.video.seconds == pytest.approx(1, abs=0.1)
    assert facts.video.sound == ""


def test_a_turned_video_is_as_large_as_it_is_shown(rendered):
    facts = inspect("a.mp4", rendered({"video": "64x48 mp4", "turn": 90}))
    assert (facts.width, facts.height) == (48, 64)


def test_an_index_at_the_end_is_seen(rendered):
    facts = examine_video("a.mp4", rendered({"video": "64x48 mp4", "streamed": "no"}))
    assert not facts.index_first


@pytest.mark.parametrize("streamed", ["yes", "no"])
def test_a_video_that_was_cut_off_can_not_be_read(rendered, streamed):
    whole = rendered({"video": "64x48 mp4", "seconds": 2, "streamed": streamed})
    found = examine_video("a.mp4", whole[:-200])
    assert isinstance(found, Remark)
    assert found.code == "media-unreadable"
    assert found.message.startswith("a.mp4 can not be read as a video (")


def test_what_only_begins_like_a_video_can_not_be_read():
    facts = inspect("a.mp4", b"\x00\x00\x00\x18ftypisom" + bytes(90))
    assert [remark.code for remark in facts.remarks] == ["media-unreadable"]


def test_a_file_of_sound_alone_is_no_video(rendered):
    sound = _only_sound()
    assert "no pictures" in examine_video("a.mp4", sound).message


def _only_sound():
    import io

    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        voice = container.add_stream("aac", rate=48_000)
        frame = av.AudioFrame("fltp", "stereo", 960)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts = 48_000, 0
        container.mux(voice.encode(frame))
        container.mux(voice.encode())
    return out.getvalue()


@pytest.mark.parametrize(
    ("limits", "changed", "code"),
    [
        ({"video_seconds": 10}, {"seconds": 10.5}, "video-too-long"),
        ({"video_min_seconds": 3}, {"seconds": 2.9}, "video-too-short"),
        ({"video_width": 1280}, {"width": 1281}, "video-too-many-pixels"),
        ({"video_height": 720}, {"height": 721}, "video-too-many-pixels"),
        ({"video_pixels": 921_600}, {"width": 1281}, "video-too-many-pixels"),
        ({"video_min_side": 720}, {"height": 719}, "video-too-small"),
        ({"video_aspect": (1.0, 16 / 9)}, {"height": 700}, "video-aspect-refused"),
        ({"video_fps": (23, 60)}, {"fps": 22.5}, "video-fps-refused"),
        ({"video_codecs": ("h264",)}, {"codec": "vp9"}, "video-codec-refused"),
        ({"video_sound": ("aac",)}, {"sound": "opus"}, "video-codec-refused"),
        ({"video_index_first": True}, {"index_first": False}, "video-index-last"),
        ({"video_codecs": ("h264",)}, {"pixels": "yuv420p10le"}, "video-codec-refused"),
        ({"video_sound_rate": 48_000}, {"sound_rate": 96_000}, "video-sound-refused"),
        ({"video_sound_channels": 2}, {"sound_channels": 6}, "video-sound-refused"),
        ({"video_types": ("video/mp4",)}, {"mime": "video/quicktime"}, "media-type-refused"),
        ({"video_bit_rate": 800}, {"size": 1001}, "media-too-large"),
        ({"video_bytes": 1000}, {"size": 1001}, "media-too-large"),
        ({"video_min_bytes": 1000}, {"size": 999}, "media-too-small"),
    ],
)
def test_each_limit_is_kept_and_its_edge_is_taken(limits, changed, code):
    assert _codes(limits, **changed) == [code]
    assert _codes(limits) == []


def test_a_video_without_sound_has_no_wrong_sound():
    assert _codes({"video_sound": ("aac",)}, sound="") == []


def trimmed(content, begin, seconds):
    """Let a film show a part of its pictures, as telephones do: by its edit list."""
    changed = bytearray(content)
    at = content.index(b"elst")
    _, entries, _, start = struct.unpack_from(">IIII", content, at + 4)
    assert entries == 1
    (of_track,) = struct.unpack_from(">I", content, content.index(b"mdhd") + 16)
    (of_film,) = struct.unpack_from(">I", content, content.index(b"mvhd") + 16)
    struct.pack_into(">II", changed, at + 12, seconds * of_film, start + begin * of_track)
    return bytes(changed)


@pytest.mark.parametrize("begin", [0, 1, 2])
def test_a_video_that_its_maker_has_trimmed_is_whole(rendered, begin):
    whole = rendered({"video": "64x48 mp4", "seconds": 4, "streamed": "yes"})
    part = trimmed(whole, begin, 1)
    found = examine_video("a.mp4", part)
    assert not isinstance(found, Remark), found.message
    assert found.codec == "h264"
    assert examine_video("a.mp4", part[:-200]).code == "media-unreadable"


@pytest.mark.parametrize("streamed", ["yes", "no"])
def test_an_old_quicktime_film_without_a_type_is_a_film(rendered, streamed):
    content = rendered({"video": "64x48 mov", "streamed": streamed})
    (size,) = struct.unpack_from(">I", content)
    assert content[4:8] == b"ftyp"
    # In place of the type stands what is skipped, so that no address in the index changes.
    for old in (struct.pack(">I4s", size, b"wide"), struct.pack(">I4s", size, b"free")):
        facts = inspect("a.mov", old + content[8:])
        assert (facts.mime, facts.width, facts.remarks) == ("video/quicktime", 64, ())


def test_a_title_in_letters_of_its_own_is_no_fault_of_a_film(rendered):
    content = rendered({"video": "64x48 mp4", "title": "Senja"}).replace(b"Senja", b"S\xe9nj\xff")
    facts = examine_video("a.mp4", content)
    assert not isinstance(facts, Remark), facts.message
    assert facts.named == ("title",)
