"""Media on its way to LinkedIn: images in one piece, videos in the parts that LinkedIn asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from mimin.networks.http import Answer
from mimin.networks.linkedin import in_path
from mimin.networks.protocol import NotPublished

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2

    from mimin.model.media import Media
    from mimin.networks.http import Server

_PAUSE = 5
"""Seconds between two looks whether a video has been processed."""
_PATIENCE = 900
"""Seconds after which we stop waiting."""


class _Image(Answer):
    upload_url: str = Field(alias="uploadUrl")
    image: str


class _ImageAnswer(Answer):
    value: _Image


class _Piece(Answer):
    upload_url: str = Field(alias="uploadUrl")
    first: int = Field(alias="firstByte")
    last: int = Field(alias="lastByte")
    """Of the file, this byte too."""


class _Video(Answer):
    video: str
    token: str = Field("", alias="uploadToken")
    pieces: tuple[_Piece, ...] = Field(alias="uploadInstructions")


class _VideoAnswer(Answer):
    value: _Video


class _State(Answer):
    status: str


class Uploads:
    """Uploads of one account for one author."""

    def __init__(
        self, server: Server, headers: Callable[[], Mapping[str, str]], *, author: str
    ) -> None:
        """Use *server*; *headers* gives what every call needs, with a token that is good."""
        self._server = server
        self._headers = headers
        self._author = author

    def upload(self, media: Media, content: bytes) -> str:
        """Upload a file and wait until it can be posted; give its URN."""
        if media.mime.startswith("image/"):
            return self._image(content)
        return self._video(media, content)

    def _image(self, content: bytes) -> str:
        body = {"initializeUploadRequest": {"owner": self._author}}
        answer = self._server.send(
            "/rest/images",
            params={"action": "initializeUpload"},
            headers=self._headers(),
            json=body,
        )
        place = self._server.parse(answer, _ImageAnswer).value
        self._put(place.upload_url, content)
        return place.image

    def _video(self, media: Media, content: bytes) -> str:
        body = {
            "initializeUploadRequest": {
                "owner": self._author,
                "fileSizeBytes": len(content),
                "uploadCaptions": False,
                "uploadThumbnail": False,
            }
        }
        answer = self._act("initializeUpload", body)
        video = self._server.parse(answer, _VideoAnswer).value
        _check_whole(video.pieces, len(content))
        tags = [
            self._put(piece.upload_url, content[piece.first : piece.last + 1])
            for piece in video.pieces
        ]
        done = {"video": video.video, "uploadToken": video.token, "uploadedPartIds": tags}
        self._act("finalizeUpload", {"finalizeUploadRequest": done})
        self._wait_for(video.video, media)
        return video.video

    def _act(self, action: str, body: object) -> httpx2.Response:
        return self._server.send(
            "/rest/videos", params={"action": action}, headers=self._headers(), json=body
        )

    def _put(self, address: str, content: bytes) -> str:
        """Send bytes to where LinkedIn wants them; give the tag that it knows them by."""
        headers = {
            "authorization": self._headers()["authorization"],
            "content-type": "application/octet-stream",
        }
        answer = self._server.send(address, method="PUT", headers=headers, content=content)
        return answer.headers.get("etag", "").strip('"')

    def _wait_for(self, video: str, media: Media) -> None:
        for _ in range(_PATIENCE // _PAUSE):
            answer = self._server.read(f"/rest/videos/{in_path(video)}", headers=self._headers())
            status = self._server.parse(answer, _State).status
            if status == "AVAILABLE":
                return
            if status == "PROCESSING_FAILED":
                raise NotPublished(
                    f"LinkedIn could not process {media.path}; encode it anew (H.264 and AAC in"
                    " MP4)",
                    permanent=True,
                )
            self._server.sleep(_PAUSE)
        raise NotPublished(f"LinkedIn did not process {media.path} within {_PATIENCE} s")


def _check_whole(pieces: tuple[_Piece, ...], size: int) -> None:
    """Make sure that the parts that LinkedIn asks for are the whole file."""
    end = 0
    for piece in pieces:
        if piece.first != end or piece.last < piece.first:
            break
        end = piece.last + 1
    if end != size:
        raise NotPublished(f"LinkedIn asked for {end} bytes of a video of {size}")
