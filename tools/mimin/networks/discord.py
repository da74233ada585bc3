"""Discord without a connection: limits, what it refuses, and the exact request of a message.

A channel's webhook posts (discord.com/developers, API v10); its address is the secret. The calls
are in `discord_connection`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mimin.networks.discord_message import (
    AVATAR,
    PREVIEW,
    SILENT,
    THREAD,
    THREAD_NAME,
    USERNAME,
    content,
    filename,
    message,
    place,
)
from mimin.networks.limits import LIMITS, adjust
from mimin.networks.protocol import Editing, Objection, Recovery
from mimin.printable import is_seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.payload import Part, Payload
    from mimin.networks.protocol import Access, Connection, Job

API = "https://discord.com"
WEBHOOKS = "/api/v10/webhooks"
_MOST_FILES = 10
"""Images and videos together; each kind alone is a limit."""


class Discord:
    """What is known about Discord without talking to it."""

    name = "discord"
    recovery = Recovery.PERSON
    editable = Editing.TEXT
    settings: Mapping[str, str] = {
        USERNAME: "The name above the message; the webhook's own if missing.",
        AVATAR: "The https address of the picture beside it; the webhook's own if missing.",
        THREAD: "The number of the thread that the message goes to.",
        THREAD_NAME: "The title of the new thread, in forum and media channels.",
        SILENT: "`yes` sends without a sound.",
        PREVIEW: "`none` shows no pages behind links.",
    }

    def limits(self, account: Account) -> Limits:
        """Give the limits of a server without boosts; the account's own win."""
        return adjust(LIMITS[self.name], account.limits)

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:
        """Find what Discord would refuse, and what it would lose without a word."""
        whole = (
            Objection(index=0, code=code, message=f"discord: {message}")
            for code, message in _check_settings(payload.settings)
        )
        most = self.limits(account).text
        parts = (
            Objection(index=index, code=code, message=f"discord: {message}")
            for index, part in enumerate(payload.parts)
            for code, message in _check_part(part, most)
        )
        return (*whole, *parts)

    def wire(self, job: Job) -> dict[str, object]:
        """Show the call that posts the message; `{token}` is the webhook's number and token."""
        query = "&".join(f"{name}={value}" for name, value in asked(job).items())
        shown: dict[str, object] = {
            "method": "POST",
            "url": f"{{server}}{WEBHOOKS}/{{token}}?{query}",
            "headers": {},
        }
        if not job.part.media:
            return {**shown, "json": message(job)}
        return {
            **shown,
            "form": {"payload_json": message(job)},
            "files": {
                f"files[{number}]": {
                    "filename": filename(number, media),
                    "type": media.mime,
                    "sha256": media.sha256,
                }
                for number, media in enumerate(job.part.media)
            },
        }

    def connect(self, access: Access) -> Connection:
        """Prepare to talk as this account."""
        from mimin.networks.discord_connection import DiscordConnection

        return DiscordConnection(access)

    def connection(self) -> type[Connection]:
        """Give the class of its connections."""
        from mimin.networks.discord_connection import DiscordConnection

        return DiscordConnection


NETWORK = Discord()


def asked(job: Job) -> dict[str, str]:
    """Give the query: without `wait` Discord answers before it knows whether it keeps it."""
    return {"wait": "true", **place(job.payload.settings)}


def _check_settings(settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if settings.get(THREAD) and settings.get(THREAD_NAME):
        yield (
            "setting-invalid",
            "a message goes to a thread or opens one; take `thread` or `thread_name` out",
        )
    if not re.fullmatch(r"[1-9]\d{15,19}", settings.get(THREAD, "1" * 18)):
        yield (
            "setting-invalid",
            f"`thread: {settings[THREAD]}` is no thread's number; copy its id in the app",
        )
    if len(settings.get(THREAD_NAME, "")) > 100:
        yield "setting-invalid", "`thread_name` is longer than 100 characters; shorten it"
    if not 1 <= len(settings.get(USERNAME, "x")) <= 80:
        yield "setting-invalid", "`username` has 1 to 80 characters; write a shorter one"
    elif re.search("discord|clyde", settings.get(USERNAME, ""), re.IGNORECASE):
        yield (
            "setting-invalid",
            f"`username: {settings[USERNAME]}` holds a name of Discord's own; write another",
        )
    if not re.fullmatch(r"https://\S{1,2040}", settings.get(AVATAR, "https://x")):
        yield "setting-invalid", f"`avatar: {settings[AVATAR]}` is no https address; write one"
    if settings.get(SILENT, "no") not in {"yes", "no"}:
        yield "setting-invalid", f"`silent: {settings[SILENT]}` is neither yes nor no; write one"
    if settings.get(PREVIEW, "none") != "none":
        yield (
            "setting-invalid",
            f"`preview: {settings[PREVIEW]}` is not none; write that or nothing",
        )


def _check_part(part: Part, most: int | None) -> Iterator[tuple[str, str]]:
    if not (is_seen(part.text) or part.media):
        yield "empty", "nothing to post; write a text or add an image"
    if len(part.media) > _MOST_FILES:
        yield "too-many-files", f"{len(part.media)} files, {_MOST_FILES} allowed; take some out"
    written = content(part)
    if most is not None and len(part.text) <= most < len(written):
        yield (
            "text-too-long",
            f"{len(written):,} characters with links and escapes, {most:,} allowed; shorten it",
        )
    if part.card and part.card.url not in written:
        yield "link-lost", f"{part.card.url} would be lost; write it into the text"
    end = 0
    for span in sorted(part.spans, key=lambda span: span.start):
        if not end <= span.start < span.end <= len(part.text):
            yield (
                "span-place",
                f"the link at {span.start} to {span.end} overlaps or leaves the text",
            )
        end = max(end, span.end)
        if span.url is not None and not re.match("https?://", span.url):
            yield "link-lost", f"{span.url} would be lost; a link starts with https:// or http://"
