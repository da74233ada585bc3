"""A post as a record of Bluesky's: facets, embeds, the posts it answers, and who may answer it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from whenever import TimeDelta

from mimin.foreign import read_json
from mimin.model.post import Replies
from mimin.networks.links import Kind, byte_span, detect
from mimin.networks.tid import derive_tid

if TYPE_CHECKING:
    from mimin.model.media import Media
    from mimin.model.payload import Card, Part, Span
    from mimin.networks.protocol import Job

COLLECTION = "app.bsky.feed.post"
GATES = "app.bsky.feed.threadgate"
CREATE = "/xrpc/com.atproto.repo.createRecord"
APPLY = "/xrpc/com.atproto.repo.applyWrites"

TEXT = "text"
"""Handle under which the text's hash is kept, so that the post is known without its file."""

THUMB = "thumb"
"""Handle under which the uploaded image of a link card is kept."""

_FACET = "app.bsky.richtext.facet"
_WRITE = "com.atproto.repo.applyWrites#create"

_RULES = {
    Replies.FOLLOWERS: (f"{GATES}#followerRule",),
    Replies.FOLLOWING: (f"{GATES}#followingRule",),
    Replies.MENTIONED: (f"{GATES}#mentionRule",),
    Replies.NOBODY: (),
}
"""Who may answer → the rules of a thread gate; everyone may where there is none."""


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


def is_gated(job: Job) -> bool:
    """Tell whether this part brings a thread gate along; that of a thread belongs to its root."""
    return job.index == 0 and job.payload.replies in _RULES


def publication(job: Job) -> tuple[str, dict[str, object]]:
    """Give the path and the body of the one call that publishes.

    A post whose answers are restricted is written together with its gate: both or neither, so that
    nobody can answer in between. What is not known yet stands in braces.
    """
    handles = {**planned_handles(job), **job.handles}
    repo, rkey = handles.get("did", "{did}"), handles["rkey"]
    post = _record(job, handles)
    if not is_gated(job):
        place = {"repo": repo, "collection": COLLECTION, "rkey": rkey}
        return CREATE, {**place, "validate": True, "record": post}
    gate = {
        "$type": GATES,
        "post": f"at://{repo}/{COLLECTION}/{rkey}",
        "allow": [{"$type": rule} for rule in _RULES[job.payload.replies]],
        "createdAt": handles["createdAt"],
    }
    writes = [
        {"$type": _WRITE, "collection": collection, "rkey": rkey, "value": value}
        for collection, value in ((COLLECTION, post), (GATES, gate))
    ]
    return APPLY, {"repo": repo, "validate": True, "writes": writes}


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
    if any(is_video(media) for media in part.media):
        return _video(part.media[0], _blob(handles, media_handle(0)))
    if part.media:
        images = [
            _image(media, _blob(handles, media_handle(number)))
            for number, media in enumerate(part.media)
        ]
        return {"$type": "app.bsky.embed.images", "images": images}
    if part.card:
        return {"$type": "app.bsky.embed.external", "external": _external(part.card, handles)}
    return None


def is_video(media: Media) -> bool:
    """Tell whether a file is a video."""
    return media.mime.startswith("video/")


def _video(media: Media, blob: object) -> dict[str, object]:
    ratio = {"width": media.width, "height": media.height}
    described = {"alt": media.alt} if media.alt else {}
    return {"$type": "app.bsky.embed.video", "video": blob, **described, "aspectRatio": ratio}


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
    return read_json(handles[name]) if name in handles else f"{{{name}}}"


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
