"""Telegram as one bot: the one call that publishes, changes, and what the bot may do.

The token is part of every address, so no address may appear in a message or a log. A bot is never
told of its own posts and can not list them: whether a post is out whose answer was lost, only a
person can see.
"""

from __future__ import annotations

import re
import time
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
    publishing,
)
from mimin.networks.protocol import Absent, Identity, NotPublished, Receipt
from mimin.networks.telegram import API, NETWORK
from mimin.networks.telegram_message import (
    CHAT,
    captioned,
    chat_id,
    chat_in,
    chat_of,
    filename,
    in_form,
    message,
    message_id,
    written,
)
from mimin.networks.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2
    from whenever import Instant

    from mimin.model.media import Media
    from mimin.networks.protocol import Access, Job

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_MESSAGES = "messages"
"""Handle for the numbers of all messages of an album."""

_RIGHTS = {
    "can_post_messages": "post messages",
    "can_edit_messages": "edit messages",
    "can_delete_messages": "delete messages",
}
"""What mimin uses, by the names of the API → as the app calls it."""

_ABOUT_THE_CHAT = (
    "chat not found",
    "upgraded to a supergroup",
    "not enough rights",
    "need administrator rights",
    "have no rights",
    "bot was kicked",
)
"""Refusals with 400 that no other text would mend, but the channel's administrators can."""


class _Named(Answer):
    id: int
    username: str = ""
    title: str = ""
    first_name: str = ""


class _Message(Answer):
    message_id: int
    chat: _Named


class _Sent(Answer):
    result: _Message


class _Album(Answer):
    result: tuple[_Message, ...]


class _Done(Answer):
    ok: bool


class _Who(Answer):
    result: _Named


class _Rights(Answer):
    status: str
    can_post_messages: bool = False
    can_edit_messages: bool = False
    can_delete_messages: bool = False


class _Member(Answer):
    result: _Rights


class TelegramConnection:
    """One bot in one channel."""

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
        """See that the files are there and that the bot knows the channel; nothing is uploaded.

        Files go up with the message itself: Telegram has no other place for them.
        """
        raise_objections(NETWORK, self._access, job)
        for media in job.part.media:
            approved_bytes(self._access, media)
        chat = chat_of(job.payload.settings, self._access.account)
        with nothing_public():
            self._ask("getChat", chat_id=chat)
        return {CHAT: chat}

    def commit(self, job: Job) -> Receipt:
        """Send the message."""
        if CHAT not in job.handles or len(job.sent) < job.index:
            raise NotPublished(f"{job.token} was not prepared; nothing was sent")
        if job.index and message_id(job.sent[job.index - 1]) is None:
            address = job.sent[job.index - 1].remote_id
            raise NotPublished(f"{address} is not the address of a message; tell the right one")
        call = message(job)
        with publishing():
            answer = self._call(call.method, call.fields, call.files)
        if call.method != "sendMediaGroup":
            return _receipt((self._server().parse(answer, _Sent).result,))
        messages = self._server().parse(answer, _Album).result
        if not messages:
            raise RuntimeError(f"{self._server().host} names no message of the album")
        return _receipt(messages)

    def find(self, job: Job) -> Receipt | Absent | None:  # noqa: ARG002 - there is nothing to ask
        """Say that a person has to look."""
        return None

    def edit(self, job: Job, receipt: Receipt) -> Receipt:
        """Change a message's text, or what stands under its media."""
        if job.part.media:
            caption = {"caption": "", **captioned(job.part)}
            method, fields = "editMessageCaption", caption
        else:
            method, fields = "editMessageText", written(job)
        try:
            answer = self._call(method, {**self._place(job, receipt), **fields})
        except Refusal as refusal:
            if not refusal.says("message is not modified"):
                raise
        else:
            self._check_done(answer)
        return receipt

    def retract(self, job: Job, receipt: Receipt) -> None:
        """Delete a message, or all of an album; after 48 hours Telegram refuses to."""
        place = self._place(job, receipt)
        numbers = receipt.handles.get(_MESSAGES, str(place["message_id"])).split()
        for number in numbers:
            try:
                answer = self._call("deleteMessage", {**place, "message_id": int(number)})
            except Refusal as refusal:
                if not refusal.says("message to delete not found"):
                    raise
            else:
                self._check_done(answer)

    def whoami(self) -> Identity:
        """Ask for the bot, the channel, and what the bot may do there."""
        chat = chat_of({}, self._access.account)
        with nothing_public():
            bot = self._server().parse(self._ask("getMe"), _Who).result
            channel = self._server().parse(self._ask("getChat", chat_id=chat), _Who).result
            answer = self._ask("getChatMember", chat_id=chat, user_id=str(bot.id))
            member = self._server().parse(answer, _Member).result
        # Whoever made the channel may do everything, and no right is named.
        owner = member.status == "creator"
        rights = [name for name in _RIGHTS if owner or getattr(member, name)]
        return Identity(
            remote_id=str(channel.id),
            handle=channel.username or channel.title,
            name=f"{channel.title} (by @{bot.username})",
            scopes=tuple(rights),
            lacking=tuple(name for name in _RIGHTS if name not in rights),
            restrictions=tuple(
                f"the bot is not allowed to {words} in the channel"
                for name, words in _RIGHTS.items()
                if name not in rights
            ),
        )

    def server_time(self) -> tuple[Instant, Instant] | None:
        """Tell what the network's clock said last, and ours at that moment."""
        return self._wiring.server_time.newest

    def _check_done(self, answer: httpx2.Response) -> None:
        if not self._server().parse(answer, _Done).ok:
            raise Unclear(f"{self._server().host} did not say that it was done")

    def _place(self, job: Job, receipt: Receipt) -> dict[str, object]:
        number = message_id(receipt)
        if number is None:
            reason = f"{receipt.remote_id} is not the address of a message; tell the right one"
            raise NotPublished(reason)
        chat = chat_in(receipt) or chat_of(job.payload.settings, self._access.account)
        return {"chat_id": chat_id(chat), "message_id": number}

    def _call(
        self, method: str, fields: Mapping[str, object], files: Mapping[str, Media] | None = None
    ) -> httpx2.Response:
        server, path = self._server(), self._path(method)
        try:
            if not files:
                return server.send(path, json=dict(fields))
            form = {name: in_form(value) for name, value in fields.items()}
            content = {
                name: (filename(name, media), approved_bytes(self._access, media), media.mime)
                for name, media in files.items()
            }
            return server.send(path, data=form, files=content)
        except Refusal as refusal:
            raise _weighed(refusal) from None

    def _ask(self, method: str, **params: str) -> httpx2.Response:
        try:
            return self._server().read(self._path(method), params=params)
        except Refusal as refusal:
            raise _weighed(refusal) from None

    def _path(self, method: str) -> str:
        token = Tokens(self._access, self._server()).token()
        if not _TOKEN.fullmatch(token):
            reason = (
                f"the secret of {self._access.ref} is no bot token, `123456:ABC…`; copy it again"
            )
            raise NotPublished(reason)
        return f"/bot{token}/{method}"

    def _server(self) -> Server:
        if self._server_ is None:
            address = self._access.account.server or API
            self._server_ = open_server(address, self._access.clock, self._wiring)
        return self._server_


def _weighed(refusal: Refusal) -> Refusal:
    """Tell what a new post has to mend from what the bot's owner has to."""
    # 404 is the answer to a token that does not exist.
    mended_elsewhere = refusal.status == 404 or refusal.says(*_ABOUT_THE_CHAT)
    refusal.permanent = refusal.permanent and not mended_elsewhere
    return refusal


def _receipt(messages: tuple[_Message, ...]) -> Receipt:
    first = messages[0]
    # A channel without a name has addresses that only its members can open.
    number = str(first.chat.id).removeprefix("-100")
    place = first.chat.username or f"c/{number}"
    handles = {CHAT: str(first.chat.id)}
    if len(messages) > 1:
        handles[_MESSAGES] = " ".join(str(message.message_id) for message in messages)
    return Receipt(
        remote_id=str(first.message_id),
        url=f"https://t.me/{place}/{first.message_id}",
        handles=handles,
    )
