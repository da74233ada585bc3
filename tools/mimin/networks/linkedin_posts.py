"""LinkedIn's own posts and comments read back, so that one of ours can be recognised."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic import AliasChoices, Field
from whenever import Instant

from mimin.networks.http import Answer
from mimin.networks.linkedin import post_urn
from mimin.networks.linkedin_text import plain
from mimin.networks.matching import Listed
from mimin.networks.protocol import NotPublished, Receipt

if TYPE_CHECKING:
    import httpx2

_NOT_OUT = frozenset({"DRAFT", "PUBLISH_FAILED"})
_COMMENT = re.compile(r"urn:li:comment:\((?P<on>urn:li:\w+:\d+),(?P<id>\d+)\)")
_NUMBER = re.compile(r"urn:li:\w+:(?P<number>\d+)")


class _Pictures(Answer):
    images: tuple[object, ...] = ()


class _Content(Answer):
    media: object = None
    pictures: _Pictures | None = Field(None, alias="multiImage")


class Post(Answer):
    """What we need of a post; moments are milliseconds since 1970."""

    id: str
    author: str = ""
    commentary: str = ""
    created: int = Field(0, alias="createdAt")
    published: int | None = Field(None, alias="publishedAt")
    modified: int = Field(0, alias="lastModifiedAt")
    state: str = Field("PUBLISHED", alias="lifecycleState")
    content: _Content | None = None

    @property
    def is_dated(self) -> bool:
        """Whether LinkedIn says when it was made; what has no time may be ours."""
        return bool((self.published or self.created) and self.modified)

    @property
    def is_out(self) -> bool:
        """Whether the audience sees it, or is about to."""
        return self.state not in _NOT_OUT

    @property
    def listed(self) -> Listed:
        """Give it as something that may be ours."""
        content = self.content or _Content()
        pictures = len(content.pictures.images) if content.pictures else 0
        return Listed(
            receipt=post_receipt(self.id),
            at=moment(self.published or self.created),
            text=plain(self.commentary),
            shape=str(pictures or int(content.media is not None)),
        )


class Posts(Answer):
    """One page of an author's posts."""

    elements: tuple[Post, ...] = ()


class _Message(Answer):
    text: str = ""


class _Made(Answer):
    time: int = 0


class Comment(Answer):
    """What we need of a comment."""

    urn: str = Field("", validation_alias=AliasChoices("commentUrn", "$URN"))
    actor: str = ""
    message: _Message = _Message()
    created: _Made = _Made()

    def listed(self, on: str) -> Listed:
        """Give it as something that may be ours."""
        return Listed(
            receipt=comment_receipt(self.urn, on),
            at=moment(self.created.time),
            text=self.message.text,
        )


class Comments(Answer):
    """One page of the comments on a post."""

    elements: tuple[Comment, ...] = ()


def moment(milliseconds: int) -> Instant:
    """Read LinkedIn's way to write a moment."""
    return Instant.from_timestamp(milliseconds, unit="millisecond")


def moment_of(urn: str) -> Instant | None:
    """Read from a URN when it was made: its number holds the milliseconds since 1970.

    LinkedIn does not document it; it held for all exports that were looked at.
    """
    found = _NUMBER.fullmatch(urn)
    return moment(int(found["number"]) >> 22) if found else None


def post_receipt(urn: str) -> Receipt:
    """Give the proof that a post is out."""
    return Receipt(remote_id=urn, url=f"https://www.linkedin.com/feed/update/{urn}/")


def comment_receipt(urn: str, on: str) -> Receipt:
    """Give the proof that a comment *on* a post is out."""
    place = f"https://www.linkedin.com/feed/update/{on}/?commentUrn={quote(urn, safe='')}"
    return Receipt(remote_id=urn, url=place)


def comment_made(answer: httpx2.Response, made: Comment, on: str) -> str:
    """Give the URN of a comment that was just made; empty when the answer does not tell it."""
    number = answer.headers.get("x-restli-id", "")
    if made.urn:
        return made.urn
    return f"urn:li:comment:({on},{number})" if number.isdigit() else ""


def comment_place(urn: str) -> tuple[str, str] | None:
    """Read from a comment's URN what it is on, and its number; None where it is no comment."""
    found = _COMMENT.fullmatch(urn)
    return (found["on"], found["id"]) if found else None


def changeable(receipt: Receipt) -> str:
    """Give the URN of a post that can be changed or deleted.

    Raises:
        NotPublished: if the receipt names a comment, or no post.
    """
    if comment_place(receipt.remote_id):
        raise NotPublished(
            "mimin changes no comments on LinkedIn; change it by hand", permanent=True
        )
    urn = post_urn(receipt.remote_id)
    if urn is None:
        raise NotPublished(
            f"{receipt.remote_id} does not name a post on LinkedIn; tell its address with"
            " urn:li:share or urn:li:ugcPost in it",
            permanent=True,
        )
    return urn
