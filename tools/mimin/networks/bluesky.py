"""Bluesky without a connection: limits, what it refuses, and the exact record of a post.

`mimin check` and `mimin plan` need no more than this; the calls are in `bluesky_connection`.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from whenever import TimeDelta

from mimin.model.post import Visibility
from mimin.networks.address import base_address
from mimin.networks.limits import LIMITS, adjust
from mimin.networks.links import Kind, byte_span, detect
from mimin.networks.protocol import NO_SETTINGS, Objection, Recovery
from mimin.networks.tid import derive_tid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.media import Media
    from mimin.model.payload import Card, Part, Payload, Span
    from mimin.networks.protocol import Access, Connection, Job

COLLECTION = "app.bsky.feed.post"
CREATE = "/xrpc/com.atproto.repo.createRecord"
ENTRYWAY = "https://bsky.social"
"""Where accounts that name no `server` log in; it tells where they really live."""

LABELS = LIMITS["bluesky"].warning_labels
"""The warnings that Bluesky knows: values of a self-label, no free text."""

TEXT = "text"
"""Handle under which the text's hash is kept, so that the post is known without its file."""

THUMB = "thumb"
"""Handle under which the uploaded image of a link card is kept."""

_FACET = "app.bsky.richtext.facet"
_MOST_IMAGES = 4
_THUMB_BYTES = 1_000_000


class Bluesky:
    """What is known about Bluesky without talking to it."""

    name = "bluesky"
    recovery = Recovery.KEY
    settings = NO_SETTINGS

    def limits(self, account: Account) -> Limits:
        """Give the network's limits; the account's own win."""
        return adjust(LIMITS[self.name], account.limits)

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:
        """Find what Bluesky can not show, or would not understand."""
        return (*_check_whole(payload, account), *_check_parts(payload))

    def wire(self, job: Job) -> dict[str, object]:
        """Show the createRecord call."""
        return {
            "method": "POST",
            "url": "{server}" + CREATE,
            "headers": {"authorization": "Bearer {token}"},
            "json": creation(job),
        }

    def connect(self, access: Access) -> Connection:
        """Prepare to talk as this account."""
        from mimin.networks.bluesky_connection import BlueskyConnection

        return BlueskyConnection(access)

    def connection(self) -> type[Connection]:
        """Give the class of its connections."""
        from mimin.networks.bluesky_connection import BlueskyConnection

        return BlueskyConnection


NETWORK = Bluesky()


def media_handle(number: int) -> str:
    """Name the handle under which the uploaded image of this number (from 0) is kept."""
    return f"media{number}"


def planned_handles(job: Job) -> dict[str, str]:
    """Choose the record's key and its moment; the key is the same for every try of this part."""
    # Parts of a thread may be claimed together: a millisecond each keeps their order.
    moment = max(job.at, job.due) + TimeDelta(milliseconds=job.index)
    return {
        "rkey": derive_tid(job.due, job.key, job.index),
        "createdAt": moment.format_iso(unit="millisecond"),
        TEXT: text_hash(job.part.text),
    }


def text_hash(text: str) -> str:
    """Give what a text is recognised by."""
    return hashlib.sha256(text.encode()).hexdigest()


def creation(job: Job) -> dict[str, object]:
    """Build the body of the one call that publishes; what is not known yet stands in braces."""
    handles = {**planned_handles(job), **job.handles}
    return {
        "repo": handles.get("did", "{did}"),
        "collection": COLLECTION,
        "rkey": handles["rkey"],
        "validate": True,
        "record": _record(job, handles),
    }


def _record(job: Job, handles: dict[str, str]) -> dict[str, object]:
    record: dict[str, object] = {
        "$type": COLLECTION,
        "text": job.part.text,
        "createdAt": handles["createdAt"],
    }
    optional = {
        "langs": list(job.payload.languages),
        "facets": facets(job.part),
        "embed": _embed(job.part, handles),
        "labels": _labels(job.payload.warning),
        "reply": _reply(job),
    }
    return record | {name: value for name, value in optional.items() if value}


def facets(part: Part) -> list[dict[str, object]]:
    """Mark links, mentions and tags in bytes of UTF-8: on Bluesky only these can be clicked.

    What the payload says about a stretch goes before what is found in the text.
    """
    marked = [(span.start, span.end, _stated(span)) for span in part.spans]
    for found in detect(part.text):
        taken = any(start < found.end and found.start < end for start, end, _ in marked)
        if not taken and (feature := _detected(found.kind, found.value)):
            marked.append((found.start, found.end, [feature]))
    marked.sort(key=lambda mark: mark[:2])
    return [_facet(part.text, start, end, features) for start, end, features in marked if features]


def _facet(text: str, start: int, end: int, features: list[dict[str, str]]) -> dict[str, object]:
    first, last = byte_span(text, start, end)
    return {"index": {"byteStart": first, "byteEnd": last}, "features": features}


def _stated(span: Span) -> list[dict[str, str]]:
    features = []
    if span.url is not None:
        features.append({"$type": f"{_FACET}#link", "uri": span.url})
    if span.did is not None:
        features.append({"$type": f"{_FACET}#mention", "did": span.did})
    return features


def _detected(kind: Kind, value: str) -> dict[str, str] | None:
    match kind:
        case Kind.LINK:
            return {"$type": f"{_FACET}#link", "uri": value}
        case Kind.TAG | Kind.CASHTAG:
            return {"$type": f"{_FACET}#tag", "tag": value}
        case Kind.MENTION:
            # A handle is not an account: without the DID that was reviewed it stays plain text.
            return None


def _embed(part: Part, handles: dict[str, str]) -> dict[str, object] | None:
    if part.media:
        images = [
            _image(media, _blob(handles, media_handle(number)))
            for number, media in enumerate(part.media)
        ]
        return {"$type": "app.bsky.embed.images", "images": images}
    if part.card:
        return {"$type": "app.bsky.embed.external", "external": _external(part.card, handles)}
    return None


def _image(media: Media, blob: object) -> dict[str, object]:
    return {
        "image": blob,
        "alt": media.alt,
        "aspectRatio": {"width": media.width, "height": media.height},
    }


def _external(card: Card, handles: dict[str, str]) -> dict[str, object]:
    external = {"uri": card.url, "title": card.title, "description": card.description}
    return external | ({"thumb": _blob(handles, THUMB)} if card.image else {})


def _blob(handles: dict[str, str], name: str) -> object:
    return json.loads(handles[name]) if name in handles else f"{{{name}}}"


def _labels(warning: str | None) -> dict[str, object] | None:
    if not warning:
        return None
    return {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": warning}]}


def _reply(job: Job) -> dict[str, object] | None:
    if not job.index:
        return None
    return {"root": _reference(job, 0), "parent": _reference(job, job.index - 1)}


def _reference(job: Job, index: int) -> dict[str, str]:
    receipt = job.sent[index] if index < len(job.sent) else None
    if receipt is not None and "cid" in receipt.handles:
        return {"uri": receipt.remote_id, "cid": receipt.handles["cid"]}
    return {"uri": f"{{part {index + 1} uri}}", "cid": f"{{part {index + 1} cid}}"}


def _check_whole(payload: Payload, account: Account) -> Iterator[Objection]:
    try:
        base_address(account.server or ENTRYWAY)
    except ValueError as error:
        yield Objection(index=0, code="server-address", message=f"bluesky: {error}")
    if payload.warning and payload.warning not in LABELS:
        yield Objection(
            index=0,
            code="warning-unknown",
            message=f"bluesky knows no warning {payload.warning!r}, only {', '.join(LABELS)};"
            " use one of them, or say it in the text",
        )
    if payload.visibility is not Visibility.PUBLIC:
        yield Objection(
            index=0,
            code="visibility-unknown",
            message=f"every post on bluesky is public, none can be {payload.visibility};"
            " leave the account out or make the post public",
        )


def _check_parts(payload: Payload) -> Iterator[Objection]:
    for index, part in enumerate(payload.parts):
        if part.text.strip() and not (part.media or part.spans or part.card):
            continue  # words and nothing else
        for code, message in (*_check_embed(part), *_check_spans(part)):
            yield Objection(index=index, code=code, message=f"bluesky: {message}")


def _check_embed(part: Part) -> Iterator[tuple[str, str]]:
    if len(part.media) > _MOST_IMAGES:
        yield "too-many-images", f"{len(part.media)} images, 4 allowed; take some out"
    for media in part.media:
        if not media.mime.startswith("image/"):
            yield "media-type", f"{media.path} is {media.mime}; mimin sends only images to bluesky"
    if part.media and part.card:
        yield "card-and-media", "a post shows either images or a link card; take one out"
    image = part.card.image if part.card else None
    if image and image.size > _THUMB_BYTES:
        yield "card-image-size", f"{image.path} has {image.size} bytes, 1,000,000 allowed in a card"
    if not (part.text.strip() or part.media or part.card):
        yield "empty", "nothing to post; write a text or add an image"


def _check_spans(part: Part) -> Iterator[tuple[str, str]]:
    end = 0
    for span in sorted(part.spans, key=lambda span: span.start):
        if not end <= span.start < span.end <= len(part.text):
            yield (
                "span-place",
                f"the link at {span.start} to {span.end} overlaps or leaves the text",
            )
        end = max(end, span.end)
