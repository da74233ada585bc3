"""YouTube as one channel: the upload, the comment, changes, and the look whether it is out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from mimin.foreign import read_number
from mimin.networks.approved import approved_bytes, raise_objections
from mimin.networks.http import (
    Answer,
    Id,
    Refusal,
    Server,
    Unclear,
    Wiring,
    nothing_public,
    open_server,
    publishing,
)
from mimin.networks.matching import TEXT, is_settled, text_hash
from mimin.networks.notes import keep_note, note_name, read_note
from mimin.networks.protocol import Absent, Identity, NotPublished, Receipt
from mimin.networks.tokens import FormRenewal, Tokens
from mimin.networks.youtube import (
    NETWORK,
    PRIVACY,
    SERVER,
    THREADS,
    UPLOAD,
    VIDEOS,
    comment,
    comment_id,
    last_piece,
    resource,
    start_headers,
    start_query,
    video_id,
)
from mimin.networks.youtube_channel import COMMENTS, CommentThread, ask_channel, video_url
from mimin.networks.youtube_errors import TROUBLE, explained, reason_of
from mimin.networks.youtube_lists import find_comment, find_video, read_snippet
from mimin.networks.youtube_upload import CHUNK, Session, Video

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2
    from whenever import Instant

    from mimin.model.media import Media
    from mimin.networks.protocol import Access, Job

AnsweredT = TypeVar("AnsweredT")

RENEWAL = FormRenewal(url="https://oauth2.googleapis.com/token")
_GONE = frozenset({404, 410})
"""What a session answers that Google has thrown away."""
_UNKNOWN = frozenset({"videoNotFound", "commentNotFound"})
"""Reasons that say that there is no such video or comment."""
_SHORT = 900
"""Longest video in seconds of a channel whose owner has not verified a phone number."""


class _Changed(Answer):
    id: Id


class YouTubeConnection:
    """One channel."""

    def __init__(
        self,
        access: Access,
        *,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        chunk: int = CHUNK,
    ) -> None:
        """Make ready; nothing is asked yet. All but `access` is replaced by tests."""
        self._access = access
        self._chunk = chunk
        self._wiring = Wiring(transport=transport, sleep=sleep)
        self._server = open_server(SERVER, access.clock, self._wiring)
        self._tokens = Tokens(access, self._server, RENEWAL)

    def prepare(self, job: Job) -> Mapping[str, str]:
        """Open the upload and send everything but the last bytes."""
        raise_objections(NETWORK, self._access, job)
        with nothing_public(), explained(self._access.clock):
            if job.part.comment:
                channel = self._renewing(ask_channel)
                return {TEXT: text_hash(job.part.text), "channel": channel.id}
            return self._upload(job, _video_of(job))

    def commit(self, job: Job) -> Receipt:
        """Send the last bytes, or post the comment."""
        with explained(self._access.clock):
            return self._comment(job) if job.part.comment else self._finish(job)

    def find(self, job: Job) -> Receipt | Absent | None:
        """Ask the upload how far it came; where that is not known any more, list the videos."""
        if TEXT not in job.handles:
            return None
        with explained(self._access.clock):
            headers, now = self._tokens.bearer(), self._access.clock()
            if "channel" in job.handles:
                video = video_id(job.sent[0]) if job.sent else None
                return find_comment(self._server, headers, job, video, now) if video else None
            session = self._session(job, headers)
            try:
                return _answer(session, job, now) if session else self._listed(job)
            except Refusal as refusal:
                if refusal.status not in _GONE:
                    raise
                return self._listed(job)

    def edit(self, job: Job, receipt: Receipt) -> Receipt:
        """Change title and description, or the comment; what else the video has stays."""
        with explained(self._access.clock):
            name = comment_id(receipt)
            if name:
                body = {"id": name, "snippet": {"textOriginal": job.part.text}}
                self._change(COMMENTS, {"part": "snippet"}, body)
                return receipt
            video = _named(receipt)
            # The whole part is replaced: what is not sent back would be deleted.
            before = read_snippet(self._server, self._tokens.bearer(), video)
            wanted = before | {"title": job.payload.headline, "description": job.part.text}
            if wanted != before:
                self._change(VIDEOS, {"part": "snippet"}, {"id": video, "snippet": wanted})
            return receipt

    def retract(self, job: Job, receipt: Receipt) -> None:  # noqa: ARG002 - part of the protocol
        """Delete the video, or the comment."""
        name = comment_id(receipt)
        path, name = (COMMENTS, name) if name else (VIDEOS, _named(receipt))
        with explained(self._access.clock):
            try:
                answer = self._server.send(
                    path, method="DELETE", headers=self._tokens.bearer(), params={"id": name}
                )
            except Refusal as refusal:
                if reason_of(refusal) not in _UNKNOWN:
                    raise
            else:
                self._server.demand(answer, 204)

    def whoami(self) -> Identity:
        """Ask which channel the token belongs to."""
        with nothing_public(), explained(self._access.clock):
            channel = self._renewing(ask_channel)
        return Identity(
            remote_id=channel.id,
            handle=channel.handle,
            name=channel.title,
            expires=self._tokens.grant.refresh_expires_at,
            restrictions=()
            if channel.long_videos
            else (
                "no video over 15 minutes until a phone number is verified (youtube.com/verify)",
            ),
        )

    def server_time(self) -> tuple[Instant, Instant] | None:
        """Tell what the network's clock said last, and ours at that moment."""
        return self._wiring.server_time.newest

    def own_limits(self) -> Mapping[str, int]:
        """Ask whether long videos are allowed."""
        with nothing_public(), explained(self._access.clock):
            channel = self._renewing(ask_channel)
        return {} if channel.long_videos else {"video_seconds": _SHORT}

    def _upload(self, job: Job, media: Media) -> Mapping[str, str]:
        content = approved_bytes(self._access, media)

        def start(server: Server, headers: Mapping[str, str]) -> httpx2.Response:
            return server.send(
                UPLOAD,
                params=start_query(job),
                headers={**headers, **start_headers(media.mime, len(content))},
                json=resource(job),
            )

        address = self._renewing(start).headers.get("location", "")
        if not address:
            raise NotPublished(f"{self._server.host} opened no upload")
        session = self._opened(address, len(content), media.mime, self._tokens.bearer())
        # Before the first byte: whatever breaks from here on, the upload can be asked.
        name = note_name(address)
        keep_note(self._access, name, address)
        session.push_all_but_last(content, self._chunk)
        return {
            TEXT: text_hash(f"{job.payload.headline}\n{job.part.text}"),
            "session": name,
            "size": str(len(content)),
            "privacy": PRIVACY[job.payload.visibility],
        }

    def _finish(self, job: Job) -> Receipt:
        media = _video_of(job)
        content = approved_bytes(self._access, media)
        session = self._session(job, self._tokens.bearer())
        if session is None:
            raise NotPublished(f"{job.token} was not prepared on this machine; nothing was sent")
        taken = last_piece(session.size)
        while True:
            try:
                progress = session.push(content, taken, session.size)
            except Refusal as refusal:
                if refusal.status in _GONE:
                    # Gone because it expired, or because it was finished before?
                    raise Unclear(str(refusal)) from None
                raise
            if progress.video:
                return _receipt(progress.video, job)
            if progress.taken <= taken:
                raise NotPublished(f"{self._server.host} did not take the last bytes of the video")
            if progress.taken >= session.size:
                raise Unclear(f"{self._server.host} has the whole video, but says not that it is")
            # It says that it has not all: nothing is out, and the rest is still to be sent.
            taken = progress.taken

    def _comment(self, job: Job) -> Receipt:
        video = video_id(job.sent[0]) if job.sent else None
        if video is None or "channel" not in job.handles:
            raise NotPublished(f"{job.token} has no video to stand under; nothing was sent")
        headers = self._tokens.bearer()
        try:
            with publishing():
                answer = self._server.send(
                    THREADS, params={"part": "snippet"}, headers=headers, json=comment(job)
                )
        except Refusal as refusal:
            if reason_of(refusal) in TROUBLE:
                raise Unclear(str(refusal)) from None
            raise
        return self._server.parse(answer, CommentThread).receipt(video)

    def _listed(self, job: Job) -> Receipt | Absent | None:
        channel = ask_channel(self._server, self._tokens.bearer())
        now = self._access.clock()
        return find_video(self._server, self._tokens.bearer(), job, channel.uploads, now)

    def _change(self, path: str, params: Mapping[str, str], body: object) -> None:
        headers = self._tokens.bearer()
        answer = self._server.send(path, method="PUT", params=params, headers=headers, json=body)
        self._server.parse(answer, _Changed)

    def _session(self, job: Job, headers: Mapping[str, str]) -> Session | None:
        address = read_note(self._access, job.handles.get("session", ""))
        size = read_number(job.handles.get("size", ""))
        if address is None or size is None:
            return None
        media = job.part.media
        return self._opened(address, size, media[0].mime if media else "", headers)

    def _opened(self, address: str, size: int, mime: str, headers: Mapping[str, str]) -> Session:
        return Session(server=self._server, address=address, size=size, mime=mime, headers=headers)

    def _renewing(self, call: Callable[[Server, Mapping[str, str]], AnsweredT]) -> AnsweredT:
        """Make a call that may be repeated; once more when the token was refused too early."""
        try:
            return call(self._server, self._tokens.bearer())
        except Refusal as refusal:
            stale = refusal.status == 401 and self._tokens.grant.refresh_token
            if not stale or not self._tokens.renew():
                raise
            return call(self._server, self._tokens.bearer())


def _answer(session: Session, job: Job, now: Instant) -> Receipt | Absent | None:
    progress = session.ask()
    if progress.video:
        return _receipt(progress.video, job)
    # Nobody finishes an upload whose run has ended; its call may still be under way for a while.
    # One that has less than was sent before the claim is not the upload that we know.
    open_ = last_piece(session.size) <= progress.taken < session.size
    return Absent.PROVEN if open_ and is_settled(job, now) else None


def _receipt(video: Video, job: Job) -> Receipt:
    kept = video.status.privacyStatus
    # A project that Google has not audited gets its videos locked to private.
    handles = {"visibility": kept} if kept and kept != job.handles.get("privacy", kept) else {}
    return Receipt(remote_id=video.id, url=video_url(video.id), handles=handles)


def _named(receipt: Receipt) -> str:
    name = video_id(receipt)
    if name is None:
        raise NotPublished(f"{receipt.remote_id} is not a video's id or address", permanent=True)
    return name


def _video_of(job: Job) -> Media:
    media = job.part.media
    if job.index or len(media) != 1 or not media[0].mime.startswith("video/"):
        raise NotPublished("youtube: a post is one video, no thread; add one", permanent=True)
    return media[0]
