"""YouTube without a connection: limits, what it refuses, and the exact requests of a video.

A video is one upload: everything but the last bytes goes up beforehand, and the last bytes are the
call that publishes. The calls are in `youtube_connection` and `youtube_upload`.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from mimin.foreign import read_number
from mimin.model.post import Visibility
from mimin.networks.limits import LIMITS, adjust
from mimin.networks.protocol import Editing, Objection, Recovery

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.payload import Part, Payload
    from mimin.networks.protocol import Access, Connection, Job, Receipt

SERVER = "https://www.googleapis.com"
UPLOAD = "/upload/youtube/v3/videos"
VIDEOS = "/youtube/v3/videos"
THREADS = "/youtube/v3/commentThreads"

STEP = 262_144
"""What a piece of an upload is a multiple of, but for the last (resumable upload protocol)."""
TAGS = 500
"""Most characters of all tags together; a tag with a space counts two more (resource `videos`)."""
CATEGORY = "22"
"""People & Blogs, which the API's own samples use."""

PRIVACY = {
    Visibility.PUBLIC: "public",
    Visibility.UNLISTED: "unlisted",
    Visibility.PRIVATE: "private",
}
_VIDEO = re.compile(r"(?:^|[?&]v=|youtu\.be/|/shorts/|/live/)(?P<id>[\w-]{11})(?![\w-])", re.ASCII)
_BEARER = {"authorization": "Bearer {token}"}


class YouTube:
    """What is known about YouTube without talking to it."""

    name = "youtube"
    recovery = Recovery.SESSION
    editable = Editing.TEXT
    settings: Mapping[str, str] = MappingProxyType(
        {
            "made_for_kids": "`yes` or `no`: whether videos are made for children; has to be said.",
            "category": "The number of the video category; 22, People & Blogs, when missing.",
            "tags": "Keywords that viewers do not see, with commas between, 500 characters in all.",
            "notify": "Whether subscribers are told of the video, `yes` or `no`; yes when missing.",
        }
    )

    def limits(self, account: Account) -> Limits:
        """Give the limits of a verified channel; the account's own win."""
        return adjust(LIMITS[self.name], account.limits)

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:  # noqa: ARG002 - part of the protocol
        """Find what YouTube would refuse, and what it would lose without a word."""
        found = [
            *((code, 0, message) for code, message in _check_settings(payload.settings)),
            *_check_parts(payload),
        ]
        return tuple(
            Objection(index=index, code=code, message=f"youtube: {message}")
            for code, index, message in found
        )

    def wire(self, job: Job) -> dict[str, object]:
        """Show the call that publishes; before it, the one that carries title and description."""
        if job.part.comment:
            return {
                "method": "POST",
                "url": f"{SERVER}{THREADS}?part=snippet",
                "headers": _BEARER,
                "json": comment(job),
            }
        media = job.part.media[0] if job.part.media else None
        size, mime = (media.size, media.mime) if media else (0, "video/*")
        span = f"bytes {last_piece(size)}-{size - 1}/{size}"
        start = {
            "method": "POST",
            "url": f"{SERVER}{UPLOAD}?" + "&".join(f"{k}={v}" for k, v in start_query(job).items()),
            "headers": {**_BEARER, **start_headers(mime, size)},
            "json": resource(job),
        }
        return {
            "before": [start],
            "method": "PUT",
            "url": "{session}",
            "headers": {**_BEARER, "content-type": mime, "content-range": span},
            "body": f"{{{span} of {media.path if media else 'a video'}}}",
        }

    def connect(self, access: Access) -> Connection:
        """Prepare to talk as this account."""
        from mimin.networks.youtube_connection import YouTubeConnection

        return YouTubeConnection(access)

    def connection(self) -> type[Connection]:
        """Give the class of its connections."""
        from mimin.networks.youtube_connection import YouTubeConnection

        return YouTubeConnection


NETWORK = YouTube()


def last_piece(size: int) -> int:
    """Tell where the last piece of an upload begins: as short as the protocol lets it be."""
    return max(size - 1, 0) // STEP * STEP


def start_query(job: Job) -> dict[str, str]:
    """Give the query of the call that opens the upload."""
    notify = job.payload.settings.get("notify", "yes") == "yes"
    return {
        "uploadType": "resumable",
        "part": ",".join(resource(job)),
        "notifySubscribers": "true" if notify else "false",
    }


def start_headers(mime: str, size: int) -> dict[str, str]:
    """Give the headers that tell what will be uploaded."""
    return {"x-upload-content-type": mime, "x-upload-content-length": str(size)}


def resource(job: Job) -> dict[str, dict[str, object]]:
    """Build the video resource; nothing is left to the defaults of the channel.

    Source: YouTube Data API v3, resource `videos`.
    """
    payload = job.payload
    status: dict[str, object] = {
        "privacyStatus": PRIVACY[payload.visibility],
        "selfDeclaredMadeForKids": payload.settings.get("made_for_kids") == "yes",
        "containsSyntheticMedia": payload.ai,
    }
    body: dict[str, dict[str, object]] = {"snippet": snippet(job), "status": status}
    if payload.paid:
        body["paidProductPlacementDetails"] = {"hasPaidProductPlacement": True}
    return body


def snippet(job: Job) -> dict[str, object]:
    """Give what of the video can be changed later: title, description and how it is found."""
    payload = job.payload
    fields: dict[str, object] = {
        "title": payload.headline,
        "description": job.part.text,
        "categoryId": payload.settings.get("category", CATEGORY),
    }
    tags = tags_of(payload.settings)
    optional = {"tags": tags, "defaultLanguage": (*payload.languages, "")[0]}
    return fields | {name: value for name, value in optional.items() if value}


def comment(job: Job) -> dict[str, object]:
    """Build the first comment under the video; what is not known yet stands in braces."""
    video = (video_id(job.sent[0]) if job.sent else None) or "{part 1 id}"
    return {
        "snippet": {
            "channelId": job.handles.get("channel", "{channel}"),
            "videoId": video,
            "topLevelComment": {"snippet": {"textOriginal": job.part.text}},
        }
    }


def video_id(receipt: Receipt) -> str | None:
    """Give the id of a published video; None when it can not be told.

    A person may have told us no more than its address.
    """
    found = _VIDEO.search(receipt.remote_id)
    return found["id"] if found else None


def comment_id(receipt: Receipt) -> str | None:
    """Give the id of a published comment; None when the receipt is a video's."""
    if "comment" in receipt.handles:
        return receipt.remote_id
    told = parse_qs(urlsplit(receipt.remote_id).query).get("lc", [""])[0]
    return told or None


def tags_of(settings: Mapping[str, str]) -> list[str]:
    """Read the setting `tags`."""
    return [tag.strip() for tag in settings.get("tags", "").split(",") if tag.strip()]


def _check_settings(settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if "made_for_kids" not in settings:
        message = "it has to be said whether videos are made for children, by law in many countries"
        yield "setting-missing", f"{message}; add `settings: {{made_for_kids: no}}`, or yes"
    for name in ("made_for_kids", "notify"):
        value = settings.get(name, "no")
        if value not in {"yes", "no"}:
            yield "setting-invalid", f"the setting `{name}` is {value!r}; write yes or no"
    category = settings.get("category", CATEGORY)
    number = read_number(category)
    if number is None or number < 0:
        yield (
            "setting-invalid",
            f"the setting `category` is {category!r}; write the category's number, such as 22",
        )
    tags = tags_of(settings)
    length = sum(len(tag) + 2 * (" " in tag) for tag in tags) + max(len(tags) - 1, 0)
    if length > TAGS:
        yield (
            "setting-invalid",
            f"the setting `tags` has {length} characters, {TAGS} allowed; leave some out",
        )
    if any(sign in tag for tag in tags for sign in "<>"):
        yield (
            "setting-invalid",
            "the setting `tags` holds < or >, which YouTube refuses; take it out",
        )


def _check_parts(payload: Payload) -> Iterator[tuple[str, int, str]]:
    kids = payload.settings.get("made_for_kids") == "yes"
    for index, part in enumerate(payload.parts):
        for url in _lost(part):
            words = f"{url} would be lost, links have to stand in the text; write it out"
            yield "link-lost", index, words
        if part.comment and (kids or payload.visibility is Visibility.PRIVATE):
            which = "videos made for children" if kids else "private videos"
            yield "comment-refused", index, f"{which} have no comments; take `comment:` out"


def _lost(part: Part) -> Iterator[str]:
    urls = [span.url for span in part.spans if span.url is not None]
    urls += [part.card.url] if part.card else []
    yield from (url for url in urls if url not in part.text)
