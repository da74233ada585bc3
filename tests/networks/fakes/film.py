"""A real video, rendered here: H.264 in MP4, a bright bar that moves over grey."""

from __future__ import annotations

import io

import av

FRAMES = 24


def rendered(width=160, height=120):
    """Give the bytes of one second of film."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FRAMES)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(FRAMES):
            container.mux(stream.encode(_picture(number, width, height)))
        container.mux(stream.encode())
    return file.getvalue()


def frames(content):
    """Count the pictures that can be decoded."""
    with av.open(io.BytesIO(content)) as film:
        return sum(1 for _ in film.decode(video=0))


def _picture(number, width, height):
    picture = av.VideoFrame(width, height, "yuv420p")
    bright, *colours = picture.planes
    bar = number * 5
    rows = bytearray([90] * bright.line_size * height)
    for row in range(height):
        start = row * bright.line_size + bar
        rows[start : start + 20] = bytes([235]) * 20
    bright.update(bytes(rows))
    for plane in colours:
        plane.update(bytes([128]) * plane.buffer_size)
    return picture
