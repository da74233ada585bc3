"""A post: what we want to say, when and where (`content/<brand>/posts/**/<id>.md`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator
from whenever import Instant

from mimin.model.base import Duration, Former, Names, Record, Slug
from mimin.model.bounds import ACCOUNTS, ENTRIES, MEDIA
from mimin.model.brand import Late
from mimin.model.free_text import SENT_NAMES, TEAM_NAMES, FreeText, SentText
from mimin.model.language import Language
from mimin.model.media import MediaFields


class Visibility(StrEnum):
    """Who may see the published post, where the network knows the difference."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    FOLLOWERS = "followers"
    PRIVATE = "private"
    """Only the account itself, such as a private video."""


class Replies(StrEnum):
    """Who may answer a published post, where the network knows the difference."""

    EVERYONE = "everyone"
    FOLLOWERS = "followers"
    FOLLOWING = "following"
    """Whom the account follows."""
    MENTIONED = "mentioned"
    """Who is mentioned in the post."""
    NOBODY = "nobody"


class Every(StrEnum):
    """The step of a repetition, in local calendar time."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


OCCURRENCES = 366
"""As many a repetition has at most."""
Number = Annotated[int, Field(ge=1, le=OCCURRENCES)]
"""Of an occurrence: the first is 1, and it is part of the delivery's key."""


class Repeat(Record):
    """A deliberate repetition, numbered from 1, so that moving its start repeats nothing."""

    every: Every
    """The step: `day`, `week` or `month`."""
    interval: Annotated[int, Field(ge=1, le=99)] = 1
    """How many steps lie between two of them: 2 is every other one."""
    times: Annotated[int, Field(ge=2, le=OCCURRENCES)] | None = None
    """How many there are in all, with the first."""
    until: str | None = None
    """The last local date that may still get an occurrence, as `2027-01-31`."""
    skip: Annotated[tuple[Number, ...], Field(max_length=OCCURRENCES)] = ()
    """Numbers of occurrences that do not go out; the others keep theirs."""
    move: Annotated[dict[Number, str], Field(max_length=OCCURRENCES)] = {}
    """Number of an occurrence → the time at which it goes out instead, on all accounts."""

    @model_validator(mode="after")
    def _one_fate(self) -> Repeat:
        if both := sorted(set(self.skip) & set(self.move)):
            message = f"occurrence {both[0]} is skipped and moved; keep one of them"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _ends(self) -> Repeat:
        if (self.times is None) == (self.until is None):
            message = "a repetition needs exactly one end: `times:` or `until:`"
            raise ValueError(message)
        return self


class VariantFields(Record):
    """What a variant file may say; everything it says replaces what the post says."""

    at: str | None = None
    """Local time in the brand's zone, `2026-12-01 10:30`, or with an offset or zone of its own."""
    zone: str | None = None
    """Another zone for `at`."""
    media: Annotated[tuple[MediaFields, ...], Field(max_length=MEDIA)] | None = None
    """Pictures, videos and cards, in their order; each with its alt text."""
    link: str | None = None
    """The address whose card is shown under the text."""
    tags: Annotated[Names, SENT_NAMES, Field(max_length=ENTRIES)] | None = None
    """Hashtags without #, added after the text."""
    language: Language | None = None
    """The text's language, such as `id` or `en`; else the brand's first."""
    warning: SentText | None = None
    """Content warning, shown before the text."""
    visibility: Visibility | None = None
    """Who may see it."""
    headline: SentText | None = None
    """The title that the audience sees, where the network has one: a video's, a pin's."""
    comment: SentText | None = None
    """The first comment, posted right after the post; where there are threads, as an answer."""
    replies: Replies | None = None
    """Who may answer."""
    paid: bool | None = None
    """Ask for the network's label of a paid partnership."""
    ai: bool | None = None
    """Ask for the network's label of what was made with AI."""
    settings: Annotated[dict[str, SentText], Field(max_length=ENTRIES)] | None = None
    """Settings of the network, such as a board; they go over the account's own, name by name."""


class PostFields(VariantFields):
    """What the front matter of a post may say."""

    id: Slug | None = None
    """The post's identity when it is not the file's stem. Never change it after publishing."""
    was: Former | None = None
    """Earlier ids of the post, or `none`: it is new, whatever it looks like."""
    title: FreeText | None = None
    """What the team calls the post; not sent."""
    accounts: Annotated[Names, SENT_NAMES, Field(min_length=1, max_length=ACCOUNTS)]
    """To which accounts of the brand it goes, by their names in `brand.yml`."""
    draft: bool = False
    """Not finished: it is checked, never planned or sent."""
    campaign: Slug | None = None
    """The campaign of the brand's calendar that it belongs to."""
    pillar: Slug | None = None
    """The theme that it counts for in the calendar's mix."""
    labels: Annotated[Names, TEAM_NAMES, Field(max_length=ENTRIES)] = ()
    """The team's own words to find it by; not sent."""
    repeat: Repeat | None = None
    """Post it again, at the same local time."""
    late: Late | None = None
    """What happens when its time has passed by more than the grace."""
    grace: Duration | None = None
    """How late it may go out, such as `2h`."""
    expires: str | None = None
    """Local time after which the post must never go out."""
    note: FreeText | None = None
    """For the team; not sent."""
    retract: bool = False
    """Take the post down again everywhere, or never publish it."""


class Variant(Record):
    """A post's form for one network or one account."""

    target: Slug
    """An account of the brand, or a network."""
    path: str
    fields: VariantFields
    body: str
    """Markdown without front matter; empty when only fields differ."""
    body_line: int
    """The line of the file on which the body starts."""
    dues: tuple[Instant | None, ...] = ()
    """Its own times, when it says `at`; else empty."""


class LinkCard(Record):
    """What is shown for a link: fetched once, kept beside the post in `<id>.link.yml`."""

    url: str
    """The address that the card leads to."""
    title: SentText
    """The card's title."""
    description: SentText = ""
    """The lines below its title."""
    image: SentText | None = None
    """File beside the post."""


class Post(Record):
    """A post as read from its files."""

    id: Slug
    brand: Slug
    path: str
    fields: PostFields
    body: str
    body_line: int
    variants: tuple[Variant, ...] = ()
    card: LinkCard | None = None
    dues: tuple[Instant | None, ...] = ()
    """When each occurrence is to go out, None for one that does not; empty while no time is set."""
    expires: Instant | None = None

    @property
    def key(self) -> str:
        """Brand and id: what names the post in the whole workspace."""
        return f"{self.brand}/{self.id}"
