"""A Page's video: its upload in pieces, which publishes nothing until it is finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mimin.networks.facebook import SESSION
from mimin.networks.graph_errors import is_gone
from mimin.networks.http import Answer, Refusal, Unclear
from mimin.networks.matching import SETTLED
from mimin.networks.protocol import Absent, NotPublished, Receipt

if TYPE_CHECKING:
    from whenever import Instant

    from mimin.networks.graph import Graph
    from mimin.networks.protocol import Job

VIDEO = "video"
"""Handle of the video's id, which Facebook gives when the upload begins."""

_PAUSES = (2, 10)
"""Seconds before the second and the third try of a piece."""
_OUT = frozenset({"ready"})
_FAILED = frozenset({"error", "expired", "upload_failed"})
_UNFINISHED = frozenset({"uploading"})


class _Started(Answer):
    upload_session_id: str
    video_id: str
    start_offset: int
    end_offset: int


class _Transferred(Answer):
    start_offset: int
    end_offset: int


class _Phase(Answer):
    status: str = ""


class _Status(Answer):
    video_status: str = ""
    publishing_phase: _Phase = _Phase()


class _Video(Answer):
    id: str
    status: _Status = _Status()


def upload_video(graph: Graph, page: str, content: bytes) -> dict[str, str]:
    """Send a video in the pieces that Facebook asks for, and give the handles of the upload.

    Raises:
        NotPublished, Unclear: if it was not taken; nothing is public yet.
    """
    path, size = f"{page}/videos", len(content)
    form = {"upload_phase": "start", "file_size": str(size)}
    begun = graph.send(path, _Started, data=form)
    start, end = begun.start_offset, begun.end_offset
    while start < end:
        piece = _transfer(graph, path, begun.upload_session_id, start, content[start:end])
        if piece.start_offset <= start:
            raise NotPublished(f"{graph.server.host} does not go on with an upload at byte {start}")
        start, end = piece.start_offset, piece.end_offset
    if start != size:
        raise NotPublished(f"{graph.server.host} took {start} of {size} bytes of a video")
    return {SESSION: begun.upload_session_id, VIDEO: begun.video_id}


def _transfer(graph: Graph, path: str, session: str, start: int, piece: bytes) -> _Transferred:
    """Send one piece; again when nobody knows whether it arrived, for its place is named."""
    form = {
        "upload_phase": "transfer",
        "upload_session_id": session,
        "start_offset": str(start),
    }
    files = {"video_file_chunk": ("video", piece, "application/octet-stream")}
    for pause in _PAUSES:
        try:
            return graph.send(path, _Transferred, data=form, files=files)
        except Unclear:
            graph.server.sleep(pause)
    return graph.send(path, _Transferred, data=form, files=files)


def find_video(graph: Graph, job: Job, receipt: Receipt, now: Instant) -> Receipt | Absent | None:
    """Ask the video whether its upload was finished and what came of it.

    It may take long until a finished video is shown, so that it is not in a list yet says nothing.
    """
    try:
        status = graph.read(receipt.remote_id, _Video, fields="id,status").status
    except Refusal as refusal:
        if is_gone(refusal):
            # An unfinished upload is thrown away after some time, and a person may have deleted a
            # finished one. Which of the two it was, nobody can say.
            return None
        raise
    if status.video_status in _OUT or status.publishing_phase.status == "complete":
        return receipt
    settled = now >= job.latest + SETTLED
    lost = status.video_status in _FAILED | _UNFINISHED
    return Absent.PROVEN if lost and settled else None
