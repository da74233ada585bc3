"""A brand: a client or house, its zone, accounts and policies (`content/<brand>/brand.yml`)."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import Field
from whenever import TimeDelta

from mimin.model.base import Day, Duration, Former, Record, Slug, fold
from mimin.model.free_text import FreeText
from mimin.model.language import Language

_WEB = r"^(https://[^\s?#@]+|http://(localhost|127\.0\.0\.1)(:\d+)?(/[^\s?#@]*)?)$"
_HOST = _WEB.removesuffix(")$") + r"|s3://[a-z0-9][a-z0-9.-]+(/[^\s?#@]*)?)$"


_TARGETS = ("author", "channel", "chat", "page", "thread")
"""Settings that say which account is meant where one handle or token may stand for several."""


class Approval(StrEnum):
    """What counts as a person's yes before something goes out."""

    NONE = "none"
    """Whatever lies in the work tree may go out. For trying things out."""
    MERGE = "merge"
    """Being committed on the branch that is published from is the approval."""
    REVIEW = "review"
    """A recorded approval of the exact payload by somebody who is not its author."""


class Late(StrEnum):
    """What happens to a delivery whose time has passed by more than its grace."""

    POST = "post"
    HOLD = "hold"
    DROP = "drop"


_HANDLE = re.compile(r"(?=.*[^\W\d])[\w.@-]+")
"""No blanks, and not a telephone number."""


class Account(Record):
    """One handle on one network."""

    network: str
    """Name of the adapter: `sandbox`, `manual`, `bluesky`, `mastodon`, …"""
    like: str | None = None
    """For `sandbox` and `manual`: the real network whose limits and counting apply."""
    handle: str
    """How the audience knows the account, without a leading @."""
    name: FreeText | None = None
    """What the site calls the account; the handle when missing."""
    was: Former | None = None
    """Names that the same real account had in these files before, or `none`: it is a new one."""
    url: str | None = None
    """The account's public page."""
    server: str | None = None
    """Base address of the instance or data server, for networks that have many."""
    secret: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    """Environment variable that holds the token or app password; never the secret itself."""
    secret_expires: Day | None = None
    """The last day on which the secret works, for tokens that die; later posts raise an alarm."""
    settings: dict[str, FreeText] = {}
    """What the network has to know: a page, a board, an author; `mimin networks` names them."""
    budget: Annotated[str, Field(pattern=r"^\d{1,6}(\.\d\d)?$")] | None = None
    """The most that publishing may cost in a month, in US dollars, where a network charges."""
    limits: dict[str, int] | None = None
    """Limits of the account's own server where they differ: `{text: 1000}` on an instance."""

    @property
    def shown(self) -> str:
        """The handle as the audience reads it: with an @ before it, unless it is a name."""
        return f"@{self.handle}" if _HANDLE.fullmatch(self.handle) else self.handle

    @property
    def rules(self) -> str:
        """The network whose limits, counting and variants apply."""
        return self.like or self.network

    @property
    def destination(self) -> str:
        """Name the real account as the file has it: network, server and handle.

        Two accounts with the same destination are one; the network's own id (`Event.author`) says
        so with more right, where it is known.
        """
        network = f"{self.network}/{self.like}" if self.like else self.network
        server = fold((self.server or "").rstrip("/"))
        handle = fold(self.handle.removeprefix("@"))
        named = [f"{name}={self.settings[name]}" for name in _TARGETS if self.settings.get(name)]
        account = ",".join([f"@{handle}".replace(" ", "_"), *named])
        return " ".join(part for part in (network, server, account) if part)


class Person(Record):
    """Somebody the brand mentions: one person, a handle on each network."""

    name: FreeText
    """What the person or business is called."""
    handles: dict[str, str] = {}
    """Network → handle without a leading @."""
    did: Annotated[str, Field(pattern=r"^did:[a-z]+:[A-Za-z0-9._:%-]+$")] | None = None
    """The permanent id behind the Bluesky handle; a mention needs it."""


class BrandFields(Record):
    """What `brand.yml` may say."""

    name: FreeText
    """What the brand is called."""
    was: Slug | None = None
    """The name that the brand's folder had before."""
    zone: str
    """An IANA zone such as `Asia/Jakarta`; every local time of the brand is read in it."""
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    """BCP 47 tags; the first is the default of posts that name none."""
    about: FreeText | None = None
    """What it is, for the team and the site."""
    accounts: Annotated[dict[Slug, Account], Field(min_length=1)]
    """Its accounts, each under a name that posts use."""
    people: dict[Slug, Person] = {}
    """Whom posts mention, each under the name that stands behind `@`."""
    approval: Approval = Approval.MERGE
    """Who has to say yes before a post goes out."""
    late: Late = Late.HOLD
    """What happens to its posts when their time has passed by more than the grace."""
    grace: Duration = TimeDelta(hours=2)
    """How long after its time a delivery still counts as on time enough to be posted."""
    approvers: tuple[str, ...] = ()
    """Who may approve under `review`: GitHub names, or principals of the allowed-signers file.
    Empty leaves it to CODEOWNERS."""
    second_approver: tuple[str, ...] = ()
    """Labels whose posts need the yes of two people, such as `promo` or `legal`."""
    edits: Duration = TimeDelta(hours=24 * 30)
    """How long after it went out a post that is changed in its file is changed on the networks too,
    where they can; `0s` never."""
    spacing: Duration | None = None
    """The shortest time between two posts on one account."""
    quiet: Duration = TimeDelta(hours=24 * 7)
    """How long an account that usually posts may have nothing planned before an alarm says so."""
    media_host: Annotated[str, Field(pattern=_HOST)] | None = None
    """Where media lies for networks that fetch it: the address of the site's folder `m`, as
    `https://kedai.example/m`, or a bucket, as `s3://name/folder`."""
    media_address: Annotated[str, Field(pattern=_WEB)] | None = None
    """The public address of the bucket's folder; addresses are signed when it is missing."""


class Brand(BrandFields):
    """A brand that was read from its file."""

    id: Slug
    """The folder's name."""
    path: str
