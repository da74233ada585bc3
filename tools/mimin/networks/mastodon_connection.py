"""Mastodon as one account: uploads, the one call that publishes, and the look whether it did."""

from __future__ import annotations

import mimetypes
import time
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from mimin.foreign import read_json
from mimin.networks.approved import approved_bytes, raise_objections
from mimin.networks.http import (
    Answer,
    Refusal,
    Server,
    Wiring,
    nothing_public,
    open_server,
    publishing,
)
from mimin.networks.mastodon import (
    NETWORK,
    STATUSES,
    UPLOADS,
    file_handle,
    home_address,
    media_handle,
    naming,
    revision,
    status,
    status_id,
    with_uploads,
)
from mimin.networks.mastodon_instance import Instance, Profile
from mimin.networks.mastodon_text import text_hash
from mimin.networks.mastodon_timeline import TEXT, Status, Timeline, search
from mimin.networks.protocol import Absent, Identity, NotPublished, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2
    from whenever import Instant

    from mimin.model.media import Media
    from mimin.networks.protocol import Access, Job

_UPLOAD = "/api/v2/media"
_WHOAMI = "/api/v1/accounts/verify_credentials"
_INSTANCE = "/api/v2/instance"
_POLLS = 150
_POLL_PAUSE = 2.0
"""Seconds between two looks whether an upload has been processed."""
_PAGE = 40
_MOST_PAGES = 5


class _Named(Answer):
    id: str


class MastodonConnection:
    """One account on its instance."""

    def __init__(
        self,
        access: Access,
        *,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Make ready; nothing is asked yet. `transport` and `sleep` are replaced by tests."""
        self._access = access
        self._wiring = Wiring(transport=transport, sleep=sleep)
        self._server_: Server | None = None
        self._own_id: str | None = None

    def prepare(self, job: Job) -> Mapping[str, str]:
        """Upload media and wait until the instance has processed it."""
        raise_objections(NETWORK, self._access, job)
        handles = {TEXT: text_hash(job.part.text)}
        with nothing_public():
            for number, media in enumerate(job.part.media):
                handles[media_handle(number)] = self._upload(media)
                handles[file_handle(number)] = media.sha256
            if not job.part.media:
                # A token that does not work is better known now than at the due second.
                self._whoami()
        return handles

    def commit(self, job: Job) -> Receipt:
        """Post the status."""
        wanted = {media_handle(number) for number in range(len(job.part.media))}
        if not wanted <= set(job.handles) or len(job.sent) < job.index:
            raise NotPublished(f"{job.token} was not prepared; nothing was sent")
        if job.index:
            # What a person has told us wrongly, such as a view from elsewhere, is not answered.
            self._place(job.sent[job.index - 1])
        headers = {**self._headers(), **naming(job)}
        try:
            # Media that is "already attached": to what, if not to this very post?
            with publishing():
                answer = self._server().send(STATUSES, headers=headers, json=status(job))
        except Refusal as refusal:
            unfinished = refusal.says("finished processing", "not been processed")
            refusal.permanent = refusal.permanent and not unfinished
            raise
        return with_uploads(self._server().parse(answer, Status).receipt, job.handles)

    def find(self, job: Job) -> Receipt | Absent | None:
        """Look through the account's own timeline; no instance can be asked for our key."""
        if TEXT not in job.handles:
            return None
        found = search(self._timeline(job), job, self._access.clock())
        return with_uploads(found, job.handles) if isinstance(found, Receipt) else found

    def edit(self, job: Job, receipt: Receipt) -> Receipt:
        """Change text, warning, language, alt texts and media; what is up already stays up."""
        path = self._place(receipt)
        known = read_json(receipt.handles.get(UPLOADS, "{}"))
        with nothing_public():
            uploads = [known.get(media.sha256) or self._upload(media) for media in job.part.media]
        answer = self._server().send(
            path, method="PUT", headers=self._headers(), json=revision(job, uploads)
        )
        handles = {
            name: value
            for number, (media, upload) in enumerate(zip(job.part.media, uploads, strict=True))
            for name, value in ((file_handle(number), media.sha256), (media_handle(number), upload))
        }
        return with_uploads(self._server().parse(answer, Status).receipt, handles)

    def retract(self, job: Job, receipt: Receipt) -> None:  # noqa: ARG002 - an id is enough
        """Delete the status and its media."""
        path, params = self._place(receipt), {"delete_media": "true"}
        try:
            answer = self._server().send(
                path, method="DELETE", headers=self._headers(), params=params
            )
        except Refusal as refusal:
            if not self._is_gone(refusal, path, receipt):
                raise
        else:
            self._server().parse(answer, _Named)

    def whoami(self) -> Identity:
        """Ask for the account; what a token may do, an instance does not say."""
        with nothing_public():
            answer = self._server().read(_WHOAMI, headers=self._headers())
            profile = self._server().parse(answer, Profile)
        return Identity(
            remote_id=profile.id,
            handle=f"{profile.acct}@{self._server().host}",
            name=profile.display_name or profile.acct,
            restrictions=profile.restrictions,
        )

    def server_time(self) -> tuple[Instant, Instant] | None:
        """Tell what the network's clock said last, and ours at that moment."""
        return self._wiring.server_time.newest

    def own_limits(self) -> Mapping[str, int]:
        """Ask for the limits of the instance."""
        with nothing_public():
            answer = self._server().read(_INSTANCE)
            return self._server().parse(answer, Instance).limits

    def _is_gone(self, refusal: Refusal, path: str, receipt: Receipt) -> bool:
        """Tell whether a status is gone, and not only unknown to another account or instance."""
        if not _is_unknown(refusal):
            return False
        host = urlsplit(receipt.url).netloc
        if host not in {"", self._server().host}:
            raise NotPublished(
                f"{receipt.url} is not on {self._server().host}, which does not know it;"
                " take it down by hand"
            )
        try:
            self._server().read(path, headers=self._headers())
        except Refusal as answer:
            return _is_unknown(answer)
        return False

    def _place(self, receipt: Receipt) -> str:
        name = status_id(receipt)
        if name is None or urlsplit(receipt.remote_id).netloc not in {"", self._server().host}:
            raise NotPublished(
                f"{receipt.remote_id} is not the address of a status on {self._server().host};"
                " tell the right one"
            )
        return f"{STATUSES}/{quote(name, safe='')}"

    def _timeline(self, job: Job) -> Timeline:
        path = f"/api/v1/accounts/{quote(self._whoami(), safe='')}/statuses"
        timeline = Timeline.since(job)
        params = {"limit": str(_PAGE), "exclude_reblogs": "true"}
        for _ in range(_MOST_PAGES):
            answer = self._server().read(path, params=params, headers=self._headers())
            timeline = timeline.extended(self._server().parse_list(answer, Status))
            if timeline.complete or timeline.stuck:
                break
            params["max_id"] = timeline.statuses[-1].id
        return timeline

    def _whoami(self) -> str:
        # Not kept on disk: the id of another account would turn into a false proof of absence.
        if self._own_id is None:
            answer = self._server().read(_WHOAMI, headers=self._headers())
            self._own_id = self._server().parse(answer, _Named).id
        return self._own_id

    def _upload(self, media: Media) -> str:
        content = approved_bytes(self._access, media)
        # Not the file's own name: it is the team's, and would be public on some servers.
        name = f"media{mimetypes.guess_extension(media.mime) or ''}"
        answer = self._server().send(
            _UPLOAD,
            headers=self._headers(),
            data={"description": media.alt} if media.alt else {},
            files={"file": (name, content, media.mime)},
        )
        uploaded = self._server().parse(answer, _Named).id
        if answer.status_code == 202:
            self._wait_for(uploaded)
        return uploaded

    def _wait_for(self, uploaded: str) -> None:
        path = f"/api/v1/media/{quote(uploaded, safe='')}"
        for _ in range(_POLLS):
            self._server().sleep(_POLL_PAUSE)
            if self._server().read(path, headers=self._headers()).status_code == 200:
                return
        waited = round(_POLLS * _POLL_PAUSE)
        raise NotPublished(f"{self._server().host} did not process an upload within {waited} s")

    def _headers(self) -> Mapping[str, str]:
        access = self._access
        token = (access.secret or "").strip()
        if not token:
            name = access.account.secret or "`secret:` in brand.yml"
            raise NotPublished(f"{access.ref} has no access token; set {name}")
        if not token.isascii() or not token.isprintable() or " " in token:
            raise NotPublished(f"the secret of {access.ref} is no access token; copy it again")
        self._server().hide(token)
        return {"authorization": f"Bearer {token}"}

    def _server(self) -> Server:
        if self._server_ is None:
            try:
                address = home_address(self._access.account)
            except ValueError as error:
                raise NotPublished(str(error), permanent=True) from None
            self._server_ = open_server(address, self._access.clock, self._wiring)
        return self._server_


def _is_unknown(refusal: Refusal) -> bool:
    """Tell whether the instance itself says that it has no such status; a web page does not."""
    return refusal.status in {404, 410} and bool(refusal.code)
