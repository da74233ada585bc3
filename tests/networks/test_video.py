"""A real video goes up in pieces that do not divide it, and comes back as the same video."""

from __future__ import annotations

import io
import random

import av
import pytest

from mimin.model.payload import Part
from mimin.networks.youtube import STEP

FRAMES = 50


@pytest.fixture(scope="module")
def film():
    """Render two seconds of noise, which no encoder makes small."""
    noise = random.Random(1)
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 360, 640, "yuv420p"
        stream.bit_rate = 8_000_000
        for _ in range(FRAMES):
            frame = av.VideoFrame(360, 640, "yuv420p")
            for plane in frame.planes:
                plane.update(noise.randbytes(plane.buffer_size))
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()


def frames(content):
    with av.open(io.BytesIO(content)) as container:
        return sum(1 for _ in container.decode(video=0))


def test_the_film_is_one(film):
    assert frames(film) == FRAMES
    assert len(film) > 2 * STEP
    assert len(film) % STEP
    assert len(film) % 100_003


def test_youtube_shows_the_film_that_was_reviewed(youtube, film):
    connection = youtube.connect(chunk=STEP)
    part = Part(text="Halo", media=(youtube.image("film.mp4", film),))
    job = youtube.prepared(connection, youtube.job(part))
    assert youtube.published() == []
    receipt = connection.commit(job)
    (video,) = youtube.published()
    assert video["content"] == film
    assert frames(video["content"]) == FRAMES
    youtube.clock.move(minutes=9)
    assert youtube.connect().find(youtube.blind(job)) == receipt


def test_tiktok_shows_the_film_that_was_reviewed(clips, film):
    clips.server.smallest = 100_003
    connection = clips.connect(chunk=100_003)
    part = Part(text="Halo", media=(clips.image("film.mp4", film),))
    job = clips.prepared(connection, clips.job(part))
    assert clips.published() == []
    receipt = connection.commit(job)
    (post,) = clips.published()
    assert post["count"] == len(film) // 100_003 > 2
    assert post["content"] == film
    assert frames(post["content"]) == FRAMES
    clips.clock.move(minutes=9)
    assert clips.connect().find(clips.blind(job)) == receipt
