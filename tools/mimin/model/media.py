"""Media: a file with alt text, and what is known about its bytes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mimin.model.base import Record, Slug, is_default
from mimin.model.bounds import ENTRIES
from mimin.model.free_text import SentText


class MediaFields(Record):
    """One entry of a post's `media:` list: a file, or a card to be rendered."""

    file: SentText | None = None
    """Path beside the post, or in a `media/` folder of the brand."""
    card: Slug | None = None
    """Name of a template in `templates/cards/`."""
    values: Annotated[dict[str, SentText], Field(max_length=ENTRIES)] = {}
    """What fills the card's places."""
    alt: SentText | None = None
    """What somebody who can not see it should know. Required by the check."""
    focus: Annotated[str, Field(pattern=r"^(0|1|0?\.\d+) +(0|1|0?\.\d+)$")] | None = None
    """The point that a crop keeps, as parts of width and height from the top left: `0.5 0.3`."""


class Media(Record):
    """A file that goes out, known by its bytes."""

    path: str
    """Where the bytes are: relative to the workspace, or `card:<digest>` for a rendered card."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    mime: str
    size: int
    """Bytes."""
    width: int
    height: int
    alt: str
    seconds: Annotated[float, Field(exclude_if=is_default)] = 0
    """How long a video plays; 0 for what stands still, and where it could not be read."""
    moves: Annotated[bool, Field(exclude=True)] = False
    """Whether it is a picture that moves. Known while a post is composed, and no part of what is
    approved: the bytes say it."""
