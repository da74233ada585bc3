"""What Meta's three networks answer, as far as it is needed, and what follows from it."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import AliasChoices, AwareDatetime, Field
from whenever import Instant

from mimin.networks.http import Answer, Id
from mimin.networks.protocol import NotPublished

ItemT = TypeVar("ItemT")


class Named(Answer):
    """Whatever has been created."""

    id: Id


class Done(Answer):
    """Whatever has been done."""

    success: bool


class Author(Answer):
    """Who wrote a comment."""

    id: str = ""


class Entry(Answer):
    """A post or comment in a list, under the names that the three networks have for its parts."""

    id: str
    text: str = Field(default="", validation_alias=AliasChoices("caption", "message", "text"))
    created: AwareDatetime = Field(validation_alias=AliasChoices("timestamp", "created_time"))
    permalink: str = ""
    username: str = ""
    author: Author = Field(default=Author(), validation_alias="from")

    @property
    def at(self) -> Instant:
        """When the network took it in."""
        return Instant(self.created)


class Paging(Answer):
    """Where a list goes on."""

    cursors: dict[str, str] = {}
    next: str = ""


class Listing(Answer, Generic[ItemT]):
    """One page of anything."""

    data: tuple[ItemT, ...] = ()
    paging: Paging = Paging()


class QuotaConfig(Answer):
    """How much may be published."""

    quota_total: int
    quota_duration: int = 86400
    """Seconds."""


class Facts(Answer):
    """What is told about a token."""

    scopes: tuple[str, ...] | None = None
    expires_at: int = 0


class Told(Answer):
    """The answer about a token."""

    data: Facts


class Linked(Answer):
    """Whatever has a public address."""

    permalink: str = ""


def check_quota(used: int, config: QuotaConfig, what: str) -> None:
    """Refuse when nothing more can be published now.

    Raises:
        NotPublished: if the quota is used up; it is a moving window, so no moment is known.
    """
    if used >= config.quota_total:
        hours = config.quota_duration // 3600
        raise NotPublished(
            f"{used} of {config.quota_total} {what} within {hours} hours are used up; it waits"
        )
