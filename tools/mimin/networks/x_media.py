"""Media on its way to X: in one call, or in chunks; the wait until it is processed; alt text."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING

from mimin.networks.http import Answer
from mimin.networks.protocol import NotPublished
from mimin.networks.x import METADATA, description, is_described, is_still

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mimin.model.media import Media
    from mimin.networks.http import Server

UPLOAD = "/2/media/upload"
CHUNK = 4_000_000
"""Bytes of a chunk. X takes 1,000 chunks, so this is enough for what it takes at all."""

_PAUSE = 5
"""Seconds between two looks whether a file has been processed, when X does not say."""
_LONGEST_PAUSE = 30
_PATIENCE = 900
"""Seconds after which we stop waiting."""


class _Processing(Answer):
    state: str = ""
    check_after_secs: int = _PAUSE


class _Upload(Answer):
    id: str
    processing_info: _Processing | None = None


class _Answer(Answer):
    data: _Upload


class Uploads:
    """Uploads of one account."""

    def __init__(
        self, server: Server, bearer: Callable[[], Mapping[str, str]], *, chunk: int = CHUNK
    ) -> None:
        """Use *server*; *bearer* gives the header with a token that is good for some minutes."""
        self._server = server
        self._bearer = bearer
        self._chunk = chunk

    def upload(self, media: Media, content: bytes) -> str:
        """Upload a file, wait until X has processed it, and give it its alt text.

        Returns:
            The media's id; X forgets it after a day.
        """
        uploaded = self._whole(media, content) if is_still(media) else self._chunks(media, content)
        self._wait_for(uploaded, media)
        if is_described(media):
            body = description(uploaded.id, media.alt)
            self._server.send(METADATA, headers=self._bearer(), json=body)
        return uploaded.id

    def _whole(self, media: Media, content: bytes) -> _Upload:
        answer = self._server.send(
            UPLOAD,
            headers=self._bearer(),
            data={"media_category": "tweet_image"},
            files={"media": (_name(media), content, media.mime)},
        )
        return self._server.parse(answer, _Answer).data

    def _chunks(self, media: Media, content: bytes) -> _Upload:
        category = "tweet_gif" if media.mime == "image/gif" else "tweet_video"
        body = {
            "media_type": media.mime,
            "total_bytes": len(content),
            "media_category": category,
        }
        answer = self._server.send(f"{UPLOAD}/initialize", headers=self._bearer(), json=body)
        name = self._server.parse(answer, _Answer).data.id
        if not name.isdigit():
            raise NotPublished(f"{self._server.host} named an upload {name!r}, which is no id")
        for number, start in enumerate(range(0, len(content), self._chunk)):
            piece = content[start : start + self._chunk]
            self._server.send(
                f"{UPLOAD}/{name}/append",
                headers=self._bearer(),
                data={"segment_index": str(number)},
                files={"media": (_name(media), piece, "application/octet-stream")},
            )
        answer = self._server.send(f"{UPLOAD}/{name}/finalize", headers=self._bearer())
        return self._server.parse(answer, _Answer).data

    def _wait_for(self, uploaded: _Upload, media: Media) -> None:
        waited = 0
        state = uploaded.processing_info
        while state is not None and state.state != "succeeded":
            if state.state == "failed":
                raise NotPublished(
                    f"X could not process {media.path}; encode it anew (H.264 and AAC in MP4)",
                    permanent=True,
                )
            if waited >= _PATIENCE:
                raise NotPublished(f"X did not process {media.path} within {_PATIENCE} s")
            pause = min(max(state.check_after_secs, 1), _LONGEST_PAUSE)
            self._server.sleep(pause)
            waited += pause
            params = {"command": "STATUS", "media_id": uploaded.id}
            answer = self._server.read(UPLOAD, params=params, headers=self._bearer())
            state = self._server.parse(answer, _Answer).data.processing_info


def _name(media: Media) -> str:
    """Name a file neutrally: its own name is the team's."""
    return f"media{mimetypes.guess_extension(media.mime) or ''}"
