"""YouTube's resumable upload: a video in pieces, and the question how far it came.

Source: "Resumable uploads" of the YouTube Data API. A session is one address; whoever has it can
finish the upload, so it is hidden from messages and never put into the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mimin.foreign import read_number
from mimin.networks.http import Answer, Id, Unclear
from mimin.networks.protocol import NotPublished
from mimin.networks.youtube import STEP, last_piece

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx2

    from mimin.networks.http import Server

CHUNK = 64 * STEP
"""Bytes of a piece that is sent beforehand: 16 MiB."""
INCOMPLETE = 308
_PAUSES = (1.0, 3.0, 9.0, 27.0)
"""Seconds before each resumption after a piece that was lost on the way."""


class _Status(Answer):
    privacyStatus: str = ""  # noqa: N815 - the API's name


class Video(Answer):
    """What we need of a video resource."""

    id: Id
    status: _Status = _Status()


@dataclass(frozen=True)
class Progress:
    """How far an upload came."""

    taken: int
    """Bytes that the server has, from the first on."""
    video: Video | None = None
    """The video, once the last byte is there."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """One upload that has been opened."""

    server: Server
    address: str
    size: int
    """Bytes of the whole video."""
    mime: str
    headers: Mapping[str, str]

    def __post_init__(self) -> None:
        """Make sure that the token goes to Google and to nobody else.

        Raises:
            NotPublished: if the address is somebody else's.
        """
        self.server.hide(self.address)
        host = urlsplit(self.address).hostname or ""
        if host != self.server.host and not host.endswith(".googleapis.com"):
            raise NotPublished(f"the upload is to go to {host}, which is not Google's")

    def push(self, content: bytes, start: int, end: int) -> Progress:
        """Send one piece; the piece that reaches the end publishes.

        Raises:
            NotPublished, Unclear: as `Server.send`.
        """
        span = f"bytes {start}-{end - 1}/{self.size}"
        headers = {**self.headers, "content-type": self.mime, "content-range": span}
        return self._progress(self._send(headers, content[start:end]))

    def ask(self) -> Progress:
        """Ask how far the upload came. Changes nothing.

        Raises:
            NotPublished, Unclear: as `Server.send`.
        """
        headers = {**self.headers, "content-range": f"bytes */{self.size}"}
        return self._progress(self._send(headers, b""))

    def push_all_but_last(self, content: bytes, chunk: int = CHUNK) -> None:
        """Send everything but the last piece; go on from wherever the server says it is.

        Raises:
            NotPublished, Unclear: when it does not get on.
        """
        end, taken, lost, failures = last_piece(self.size), 0, False, 0
        while taken < end:
            try:
                progress = self.ask() if lost else self._push_next(content, taken, end, chunk)
            except Unclear:
                progress, lost = Progress(taken), True
            else:
                lost = False
            if progress.taken > taken:
                taken, failures = progress.taken, 0
                continue
            if failures == len(_PAUSES):
                raise NotPublished(f"{self.server.host} took {taken} of {self.size} bytes, no more")
            self.server.sleep(_PAUSES[failures])
            failures += 1

    def _push_next(self, content: bytes, start: int, end: int, chunk: int) -> Progress:
        return self.push(content, start, min(start + chunk, end))

    def _send(self, headers: Mapping[str, str], content: bytes) -> httpx2.Response:
        return self.server.send(
            self.address, method="PUT", headers=headers, content=content, passes={INCOMPLETE}
        )

    def _progress(self, response: httpx2.Response) -> Progress:
        if response.status_code == INCOMPLETE and "location" in response.headers:
            # The same number means "moved" everywhere else, and says nothing about the upload.
            raise Unclear(f"{self.server.host} answered {INCOMPLETE} and leads elsewhere")
        if response.status_code != INCOMPLETE:
            return Progress(self.size, self.server.parse(response, Video))
        # Without the header the server has nothing yet.
        last = read_number(response.headers.get("range", "").rpartition("-")[2])
        return Progress(0 if last is None else last + 1)
