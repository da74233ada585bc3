"""Bluesky as one account: uploads, the one call that publishes, and the look whether it did."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from annotated_types import Len
from whenever import TimeDelta

from mimin.model.base import fold
from mimin.networks.approved import approved_bytes, raise_objections
from mimin.networks.bluesky import ENTRYWAY, NETWORK
from mimin.networks.bluesky_record import (
    APPLY,
    COLLECTION,
    GATES,
    TEXT,
    THUMB,
    is_video,
    media_handle,
    planned_handles,
    publication,
    text_hash,
)
from mimin.networks.bluesky_session import Login
from mimin.networks.bluesky_video import VideoService
from mimin.networks.http import (
    Answer,
    Refusal,
    Server,
    Unclear,
    Wiring,
    nothing_public,
    open_server,
)
from mimin.networks.protocol import Absent, Identity, NotPublished, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2
    from whenever import Instant

    from mimin.model.media import Media
    from mimin.networks.protocol import Access, Job

_UPLOAD = "/xrpc/com.atproto.repo.uploadBlob"
_GET = "/xrpc/com.atproto.repo.getRecord"
_DELETE = "/xrpc/com.atproto.repo.deleteRecord"
_WHOAMI = "/xrpc/com.atproto.server.getSession"
_SETTLED = TimeDelta(seconds=60)
"""A call that we stopped waiting for may still be carried out for so long."""

_UNKNOWN = "RecordNotFound"
"""The only answer that says that a record is not there (lexicon com.atproto.repo.getRecord)."""
_TEMPORARY = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing", "BlobNotFound"})
"""Refusals that a new try, with a new session or a new upload, may well survive."""


_ADDRESS = re.compile(
    r"(?:at://|/profile/)(?P<owner>[^/]+)/(?:post|app\.bsky\.feed\.post)/(?P<rkey>[2-7a-z]{13})/?$"
)


class _Uploaded(Answer):
    blob: dict[str, object]


class _Created(Answer):
    uri: str
    cid: str


class _Applied(Answer):
    results: Annotated[tuple[_Created, ...], Len(min_length=1)]


class _Who(Answer):
    did: str
    handle: str
    active: bool = True
    status: str = ""
    emailConfirmed: bool = True  # noqa: N815 - the name on the wire


class _Value(Answer):
    text: str


class _Found(_Created):
    value: _Value


class BlueskyConnection:
    """One account on its personal data server."""

    def __init__(
        self,
        access: Access,
        *,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Make ready; the first call logs in. `transport` and `sleep` are replaced by tests."""
        self._access = access
        self._wiring = Wiring(transport=transport, sleep=sleep)
        self._login_: Login | None = None

    def prepare(self, job: Job) -> Mapping[str, str]:
        """Log in, upload images, and fix the record's key and moment."""
        raise_objections(NETWORK, self._access, job)
        with nothing_public():
            handles = {**planned_handles(job), "did": self._login().current().did}
            for name, media in _uploads(job).items():
                handles[name] = self._upload(media)
        return handles

    def commit(self, job: Job) -> Receipt:
        """Create the record under its own key."""
        wanted = {"rkey", "createdAt", "did", *_uploads(job)}
        if not wanted <= set(job.handles) or len(job.sent) < job.index:
            raise NotPublished(f"{job.token} was not prepared; nothing was sent")
        with nothing_public():
            job = self._linked(job)
            server, headers = self._home(), self._login().headers()
        path, body = publication(job)
        try:
            answer = server.send(path, headers=headers, json=body)
        except Refusal as refusal:
            self._login().refused(refusal)
            self._check_unknown(job, refusal)
            refusal.permanent = refusal.permanent and refusal.code not in _TEMPORARY
            raise
        if path == APPLY:
            return _receipt(server.parse(answer, _Applied).results[0])
        return _receipt(server.parse(answer, _Created))

    def _check_unknown(self, job: Job, refusal: Refusal) -> None:
        """Make sure that what was refused is not there: the server knows at once.

        Raises:
            Unclear: if it is, or can not be asked for.
        """
        try:
            self._get(job.handles["did"], job.handles["rkey"])
        except Refusal as answer:
            if answer.code == _UNKNOWN:
                return
            raise Unclear(f"{refusal}; whether it is there, nobody says ({answer})") from None
        except (NotPublished, Unclear) as error:
            raise Unclear(f"{refusal}; whether it is there, nobody says ({error})") from None
        raise Unclear(f"{refusal}, but the record is there")

    def find(self, job: Job) -> Receipt | Absent | None:
        """Ask for the record by its key; the account's own server knows at once and for ever."""
        if not {TEXT, "did", "rkey"} <= set(job.handles):
            return None
        try:
            found = self._get(job.handles["did"], job.handles["rkey"])
        except Refusal as refusal:
            if refusal.code != _UNKNOWN:
                raise
            return Absent.PROVEN if self._is_settled(job) and self._is_home(job) else None
        # Another text under our key is nothing that we can explain.
        return _receipt(found) if text_hash(found.value.text) == job.handles[TEXT] else None

    def retract(self, job: Job, receipt: Receipt) -> None:
        """Delete the record, and the thread gate that a first part may have."""
        address = _ADDRESS.search(receipt.remote_id)
        session = self._login().current()
        # Deleting a key that is not there succeeds, so somebody else's would seem to be gone.
        if address is None or not self._is_ours(address["owner"]):
            reason = f"{receipt.remote_id} is not the address of a post of ours; tell the right one"
            raise NotPublished(reason)
        for collection in (COLLECTION, GATES) if job.index == 0 else (COLLECTION,):
            body = {"repo": session.did, "collection": collection, "rkey": address["rkey"]}
            answer = self._again(lambda body=body: self._delete(body))  # type: ignore[misc]
            self._home().parse(answer, Answer)

    def whoami(self) -> Identity:
        """Ask the account's own server."""
        with nothing_public():
            answer = self._again(
                lambda: self._home().read(_WHOAMI, headers=self._login().headers())
            )
            who = self._home().parse(answer, _Who)
        restrictions = [] if who.active else [f"the account is {who.status or 'not active'}"]
        if not who.emailConfirmed:
            restrictions.append("the e-mail address is not confirmed, so videos are refused")
        return Identity(remote_id=who.did, handle=who.handle, restrictions=tuple(restrictions))

    def server_time(self) -> tuple[Instant, Instant] | None:
        """Tell what the network's clock said last, and ours at that moment."""
        return self._wiring.server_time.newest

    def _is_ours(self, owner: str) -> bool:
        """Tell whether an owner, by DID or handle, is the account that we are logged in as."""
        if owner.startswith("did:"):
            return owner == self._login().current().did
        return fold(owner) == fold(self.whoami().handle)

    def _delete(self, body: Mapping[str, str]) -> httpx2.Response:
        return self._home().send(_DELETE, headers=self._login().headers(), json=body)

    def _again(self, call: Callable[[], httpx2.Response]) -> httpx2.Response:
        """Make a call that may be made twice, the second time with a new session."""
        try:
            return call()
        except Refusal as refusal:
            if not self._login().refused(refusal):
                raise
        return call()

    def _linked(self, job: Job) -> Job:
        """Make sure that an answer has all it needs of the parts before it."""
        return replace(job, sent=tuple(self._complete(job, receipt) for receipt in job.sent))

    def _complete(self, job: Job, receipt: Receipt) -> Receipt:
        """Look up a part of which a person has told us no more than its address."""
        if "cid" in receipt.handles:
            return receipt
        address = _ADDRESS.search(receipt.remote_id)
        if address is None:
            reason = f"{receipt.remote_id} is not the address of a bluesky post; tell the right one"
            raise NotPublished(reason)
        return _receipt(self._get(job.handles["did"], address["rkey"]))

    def _get(self, did: str, rkey: str) -> _Found:
        server = self._home()
        params = {"repo": did, "collection": COLLECTION, "rkey": rkey}
        return server.parse(server.read(_GET, params=params), _Found)

    def _is_home(self, job: Job) -> bool:
        """Tell whether the server that lacks the record is the one where the account lives now.

        Another account's server, or one that the account has left, lacks it as well.
        """
        answer = self._again(lambda: self._home().read(_WHOAMI, headers=self._login().headers()))
        who = self._home().parse(answer, _Who)
        return who.active and who.did == job.handles["did"]

    def _is_settled(self, job: Job) -> bool:
        return self._access.clock() >= job.latest + _SETTLED

    def _upload(self, media: Media) -> str:
        content = approved_bytes(self._access, media)
        if is_video(media):
            return json.dumps(self._encoded(content), sort_keys=True)
        answer = self._again(lambda: self._send_blob(content, media.mime))
        return json.dumps(self._home().parse(answer, _Uploaded).blob, sort_keys=True)

    def _encoded(self, content: bytes) -> dict[str, object]:
        now = int(self._access.clock().timestamp())
        login = self._login()
        return VideoService(self._home(), login.headers(), login.current().did).upload(content, now)

    def _send_blob(self, content: bytes, mime: str) -> httpx2.Response:
        headers = {**self._login().headers(), "content-type": mime}
        return self._home().send(_UPLOAD, headers=headers, content=content)

    def _login(self) -> Login:
        if self._login_ is None:
            address = self._access.account.server or ENTRYWAY
            self._login_ = Login(
                self._access, open_server(address, self._access.clock, self._wiring)
            )
        return self._login_

    def _home(self) -> Server:
        return self._login().home()


def _uploads(job: Job) -> dict[str, Media]:
    """Name everything that has to be uploaded for this part by its handle."""
    part = job.part
    uploads = {media_handle(number): media for number, media in enumerate(part.media)}
    if not part.media and part.card and part.card.image:
        uploads[THUMB] = part.card.image
    return uploads


def _receipt(record: _Created) -> Receipt:
    did, _, rkey = record.uri.removeprefix("at://").partition(f"/{COLLECTION}/")
    return Receipt(
        remote_id=record.uri,
        url=f"https://bsky.app/profile/{did}/post/{rkey}",
        handles={"cid": record.cid},
    )
