"""LinkedIn as one author: uploads, the one call that publishes, and the look whether it did."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from mimin.networks.approved import approved_bytes, raise_objections
from mimin.networks.http import (
    Answer,
    Refusal,
    Server,
    Unclear,
    Wiring,
    nothing_public,
    open_server,
)
from mimin.networks.linkedin import (
    AUTHOR,
    BASE,
    NETWORK,
    POSTS,
    THUMBNAIL,
    comment,
    comments_path,
    in_path,
    is_page,
    media_handle,
    post,
    post_urn,
    version_of,
    versioned,
)
from mimin.networks.linkedin_media import Uploads
from mimin.networks.linkedin_posts import (
    Comment,
    changeable,
    comment_made,
    comment_place,
    comment_receipt,
    post_receipt,
)
from mimin.networks.linkedin_reading import Reader
from mimin.networks.linkedin_refusals import (
    duplicate_of,
    explained,
    is_duplicate,
    is_gone,
)
from mimin.networks.linkedin_text import escape
from mimin.networks.linkedin_versions import forecast, has_ended
from mimin.networks.matching import SHAPE, TEXT, text_hash
from mimin.networks.protocol import Absent, Identity, NotPublished, Receipt
from mimin.networks.tokens import FormRenewal, Grant, Renewed, Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import httpx2
    from whenever import Instant

    from mimin.networks.protocol import Access, Job

COMMENT = "comment"
"""Handle that marks a comment: a look-up has no payload."""

_WHOAMI = "/v2/userinfo"
_RENEW = FormRenewal(url="https://www.linkedin.com/oauth/v2/accessToken")
_LISTING = "r_organization_social"


class _Member(Answer):
    sub: str
    name: str = ""


class LinkedInConnection:
    """One member, or one page that the member may post for."""

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
        self._member: _Member | None = None

    def prepare(self, job: Job) -> Mapping[str, str]:
        """Find out in whose name we post, upload media and wait until they can be posted."""
        raise_objections(NETWORK, self._access, job)
        self._check_version(job)
        handles = {TEXT: text_hash(job.part.text)}
        with nothing_public():
            author = job.payload.settings.get(AUTHOR) or self._own_urn()
            handles[AUTHOR] = author
            if job.part.comment:
                return handles | {COMMENT: "yes"}
            handles[SHAPE] = str(len(job.part.media))
            uploads = Uploads(self._server, lambda: self._headers(job), author=author)
            for number, media in enumerate(job.part.media):
                content = approved_bytes(self._access, media)
                handles[media_handle(number)] = uploads.upload(media, content)
            card = job.part.card
            if card and card.image and not job.part.media:
                content = approved_bytes(self._access, card.image)
                handles[THUMBNAIL] = uploads.upload(card.image, content)
        return handles

    def commit(self, job: Job) -> Receipt:
        """Post, or comment on what was posted."""
        wanted = {media_handle(number) for number in range(len(job.part.media))}
        if not wanted | {TEXT, AUTHOR} <= set(job.handles):
            raise NotPublished(f"{job.token} was not prepared; nothing was sent")
        if job.part.comment:
            return self._comment(job)
        if job.index:
            raise NotPublished("LinkedIn has no threads; make it a comment", permanent=True)
        try:
            answer = self._server.send(POSTS, headers=self._headers(job), json=post(job))
        except Refusal as refusal:
            if is_duplicate(refusal):
                return self._duplicate(job, refusal)
            raise self._explained(refusal, job) from None
        urn = answer.headers.get("x-restli-id", "")
        if not urn.startswith("urn:li:"):
            raise Unclear(
                f"{self._server.host} answered {answer.status_code} without naming a post"
            )
        return post_receipt(urn)

    def find(self, job: Job) -> Receipt | Absent | None:
        """Look through a page's own posts or comments; a member's can not be listed."""
        if TEXT not in job.handles or not is_page(job.handles.get(AUTHOR, "")):
            return None
        reader = self._reader(job)
        if COMMENT not in job.handles:
            return reader.find_post(job)
        on = post_urn(job.sent[0].remote_id) if job.sent else None
        return reader.find_comment(job, on) if on else None

    def edit(self, job: Job, receipt: Receipt) -> Receipt:
        """Change a post's text."""
        raise_objections(NETWORK, self._access, job)
        urn = changeable(receipt)
        headers = {**self._headers(job), "x-restli-method": "PARTIAL_UPDATE"}
        patch = {"patch": {"$set": {"commentary": escape(job.part.text)}}}
        try:
            answer = self._server.send(f"{POSTS}/{in_path(urn)}", headers=headers, json=patch)
        except Refusal as refusal:
            raise self._explained(refusal, job) from None
        self._server.demand(answer, 204)
        return receipt

    def retract(self, job: Job, receipt: Receipt) -> None:
        """Delete a post with all its comments, or one comment of ours."""
        place = comment_place(receipt.remote_id)
        headers = {**self._headers(job), "x-restli-method": "DELETE"}
        params = {}
        if place:
            on, number = place
            path = f"/rest/socialActions/{in_path(on)}/comments/{number}"
            params["actor"] = self._author(job)
        else:
            path = f"{POSTS}/{in_path(changeable(receipt))}"
        try:
            answer = self._server.send(path, method="DELETE", headers=headers, params=params)
        except Refusal as refusal:
            if not is_gone(refusal):
                raise self._explained(refusal, job) from None
        else:
            self._server.demand(answer, 204)

    def whoami(self) -> Identity:
        """Ask who the member is; of a page, whether its posts can be listed."""
        account = self._access.account
        author = account.settings.get(AUTHOR, "")
        name, lists = "", True
        with nothing_public():
            if is_page(author):
                lists = self._lists(author)
            else:
                # Whatever brand.yml says: the token tells whose it is.
                name, author = self._me().name, self._own_urn()
            grant = self._tokens.grant
        return Identity(
            remote_id=author,
            handle=account.handle,
            name=name,
            lacking=() if lists else (_LISTING,),
            expires=grant.refresh_expires_at if grant.refresh_token else grant.expires_at,
            restrictions=tuple(self._restrictions(author)),
        )

    def server_time(self) -> tuple[Instant, Instant] | None:
        """Tell what the network's clock said last, and ours at that moment."""
        return self._wiring.server_time.newest

    def _restrictions(self, author: str) -> Iterator[str]:
        yield forecast(version_of(self._access.account.settings))
        if not is_page(author):
            yield (
                "LinkedIn lists no member's posts to an app: a post whose answer was lost is for a"
                " person to look up"
            )

    def _comment(self, job: Job) -> Receipt:
        on = post_urn(job.sent[0].remote_id) if job.sent else None
        if on is None:
            raise NotPublished(f"{job.token} has no post on LinkedIn that it could be a comment on")
        try:
            answer = self._server.send(
                comments_path(job), headers=self._headers(job), json=comment(job)
            )
        except Refusal as refusal:
            if is_duplicate(refusal):
                raise Unclear(str(refusal)) from None
            raise self._explained(refusal, job) from None
        made = self._server.parse(answer, Comment) if answer.content else Comment()
        urn = comment_made(answer, made, on)
        if not urn:
            raise Unclear(f"{self._server.host} answered without naming a comment")
        return comment_receipt(urn, on)

    def _duplicate(self, job: Job, refusal: Refusal) -> Receipt:
        """Find out whether the post that LinkedIn names is ours, of a call that seemed lost."""
        named = duplicate_of(refusal)
        if named is None:
            raise Unclear(str(refusal))
        try:
            found = self._reader(job).judge(job, named)
        except Exception as error:  # noqa: BLE001 - a look that failed must not pass for a proof
            raise Unclear(f"{refusal}; looking at it failed: {error}") from None
        if not isinstance(found, Receipt):
            raise Unclear(f"{refusal}; that post is not plainly this one")
        return found

    def _explained(self, refusal: Refusal, job: Job) -> NotPublished:
        return explained(refusal, version_of(self._settings(job)))

    def _check_version(self, job: Job) -> None:
        version = version_of(self._settings(job))
        today = self._access.clock().to_tz("UTC").date()
        if has_ended(version, today):
            raise NotPublished(
                f"LinkedIn has ended version {version} of its API; set `version:` of"
                f" {self._access.ref} to a newer one"
            )

    def _lists(self, author: str) -> bool:
        try:
            self._reader(None).newest(author)
        except Refusal as refusal:
            if refusal.status != 403:
                raise
            return False
        return True

    def _reader(self, job: Job | None) -> Reader:
        return Reader(self._server, lambda: self._headers(job), self._access.clock)

    def _author(self, job: Job) -> str:
        return self._settings(job).get(AUTHOR) or self._own_urn()

    def _own_urn(self) -> str:
        return f"urn:li:person:{self._me().sub}"

    def _me(self) -> _Member:
        if self._member is None:
            answer = self._server.read(_WHOAMI, headers=self._tokens.bearer())
            self._member = self._server.parse(answer, _Member)
        return self._member

    def _settings(self, job: Job | None) -> Mapping[str, str]:
        return {**self._access.account.settings, **(job.payload.settings if job else {})}

    def _headers(self, job: Job | None) -> dict[str, str]:
        return {**self._tokens.bearer(), **versioned(version_of(self._settings(job)))}

    @cached_property
    def _server(self) -> Server:
        return open_server(BASE, self._access.clock, self._wiring)

    @cached_property
    def _tokens(self) -> Tokens:
        return Tokens(self._access, self._server, _renewed)


def _renewed(server: Server, grant: Grant) -> Renewed:
    if not grant.refresh_token:
        raise NotPublished(
            "the access token has ended, and LinkedIn lets only approved partners renew one; log in"
            " again: `mimin accounts login`"
        )
    return _RENEW(server, grant)
