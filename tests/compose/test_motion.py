"""What viewers see of a picture that moves is said before it is sent."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from mimin.compose.media import inspect
from mimin.compose.motion import motion_remarks
from mimin.compose.rules import Rules, media_remarks
from mimin.model.media import Media
from mimin.model.payload import Part
from mimin.networks.known import LIMITS


def moving(kind, size=(60, 40), frames=3):
    pictures = [Image.new("P", size, number % 200) for number in range(frames)]
    if kind != "GIF":
        pictures = [picture.convert("RGB") for picture in pictures]
    for number, picture in enumerate(pictures):
        picture.putpixel((number % size[0], number // size[0] % size[1]), 255 - number % 200)
    out = io.BytesIO()
    pictures[0].save(out, kind, save_all=True, append_images=pictures[1:], duration=40)
    return out.getvalue()


def found(content, network):
    facts = inspect(f"a.{Image.open(io.BytesIO(content)).format.lower()}", content)
    assert facts.animated
    return [one.code for one in motion_remarks("a", facts, LIMITS[network], network)]


@pytest.mark.parametrize(
    ("network", "kind", "codes"),
    [
        ("bluesky", "GIF", ["media-stands-still"]),
        ("bluesky", "WEBP", ["media-stands-still"]),
        ("facebook", "GIF", ["media-stands-still"]),
        ("threads", "PNG", ["media-stands-still"]),
        ("telegram", "WEBP", ["media-stands-still"]),
        ("mastodon", "GIF", []),
        ("mastodon", "WEBP", ["media-stands-still"]),
        ("x", "GIF", []),
        ("x", "PNG", ["media-stands-still"]),
        ("linkedin", "GIF", []),
        ("discord", "GIF", []),
        ("discord", "WEBP", []),
        ("discord", "PNG", ["media-stands-still"]),
        ("slack", "GIF", []),  # nothing is known of it, so nothing is said
        ("instagram", "GIF", []),  # refused by its type already
    ],
)
def test_of_what_moves_it_is_said_where_only_the_first_picture_is_seen(network, kind, codes):
    assert found(moving(kind), network) == codes


def test_the_message_names_what_does_move_there_and_the_way_out():
    facts = inspect("a.webp", moving("WEBP"))
    [remark] = motion_remarks("a.webp", facts, LIMITS["mastodon"], "mastodon")
    assert "pictures move only as GIF" in remark.message
    assert "make a video (MP4) of it" in remark.message
    [remark] = motion_remarks("a.webp", facts, LIMITS["bluesky"], "bluesky")
    assert "no pictures move, only videos" in remark.message


@pytest.mark.parametrize("network", sorted(LIMITS))
def test_of_a_picture_that_stands_still_nothing_is_said(network):
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "GIF")
    facts = inspect("a.gif", out.getvalue())
    assert list(motion_remarks("a.gif", facts, LIMITS[network], network)) == []


@pytest.mark.parametrize(
    ("network", "size", "frames", "codes"),
    [
        ("x", (60, 40), 350, []),
        ("x", (60, 40), 351, ["media-too-many-frames"]),
        ("x", (1280, 1080), 2, []),
        ("x", (1281, 40), 2, ["media-too-many-pixels"]),
        ("x", (1200, 1000), 251, ["media-too-many-pixels"]),
        ("linkedin", (60, 40), 250, []),
        ("linkedin", (60, 40), 251, ["media-too-many-frames"]),
    ],
)
def test_a_gif_is_no_larger_and_no_longer_than_its_network_takes(network, size, frames, codes):
    assert found(moving("GIF", size, frames), network) == codes


def test_on_mastodon_a_gif_that_moves_counts_as_a_video_and_one_that_does_not_as_an_image():
    def codes(*moves):
        media = tuple(
            Media(
                path="a",
                sha256="0" * 64,
                mime="image/gif",
                size=9,
                width=9,
                height=9,
                alt="a",
                moves=each,
            )
            for each in moves
        )
        rules = Rules(network="mastodon", limits=LIMITS["mastodon"], measure=len)
        return [one.code for _, one in media_remarks(Part(text="", media=media), rules)]

    assert codes(True) == codes(False) == codes(False, False) == []
    assert codes(True, False) == ["media-mixed"]
    assert codes(True, True) == ["too-many-videos"]


def test_that_a_picture_moves_is_no_part_of_what_is_approved():
    media = Media(
        path="a", sha256="0" * 64, mime="image/gif", size=9, width=9, height=9, alt="a", moves=True
    )
    still = media.model_copy(update={"moves": False})
    assert Part(text="", media=(media,)).content == Part(text="", media=(still,)).content
    assert media.model_dump_json() == still.model_dump_json()
