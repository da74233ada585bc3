"""A line of the plan: one delivery, what publishing would do with it now, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from whenever import Instant, TimeDelta

from mimin.ledger.standing import Standing, State
from mimin.model.brand import Brand
from mimin.model.delivery import Delivery
from mimin.model.schedule import ScheduleFields
from mimin.planning.approval import Recorded, Votes
from mimin.planning.examined import Examined
from mimin.planning.identity import NoRenames, Renames
from mimin.planning.in_force import Pending


class Action(StrEnum):
    """What publishing does with a delivery."""

    PUBLISH = "+"
    CHANGE = "~"
    DELETE = "-"
    BLOCKED = "!"
    NONE = " "


class Cause(StrEnum):
    """Why it does that."""

    DUE = "due"
    """Its time is here or within the look-ahead."""
    LATE = "late"
    """Its time has passed, and it goes out all the same."""
    RESUME = "resume"
    """A thread goes on with the part that is missing."""
    RETRY = "retry"
    """The last try was refused, and another may help."""
    LATER = "later"
    OUT = "out"
    DRAFT = "draft"
    UNSCHEDULED = "unscheduled"
    PROBLEMS = "problems"
    UNCOMMITTED = "uncommitted"
    UNAPPROVED = "unapproved"
    HELD = "held"
    """Too late, and its policy is to hold."""
    EXPIRED = "expired"
    MISSED = "missed"
    """Too late, and its policy is to drop."""
    DROPPED = "dropped"
    FROZEN = "frozen"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    WAITING = "waiting"
    """A person has the pack and is to post it."""
    TWIN = "twin"
    """It may be what went out under another name, and a person has to say."""
    UNTRUSTED = "untrusted"
    """The account's secret would go to a server that it was not given for."""
    HALF_OUT = "half-out"
    """Some parts of a thread are out, and the rest can not follow as the file is now."""
    STALE = "stale"
    """The files are older than those of a run before."""
    CHANGED = "changed"
    """The post was changed after it went out, and what is out stays as it was."""
    EDIT = "edit"
    """The post was changed after it went out, and what is out is changed too."""
    RETRACT = "retract"
    """`retract: true`: what is out is taken down."""
    RETRACTED = "retracted"
    """Was taken down."""
    CALLED_OFF = "called-off"
    """Was never out and never will be, as `retract: true` says."""
    BLACKOUT = "blackout"
    """The calendar blacks its day out, or this one."""
    ENDED = "ended"
    """Its network takes it no more: a version of an API, or a secret, has ended by then."""
    DUPLICATE = "duplicate"
    """Another post says the very same, and the network refuses that."""
    BUDGET = "budget"
    """Would cost more than the account may in a month."""


Judgement = tuple[Action, Cause, str]
"""What is done, why, and the cause in words."""


@dataclass(frozen=True)
class Line:
    """One delivery in the plan."""

    action: Action
    cause: Cause
    note: str
    """The cause in words, with the way out where there is one."""
    delivery: Delivery
    post: Examined
    standing: Standing
    state: State
    approved: tuple[str, ...] = ()
    """Whose approvals count, under policy `review`."""
    start: Instant | None = None
    """Of a late delivery: not before this moment, so that a backlog is not a salvo."""
    apart: TimeDelta | None = None
    """Of a late delivery: what lies at least between it and what another run sends."""

    @cached_property
    def key(self) -> str:
        """The delivery's key, put together once: some lines are looked at for hours."""
        return self.delivery.key

    @cached_property
    def order(self) -> tuple[float, str]:
        """What lines are sorted by: the due time, then the key."""
        due = self.delivery.due
        return due.timestamp() if due is not None else float("inf"), self.key

    @property
    def sends(self) -> bool:
        """Whether this run would publish it."""
        return self.action is Action.PUBLISH and self.cause is not Cause.LATER

    @property
    def edits(self) -> bool:
        """Whether this run would change what is out."""
        return self.action is Action.CHANGE and self.cause is Cause.EDIT

    @property
    def retracts(self) -> bool:
        """Whether this run would take down what is out."""
        return self.action is Action.DELETE and self.cause is Cause.RETRACT

    @property
    def drops(self) -> bool:
        """Whether this run would note that it will never go out."""
        return self.action is Action.DELETE and self.cause is not Cause.RETRACT

    @property
    def acts(self) -> bool:
        """Whether this run would do anything with it."""
        return self.sends or self.edits or self.action is Action.DELETE

    @property
    def moment(self) -> Instant | None:
        """When it goes out: at its time, or at its start where that is later."""
        moments = [each for each in (self.delivery.due, self.start) if each is not None]
        return max(moments, default=None)


@dataclass(frozen=True)
class Rules:
    """What a plan is made against."""

    now: Instant
    lookahead: TimeDelta
    brands: Mapping[str, Brand]
    schedules: Mapping[str, ScheduleFields] = field(default_factory=dict)
    committed: Mapping[str, str] | None = None
    """Path → blob id on the branch that is published from; None when that is not asked."""
    stale: Mapping[str, str] = field(default_factory=dict)
    """Brand → a commit with newer files than those here."""
    renames: Renames = field(default_factory=NoRenames)
    """What git knows of renamed files."""
    pending: Mapping[str, Pending] = field(default_factory=dict)
    """Brands whose files allow more than is in force; `brands` has what is in force."""
    votes: Votes = field(default_factory=Recorded)
    """What recorded approvals are worth, for brands with policy `review`."""
