"""X's own posts read back: under the field names of both generations, with links as we wrote them.

X calls a post "tweet" in live traffic and in most of its documentation, and "post" in its OpenAPI
description since 2.167; what it answers is read under either name.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from pydantic import AliasChoices, AwareDatetime, Field
from whenever import Instant

from mimin.networks import grammar
from mimin.networks.http import Answer
from mimin.networks.matching import Listed
from mimin.networks.protocol import Receipt

if TYPE_CHECKING:
    from collections.abc import Iterable

GENERATIONS = (
    {"tweet.fields": "attachments,created_at,entities,note_tweet,referenced_tweets"},
    {
        "post.fields": "attachments,created_at,entities,note_post",
        "expansions": "referenced_posts",
    },
)
"""What a list of posts has to be asked for; X refuses names that it does not know."""

_OF_MEDIA = re.compile(r"/status/\d+/(?:photo|video)/\d+$")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)


class _Url(Answer):
    url: str = ""
    expanded_url: str | None = None
    media_key: str | None = None


class _Entities(Answer):
    urls: tuple[_Url, ...] | None = None


class _Note(Answer):
    text: str
    entities: _Entities | None = None


class _Reference(Answer):
    type: str
    id: str


class _Attachments(Answer):
    media_keys: tuple[str, ...] | None = None


class Post(Answer):
    """What we need of a post."""

    id: str
    text: str = ""
    created_at: AwareDatetime
    entities: _Entities | None = None
    attachments: _Attachments | None = None
    references: tuple[_Reference, ...] | None = Field(
        None, validation_alias=AliasChoices("referenced_tweets", "referenced_posts")
    )
    note: _Note | None = Field(None, validation_alias=AliasChoices("note_tweet", "note_post"))
    """The whole text, where it is longer than 280."""

    def listed(self, handle: str) -> Listed:
        """Give it as something that may be ours."""
        keys = self.attachments.media_keys if self.attachments else None
        whole = self.note or self
        return Listed(
            receipt=receipt(self.id, handle),
            at=Instant(self.created_at),
            text=_expanded(whole.text, (whole.entities and whole.entities.urls) or ()),
            shape=str(len(keys or ())),
            answers=next(
                (other.id for other in self.references or () if other.type == "replied_to"), ""
            ),
        )


class _Meta(Answer):
    next_token: str | None = None


class Page(Answer):
    """One page of a list of posts; without `data` where there is none."""

    data: tuple[Post, ...] = ()
    meta: _Meta = _Meta()
    errors: tuple[object, ...] = ()
    """X answers 200 also when it could not give everything."""


def receipt(name: str, handle: str) -> Receipt:
    """Give the proof that a post is out; X leads any account's name to the right address."""
    return Receipt(remote_id=name, url=f"https://x.com/{handle}/status/{name}")


def recognisable(text: str) -> str:
    """Give what a text is compared by: every link in the one form that X's own copy has too."""
    pieces, cursor = [], 0
    for start, length in sorted(grammar.find_urls(text)):
        if start >= cursor:
            pieces += [text[cursor:start], _bare(text[start : start + length])]
            cursor = start + length
    return "".join((*pieces, text[cursor:]))


def _expanded(text: str, urls: Iterable[_Url]) -> str:
    """Undo what X does to a text: shortened links, the link to its own media, escaped marks."""
    # The longest first: one address may begin like another.
    for entity in sorted(urls, key=lambda entity: -len(entity.url)):
        target = entity.expanded_url or entity.url
        if entity.media_key or _OF_MEDIA.search(target):
            text = text.replace(entity.url, "")
        elif entity.url:
            text = text.replace(entity.url, _bare(target))
    return recognisable(html.unescape(text))


def _bare(url: str) -> str:
    """Take off what X adds to a link that was written without it."""
    return _SCHEME.sub("", url, count=1).rstrip("/")
