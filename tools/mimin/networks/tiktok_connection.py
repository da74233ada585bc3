"""TikTok as one creator: uploads, the call that publishes, and the look what became of it."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from mimin.foreign import read_number
from mimin.networks.approved import approved_bytes, raise_objections
from mimin.networks.http import Refusal, Unclear, Wiring, nothing_public, open_server
from mimin.networks.matching import SETTLED, TEXT, text_hash
from mimin.networks.notes import keep_note, note_name, read_note
from mimin.networks.protocol import Absent, HandedOver, NotPublished, Receipt
from mimin.networks.tiktok import (
    CHUNK,
    DRAFT,
    NETWORK,
    PHOTOS,
    PRIVACY,
    SERVER,
    VIDEO,
    is_draft,
    is_video,
    last_piece,
    media_handle,
    photos,
    piece_sizes,
    video,
)
from mimin.networks.tiktok_api import Api, Started, Status, failure
from mimin.networks.tiktok_creator import ask_creator, check_creator, identify
from mimin.networks.tiktok_list import find_listed
from mimin.networks.tokens import FormRenewal, Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2
    from whenever import Instant

    from mimin.model.media import Media
    from mimin.networks.protocol import Access, Identity, Job

RENEWAL = FormRenewal(url="/v2/oauth/token/", id_field="client_key")
_STATUS = "/v2/post/publish/status/fetch/"
_POLLS = 18
_POLL_PAUSE = 5.0
"""Seconds between two looks; together well below the engine's patience with a call, and below
TikTok's 30 looks a minute."""
_POLLS_FOR_ID = 6
"""Looks after the post is out until its id is given up: moderation may take hours."""
_PUBLIC = "PUBLIC_TO_EVERYONE"


class TikTokConnection:
    """One creator."""

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
        self._api = Api(self._server, self._tokens)

    def prepare(self, job: Job) -> Mapping[str, str]:
        """Ask what the creator may do, and send all of a video but its last piece."""
        raise_objections(NETWORK, self._access, job)
        media = job.part.media
        if job.index or not media:
            raise NotPublished("tiktok: a post is a video or photos, no thread", permanent=True)
        with nothing_public():
            if not is_draft(job.payload):
                check_creator(ask_creator(self._api), job)
            own = self._upload(job, media[0]) if is_video(media[0]) else self._host(job)
        privacy = PRIVACY[job.payload.visibility]
        return {TEXT: text_hash(job.part.text), "privacy": privacy, **own}

    def commit(self, job: Job) -> Receipt:
        """Send the last piece of the video, or name the photos; then wait for what comes of it."""
        media = job.part.media
        return self._finish(job, media[0]) if is_video(media[0]) else self._photos(job)

    def find(self, job: Job) -> Receipt | Absent | None:
        """Ask for the status of the post; list the posts for photos whose number was lost."""
        publish_id = job.handles.get("publish_id") or read_note(
            self._access, job.handles.get("note", "")
        )
        if publish_id is None:
            known = TEXT in job.handles
            return find_listed(self._api, job, self._access.clock()) if known else None
        status = self._status(publish_id)
        if status.data.status == "FAILED":
            return Absent.PROVEN
        if status.data.status == "PROCESSING_UPLOAD":
            now = self._access.clock()
            # An upload that is not complete never publishes, and nobody completes it any more.
            settled = now >= job.latest + SETTLED
            return Absent.PROVEN if settled and _incomplete(status, job) else None
        return self._receipt(status, job, publish_id)

    def whoami(self) -> Identity:
        """Ask who the creator is, and what they may not do just now."""
        with nothing_public():
            return identify(self._api, self._access)

    def server_time(self) -> tuple[Instant, Instant] | None:
        """Tell what the network's clock said last, and ours at that moment."""
        return self._wiring.server_time.newest

    def own_limits(self) -> Mapping[str, int]:
        """Ask how long a video of this creator may be."""
        with nothing_public():
            seconds = ask_creator(self._api).max_video_post_duration_sec
        return {"video_seconds": seconds} if seconds else {}

    def _upload(self, job: Job, media: Media) -> Mapping[str, str]:
        content = approved_bytes(self._access, media)
        size = len(content)
        path = DRAFT if is_draft(job.payload) else VIDEO
        started = self._api.ask(path, video(job, size, self._chunk), Started).data
        if not started.upload_url:
            raise NotPublished(f"{self._server.host} gave no address for the upload")
        self._server.hide(started.upload_url)
        # Whoever has the address can finish the upload, so it stays on this machine.
        note = note_name(started.upload_url)
        keep_note(self._access, note, started.upload_url)
        piece, count = piece_sizes(size, self._chunk)
        for number in range(count - 1):
            start = piece * number
            self._push(started.upload_url, content, start, start + piece, media.mime)
        return {
            "publish_id": started.publish_id,
            "note": note,
            "size": str(size),
            "start": str(last_piece(size, self._chunk)),
        }

    def _host(self, job: Job) -> Mapping[str, str]:
        host = self._access.host
        if host is None:
            raise NotPublished(
                "tiktok fetches photos from a public address; name a `media_host` in brand.yml",
                permanent=True,
            )
        for media in job.part.media:
            approved_bytes(self._access, media)
        addresses = {media_handle(n): host(media) for n, media in enumerate(job.part.media)}
        return {**addresses, "note": note_name(f"{job.token} {job.at.format_iso()}")}

    def _push(self, url: str, content: bytes, start: int, end: int, mime: str) -> None:
        span = f"bytes {start}-{end - 1}/{len(content)}"
        headers = {"content-type": mime, "content-range": span}
        try:
            self._server.send(url, method="PUT", headers=headers, content=content[start:end])
        except Refusal as refusal:
            # A new upload may go better, whatever was wrong with this one.
            refusal.permanent = False
            raise

    def _finish(self, job: Job, media: Media) -> Receipt:
        content = approved_bytes(self._access, media)
        url = read_note(self._access, job.handles.get("note", ""))
        start = read_number(job.handles.get("start", ""))
        if url is None or start is None:
            raise NotPublished(f"{job.token} was not prepared on this machine; nothing was sent")
        self._server.hide(url)
        publish_id = job.handles["publish_id"]
        try:
            self._push(url, content, start, len(content), media.mime)
        except Refusal as refusal:
            return self._after_refusal(job, publish_id, refusal)
        return self._settled(job, publish_id)

    def _after_refusal(self, job: Job, publish_id: str, refusal: Refusal) -> Receipt:
        """Ask what a refused last piece left behind: it may have been there already."""
        try:
            status = self._status(publish_id)
        except (NotPublished, Unclear):
            raise Unclear(str(refusal)) from None
        if status.data.status == "PROCESSING_UPLOAD" and _incomplete(status, job):
            raise refusal
        receipt = self._receipt(status, job, publish_id)
        if receipt is None:
            raise Unclear(str(refusal))
        return receipt

    def _photos(self, job: Job) -> Receipt:
        wanted = {media_handle(number) for number in range(len(job.part.media))}
        if not wanted <= set(job.handles):
            raise NotPublished(f"{job.token} was not prepared; nothing was sent")
        started = self._api.ask(PHOTOS, photos(job), Started, again=False).data
        # Without the note it comes out all the same; only a later look for it gets harder.
        with suppress(NotPublished):
            keep_note(self._access, job.handles["note"], started.publish_id)
        return self._settled(job, started.publish_id)

    def _settled(self, job: Job, publish_id: str) -> Receipt:
        """Wait until TikTok says what became of the post. From here on only that is proof."""
        last = "PROCESSING"
        out: Receipt | None = None
        looks_for_id = 0
        for _ in range(_POLLS):
            self._server.sleep(_POLL_PAUSE)
            try:
                status = self._status(publish_id)
            except (NotPublished, Unclear) as error:
                last = str(error)
                continue
            last = status.data.status
            out = self._receipt(status, job, publish_id)
            looks_for_id += out is not None
            hoping = job.handles.get("privacy") == _PUBLIC and looks_for_id < _POLLS_FOR_ID
            if out and not (hoping and out.remote_id == publish_id):
                return out
        if out:
            return out
        raise Unclear(f"TikTok has not said yet whether {publish_id} is out ({last})")

    def _receipt(self, status: Status, job: Job, publish_id: str) -> Receipt | None:
        """Give the receipt of what is out; None while nobody can say.

        Raises:
            NotPublished: when it failed.
            HandedOver: when it waits as a draft.
        """
        said = status.data
        handle = self._access.account.handle
        if said.status == "FAILED":
            raise failure(self._server.redact(said.fail_reason))
        if said.status == "SEND_TO_USER_INBOX":
            raise HandedOver(where=f"as a draft in the TikTok inbox of @{handle}")
        if said.status != "PUBLISH_COMPLETE":
            return None
        profile = f"https://www.tiktok.com/@{handle}"
        if not said.publicaly_available_post_id:
            # Only public posts have an id, and only after moderation.
            return Receipt(remote_id=publish_id, url=profile)
        name = said.publicaly_available_post_id[0]
        kind = "video" if "size" in job.handles else "photo"
        return Receipt(remote_id=name, url=f"{profile}/{kind}/{name}")

    def _status(self, publish_id: str) -> Status:
        return self._api.ask(_STATUS, {"publish_id": publish_id}, Status)


def _incomplete(status: Status, job: Job) -> bool:
    taken, size = status.data.uploaded_bytes, read_number(job.handles.get("size", ""))
    return taken is not None and size is not None and taken < size
