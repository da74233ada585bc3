"""Pinterest as one account: uploads, the one call that publishes, and the look for the pin."""

from __future__ import annotations

import base64
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, urlsplit

from annotated_types import Len
from pydantic import BeforeValidator, SecretStr
from whenever import Instant

from mimin.networks.approved import approved_bytes, raise_objections
from mimin.networks.http import (
    Answer,
    Id,
    Refusal,
    Server,
    Wiring,
    nothing_public,
    open_server,
    publishing,
)
from mimin.networks.matching import TEXT, Listed, is_settled, match, reach_of, repeats, text_hash
from mimin.networks.pinterest import API, NETWORK, PINS
from mimin.networks.pinterest_pin import (
    BOARD,
    SECTION,
    VIDEO,
    editable,
    is_video,
    pin,
    pin_id,
    recognised_by,
)
from mimin.networks.protocol import Absent, Identity, NotPublished, Receipt
from mimin.networks.tokens import FormRenewal, Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2

    from mimin.model.media import Media
    from mimin.networks.protocol import Access, Job, Known

_MEDIA = "/v5/media"
_WHOAMI = "/v5/user_account"
_RENEWAL = FormRenewal(url="/v5/oauth/token", basic=True)
_POLLS = 90
_POLL_PAUSE = 2.0
"""Seconds between two looks whether a video has been processed."""
_PAGE = 100
_MOST_PAGES = 5
_MOST_ASKED = 20
"""Pins that are asked for one by one in a look."""


def _moment(value: object) -> object:
    """Read a time; without a zone it is UTC."""
    if not isinstance(value, str):
        return value
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class _Pin(Answer):
    id: Id
    title: str | None = None
    description: str | None = None
    link: str | None = None
    created_at: Annotated[datetime, BeforeValidator(_moment)] | None = None

    @property
    def receipt(self) -> Receipt:
        """The proof that it is out."""
        return Receipt(remote_id=self.id, url=f"https://www.pinterest.com/pin/{self.id}/")

    @property
    def text(self) -> str:
        """What it is recognised by."""
        return recognised_by(self.title or "", self.description or "", self.link or "")


class _Pins(Answer):
    items: tuple[_Pin, ...]
    bookmark: str | None = None


class _Place(Answer):
    board_id: str
    board_section_id: str | None = None


class _Registered(Answer):
    media_id: str
    upload_url: str
    upload_parameters: dict[str, SecretStr]


class _Uploaded(Answer):
    status: str = ""


class _Account(Answer):
    id: str = ""
    username: Annotated[str, Len(min_length=1)]
    business_name: str | None = None


class PinterestConnection:
    """One account."""

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
        self._tokens_: Tokens | None = None

    def prepare(self, job: Job) -> Mapping[str, str]:
        """See that board and files are there; upload a video and wait until it is processed.

        Pictures go up with the pin itself.
        """
        raise_objections(NETWORK, self._access, job)
        settings, said = job.payload.settings, pin(job, lambda _: "")
        fields = (str(said.get(name, "")) for name in ("title", "description", "link"))
        handles = {TEXT: text_hash(recognised_by(*fields)), BOARD: settings[BOARD]}
        if SECTION in settings:
            handles[SECTION] = settings[SECTION]
        with nothing_public():
            self._read(f"/v5/boards/{settings[BOARD]}")
            if is_video(job.part):
                handles[VIDEO] = self._upload(job.part.media[0])
            else:
                for media in job.part.media:
                    approved_bytes(self._access, media)
        return handles

    def commit(self, job: Job) -> Receipt:
        """Create the pin."""
        if BOARD not in job.handles or (is_video(job.part) and VIDEO not in job.handles):
            raise NotPublished(f"{job.token} was not prepared; nothing was sent")
        body = pin(job, lambda number: self._base64(job.part.media[number]))
        headers = self._tokens().bearer()
        with publishing():
            answer = self._server().send(PINS, headers=headers, json=body)
        return self._server().parse(answer, _Pin).receipt

    def find(self, job: Job) -> Receipt | Absent | None:
        """Look through the pins of the board; a new one may be missing there for a while."""
        if not {TEXT, BOARD} <= set(job.handles):
            return None
        listed, complete = self._listed(job)
        now = self._access.clock()
        found = match(listed, job, now, complete=complete)
        if found is None and complete and is_settled(job, now):
            # Our newest pins may be on other boards, where this list does not show them.
            found = match(listed, self._on_this_board(job, listed), now, complete=complete)
        return found

    def edit(self, job: Job, receipt: Receipt) -> Receipt:
        """Change title, description, link and alt text; pictures and video stay."""
        path = f"{PINS}/{_number(receipt)}"
        answer = self._authorised(
            lambda headers: self._server().send(
                path, method="PATCH", headers=headers, json=editable(job)
            )
        )
        self._server().parse(answer, _Pin)
        return receipt

    def retract(self, job: Job, receipt: Receipt) -> None:  # noqa: ARG002 - a number is enough
        """Delete the pin."""
        path = f"{PINS}/{_number(receipt)}"
        try:
            answer = self._authorised(
                lambda headers: self._server().send(path, method="DELETE", headers=headers)
            )
        except Refusal as refusal:
            if not _is_gone(refusal):
                raise
        else:
            self._server().demand(answer, 204)

    def whoami(self) -> Identity:
        """Ask for the account; which access the app has, Pinterest does not say."""
        with nothing_public():
            account = self._server().parse(self._read(_WHOAMI), _Account)
        grant = self._tokens().grant
        return Identity(
            remote_id=account.id or account.username,
            handle=account.username,
            name=account.business_name or account.username,
            expires=grant.refresh_expires_at if grant.refresh_token else grant.expires_at,
        )

    def server_time(self) -> tuple[Instant, Instant] | None:
        """Tell what the network's clock said last, and ours at that moment."""
        return self._wiring.server_time.newest

    def _on_this_board(self, job: Job, listed: list[Listed]) -> Job:
        """Leave out known pins of other boards; ask for each that the list lacks where it is."""
        shown = {post.receipt.remote_id for post in listed}
        missing = [known for known in job.known if known.remote_id not in shown]
        if len(missing) > _MOST_ASKED:
            return job
        elsewhere = {known for known in missing if not self._is_on_board(known, job)}
        return replace(job, known=tuple(k for k in job.known if k not in elsewhere))

    def _is_on_board(self, known: Known, job: Job) -> bool:
        number = pin_id(Receipt(remote_id=known.remote_id))
        if number is None:
            return True
        place = self._server().parse(self._read(f"{PINS}/{number}"), _Place)
        return place.board_id == job.handles[BOARD] and (
            SECTION not in job.handles or place.board_section_id == job.handles[SECTION]
        )

    def _listed(self, job: Job) -> tuple[list[Listed], bool]:
        """Give the board's pins, and whether they reach back far enough."""
        place = f"/v5/boards/{quote(job.handles[BOARD], safe='')}"
        if SECTION in job.handles:
            place += f"/sections/{quote(job.handles[SECTION], safe='')}"
        params, dated = {"page_size": str(_PAGE)}, True
        listed: list[Listed] = []
        seen: set[str] = set()
        for _ in range(_MOST_PAGES):
            page = self._server().parse(self._read(f"{place}/pins", params), _Pins)
            if repeats(seen, (found.id for found in page.items)):
                return listed, False
            listed += [
                Listed(receipt=found.receipt, at=Instant(found.created_at), text=found.text)
                for found in page.items
                if found.created_at is not None
            ]
            # What has no time may be ours.
            dated = dated and all(found.created_at for found in page.items)
            if not page.bookmark:
                return listed, dated
            # Newest first, as far as is known; then what follows is older still.
            if listed and listed[-1].at < reach_of(job) and _is_newest_first(listed):
                return listed, dated
            params["bookmark"] = page.bookmark
        return listed, False

    def _upload(self, media: Media) -> str:
        content = approved_bytes(self._access, media)
        answer = self._authorised(
            lambda headers: self._server().send(
                _MEDIA, headers=headers, json={"media_type": "video"}
            )
        )
        registered = self._server().parse(answer, _Registered)
        form = {
            name: value.get_secret_value() for name, value in registered.upload_parameters.items()
        }
        for value in form.values():
            self._server().hide(value)
        parts = urlsplit(registered.upload_url)
        # The store knows us by the signed form; the account's token is none of its business.
        store = self._server().at(f"{parts.scheme}://{parts.netloc}")
        store.send(parts.path or "/", data=form, files={"file": ("video", content, media.mime)})
        self._wait_for(registered.media_id)
        return registered.media_id

    def _wait_for(self, media_id: str) -> None:
        for _ in range(_POLLS):
            answer = self._read(f"{_MEDIA}/{quote(media_id, safe='')}")
            status = self._server().parse(answer, _Uploaded).status
            if status == "succeeded":
                return
            if status == "failed":
                raise NotPublished(
                    "pinterest could not process the video; save it anew as MP4 with H.264"
                )
            self._server().sleep(_POLL_PAUSE)
        waited = round(_POLLS * _POLL_PAUSE)
        raise NotPublished(f"{self._server().host} did not process the video within {waited} s")

    def _base64(self, media: Media) -> str:
        return base64.b64encode(approved_bytes(self._access, media)).decode()

    def _read(self, path: str, params: Mapping[str, str] | None = None) -> httpx2.Response:
        return self._authorised(
            lambda headers: self._server().read(path, params=params, headers=headers)
        )

    def _authorised(self, call: Callable[[Mapping[str, str]], httpx2.Response]) -> httpx2.Response:
        """Make a call that may be made twice, the second time with a renewed token."""
        try:
            return call(self._tokens().bearer())
        except Refusal as refusal:
            if refusal.status != 401 or not self._tokens().renew():
                raise
        return call(self._tokens().bearer())

    def _tokens(self) -> Tokens:
        if self._tokens_ is None:
            self._tokens_ = Tokens(self._access, self._server(), _RENEWAL)
        return self._tokens_

    def _server(self) -> Server:
        if self._server_ is None:
            address = self._access.account.server or API
            self._server_ = open_server(address, self._access.clock, self._wiring)
        return self._server_


def _is_newest_first(listed: list[Listed]) -> bool:
    """Tell whether the list itself shows its order; boards can be put in order by hand."""
    moments = [post.at for post in listed]
    return moments == sorted(moments, reverse=True) and moments[0] > moments[-1]


def _number(receipt: Receipt) -> str:
    number = pin_id(receipt)
    if number is None:
        raise NotPublished(f"{receipt.remote_id} is not the address of a pin; tell the right one")
    return number


def _is_gone(refusal: Refusal) -> bool:
    """Tell whether Pinterest says that there is no such pin; a wrong path is a 404 as well."""
    documented = refusal.status == 404 and isinstance(refusal.body, dict)
    return documented and refusal.says("pin not found")
