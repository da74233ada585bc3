"""A payload: exactly what goes over the wire for one account, closed when it is reviewed."""

from __future__ import annotations

import hashlib

from mimin.model.base import Record
from mimin.model.media import Media
from mimin.model.post import Visibility


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

    @property
    def digest(self) -> str:
        """Hash over everything above: what is approved, and what is compared before sending."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
