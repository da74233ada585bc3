"""Discord as one webhook: the one call that publishes, and changes by the message's number.

The webhook's address is the secret, so no address may appear in a message or a log. A webhook can
not list messages and takes no key: whether one is out whose answer was lost, only a person can see.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Unpack

from mimin.networks.approved import approved_bytes, raise_objections
from mimin.networks.discord import API, NETWORK, WEBHOOKS, asked
from mimin.networks.discord_message import (
    THREAD,
    changed,
    filename,
    message,
    message_id,
    place,
    webhook_path,
)
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
from mimin.networks.protocol import Absent, Identity, NotPublished, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2
    from whenever import Instant

    from mimin.networks.http import Body
    from mimin.networks.protocol import Access, Job

GUILD = "guild"
"""Handle for the server that the channel is on: part of a message's address."""

WEBHOOK = "webhook"
"""Handle of a receipt: the number of the webhook that has posted the message."""

_UNKNOWN_MESSAGE = "10008"
_UNKNOWN_WEBHOOK = "10015"
_OVERLOADED = "130000"
"""Trouble inside, whatever the status: it may have been done."""
_CONTENT = frozenset({"200000", "200001", "240000"})
"""Blocked by AutoMod, or a harmful link: only another text helps."""


class _Webhook(Answer):
    id: str
    name: str | None = None
    channel_id: str | None = None
    guild_id: str | None = None


class _Message(Answer):
    id: Id
    channel_id: str


class DiscordConnection:
    """One webhook."""

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

    def prepare(self, job: Job) -> Mapping[str, str]:
        """See that the files are there and the webhook exists; nothing is uploaded yet."""
        raise_objections(NETWORK, self._access, job)
        for media in job.part.media:
            approved_bytes(self._access, media)
        with nothing_public():
            return {GUILD: self._webhook().guild_id or "@me"}

    def commit(self, job: Job) -> Receipt:
        """Post the message, and wait until Discord says that it is kept."""
        if GUILD not in job.handles:
            raise NotPublished(f"{job.token} was not prepared; nothing was sent")
        body = self._body(job)
        with publishing():
            answer = self._send("", "POST", asked(job), **body)
        posted = self._server().parse(answer, _Message)
        address = f"{API}/channels/{job.handles[GUILD]}/{posted.channel_id}/{posted.id}"
        in_thread = {THREAD, "thread_name"} & set(job.payload.settings)
        handles = {THREAD: posted.channel_id} if in_thread else {}
        return Receipt(remote_id=posted.id, url=address, handles={WEBHOOK: self._number, **handles})

    def find(self, job: Job) -> Receipt | Absent | None:  # noqa: ARG002 - there is nothing to ask
        """Say that a person has to look."""
        return None

    def edit(self, job: Job, receipt: Receipt) -> Receipt:
        """Change a message's text; its files stay."""
        path, query = self._place(job, receipt)
        self._check_webhook(receipt)
        answer = self._send(path, "PATCH", query, json=changed(job))
        self._server().parse(answer, _Message)
        return receipt

    def retract(self, job: Job, receipt: Receipt) -> None:
        """Delete a message."""
        path, query = self._place(job, receipt)
        self._check_webhook(receipt)
        try:
            answer = self._send(path, "DELETE", query)
        except Refusal as refusal:
            if refusal.code != _UNKNOWN_MESSAGE:
                raise
        else:
            self._server().demand(answer, 204)

    def whoami(self) -> Identity:
        """Ask for the webhook: its name, and the channel that it posts to."""
        with nothing_public():
            webhook = self._webhook()
        named = [webhook.name or "", f"channel {webhook.channel_id}" if webhook.channel_id else ""]
        # The channel is the account: its webhook is made anew when the address got out. What a
        # webhook is called on the server is nobody's handle.
        own = webhook.channel_id or webhook.id
        return Identity(remote_id=own, handle="", name=", ".join(filter(None, named)))

    def server_time(self) -> tuple[Instant, Instant] | None:
        """Tell what the network's clock said last, and ours at that moment."""
        return self._wiring.server_time.newest

    def _check_webhook(self, receipt: Receipt) -> None:
        """Refuse what another webhook has posted: to this one it seems to be gone.

        Raises:
            NotPublished: for good; only the one that posted a message can change or delete it.
        """
        if receipt.handles.get(WEBHOOK, self._number) != self._number:
            raise NotPublished(
                f"{receipt.url} was posted by another webhook, which alone can change or delete it;"
                " do it in Discord",
                permanent=True,
            )

    @property
    def _number(self) -> str:
        return self._path().removeprefix(f"{WEBHOOKS}/").partition("/")[0]

    def _webhook(self) -> _Webhook:
        try:
            answer = self._server().read(self._path())
        except Refusal as refusal:
            raise _weighed(refusal) from None
        return self._server().parse(answer, _Webhook)

    def _body(self, job: Job) -> Body:
        if not job.part.media:
            return {"json": message(job)}
        files = {
            f"files[{number}]": (
                filename(number, media),
                approved_bytes(self._access, media),
                media.mime,
            )
            for number, media in enumerate(job.part.media)
        }
        said = json.dumps(message(job), ensure_ascii=False)
        return {"data": {"payload_json": said}, "files": files}

    def _place(self, job: Job, receipt: Receipt) -> tuple[str, Mapping[str, str]]:
        number = message_id(receipt)
        if number is None:
            reason = f"{receipt.remote_id} is not the address of a message; tell the right one"
            raise NotPublished(reason)
        own = {**self._access.account.settings, **job.payload.settings}
        return f"/messages/{number}", place(own, receipt)

    def _send(
        self, path: str, method: str, query: Mapping[str, str], **body: Unpack[Body]
    ) -> httpx2.Response:
        try:
            return self._server().send(self._path() + path, method=method, params=query, **body)
        except Refusal as refusal:
            if refusal.code == _OVERLOADED:
                raise Unclear(str(refusal)) from None
            raise _weighed(refusal) from None

    def _path(self) -> str:
        access = self._access
        secret = (access.secret or "").strip()
        if not secret:
            name = access.account.secret or "`secret:` in brand.yml"
            raise NotPublished(f"{access.ref} has no webhook; set {name}")
        path = webhook_path(secret)
        if path is None:
            raise NotPublished(
                f"the secret of {access.ref} is no webhook's address,"
                " https://discord.com/api/webhooks/…; copy it again"
            )
        for hidden in (secret, path, path.partition("/")[2]):
            self._server().hide(hidden)
        return f"{WEBHOOKS}/{path}"

    def _server(self) -> Server:
        if self._server_ is None:
            self._server_ = open_server(API, self._access.clock, self._wiring)
        return self._server_


def _weighed(refusal: Refusal) -> Refusal:
    """Tell what a new message has to mend from what needs a new webhook."""
    if refusal.code == _UNKNOWN_WEBHOOK:
        refusal.permanent = False
    elif refusal.code in _CONTENT:
        refusal.permanent = True
    return refusal
