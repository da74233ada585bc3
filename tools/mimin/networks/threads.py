"""Threads without a connection: limits, what it refuses, the exact containers and the call.

The calls themselves are in `threads_connection`. `auto_publish_text` is never used: it would make
one step of two, and with it goes the container that tells whether a lost call arrived.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from mimin.model.post import Replies
from mimin.networks.graph_rules import CONTAINER, carousel, check_links, check_own, is_video, placed
from mimin.networks.limits import LIMITS, adjust
from mimin.networks.links import Kind, detect
from mimin.networks.protocol import Objection, Recovery
from mimin.printable import is_seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.media import Media
    from mimin.model.payload import Part, Payload
    from mimin.networks.protocol import Access, Connection, Job

HOST = "https://graph.threads.net"
VERSION = "v1.0"

MOST = 20
"""Most images and videos of a carousel, together."""
SPOILER = "spoiler"
"""The one warning that Threads knows; it hides images and videos, without words."""

_CONTROL: Mapping[Replies, str] = MappingProxyType(
    {
        Replies.EVERYONE: "everyone",
        Replies.FOLLOWERS: "followers_only",
        Replies.FOLLOWING: "accounts_you_follow",
        Replies.MENTIONED: "mentioned_only",
    }
)
_TOPIC = re.compile(r"[^#.&\s][^.&]{0,49}")
_SIGN = re.compile(r"[#\uFF03](?=\w)")


class Threads:
    """What is known about Threads without talking to it."""

    name = "threads"
    recovery = Recovery.CONTAINER
    settings: Mapping[str, str] = MappingProxyType(
        {
            "user": "The account's number; the token's own when missing.",
            "topic": "The post's topic, without #, up to 50 characters.",
        }
    )

    def limits(self, account: Account) -> Limits:
        """Give Threads' limits; the account's own win."""
        return adjust(LIMITS[self.name], account.limits)

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:
        """Find what Threads would refuse, and what it would lose without a word."""
        return (
            *check_own(payload, account, self.settings, of_posts=("topic",)),
            *_check_topic(payload, account),
            *_check_warning(payload),
            *_check_parts(payload),
        )

    def wire(self, job: Job) -> dict[str, object]:
        """Show the call that publishes, and the containers that are made before."""
        made = [*children(job, None), container(job, None)]
        name = user(job.payload.settings)
        creation = {"creation_id": job.handles.get(CONTAINER, "{container}")}
        before = [_call(f"{name}/threads", form) for form in made]
        return {**_call(f"{name}/threads_publish", creation), "before": before}

    def connect(self, access: Access) -> Connection:
        """Prepare to talk as this account."""
        from mimin.networks.threads_connection import ThreadsConnection

        return ThreadsConnection(access)

    def connection(self) -> type[Connection]:
        """Give the class of its connections."""
        from mimin.networks.threads_connection import ThreadsConnection

        return ThreadsConnection


NETWORK = Threads()


def user(settings: Mapping[str, str]) -> str:
    """Give the account's number; a token knows its own."""
    return settings.get("user", "me")


def plain(text: str) -> str:
    """Give a text without the signs of its hashtags: the first one loses its own on Threads."""
    return _SIGN.sub("", text)


def children(job: Job, urls: Sequence[str] | None) -> list[dict[str, str]]:
    """Build the containers of a carousel's items; none for a single image or video."""
    media = job.part.media
    if len(media) < 2:
        return []
    return [
        {"is_carousel_item": "true", **_item(one, placed(urls, number))}
        for number, one in enumerate(media)
    ]


def container(job: Job, urls: Sequence[str] | None) -> dict[str, str]:
    """Build the container that is published; what is not known yet stands in braces."""
    payload, part = job.payload, job.part
    form = _shown(job, urls)
    optional = {
        "text": part.text,
        "link_attachment": part.card.url if part.card and not part.media else "",
        "is_spoiler_media": "true" if part.media and payload.warning == SPOILER else "",
        "reply_to_id": _parent(job) if job.index else "",
        # Who may answer and what it is about hold for a whole thread.
        "reply_control": "" if job.index else _CONTROL[payload.replies],
        "topic_tag": "" if job.index else payload.settings.get("topic", ""),
    }
    return form | {name: value for name, value in optional.items() if value}


def _shown(job: Job, urls: Sequence[str] | None) -> dict[str, str]:
    media = job.part.media
    if not media:
        return {"media_type": "TEXT"}
    if len(media) == 1:
        return _item(media[0], placed(urls, 0))
    return carousel(job)


def _item(media: Media, url: str) -> dict[str, str]:
    kind = "video" if is_video(media) else "image"
    form = {"media_type": kind.upper(), f"{kind}_url": url}
    return form | ({"alt_text": media.alt} if media.alt else {})


def _parent(job: Job) -> str:
    return job.sent[-1].remote_id if len(job.sent) == job.index else f"{{part {job.index} id}}"


def _call(path: str, form: Mapping[str, str]) -> dict[str, object]:
    return {
        "method": "POST",
        "url": f"{HOST}/{VERSION}/{path}",
        "headers": {"authorization": "Bearer {token}"},
        "form": form,
    }


def _check_topic(payload: Payload, account: Account) -> Iterator[Objection]:
    topic = {**account.settings, **payload.settings}.get("topic")
    if topic is None:
        return
    if not _TOPIC.fullmatch(topic):
        message = f"threads: `topic: {topic}` is none; write 1 to 50 characters without #, . and &"
        yield Objection(index=0, code="setting-invalid", message=message)
    tags = [span.value for span in detect(payload.parts[0].text) if span.kind is Kind.TAG]
    if any(tag.casefold() != topic.casefold() for tag in tags):
        message = (
            f"threads: a post has one topic, and this one has `topic: {topic}` and #{tags[0]};"
            " take one out"
        )
        yield Objection(index=0, code="setting-invalid", message=message)


def _check_warning(payload: Payload) -> Iterator[Objection]:
    if payload.warning == SPOILER and not any(part.media for part in payload.parts):
        message = (
            "threads: a spoiler hides images and videos, and there are none; add one, or write the"
            " warning in words of your own"
        )
        yield Objection(index=0, code="warning-unknown", message=message)


def _check_parts(payload: Payload) -> Iterator[Objection]:
    for index, part in enumerate(payload.parts):
        card = part.card.url if part.card and not part.media else ""
        yield from check_links("threads", part, index, shown=card)
        for code, message in _check_part(part, card):
            yield Objection(index=index, code=code, message=f"threads: {message}")


def _check_part(part: Part, card: str) -> Iterator[tuple[str, str]]:
    if len(part.media) > MOST:
        amount = len(part.media)
        yield (
            "too-many-files",
            f"{amount} images and videos, {MOST} allowed together; take some out",
        )
    if not (is_seen(part.text) or part.media or card):
        yield "empty", "nothing to post; write a text or add an image"
