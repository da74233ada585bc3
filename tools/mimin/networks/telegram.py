"""Telegram without a connection: limits, what it refuses, and the exact request of a post.

A bot that is an administrator of a channel posts for it. The rules are those of the Bot API
(core.telegram.org/bots/api, 10.1); the calls are in `telegram_connection`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mimin.networks.address import base_address
from mimin.networks.limits import LIMITS, adjust
from mimin.networks.protocol import Editing, Objection, Recovery
from mimin.networks.telegram_message import (
    CHAT,
    PREVIEW,
    PREVIEWS,
    SILENT,
    chat_of,
    filename,
    in_form,
    message,
)
from mimin.printable import is_seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.payload import Part, Payload
    from mimin.networks.protocol import Access, Connection, Job

API = "https://api.telegram.org"
_CHAT = re.compile(r"@[A-Za-z]\w{3,31}|-?[1-9]\d{4,18}", re.ASCII)
_PHOTOS = ("image/jpeg", "image/png", "image/webp")
_VIDEO = "video/mp4"
_MOST_FILES = 10
"""Photos and videos together; each kind alone is a limit."""


class Telegram:
    """What is known about Telegram without talking to it."""

    name = "telegram"
    recovery = Recovery.PERSON
    editable = Editing.TEXT
    settings: Mapping[str, str] = {
        CHAT: "The channel: `@name`, or its number such as `-1001234567890`; else the handle.",
        SILENT: "`yes` sends without a sound.",
        PREVIEW: "How the page behind the first link is shown: `none`, `small`, `large` or `above`"
        " the text.",
    }

    def limits(self, account: Account) -> Limits:
        """Give the limits of the Bot API; the account's own win."""
        return adjust(LIMITS[self.name], account.limits)

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:
        """Find what Telegram would refuse, and what it would lose without a word."""
        whole = (
            Objection(index=0, code=code, message=f"telegram: {message}")
            for code, message in _check_settings(payload.settings, account)
        )
        parts = (
            Objection(index=index, code=code, message=f"telegram: {message}")
            for index, part in enumerate(payload.parts)
            for code, message in _check_part(part)
        )
        return (*_check_chat(payload.settings, account), *whole, *parts)

    def wire(self, job: Job) -> dict[str, object]:
        """Show the call that posts the message."""
        call = message(job)
        shown: dict[str, object] = {
            "method": "POST",
            "url": f"{{server}}/bot{{token}}/{call.method}",
            "headers": {},
        }
        if not call.files:
            return {**shown, "json": call.fields}
        return {
            **shown,
            "form": {name: _in_form(value) for name, value in call.fields.items()},
            "files": {
                name: {
                    "filename": filename(name, media),
                    "type": media.mime,
                    "sha256": media.sha256,
                }
                for name, media in call.files.items()
            },
        }

    def connect(self, access: Access) -> Connection:
        """Prepare to talk as this account."""
        from mimin.networks.telegram_connection import TelegramConnection

        return TelegramConnection(access)

    def connection(self) -> type[Connection]:
        """Give the class of its connections."""
        from mimin.networks.telegram_connection import TelegramConnection

        return TelegramConnection


NETWORK = Telegram()


def _in_form(value: object) -> object:
    """Show a field of a form so that a person can read it."""
    return value if isinstance(value, dict | list) else in_form(value)


def _check_chat(settings: Mapping[str, str], account: Account) -> Iterator[Objection]:
    chat = chat_of(settings, account)
    if not _CHAT.fullmatch(chat):
        said = CHAT in settings
        where = "" if said else " in the account's `settings:`"
        way_out = f"write `chat: '@name'` or the channel's number{where}"
        message = f"telegram: {chat!r} is no channel; {way_out}"
        yield Objection(index=0, code="setting-invalid", message=message, address=not said)


def _check_settings(settings: Mapping[str, str], account: Account) -> Iterator[tuple[str, str]]:
    try:
        base_address(account.server or API)
    except ValueError as error:
        yield "server-address", str(error)
    if settings.get(SILENT, "no") not in {"yes", "no"}:
        yield "setting-invalid", f"`silent: {settings[SILENT]}` is neither yes nor no; write one"
    if settings.get(PREVIEW) not in {None, *PREVIEWS}:
        known = ", ".join(PREVIEWS)
        yield "setting-invalid", f"`preview: {settings[PREVIEW]}` is none of {known}; write one"


def _check_part(part: Part) -> Iterator[tuple[str, str]]:
    if not (is_seen(part.text) or part.media):
        yield "empty", "nothing to post; write a text or add an image"
    if part.card and part.media:
        yield "card-and-media", "a caption has no link card; take the pictures out, or the link"
    if len(part.media) > _MOST_FILES:
        yield "too-many-files", f"{len(part.media)} files, {_MOST_FILES} allowed; take some out"
    for media in part.media:
        if media.mime not in {*_PHOTOS, _VIDEO}:
            yield (
                "media-type",
                f"{media.path} is {media.mime}; save it as JPEG, PNG, WebP or MP4",
            )
    end = 0
    for span in sorted(part.spans, key=lambda span: span.start):
        if not end <= span.start < span.end <= len(part.text):
            yield (
                "span-place",
                f"the link at {span.start} to {span.end} overlaps or leaves the text",
            )
        if span.url is not None and not re.match(r"(?:https?|tg)://", span.url):
            yield "link-lost", f"{span.url} would be lost; a link starts with https:// or http://"
        end = max(end, span.end)
