"""An alarm: one thing that waits for a person, under a name that stays the same while it lasts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from whenever import Instant, TimeDelta

from mimin.ledger.ledger import Book
from mimin.ledger.standing import Standing, State
from mimin.model.brand import Account, Brand
from mimin.model.problem import Problem
from mimin.networks.versions import ApiVersion, version_of
from mimin.planning.endings import SECRET_AHEAD, VERSION_AHEAD
from mimin.planning.plan import Action, Cause, Line


class Code(StrEnum):
    """What kind of alarm; the runbook has one entry a code."""

    TWICE = "twice"
    """One delivery is out more than once."""
    UNKNOWN = "unknown"
    """Nobody can say whether it is out."""
    CLAIM = "claim"
    """A run died between its claim and its receipt."""
    MISSED = "missed"
    """A run should have sent it, and none came."""
    HELD = "held"
    """Too late to go out without a person's word."""
    REFUSED = "refused"
    """A network refuses it for good, or again and again."""
    LEDGER = "ledger"
    """The ledger can not be read, so that nothing is published."""
    FILES = "files"
    """Files are in error that posts are read against, or that may be posts."""
    BROKEN = "broken"
    """It falls due soon and has problems."""
    BLACKOUT = "blackout"
    """It falls due soon, on a day that the calendar blacks out."""
    BLOCKED = "blocked"
    """It is due, and something keeps it back until somebody looks at it."""
    UNAPPROVED = "unapproved"
    """It falls due soon and nobody has approved it."""
    DROPPED = "dropped"
    """It will not go out: it expired, or came too late."""
    HANDED = "handed"
    """A pack waits for a person."""
    FROZEN = "frozen"
    """A freeze holds posts up, or lasts long."""
    TOKEN = "token"  # noqa: S105 - the name of an alarm
    """A secret dies before a planned post."""
    VERSION = "version"
    """A network ends the version of its API that is used here."""
    DRAFT = "draft"
    """A draft has a time, and the time is near."""
    IDLE = "idle"
    """An account that usually posts has nothing planned."""
    SALVO = "salvo"
    """Posts on one account stand too close together."""
    WORKFLOW_OFF = "workflow-off"
    """GitHub does not start the publishing workflow any more."""
    WORKFLOW_LATE = "workflow-late"
    """The publishing workflow has not run for long."""
    WORKFLOW_FAILED = "workflow-failed"
    """The publishing workflow's last run failed."""


URGENT = frozenset(
    {
        Code.TWICE,
        Code.UNKNOWN,
        Code.CLAIM,
        Code.MISSED,
        Code.HELD,
        Code.REFUSED,
        Code.LEDGER,
        Code.FILES,
        Code.BROKEN,
        Code.BLACKOUT,
        Code.BLOCKED,
        Code.WORKFLOW_OFF,
        Code.WORKFLOW_LATE,
        Code.WORKFLOW_FAILED,
    }
)
"""What is going wrong now; the others will, or may."""


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One thing that waits for a person."""

    code: Code
    subject: str
    """A brand, `brand/account`, `brand/post`, a delivery's key, a freeze's scope or a workflow."""
    since: Instant | None = None
    """When it began."""
    deliveries: tuple[str, ...] = ()
    """Keys of the deliveries that are behind it."""
    details: Mapping[str, str] = field(default_factory=dict)
    """What the words of its code have places for."""

    @property
    def id(self) -> str:
        """Its name for as long as it lasts."""
        return f"{self.code}:{self.subject}"

    @property
    def urgent(self) -> bool:
        """Whether something is going wrong now."""
        return self.code in URGENT

    @property
    def anchor(self) -> str:
        """Where the handbook says what to do."""
        return f"runbook.md#{self.code}"


_HOUR = TimeDelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long what may wait."""

    run: TimeDelta = 0.5 * _HOUR
    """After a delivery's time, until a run counts as one that did not come: cron is coarse."""
    ahead: TimeDelta = 0.5 * _HOUR
    """Before its time, from when on what is blocked waits for a person: at least as far as a run
    looks ahead, so that both say the same."""
    freeze: TimeDelta = 24 * _HOUR
    tries: int = 3
    """Refusals in a row."""
    soon: TimeDelta = 48 * _HOUR
    """Before its time, from when on a post has to be ready."""
    memory: TimeDelta = 24 * 7 * _HOUR
    """How long what will not go out any more is shown."""
    token: TimeDelta = SECRET_AHEAD
    """Before a secret dies."""
    version: TimeDelta = VERSION_AHEAD
    """Before a version of an API ends."""


_SETTLED = {
    Cause.OUT,
    Cause.CHANGED,
    Cause.EDIT,
    Cause.RETRACT,
    Cause.RETRACTED,
    Cause.CALLED_OFF,
    Cause.DROPPED,
    Cause.EXPIRED,
    Cause.MISSED,
}


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the watchdog looks at."""

    lines: tuple[Line, ...]
    book: Book
    brands: Mapping[str, Brand]
    now: Instant
    patience: Patience = Patience()
    version_of: Callable[[Account], ApiVersion | None] = version_of
    """Tells which version of its network's API an account asks for."""
    errors: tuple[Problem, ...] = ()
    """Every error that `mimin check` finds."""
    unread: str = ""
    """Why the ledger could not be read; then there are neither lines nor book."""

    @cached_property
    def unsettled(self) -> Sequence[tuple[Standing, State]]:
        """Everything in the ledger that is not out to its end, with where it stands."""
        found = ((standing, standing.state()) for standing in self.book.standings.values())
        return [(standing, state) for standing, state in found if state is not State.PUBLISHED]

    @cached_property
    def coming(self) -> Mapping[str, list[Line]]:
        """Account → what is still to go out on it, in the order in which it is due."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            wanted = line.action is not Action.NONE and line.cause not in _SETTLED
            if wanted and line.delivery.due is not None:
                found.setdefault(line.delivery.account, []).append(line)
        return found


def is_shared(path: str) -> bool:
    """Tell whether many posts are read against a file: a brand, a calendar, a card template."""
    return not path.startswith("content/") or path.endswith("/brand.yml")


def clock_of(moment: Instant, zone: str) -> str:
    """Write a moment in a brand's zone, in figures that every language reads."""
    found = moment.to_tz(zone).to_stdlib()
    return f"{found:%Y-%m-%d %H:%M} {found.tzname()}"
