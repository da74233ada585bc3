"""A short video that is rendered for real."""

from __future__ import annotations

import io
from functools import cache
from random import Random

import av
from PIL import Image


@cache
def render(seconds=1, width=64, height=48, rate=10):
    """Render an MP4 with H.264 pictures of noise."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        noise = Random(7)
        for _ in range(seconds * rate):
            picture = Image.frombytes("RGB", (width, height), noise.randbytes(width * height * 3))
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode())
    return file.getvalue()


def read_back(content):
    """Give width, height and the number of pictures."""
    with av.open(io.BytesIO(content)) as container:
        stream = container.streams.video[0]
        return stream.width, stream.height, sum(1 for _ in container.decode(stream))
