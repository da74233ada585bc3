"""A pin as Pinterest's API takes it: words, link, and where pictures and video come from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mimin.model.media import Media
    from mimin.model.payload import Part
    from mimin.networks.protocol import Job, Receipt

BOARD = "board"
"""Setting, and handle, for the number of the board."""
SECTION = "section"
"""Setting, and handle, for the number of a section of the board."""
COVER = "cover"
"""Setting for the second of a video that is its cover."""
VIDEO = "video"
"""Handle for the number of the uploaded video."""

_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,:;!?)\]'}]")
_LINK_ALONE = re.compile(r"(?:^|\n)[ ]*(https?://\S+)[ ]*(?=\n|$)")
_ADDRESS = re.compile(r"https://(?:[a-z]{2,3}\.)?pinterest\.[a-z.]+/pin/(?:[\w-]*--)?(?P<id>\d+)/?")


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a pin says: description, and the link that a click opens."""

    description: str
    link: str


def words(part: Part) -> Words:
    """Take the pin's link out of its text.

    Nothing in a description can be clicked. So an address on a line of its own, as `link:` puts it
    there, becomes the pin's link and is not repeated; one within a sentence stays as well.
    """
    text = part.text
    if part.card:
        return Words(description=text, link=part.card.url)
    alone = _LINK_ALONE.search(text)
    if alone:
        before, after = text[: alone.start()].rstrip(), text[alone.end() :].strip()
        rest = "\n\n".join(piece for piece in (before, after) if piece)
        return Words(description=rest, link=alone[1])
    found = _LINK.search(text)
    return Words(description=text, link=found[0] if found else "")


def alt_text(part: Part) -> str:
    """Give the one alt text that a pin has: of several pictures all, numbered."""
    alts = [media.alt for media in part.media]
    if len(alts) < 2 or not any(alts):
        return "".join(alts)
    return "\n".join(f"{number}. {alt}" for number, alt in enumerate(alts, 1) if alt)


def editable(job: Job) -> dict[str, object]:
    """Build what of a pin can be changed; what we leave empty is emptied."""
    said = words(job.part)
    return {
        "title": job.payload.headline or None,
        "description": said.description or None,
        "link": said.link or None,
        "alt_text": alt_text(job.part) or None,
    }


def pin(job: Job, data: Callable[[int], str]) -> dict[str, object]:
    """Build the body of the one call that publishes.

    Args:
        job: Whose part it is.
        data: Gives the file of a number, from 0, in base64.
    """
    settings = job.payload.settings
    body: dict[str, object] = {
        "board_id": settings.get(BOARD, "{board}"),
        "board_section_id": settings.get(SECTION),
        **editable(job),
    }
    said = {name: value for name, value in body.items() if value}
    return {**said, "media_source": _source(job, data)}


def recognised_by(title: str, description: str, link: str) -> str:
    """Give the text by which a pin is found in a list."""
    return f"{title}\n{description}\n{link}"


def pin_id(receipt: Receipt) -> str | None:
    """Give a pin's number; a person may have told us no more than its address."""
    if receipt.remote_id.isdigit():
        return receipt.remote_id
    address = _ADDRESS.fullmatch(receipt.remote_id)
    return address["id"] if address else None


def is_video(part: Part) -> bool:
    """Tell whether the pin is a video."""
    return any(not media.mime.startswith("image/") for media in part.media)


def _source(job: Job, data: Callable[[int], str]) -> dict[str, object]:
    media = job.part.media
    if is_video(job.part):
        return {
            "source_type": "video_id",
            "media_id": job.handles.get(VIDEO, "{video}"),
            "cover_image_key_frame_time": int(job.payload.settings.get(COVER, "0")),
        }
    if len(media) == 1:
        return {"source_type": "image_base64", **_picture(media[0], data(0))}
    pictures = [_picture(file, data(number)) for number, file in enumerate(media)]
    return {"source_type": "multiple_image_base64", "items": pictures}


def _picture(media: Media, data: str) -> dict[str, object]:
    return {"content_type": media.mime, "data": data}
