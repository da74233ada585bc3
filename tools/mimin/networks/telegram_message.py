"""A message for Telegram's Bot API: which method, with which fields and files."""

from __future__ import annotations

import json
import mimetypes
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mimin.foreign import read_number
from mimin.networks.counting import utf16

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mimin.model.brand import Account
    from mimin.model.media import Media
    from mimin.model.payload import Part
    from mimin.networks.protocol import Job, Receipt

CHAT = "chat"
"""Setting, and handle, for where it is posted."""
SILENT = "silent"
"""Setting for sending without a sound."""
PREVIEW = "preview"
"""Setting for how the page behind a link is shown."""

PREVIEWS: Mapping[str, Mapping[str, object]] = {
    "none": {"is_disabled": True},
    "small": {"prefer_small_media": True},
    "large": {"prefer_large_media": True},
    "above": {"show_above_text": True},
}
"""What that setting may be → LinkPreviewOptions."""

_ADDRESS = re.compile(r"^https://t\.me/(?:c/(?P<private>\d+)|(?P<name>\w+))(?:/\d+)?/(?P<id>\d+)$")


@dataclass(frozen=True, kw_only=True)
class Call:
    """A method of the Bot API with what it is given."""

    method: str
    fields: dict[str, object]
    files: dict[str, Media]


def message(job: Job) -> Call:
    """Build the one call that publishes; what is not known yet stands in braces."""
    media = job.part.media
    method = "sendMessage"
    fields: dict[str, object] = {}
    files: dict[str, Media] = {}
    if not media:
        fields = written(job)
    elif len(media) == 1:
        method, fields, files = _single(media[0], captioned(job.part))
    else:
        method = "sendMediaGroup"
        files = {f"media{number}": file for number, file in enumerate(media)}
        fields = {"media": _album(files, captioned(job.part))}
    where: dict[str, object] = {"chat_id": chat_id(_stated(job))}
    if job.payload.settings.get(SILENT) == "yes":
        where["disable_notification"] = True
    if job.index:
        where["reply_parameters"] = {"message_id": _parent(job)}
    return Call(method=method, fields=where | fields, files=files)


def written(job: Job) -> dict[str, object]:
    """Give a message's text, its links, and how the page behind a link is shown.

    The link of a card need not stand in the text: Telegram makes the card from its address.
    """
    part = job.part
    preview: dict[str, object] = dict(PREVIEWS.get(job.payload.settings.get(PREVIEW, ""), {}))
    if part.card and not preview.get("is_disabled"):
        preview["url"] = part.card.url
    fields: dict[str, object] = {"text": part.text}
    if entities := _entities(part):
        fields["entities"] = entities
    return fields | ({"link_preview_options": preview} if preview else {})


def captioned(part: Part) -> dict[str, object]:
    """Give what stands under a photo, a video or an album."""
    fields: dict[str, object] = {"caption": part.text} if part.text else {}
    if entities := _entities(part):
        fields["caption_entities"] = entities
    return fields


def filename(name: str, media: Media) -> str:
    """Name a file neutrally: its own name is the team's."""
    return f"{name}{mimetypes.guess_extension(media.mime) or ''}"


def chat_of(settings: Mapping[str, str], account: Account) -> str:
    """Tell where it is posted: `@name`, or a number."""
    return (
        settings.get(CHAT) or account.settings.get(CHAT) or f"@{account.handle.removeprefix('@')}"
    )


def chat_id(chat: str) -> int | str:
    """Write a chat as the Bot API takes it."""
    number = read_number(chat)
    return chat if number is None else number


def message_id(receipt: Receipt) -> int | None:
    """Give the number of a message; a person may have told us no more than its address."""
    name = receipt.remote_id
    address = _ADDRESS.match(name)
    return read_number(address["id"] if address else name)


def chat_in(receipt: Receipt) -> str | None:
    """Give the chat that a receipt tells; None when it tells none."""
    address = _ADDRESS.match(receipt.remote_id)
    told = f"-100{address['private']}" if address and address["private"] else None
    told = told or (f"@{address['name']}" if address else None)
    return receipt.handles.get(CHAT) or told


def _stated(job: Job) -> str:
    return job.handles.get(CHAT) or job.payload.settings.get(CHAT) or "{chat}"


def _parent(job: Job) -> object:
    if len(job.sent) < job.index:
        return f"{{part {job.index} id}}"
    return message_id(job.sent[job.index - 1]) or f"{{part {job.index} id}}"


def _single(
    media: Media, caption: dict[str, object]
) -> tuple[str, dict[str, object], dict[str, Media]]:
    if media.mime.startswith("image/"):
        return "sendPhoto", caption, {"photo": media}
    return "sendVideo", {**_measures(media), **caption}, {"video": media}


def _album(files: dict[str, Media], caption: dict[str, object]) -> list[dict[str, object]]:
    items: list[dict[str, object]] = []
    for name, media in files.items():
        still = media.mime.startswith("image/")
        item: dict[str, object] = {
            "type": "photo" if still else "video",
            "media": f"attach://{name}",
        }
        items.append(item if still else {**item, **_measures(media)})
    # The caption of the first item is shown as the album's.
    items[0] |= caption
    return items


def _measures(media: Media) -> dict[str, object]:
    measures: dict[str, object] = {"width": media.width, "height": media.height}
    if media.seconds:
        measures["duration"] = max(round(media.seconds), 1)
    return {**measures, "supports_streaming": True}


def _entities(part: Part) -> list[dict[str, object]]:
    """Mark links in UTF-16 units; addresses, mentions and hashtags Telegram finds by itself."""
    return [
        {
            "type": "text_link",
            "offset": utf16(part.text[: span.start]),
            "length": utf16(part.text[span.start : span.end]),
            "url": span.url,
        }
        for span in sorted(part.spans, key=lambda span: span.start)
        if span.url is not None
    ]


def in_form(value: object) -> str:
    """Write a field of a form: what is no text is JSON there."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
