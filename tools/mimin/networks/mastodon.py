"""Mastodon without a connection: limits, what it refuses, and the exact request of a post.

`mimin check` and `mimin plan` need no more than this; the calls are in `mastodon_connection`.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

from mimin.model.post import Visibility
from mimin.networks.address import base_address, server_of
from mimin.networks.limits import LIMITS, adjust
from mimin.networks.protocol import NO_SETTINGS, Editing, Objection, Recovery
from mimin.printable import is_seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.payload import Part, Payload
    from mimin.networks.protocol import Access, Connection, Job, Receipt

STATUSES = "/api/v1/statuses"

_ADDRESS = re.compile(r"/(?:@[^/@]+|notice|statuses)/(?P<id>[0-9A-Za-z]+)/?$")

_VISIBILITY = {
    Visibility.PUBLIC: "public",
    Visibility.UNLISTED: "unlisted",
    Visibility.FOLLOWERS: "private",
    Visibility.PRIVATE: "direct",
}


class Mastodon:
    """What is known about Mastodon without talking to an instance."""

    name = "mastodon"
    recovery = Recovery.KEY
    editable = Editing.ALL
    settings = NO_SETTINGS

    def limits(self, account: Account) -> Limits:
        """Give the limits of a default instance; the account's own win."""
        return adjust(LIMITS[self.name], account.limits)

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:
        """Find what an instance would refuse, and what it would lose without a word."""
        return (*_check_server(account), *_check_parts(payload))

    def wire(self, job: Job) -> dict[str, object]:
        """Show the call that posts the status."""
        return {
            "method": "POST",
            "url": "{server}" + STATUSES,
            "headers": {"authorization": "Bearer {token}", **naming(job)},
            "json": status(job),
        }

    def connect(self, access: Access) -> Connection:
        """Prepare to talk as this account."""
        from mimin.networks.mastodon_connection import MastodonConnection

        return MastodonConnection(access)

    def connection(self) -> type[Connection]:
        """Give the class of its connections."""
        from mimin.networks.mastodon_connection import MastodonConnection

        return MastodonConnection


NETWORK = Mastodon()


def home_address(account: Account) -> str:
    """Give the address of the account's instance.

    Raises:
        ValueError: if neither `server` nor a handle such as `name@example.social` tells it.
    """
    server = server_of("mastodon", account.server or "", account.handle)
    if not server:
        raise ValueError(
            f"{account.handle!r} does not say on which instance it is;"
            " add `server: https://example.social` to the account"
        )
    return base_address(server)


def media_handle(number: int) -> str:
    """Name the handle under which the id of the uploaded file of this number (from 0) is kept."""
    return f"media{number}"


def file_handle(number: int) -> str:
    """Name the handle under which the hash of that file is kept."""
    return f"file{number}"


UPLOADS = "uploads"
"""Handle of a receipt: JSON of the hash of each file → its id on the instance, for later edits."""


def with_uploads(receipt: Receipt, handles: Mapping[str, str]) -> Receipt:
    """Note in a receipt which files are attached, from the handles of its claim."""
    uploads = {}
    for number in range(len(handles)):
        if {media_handle(number), file_handle(number)} <= set(handles):
            uploads[handles[file_handle(number)]] = handles[media_handle(number)]
    kept = {UPLOADS: json.dumps(uploads, sort_keys=True)} if uploads else {}
    return receipt.model_copy(update={"handles": {**receipt.handles, **kept}})


def naming(job: Job) -> dict[str, str]:
    """Give the header by which an instance knows a second try, for an hour, if it looks at it."""
    return {"idempotency-key": hashlib.sha256(job.token.encode()).hexdigest()}


def status(job: Job) -> dict[str, object]:
    """Build the body of the one call that publishes; what is not known yet stands in braces.

    Nothing that an instance would fill in from the account's preferences is left out.
    """
    payload, part = job.payload, job.part
    body: dict[str, object] = {
        "status": part.text,
        "visibility": _VISIBILITY[payload.visibility],
        "sensitive": bool(payload.warning),
    }
    optional = {
        "spoiler_text": payload.warning,
        "language": payload.languages[0] if payload.languages else None,
        "media_ids": [_uploaded(job, number) for number in range(len(part.media))],
        "in_reply_to_id": _parent(job) if job.index else None,
    }
    return body | {name: value for name, value in optional.items() if value}


def revision(job: Job, uploads: Sequence[str]) -> dict[str, object]:
    """Build the body that makes a status what the part says now; who sees it can not be changed."""
    payload, part = job.payload, job.part
    body: dict[str, object] = {
        "status": part.text,
        "sensitive": bool(payload.warning),
        "spoiler_text": payload.warning or "",
        "media_ids": list(uploads),
    }
    if payload.languages:
        body["language"] = payload.languages[0]
    if uploads:
        body["media_attributes"] = [
            {"id": name, "description": media.alt}
            for name, media in zip(uploads, part.media, strict=True)
        ]
    return body


def _uploaded(job: Job, number: int) -> str:
    name = media_handle(number)
    return job.handles.get(name, f"{{{name}}}")


def _parent(job: Job) -> str:
    known = parent_id(job) if len(job.sent) >= job.index else None
    return known or f"{{part {job.index} id}}"


def parent_id(job: Job) -> str | None:
    """Give the id of the status that this part answers; None when it can not be told."""
    return status_id(job.sent[job.index - 1])


def status_id(receipt: Receipt) -> str | None:
    """Give the id of a status; None when it can not be told.

    A person may have told us no more than its address, `https://example.social/@name/123`.
    """
    name = receipt.remote_id
    if "/" not in name:
        return name
    address = _ADDRESS.search(name)
    return address["id"] if address else None


def _check_server(account: Account) -> Iterator[Objection]:
    try:
        home_address(account)
    except ValueError as error:
        yield Objection(index=0, code="server-address", message=f"mastodon: {error}")


def _check_parts(payload: Payload) -> Iterator[Objection]:
    for index, part in enumerate(payload.parts):
        if is_seen(part.text) and not (part.media or part.spans or part.card):
            continue  # words and nothing else
        for code, message in _check_part(part):
            yield Objection(index=index, code=code, message=f"mastodon: {message}")


def _check_part(part: Part) -> Iterator[tuple[str, str]]:
    moving = sum(not media.mime.startswith("image/") for media in part.media)
    if moving and len(part.media) > 1:
        yield "mixed-media", "a post shows up to 4 images or one video; take the others out"
    for url in _addresses(part):
        if url not in part.text:
            yield "link-lost", f"{url} would be lost, links have to stand in the text; write it out"
    if not (is_seen(part.text) or part.media):
        yield "empty", "nothing to post; write a text or add an image"


def _addresses(part: Part) -> Iterator[str]:
    yield from (span.url for span in part.spans if span.url is not None)
    if part.card:
        yield part.card.url
