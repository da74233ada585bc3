"""A payload: exactly what goes over the wire for one account, closed when it is reviewed."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated

from pydantic import Field

from mimin.model.base import Record, is_default
from mimin.model.media import Media
from mimin.model.post import Replies, Visibility

CONTENT = 16
"""How much of a part's hash is kept: it tells a post's own parts apart, and is no protection."""


_PLACES = {"media": {"__all__": {"path"}}, "card": {"image": {"path"}}}


class Span(Record):
    """A stretch of a part's text that carries a link or a mention, in code points."""

    start: int
    end: int
    url: str | None = None
    did: str | None = None


class Card(Record):
    """A link card whose every byte is known."""

    url: str
    title: str
    description: str = ""
    image: Media | None = None


class Part(Record):
    """One message: a whole post, or one piece of a thread."""

    text: str
    spans: tuple[Span, ...] = ()
    """Links and mentions that the text alone does not show, and no network finds by itself."""
    media: tuple[Media, ...] = ()
    card: Card | None = None
    comment: Annotated[bool, Field(exclude_if=is_default)] = False
    """Whether this is the first comment under part 0 and no part of a thread."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """MIME types of its media."""
        return tuple(media.mime for media in self.media)

    @property
    def content(self) -> str:
        """Hash over what the audience gets of this part: a thread is compared by it.

        Where a file lies is not among it, so that a folder's new name changes no content.
        """
        places = _PLACES if self.media or self.card is not None else None
        written = self.__pydantic_serializer__.to_json(self, exclude=places)
        return hashlib.sha256(written).hexdigest()[:CONTENT]


class Payload(Record):
    """What one account is to get."""

    account: str
    """`brand/account`."""
    network: str
    """The adapter that sends it."""
    parts: tuple[Part, ...]
    languages: tuple[str, ...] = ()
    warning: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    # What came later stands in the digest only where it says something, so that approvals of
    # payloads without it stay good.
    headline: Annotated[str, Field(exclude_if=is_default)] = ""
    """The title that the audience sees, where the network has one."""
    replies: Annotated[Replies, Field(exclude_if=is_default)] = Replies.EVERYONE
    """Who may answer, where the network knows the difference."""
    paid: Annotated[bool, Field(exclude_if=is_default)] = False
    """Labelled as paid partnership."""
    ai: Annotated[bool, Field(exclude_if=is_default)] = False
    """Labelled as made with AI."""
    # A factory, as pydantic copies a `{}` the long way for every payload.
    settings: dict[str, str] = Field(default_factory=dict, exclude_if=is_default)
    """The adapter's own settings, the post's over the account's: a board, a page, a category."""

    @property
    def digest(self) -> str:
        """Hash over everything above: what is approved, and what is compared before sending."""
        written = self.__pydantic_serializer__.to_json(self)  # as `model_dump_json`, but bytes
        return hashlib.sha256(written).hexdigest()

    @property
    def shape(self) -> str:
        """Hash over all that is not words: the same for two payloads that an edit of text joins.

        Empty for a payload that is nothing but words, which most are.
        """
        labels = (self.warning, self.visibility, self.replies, self.paid, self.ai, self.settings)
        worded = all(not part.media and part.card is None for part in self.parts)
        if worded and labels == _NO_LABELS:
            return ""
        rest = [
            (
                [(media.sha256, media.alt) for media in part.media],
                part.card.model_dump_json() if part.card else "",
            )
            for part in self.parts
        ]
        return hashlib.sha256(json.dumps([*labels, *rest]).encode()).hexdigest()[:16]


_NO_LABELS: tuple[object, ...] = (None, Visibility.PUBLIC, Replies.EVERYONE, False, False, {})
