"""X as one account: uploads, the one call that publishes, and the look whether it did."""

from __future__ import annotations

import json
import time
from functools import cached_property
from typing import TYPE_CHECKING

from whenever import Instant, TimeDelta

from mimin.model.base import fold
from mimin.networks.approved import approved_bytes, raise_objections
from mimin.networks.http import Answer, Id, Refusal, Unclear, Wiring, nothing_public, open_server
from mimin.networks.matching import SHAPE, TEXT, match, reach_of, repeats, text_hash
from mimin.networks.protocol import Absent, Identity, NotPublished, Receipt
from mimin.networks.tokens import FormRenewal, Tokens
from mimin.networks.x import BASE, NETWORK, POSTS, media_handle, post, post_id
from mimin.networks.x_media import CHUNK, Uploads
from mimin.networks.x_timeline import GENERATIONS, Page, receipt, recognisable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2

    from mimin.networks.http import Server
    from mimin.networks.matching import Listed
    from mimin.networks.protocol import Access, Job

USER = "user"
"""Handle under which the account's id is kept: a look-up has to ask for the same account."""

_WHOAMI = "/2/users/me"
_MOST_PAGES = 5
_WITHOUT_KNOWN = TimeDelta(hours=24 * 7)
"""How much further back is looked where no post of ours is known; each that is listed costs."""
_LONG_TEXT = 25_000
_WITH_LONG_TEXT = frozenset({"Premium", "PremiumPlus"})

_GONE = "/problems/resource-not-found"
"""End of the type of a problem that says that there is no such post; other 404 say less."""
_CONTENT = ("cashtag", "deleted or not visible")
"""Words of a 403 that only another text, or another place in the thread, can mend."""
_UPLOADS = ("media id", "media_id")
"""Words of a 400 that a new upload can mend: X keeps one for a day."""


class _Named(Answer):
    id: str
    username: str
    name: str = ""
    protected: bool = False
    subscription_type: str | None = None


class _Me(Answer):
    data: _Named


class _Posted(Answer):
    id: Id


class _Created(Answer):
    data: _Posted


class _Gone(Answer):
    deleted: bool


class _Deleted(Answer):
    data: _Gone


class XConnection:
    """One account on X."""

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
        self._wiring = Wiring(transport=transport, sleep=sleep)
        self._chunk = chunk
        self._named: _Named | None = None

    def prepare(self, job: Job) -> Mapping[str, str]:
        """Make sure whose token it is, upload media and wait until X has processed it."""
        raise_objections(NETWORK, self._access, job)
        handles = {
            TEXT: text_hash(recognisable(job.part.text)),
            SHAPE: str(len(job.part.media)),
        }
        with nothing_public():
            handles[USER] = self._own_id()
            uploads = Uploads(self._server, self._tokens.bearer, chunk=self._chunk)
            for number, media in enumerate(job.part.media):
                content = approved_bytes(self._access, media)
                handles[media_handle(number)] = uploads.upload(media, content)
        return handles

    def commit(self, job: Job) -> Receipt:
        """Post."""
        wanted = {media_handle(number) for number in range(len(job.part.media))}
        if not wanted | {TEXT} <= set(job.handles) or len(job.sent) < job.index:
            raise NotPublished(f"{job.token} was not prepared; nothing was sent")
        if job.index and post_id(job.sent[job.index - 1].remote_id) is None:
            address = job.sent[job.index - 1].remote_id
            raise NotPublished(f"{address} is not the address of a post on X; tell the right one")
        try:
            answer = self._server.send(POSTS, headers=self._tokens.bearer(), json=post(job))
        except Refusal as refusal:
            # By either name: "duplicate content", and error 187, "Status is a duplicate."
            if refusal.says("duplicate"):
                return self._duplicate(job, refusal)
            refusal.permanent = _is_permanent(refusal)
            raise
        created = self._server.parse(answer, _Created)
        return receipt(created.data.id, self._access.account.handle)

    def find(self, job: Job) -> Receipt | Absent | None:
        """Look through the account's own posts and compare texts."""
        if TEXT not in job.handles or USER not in job.handles:
            return None
        listed, complete = self._own_posts(job)
        return match(listed, job, self._access.clock(), complete=complete)

    def retract(self, job: Job, receipt: Receipt) -> None:  # noqa: ARG002 - the post is enough
        """Delete the post; one that is gone already is as good as deleted."""
        name = post_id(receipt.remote_id)
        if name is None:
            raise NotPublished(
                f"{receipt.remote_id} is not the address of a post on X", permanent=True
            )
        try:
            answer = self._server.send(
                f"{POSTS}/{name}", method="DELETE", headers=self._tokens.bearer()
            )
        except Refusal as refusal:
            if _GONE in json.dumps(refusal.body):
                return
            raise
        if not self._server.parse(answer, _Deleted).data.deleted:
            raise Unclear(f"X did not say that it deleted {name}")

    def whoami(self) -> Identity:
        """Ask whose token it is, and whether the account's posts can be seen."""
        with nothing_public():
            named = self._me("protected")
        grant = self._tokens.grant
        hidden = "the account is protected: only its followers see what it posts"
        return Identity(
            remote_id=named.id,
            handle=named.username,
            name=named.name,
            expires=grant.refresh_expires_at if grant.refresh_token else grant.expires_at,
            restrictions=(hidden,) if named.protected else (),
        )

    def server_time(self) -> tuple[Instant, Instant] | None:
        """Tell what the network's clock said last, and ours at that moment."""
        return self._wiring.server_time.newest

    def own_limits(self) -> Mapping[str, int]:
        """Tell how long a text the account's subscription allows."""
        with nothing_public():
            subscription = self._me("subscription_type").subscription_type
        return {"text": _LONG_TEXT} if subscription in _WITH_LONG_TEXT else {}

    def _duplicate(self, job: Job, refusal: Refusal) -> Receipt:
        """Find which post has the text already; it may be ours, of a call whose answer was lost."""
        try:
            found = self.find(job)
        except Exception as error:  # noqa: BLE001 - a look that failed must not pass for a proof
            raise Unclear(f"{refusal}; looking for it failed: {error}") from None
        if isinstance(found, Receipt):
            return found
        raise Unclear(f"{refusal}; no post of the account is plainly this one")

    def _own_posts(self, job: Job) -> tuple[list[Listed], bool]:
        """List what was posted since a while before this job; and whether that is all of it.

        X lists only what is asked for, so a list of the job's time alone would be as empty for
        another reason. Our newest post has to be on it, or else something older of the account.
        """
        reach = reach_of(job) if job.known else reach_of(job) - _WITHOUT_KNOWN
        start = Instant.from_timestamp(int(reach.timestamp()))
        params = {"start_time": start.format_iso(), "max_results": "100", "exclude": "retweets"}
        handle = self._access.account.handle
        listed: list[Listed] = []
        seen: set[str] = set()
        whole = True
        for _ in range(_MOST_PAGES):
            page = self._page(job.handles[USER], params)
            if repeats(seen, (found.id for found in page.data)):
                return listed, False
            listed += [found.listed(handle) for found in page.data]
            whole = whole and not page.errors
            if not page.meta.next_token:
                return listed, whole
            params["pagination_token"] = page.meta.next_token
        return listed, False

    def _page(self, user: str, params: Mapping[str, str]) -> Page:
        path = f"/2/users/{user}/tweets"
        try:
            answer = self._read(path, {**params, **GENERATIONS[0]})
        except Refusal as refusal:
            if refusal.status != 400:
                raise
            answer = self._read(path, {**params, **GENERATIONS[1]})
        return self._server.parse(answer, Page)

    def _own_id(self) -> str:
        """Give the account's id, and refuse the token of another account."""
        if self._named is None:
            self._named = self._me()
        handle = self._access.account.handle
        if fold(self._named.username) != fold(handle):
            raise NotPublished(
                f"the token of {self._access.ref} is @{self._named.username}'s and not @{handle}'s;"
                " mend the secret, or the handle in brand.yml"
            )
        return self._named.id

    def _me(self, field: str = "") -> _Named:
        answer = self._read(_WHOAMI, {"user.fields": field} if field else {})
        return self._server.parse(answer, _Me).data

    def _read(self, path: str, params: Mapping[str, str]) -> httpx2.Response:
        """Ask, and once more with a new token when X does not take the one that seemed good."""
        try:
            return self._server.read(path, params=params, headers=self._tokens.bearer())
        except Refusal as refusal:
            grant = self._tokens.grant
            if refusal.status != 401 or not grant.refresh_token or not self._tokens.renew():
                raise
            return self._server.read(path, params=params, headers=self._tokens.bearer())

    @cached_property
    def _server(self) -> Server:
        return open_server(BASE, self._access.clock, self._wiring)

    @cached_property
    def _tokens(self) -> Tokens:
        return Tokens(self._access, self._server, FormRenewal(url="/2/oauth2/token", basic=True))


def _is_permanent(refusal: Refusal) -> bool:
    if refusal.status == 403:
        return refusal.says(*_CONTENT)
    return refusal.permanent and not refusal.says(*_UPLOADS)
