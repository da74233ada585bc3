"""Media: a file with alt text, and what is known about its bytes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mimin.model.base import Record, Slug


class MediaFields(Record):
    """One entry of a post's `media:` list: a file, or a card to be rendered."""

    file: str | None = None
    """Path beside the post, or in a `media/` folder of the brand."""
    card: Slug | None = None
    """Name of a template in `templates/cards/`."""
    values: dict[str, str] = {}
    """What fills the card's places."""
    alt: str | None = None
    """What somebody who can not see it should know. Required by the check."""


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
