"""A message for a Discord webhook: its Markdown, its files, and where it goes."""

from __future__ import annotations

import mimetypes
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mimin.model.media import Media
    from mimin.model.payload import Part
    from mimin.networks.protocol import Job, Receipt

USERNAME = "username"
AVATAR = "avatar"
THREAD = "thread"
THREAD_NAME = "thread_name"
SILENT = "silent"
PREVIEW = "preview"

_NO_EMBEDS, _NO_SOUND = 1 << 2, 1 << 12
"""Message flags: SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS."""

_WEBHOOK = re.compile(
    r"https://(?:(?:ptb|canary)\.)?discord(?:app)?\.com/api(?:/v\d+)?/webhooks"
    r"/(?P<path>\d+/[\w-]+)/?",
    re.ASCII,
)
_ADDRESS = re.compile(
    r"https://(?:(?:ptb|canary)\.)?discord(?:app)?\.com/channels/\w+/(?P<channel>\d+)/(?P<id>\d+)"
)

# What Discord takes for itself stays: addresses, and its own forms of mentions, emoji and times.
_KEPT = r"https?://[^\s<]+|<(?:[@#][!&]?\d+|a?:\w+:\d+|t:-?\d+(?::\w)?)>"
_MARKUP = r"[\\*_`\[\]]|~(?=~)|(?<=~)~|\|(?=\|)|(?<=\|)\|"
_LINE_START = r"^[ ]*(?:#{1,3}|-\#|>|>>>)(?=\s)"
_SPECIAL = re.compile(
    rf"(?P<kept>{_KEPT})|(?P<start>{_LINE_START})|(?P<markup>{_MARKUP})", re.MULTILINE
)


def webhook_path(secret: str) -> str | None:
    """Give number and token of a webhook's address, as `123/abc`; None when it is none."""
    address = _WEBHOOK.fullmatch(secret.strip())
    return address["path"] if address else None


def content(part: Part) -> str:
    """Write a text in Discord's Markdown so that it looks as it was reviewed.

    Signs that would be taken for markup are escaped; links stand over their words.
    """
    return "".join(_pieces(part))


def message(job: Job) -> dict[str, object]:
    """Build the body of the one call that publishes; it rings for nobody."""
    settings, media = job.payload.settings, job.part.media
    body = changed(job)
    flags = _flags(settings)
    optional = {
        "username": settings.get(USERNAME),
        "avatar_url": settings.get(AVATAR),
        "thread_name": settings.get(THREAD_NAME),
        "flags": flags,
        "attachments": [_attachment(number, file) for number, file in enumerate(media)],
    }
    return body | {name: value for name, value in optional.items() if value}


def changed(job: Job) -> dict[str, object]:
    """Build the body that changes a message's text and nothing else."""
    return {"content": content(job.part), "allowed_mentions": {"parse": []}}


def filename(number: int, media: Media) -> str:
    """Name a file neutrally: its own name is the team's."""
    return f"media{number}{mimetypes.guess_extension(media.mime) or ''}"


def place(settings: Mapping[str, str], receipt: Receipt | None = None) -> dict[str, str]:
    """Tell the thread, if there is one, as the query names it."""
    thread = settings.get(THREAD)
    if receipt is not None:
        address = _ADDRESS.fullmatch(receipt.remote_id)
        started = address["channel"] if address and settings.get(THREAD_NAME) else None
        thread = receipt.handles.get(THREAD) or thread or started
    return {"thread_id": thread} if thread else {}


def message_id(receipt: Receipt) -> str | None:
    """Give a message's number; a person may have told us no more than its address."""
    if receipt.remote_id.isdigit():
        return receipt.remote_id
    address = _ADDRESS.fullmatch(receipt.remote_id)
    return address["id"] if address else None


def _attachment(number: int, media: Media) -> dict[str, object]:
    described = {"description": media.alt} if media.alt else {}
    return {"id": str(number), "filename": filename(number, media), **described}


def _flags(settings: Mapping[str, str]) -> int:
    silent = _NO_SOUND if settings.get(SILENT) == "yes" else 0
    return silent | (_NO_EMBEDS if settings.get(PREVIEW) == "none" else 0)


def _pieces(part: Part) -> Iterator[str]:
    text, cursor = part.text, 0
    for span in sorted(part.spans, key=lambda span: span.start):
        if span.url is None or span.start < cursor:
            continue
        # Escaped as a whole, so that what starts a line is told from what only follows a link.
        yield _escaped(text, cursor, span.start)
        words = text[span.start : span.end]
        shown = f"[{_escaped(text, span.start, span.end)}]({_closed(span.url)})"
        yield span.url if words == span.url else shown
        cursor = span.end
    yield _escaped(text, cursor, len(text))


def _closed(url: str) -> str:
    """Write an address so that no bracket or space in it ends the link."""
    return url.replace("(", "%28").replace(")", "%29").replace(" ", "%20")


def _escaped(text: str, start: int, end: int) -> str:
    pieces, cursor = [], start
    for found in _SPECIAL.finditer(text, start, end):
        pieces.append(text[cursor : found.start()])
        if found["kept"]:
            pieces.append(found[0])
        else:
            sign = found[0].lstrip(" ")
            pieces.append(f"{found[0][: -len(sign)]}\\{sign}")
        cursor = found.end()
    return "".join((*pieces, text[cursor:end]))
