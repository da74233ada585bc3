"""TikTok without a connection: limits, what it refuses, and the exact requests of a post.

A post is one video, whose last piece is the call that publishes, or some photos, which TikTok
fetches. The calls are in `tiktok_connection`. Source: Content Posting API, the references of Direct
Post, Upload and Photo, and the media transfer guide.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from mimin.foreign import read_number
from mimin.model.post import Replies, Visibility
from mimin.networks.limits import LIMITS, adjust
from mimin.networks.protocol import Objection, Recovery

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.media import Media
    from mimin.model.payload import Payload
    from mimin.networks.protocol import Access, Connection, Job

SERVER = "https://open.tiktokapis.com"
VIDEO = "/v2/post/publish/video/init/"
DRAFT = "/v2/post/publish/inbox/video/init/"
PHOTOS = "/v2/post/publish/content/init/"

CHUNK = 10_485_760
"""Bytes of a piece: at least 5 MB, at most 64 MB. The last takes the rest, so it stays below 21 MB
and is quickly sent at the due second."""
JSON = "application/json; charset=UTF-8"

PRIVACY = {
    Visibility.PUBLIC: "PUBLIC_TO_EVERYONE",
    Visibility.FOLLOWERS: "FOLLOWER_OF_CREATOR",
    Visibility.PRIVATE: "SELF_ONLY",
}
_VALUES = {
    "mode": ("direct", "draft"),
    "duet": ("yes", "no"),
    "stitch": ("yes", "no"),
    "music": ("yes", "no"),
    "own_brand": ("yes", "no"),
}
_BEARER = {"authorization": "Bearer {token}", "content-type": JSON}


class TikTok:
    """What is known about TikTok without talking to it."""

    name = "tiktok"
    recovery = Recovery.CONTAINER
    settings: Mapping[str, str] = MappingProxyType(
        {
            "mode": "`direct` publishes; `draft` leaves it in the app for a person to post.",
            "duet": "Whether others may make duets with a video, `yes` or `no`; no when missing.",
            "stitch": "Whether others may stitch a video, `yes` or `no`; no when missing.",
            "cover": "The moment of a video that is its cover, in milliseconds.",
            "music": "Whether TikTok adds music to photos, `yes` or `no`; no when missing.",
            "own_brand": "Whether a post is labelled as promoting the own brand, `yes` or `no`.",
        }
    )

    def limits(self, account: Account) -> Limits:
        """Give the limits of everybody; the account's own win."""
        # Said here and not in the table: packs of a person, which show headlines, stay as approved.
        known = LIMITS[self.name].model_copy(update={"headline_with_video": False})
        return adjust(known, account.limits)

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:  # noqa: ARG002 - part of the protocol
        """Find what TikTok would refuse, and what it would lose without a word."""
        found = [
            *((code, 0, message) for code, message in _check_settings(payload.settings)),
            *((code, 0, message) for code, message in _check_post(payload)),
            *_check_links(payload),
        ]
        return tuple(
            Objection(index=index, code=code, message=f"tiktok: {message}")
            for code, index, message in found
        )

    def wire(self, job: Job) -> dict[str, object]:
        """Show the call that publishes; for a video, before it the one that carries the caption."""
        media = job.part.media
        if media and not is_video(media[0]):
            return {
                "method": "POST",
                "url": SERVER + PHOTOS,
                "headers": _BEARER,
                "json": photos(job),
            }
        size, mime = (media[0].size, media[0].mime) if media else (0, "video/mp4")
        start = last_piece(size)
        span = f"bytes {start}-{size - 1}/{size}"
        draft = is_draft(job.payload)
        before = {
            "method": "POST",
            "url": SERVER + (DRAFT if draft else VIDEO),
            "headers": _BEARER,
            "json": video(job, size),
        }
        return {
            "before": [before],
            "method": "PUT",
            "url": "{upload_url}",
            "headers": {"content-type": mime, "content-range": span},
            "body": f"{{{span} of {media[0].path if media else 'a video'}}}",
            # A draft has no place for the text; a person has to put it in.
            **({"by hand": {"text": job.part.text}} if draft else {}),
        }

    def connect(self, access: Access) -> Connection:
        """Prepare to talk as this account."""
        from mimin.networks.tiktok_connection import TikTokConnection

        return TikTokConnection(access)

    def connection(self) -> type[Connection]:
        """Give the class of its connections."""
        from mimin.networks.tiktok_connection import TikTokConnection

        return TikTokConnection


NETWORK = TikTok()


def is_video(media: Media) -> bool:
    """Tell a video from a photo."""
    return media.mime.startswith("video/")


def is_draft(payload: Payload) -> bool:
    """Tell whether a person is to post it in the app."""
    return payload.settings.get("mode", "direct") == "draft"


def piece_sizes(size: int, chunk: int = CHUNK) -> tuple[int, int]:
    """Give the size of a piece, and how many there are; the last one takes the rest."""
    return (size, 1) if size < 2 * chunk else (chunk, size // chunk)


def last_piece(size: int, chunk: int = CHUNK) -> int:
    """Tell where the last piece of an upload begins."""
    piece, count = piece_sizes(size, chunk)
    return piece * (count - 1)


def media_handle(number: int) -> str:
    """Name the handle under which the address of the photo of this number (from 0) is kept."""
    return f"media{number}"


def video(job: Job, size: int, chunk: int = CHUNK) -> dict[str, object]:
    """Build the body of the call that opens the upload of a video."""
    piece, count = piece_sizes(size, chunk)
    source = {
        "source": "FILE_UPLOAD",
        "video_size": size,
        "chunk_size": piece,
        "total_chunk_count": count,
    }
    if is_draft(job.payload):
        return {"source_info": source}
    settings = job.payload.settings
    info: dict[str, object] = {
        "title": job.part.text,
        **_shared(job.payload),
        "disable_duet": settings.get("duet", "no") != "yes",
        "disable_stitch": settings.get("stitch", "no") != "yes",
        "is_aigc": job.payload.ai,
    }
    if "cover" in settings:
        info["video_cover_timestamp_ms"] = int(settings["cover"])
    return {"post_info": info, "source_info": source}


def photos(job: Job) -> dict[str, object]:
    """Build the body of the one call that publishes photos, or leaves them as a draft."""
    payload, draft = job.payload, is_draft(job.payload)
    info: dict[str, object] = {"title": payload.headline} if payload.headline else {}
    info["description"] = job.part.text
    if not draft:
        music = payload.settings.get("music", "no") == "yes"
        info |= {**_shared(payload), "auto_add_music": music}
    names = [media_handle(number) for number in range(len(job.part.media))]
    return {
        "media_type": "PHOTO",
        "post_mode": "MEDIA_UPLOAD" if draft else "DIRECT_POST",
        "post_info": info,
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_images": [job.handles.get(name, f"{{{name}}}") for name in names],
            "photo_cover_index": 0,
        },
    }


def _shared(payload: Payload) -> dict[str, object]:
    return {
        "privacy_level": PRIVACY[payload.visibility],
        "disable_comment": payload.replies is Replies.NOBODY,
        "brand_content_toggle": payload.paid,
        "brand_organic_toggle": payload.settings.get("own_brand", "no") == "yes",
    }


def _check_settings(settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, known in _VALUES.items():
        value = settings.get(name, known[0])
        if value not in known:
            words = f"the setting `{name}` is {value!r}; write {' or '.join(known)}"
            yield "setting-invalid", words
    cover = settings.get("cover", "0")
    number = read_number(cover)
    if number is None or number < 0:
        yield (
            "setting-invalid",
            f"the setting `cover` is {cover!r}; write milliseconds, such as 1500",
        )


def _check_post(payload: Payload) -> Iterator[tuple[str, str]]:
    part = payload.parts[0]
    clips = [media for media in part.media if is_video(media)]
    if clips and len(part.media) > 1:
        yield "mixed-media", "a post is one video or some photos; take the others out"
    if payload.paid and payload.visibility is Visibility.PRIVATE and not is_draft(payload):
        yield "label-refused", "a paid partnership can not be private; change `visibility:`"
    yield from _check_clip(payload, clips[0]) if clips else _check_photos(payload)


def _check_clip(payload: Payload, clip: Media) -> Iterator[tuple[str, str]]:
    if payload.headline:
        yield "headline-lost", "a video has no headline, only its text; take `headline:` out"
    cover = read_number(payload.settings.get("cover", "0"))
    if clip.seconds and cover is not None and cover > clip.seconds * 1000:
        yield "setting-invalid", f"the setting `cover` is after the end of {clip.path}"


def _check_photos(payload: Payload) -> Iterator[tuple[str, str]]:
    if payload.ai and not is_draft(payload):
        words = "the label for what was made with AI exists for videos only"
        yield "label-refused", f"{words}; take `ai:` out and say it in the text"


def _check_links(payload: Payload) -> Iterator[tuple[str, int, str]]:
    for index, part in enumerate(payload.parts):
        urls = [span.url for span in part.spans if span.url is not None]
        urls += [part.card.url] if part.card else []
        for url in urls:
            if url not in part.text:
                words = f"{url} would be lost, links have to stand in the text; write it out"
                yield "link-lost", index, words
