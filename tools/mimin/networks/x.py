"""X without a connection: limits, what it loses or refuses, the exact request, and the price.

Requests are those of X API v2 (docs.x.com, OpenAPI description 2.167).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mimin.model.post import Replies
from mimin.networks import grammar
from mimin.networks.limits import LIMITS, adjust
from mimin.networks.protocol import NO_SETTINGS, Objection, Recovery
from mimin.printable import is_seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.media import Media
    from mimin.model.payload import Part, Payload
    from mimin.networks.protocol import Access, Connection, Job

BASE = "https://api.x.com"
POSTS = "/2/tweets"
METADATA = "/2/media/metadata"

_PRICE = 15
_PRICE_WITH_URL = 200
_PRICE_OF_ALT = 5
"""Thousandths of a US dollar (docs.x.com, pricing, since 2026-04-20)."""

_REPLIES = {Replies.FOLLOWING: "following", Replies.MENTIONED: "mentionedUsers"}
_ADDRESS = re.compile(r"/status(?:es)?/(?P<id>\d{1,19})(?:[/?#]|$)")


class X:
    """What is known about X without talking to it."""

    name = "x"
    # X refuses the same text twice, but does not say which post has it.
    recovery = Recovery.LIST
    settings = NO_SETTINGS

    def limits(self, account: Account) -> Limits:
        """Give the limits of an account without Premium; the account's own win."""
        return adjust(LIMITS[self.name], account.limits)

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:  # noqa: ARG002 - every account is judged alike
        """Find what X would refuse, and what it would lose without a word."""
        return (*_check_whole(payload), *_check_parts(payload))

    def wire(self, job: Job) -> dict[str, object]:
        """Show the call that posts, and before it the calls that give images their alt text."""
        shown: dict[str, object] = {
            "method": "POST",
            "url": BASE + POSTS,
            "headers": {"authorization": "Bearer {token}"},
            "json": post(job),
        }
        described = [
            {
                "method": "POST",
                "url": BASE + METADATA,
                "headers": {"authorization": "Bearer {token}"},
                "json": description(_uploaded(job, number), media.alt),
            }
            for number, media in enumerate(job.part.media)
            if is_described(media)
        ]
        return {"before": described, **shown} if described else shown

    def price(self, payload: Payload) -> int:
        """Give what publishing all parts costs, in thousandths of a US dollar."""
        return sum(_price(part) for part in payload.parts)

    def connect(self, access: Access) -> Connection:
        """Prepare to talk as this account."""
        from mimin.networks.x_connection import XConnection

        return XConnection(access)

    def connection(self) -> type[Connection]:
        """Give the class of its connections."""
        from mimin.networks.x_connection import XConnection

        return XConnection


NETWORK = X()


def media_handle(number: int) -> str:
    """Name the handle under which the id of the uploaded file of this number (from 0) is kept."""
    return f"media{number}"


def is_still(media: Media) -> bool:
    """Tell whether a file is a photo; a GIF is a kind of video to X."""
    return media.mime.startswith("image/") and media.mime != "image/gif"


def is_described(media: Media) -> bool:
    """Tell whether X takes an alt text with the file: it does with images only."""
    return bool(media.alt) and media.mime.startswith("image/")


def description(uploaded: str, alt: str) -> dict[str, object]:
    """Build the body of the call that gives an upload its alt text."""
    return {"id": uploaded, "metadata": {"alt_text": {"text": alt}}}


def post(job: Job) -> dict[str, object]:
    """Build the body of the one call that publishes; what is not known yet stands in braces."""
    payload, part = job.payload, job.part
    uploaded = [_uploaded(job, number) for number in range(len(part.media))]
    optional: dict[str, object] = {
        "text": part.text,
        "media": {"media_ids": uploaded} if uploaded else None,
        "reply": {"in_reply_to_tweet_id": _parent(job)} if job.index else None,
        # Who may answer is a matter of the whole conversation, so its first post says it.
        "reply_settings": None if job.index else _REPLIES.get(payload.replies),
        "made_with_ai": payload.ai,
        "paid_partnership": payload.paid,
    }
    return {name: value for name, value in optional.items() if value}


def _uploaded(job: Job, number: int) -> str:
    name = media_handle(number)
    return job.handles.get(name, f"{{{name}}}")


def _parent(job: Job) -> str:
    known = post_id(job.sent[job.index - 1].remote_id) if len(job.sent) >= job.index else None
    return known or f"{{part {job.index} id}}"


def post_id(name: str) -> str | None:
    """Read a post's id from a receipt; a person may have told us no more than its address."""
    if name.isascii() and name.isdigit():
        return name
    address = _ADDRESS.search(name)
    return address["id"] if address else None


def _price(part: Part) -> int:
    texts = sum(_PRICE_OF_ALT for media in part.media if is_described(media))
    # What has a scheme is taken for a link whatever its top level: X may know newer ones than we.
    linked = "://" in part.text or grammar.find_urls(part.text)
    return texts + (_PRICE_WITH_URL if linked else _PRICE)


def _check_whole(payload: Payload) -> Iterator[Objection]:
    if payload.warning:
        yield Objection(
            index=0,
            code="warning-unknown",
            message="x: a post has no place for a warning; say it in the text",
        )


def _check_parts(payload: Payload) -> Iterator[Objection]:
    for index, part in enumerate(payload.parts):
        for code, message in _check_part(part):
            yield Objection(index=index, code=code, message=f"x: {message}")


def _check_part(part: Part) -> Iterator[tuple[str, str]]:
    if len(part.media) > 1 and not all(is_still(media) for media in part.media):
        yield (
            "mixed-media",
            "a post shows up to 4 images, or one GIF, or one video; take the others out",
        )
    for url in _addresses(part):
        if url not in part.text:
            yield "link-lost", f"{url} would be lost, links have to stand in the text; write it out"
    if not (is_seen(part.text) or part.media):
        yield "empty", "nothing to post; write a text or add an image"


def _addresses(part: Part) -> Iterator[str]:
    yield from (span.url for span in part.spans if span.url is not None)
    if part.card:
        yield part.card.url
