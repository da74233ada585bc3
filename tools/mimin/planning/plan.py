"""The plan: for each delivery, what publishing would do with it now, and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from whenever import Instant, TimeDelta

from mimin.ledger.ledger import Book
from mimin.ledger.standing import Standing, State
from mimin.model.brand import Approval, Brand, Late
from mimin.model.delivery import Delivery
from mimin.model.event import Event
from mimin.model.schedule import Campaign, ScheduleFields
from mimin.planning.approval import Recorded, Verdict, Votes, judge, signed_off
from mimin.planning.examined import Examined
from mimin.planning.notes import note
from mimin.planning.throttle import LATE, SPACING, spread


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
    """The same payload went out under another name, whose file is gone."""
    CHANGED = "changed"
    """The post was changed after it went out."""


_NOT_OUT = frozenset({State.PLANNED, State.REFUSED})


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
    votes: Votes = field(default_factory=Recorded)
    """What recorded approvals are worth, for brands with policy `review`."""


def make_plan(posts: Iterable[Examined], book: Book, rules: Rules) -> list[Line]:
    """Plan every delivery of *posts*, in the order in which they are due.

    What is late waits for its turn: on each account it keeps the brand's spacing to what went out
    before, to what goes out on time, and to what else is late.
    """
    return arrange([line for post in posts for line in plan_post(post, book, rules)], book, rules)


def plan_post(post: Examined, book: Book, rules: Rules) -> list[Line]:
    """Plan the deliveries of one post, without a look at others."""
    return [_line(delivery, post, book, rules) for delivery in post.deliveries]


def arrange(lines: list[Line], book: Book, rules: Rules) -> list[Line]:
    """Order planned lines by their time, and let them wait for one another where they must."""
    ordered = sorted(_without_twins(lines, book), key=lambda line: line.order)
    starts = _starts(ordered, book, rules)
    return [_after(line, starts.get(line.key), rules) for line in ordered]


def _without_twins(lines: list[Line], book: Book) -> list[Line]:
    """Block what went out under another name: a file was renamed, and its id with it."""
    here = {line.key for line in lines}
    gone = {
        (receipt.account, receipt.digest): key
        for key, standing in book.standings.items()
        if key not in here
        for receipt in standing.receipts[:1]
        if receipt.digest
    }
    if not gone:
        return lines
    return [_block_twin(line, gone) for line in lines]


def _block_twin(line: Line, gone: Mapping[tuple[str, str], str]) -> Line:
    twin = gone.get((line.delivery.account, line.delivery.digest))
    if twin is None or line.action is not Action.PUBLISH:
        return line
    says = note("twin", twin=twin, id=twin.partition("/")[2].partition("@")[0])
    return replace(line, action=Action.BLOCKED, cause=Cause.TWIN, note=says)


def _starts(lines: Iterable[Line], book: Book, rules: Rules) -> dict[str, Instant]:
    """Find the start of every late delivery that has to wait: delivery key → moment."""
    listed = [line for line in lines if line.action is Action.PUBLISH]
    late: dict[str, list[Line]] = {}
    for line in listed:
        if _is_late(line, rules.now):
            late.setdefault(line.delivery.account, []).append(line)
    if not late:
        return {}
    taken = _touched(book, late)
    for line in listed:
        due = line.delivery.due
        if due is not None and line.delivery.account in late and not _is_late(line, rules.now):
            taken[line.delivery.account].append(max(due, rules.now))
    found = {}
    for account, waiting in late.items():
        gap = rules.brands[waiting[0].post.brand].spacing or SPACING
        starts = spread(len(waiting), taken=taken[account], gap=gap, now=rules.now)
        for line, start in zip(waiting, starts, strict=True):
            if start > rules.now:
                found[line.key] = start
    return found


def _is_late(line: Line, now: Instant) -> bool:
    """Tell whether it is held up; a thread that has begun goes on at once."""
    due = line.delivery.due
    return line.sends and line.cause is not Cause.RESUME and due is not None and now - due > LATE


def _touched(book: Book, accounts: Iterable[str]) -> dict[str, list[Instant]]:
    """Find when something went out on each account, or may have."""
    found: dict[str, list[Instant]] = {account: [] for account in accounts}
    for standing in book.standings.values():
        for part in standing.parts.values():
            event = part.receipt or (part.claim if part.state not in _NOT_OUT else None)
            if event is not None and event.account in found:
                found[event.account].append(event.at)
    return {account: [max(moments)] if moments else [] for account, moments in found.items()}


def _after(line: Line, start: Instant | None, rules: Rules) -> Line:
    """Give the line its start; where that is beyond the look-ahead, leave it to a later run."""
    if start is None:
        return line
    cause = line.cause if start <= rules.now + rules.lookahead else Cause.LATER
    says = line.note or note("apart", start=start)
    return dataclasses.replace(line, start=start, cause=cause, note=says)


def _line(delivery: Delivery, post: Examined, book: Book, rules: Rules) -> Line:
    standing = book.standing(delivery.key)
    state = standing.state(delivery.parts)
    settled = _settled(delivery, standing, state)
    verdict = Verdict() if settled else _approval(delivery, post, standing, rules)
    action, cause, says = settled or _judge(delivery, post, standing, verdict, book, rules)
    if action is Action.PUBLISH:
        says = says or signed_off(verdict.by)
    return Line(action, cause, says, delivery, post, standing, state, verdict.by)


Judgement = tuple[Action, Cause, str]


def _judge(  # noqa: PLR0913, PLR0917 - one decision looks at all of it
    delivery: Delivery,
    post: Examined,
    standing: Standing,
    verdict: Verdict,
    book: Book,
    rules: Rules,
) -> Judgement:
    blocked = _blocked(delivery, post, verdict, rules)
    if blocked is not None:
        return blocked
    assert delivery.due is not None  # noqa: S101 - `_blocked` stops the unscheduled
    freeze = book.frozen(delivery.account)
    if freeze is not None:
        sentence = "frozen-why" if freeze.reason else "frozen"
        says = note(sentence, account=freeze.account, reason=freeze.reason)
        return Action.BLOCKED, Cause.FROZEN, says
    return _timed(delivery, post, standing, rules)


def _settled(delivery: Delivery, standing: Standing, state: State) -> Judgement | None:
    """Judge by the ledger alone, where that is enough."""
    last = standing.last
    reason = last.reason if last else ""
    dropped = standing.drop_of(delivery.due)
    match state:
        case _ if standing.whole or state is State.PUBLISHED:
            return _out(delivery, standing)
        case State.DROPPED if dropped is not None:
            return Action.NONE, Cause.DROPPED, dropped.reason
        case State.UNKNOWN:
            return Action.BLOCKED, Cause.UNKNOWN, note("unknown", reason=reason)
        case State.CLAIMED:
            says = note("claimed", run=last.run if last else "?")
            return Action.BLOCKED, Cause.CLAIMED, says
        case State.HANDED:
            return Action.BLOCKED, Cause.WAITING, note("waiting", key=delivery.key)
        case _:
            return None


def _out(delivery: Delivery, standing: Standing) -> Judgement:
    digests = {receipt.digest for receipt in standing.receipts if receipt.digest}
    if digests and delivery.digest not in digests:
        return Action.NONE, Cause.CHANGED, note("changed")
    return Action.NONE, Cause.OUT, standing.receipts[0].url if standing.receipts else ""


def _blocked(
    delivery: Delivery, post: Examined, verdict: Verdict, rules: Rules
) -> Judgement | None:
    """Judge what does not depend on the hour."""
    if post.draft:
        return Action.NONE, Cause.DRAFT, note("draft")
    if post.broken:
        return Action.BLOCKED, Cause.PROBLEMS, note("problems", path=post.path)
    if delivery.due is None:
        return Action.NONE, Cause.UNSCHEDULED, note("unscheduled")
    if verdict.missing:
        return Action.BLOCKED, Cause.UNAPPROVED, verdict.missing
    approval = rules.brands[post.brand].approval
    if approval is not Approval.NONE and rules.committed is not None:
        changed = [path for path, blob in post.inputs.items() if rules.committed.get(path) != blob]
        if changed:
            return Action.BLOCKED, Cause.UNCOMMITTED, note("uncommitted", path=changed[0])
    return None


def _approval(delivery: Delivery, post: Examined, standing: Standing, rules: Rules) -> Verdict:
    brand = rules.brands[post.brand]
    if brand.approval is not Approval.REVIEW or post.draft or post.broken:
        return Verdict()
    return judge(delivery, post, standing, brand, rules.votes)


def _timed(delivery: Delivery, post: Examined, standing: Standing, rules: Rules) -> Judgement:
    """Judge by the hour: not yet, now, too late, or too late to be true any more."""
    due = delivery.due
    assert due is not None  # noqa: S101 - see `_judge`
    if delivery.expires is not None and rules.now >= delivery.expires:
        return Action.DELETE, Cause.EXPIRED, note("expired", moment=delivery.expires)
    if due > rules.now + rules.lookahead:
        return Action.PUBLISH, Cause.LATER, ""
    refusals = _refusals(delivery, standing)
    for refusal in refusals:
        refused = _refused(refusal, delivery, rules.now)
        if refused:
            return Action.BLOCKED, Cause.REFUSED, refused
    if standing.receipts:
        return _resumed(delivery, standing)
    return _by_lateness(due, post, refusals[-1] if refusals else None, rules)


def _refusals(delivery: Delivery, standing: Standing) -> list[Event]:
    parts = (standing.part(index) for index in range(delivery.parts))
    return [part.last for part in parts if part.state is State.REFUSED and part.last]


def _resumed(delivery: Delivery, standing: Standing) -> Judgement:
    """Go on with a thread, if it is still the one whose beginning is out.

    Where the text was changed it is cut in other places, or has parts more than the thread that
    went out, so its rest is no longer the rest of what is there. Only a part that the network has
    refused can not go on without a change.
    """
    out = len(standing.receipts)
    changed = standing.receipts[-1].digest not in {"", delivery.digest}
    if changed and standing.part(out).state is not State.REFUSED:
        return Action.BLOCKED, Cause.CHANGED, note("thread-changed", count=out)
    says = note("parts-missing", missing=delivery.parts - out, total=delivery.parts)
    return Action.PUBLISH, Cause.RESUME, says


def _refused(last: Event, delivery: Delivery, now: Instant) -> str:
    """Say why a refused delivery is not to be tried now; an empty string when it is."""
    if last.permanent and last.digest == delivery.digest:
        return note("refused", reason=last.reason)
    if last.retry_at is not None and now < last.retry_at:
        return note("refused-yet", reason=last.reason, moment=last.retry_at)
    return ""


def _by_lateness(due: Instant, post: Examined, last: Event | None, rules: Rules) -> Judgement:
    late, grace = late_policy(post, rules)
    behind = rules.now - due
    if behind <= grace or late is Late.POST:
        again = note("again", reason=last.reason) if last is not None else ""
        cause = Cause.RETRY if again else Cause.DUE if behind <= grace else Cause.LATE
        return Action.PUBLISH, cause, again
    if late is Late.DROP:
        return Action.DELETE, Cause.MISSED, note("missed", behind=behind, grace=grace)
    return Action.BLOCKED, Cause.HELD, note("held", behind=behind, grace=grace)


def late_policy(post: Examined, rules: Rules) -> tuple[Late, TimeDelta]:
    """Find what holds for a late post: what it says itself, else its campaign, else its brand."""
    brand = rules.brands[post.brand]
    schedule = rules.schedules.get(post.brand)
    campaign: Campaign | None = schedule.campaigns.get(post.campaign) if schedule else None
    late = post.late or (campaign.late if campaign else None) or brand.late
    if post.grace is not None:
        return late, TimeDelta(seconds=post.grace)
    return late, (campaign.grace if campaign else None) or brand.grace
