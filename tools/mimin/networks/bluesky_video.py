"""Bluesky's video service: it takes the file, encodes it, and puts it into the account's blobs.

The service acts for us with a token that the account's own server makes for this one purpose.
Nothing here is public: a blob is seen only when a post names it (lexicons app.bsky.video).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mimin.networks.http import Answer, Refusal
from mimin.networks.protocol import NotPublished

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx2

    from mimin.networks.http import Server

SERVICE = "https://video.bsky.app"

_AUTH = "/xrpc/com.atproto.server.getServiceAuth"
_UPLOAD = "/xrpc/app.bsky.video.uploadVideo"
_STATUS = "/xrpc/app.bsky.video.getJobStatus"
_MINUTES = 30
"""How long the token is good: the service uses it when it is done, not when we send."""
_POLLS = 150
_POLL_PAUSE = 2.0
"""Seconds between two looks at the job."""
_FAULTY = frozenset(
    {"validation_failure", "encoding_failure", "pds_upload_unsupported_blob_size"},
)
"""Failures that only another file mends."""


class _Token(Answer):
    token: str


class _Job(Answer):
    jobId: str = ""  # noqa: N815 - the name on the wire
    state: str = ""
    blob: dict[str, object] | None = None
    failureCode: str = ""  # noqa: N815 - the name on the wire
    error: str = ""
    message: str = ""


class _Told(_Job):
    """The lexicon has the job within `jobStatus`; the service has been seen to give it bare."""

    jobStatus: _Job | None = None  # noqa: N815 - the name on the wire


class VideoService:
    """Uploads of one account."""

    def __init__(self, home: Server, headers: Mapping[str, str], did: str) -> None:
        """Upload for *did*, whose own server is *home*."""
        self._home = home
        self._headers = headers
        self._did = did
        self._service = home.at(SERVICE)

    def upload(self, content: bytes, now: int) -> dict[str, object]:
        """Give the blob of an MP4 file; *now* is in seconds since 1970.

        Raises:
            NotPublished, Unclear: if there is none; nothing is public.
        """
        headers = {"authorization": f"Bearer {self._token(now)}", "content-type": "video/mp4"}
        params = {"did": self._did, "name": "video.mp4"}
        try:
            # A file that the service knows already is a conflict that names its job.
            answer = self._service.send(
                _UPLOAD, headers=headers, params=params, content=content, passes={409}
            )
        except Refusal as refusal:
            # Most are about the account: uploads of the day, an e-mail that is not confirmed.
            refusal.permanent = refusal.status in {413, 415}
            raise
        return self._encoded(self._job(answer))

    def _encoded(self, job: _Job) -> dict[str, object]:
        """Wait for the job's blob."""
        for _ in range(_POLLS):
            if job.blob is not None:
                return job.blob
            if job.state == "JOB_STATE_FAILED" or not job.jobId:
                words = job.message or job.error or job.failureCode or "no reason given"
                raise NotPublished(
                    f"bluesky could not process the video: {words}",
                    permanent=job.failureCode in _FAULTY,
                )
            self._home.sleep(_POLL_PAUSE)
            job = self._job(self._service.read(_STATUS, params={"jobId": job.jobId}))
        waited = round(_POLLS * _POLL_PAUSE)
        raise NotPublished(f"{self._service.host} did not process the video within {waited} s")

    def _job(self, answer: httpx2.Response) -> _Job:
        told = self._service.parse(answer, _Told)
        return told.jobStatus or told

    def _token(self, now: int) -> str:
        # In a DID of the method web, a port stands escaped (did:web, "Method-specific identifier").
        params = {
            "aud": f"did:web:{self._home.host.replace(':', '%3A')}",
            "lxm": "com.atproto.repo.uploadBlob",
            "exp": str(now + _MINUTES * 60),
        }
        answer = self._home.read(_AUTH, params=params, headers=self._headers)
        token = self._home.parse(answer, _Token).token
        self._home.hide(token)
        return token
