"""Judgement: what publishing would do with one delivery, by the ledger, the file and the hour."""

from __future__ import annotations

from whenever import Instant, TimeDelta

from mimin.ledger.ledger import Book
from mimin.ledger.standing import Standing, State
from mimin.model.brand import Approval, Brand, Late
from mimin.model.delivery import Delivery
from mimin.model.event import Event
from mimin.model.schedule import Campaign, ScheduleFields
from mimin.planning.amending import judge_out, judge_retraction
from mimin.planning.approval import Verdict, judge, signed_off
from mimin.planning.examined import Examined
from mimin.planning.line import Action, Cause, Judgement, Line, Rules
from mimin.planning.notes import note


def plan_line(delivery: Delivery, post: Examined, book: Book, rules: Rules) -> Line:
    """Judge one delivery of a post."""
    standing = book.standing(delivery.key)
    state = standing.state(delivery.parts)
    verdict = Verdict()

    def barred() -> Judgement | None:
        return _barred(delivery, post, standing, book, rules)

    settled = None
    if post.retract:
        settled = judge_retraction(delivery, standing, state, rules, barred)
    elif standing.whole or state in {State.PUBLISHED, State.RETRACTED}:
        settled = judge_out(delivery, post, standing, rules, barred)
    settled = settled or _settled(delivery, standing, state)
    if settled is None:
        verdict = _approval(delivery, post, standing, rules)
    action, cause, says = settled or _judge(delivery, post, standing, verdict, book, rules)
    if action is Action.PUBLISH:
        says = says or signed_off(verdict.by)
    return Line(action, cause, says, delivery, post, standing, state, verdict.by)


def _judge(  # noqa: PLR0913, PLR0917 - one decision looks at all of it
    delivery: Delivery,
    post: Examined,
    standing: Standing,
    verdict: Verdict,
    book: Book,
    rules: Rules,
) -> Judgement:
    blocked = _blocked(delivery, post, verdict, rules) or _frozen(delivery, book)
    return blocked or _timed(delivery, post, standing, rules)


def _barred(
    delivery: Delivery, post: Examined, standing: Standing, book: Book, rules: Rules
) -> Judgement | None:
    """Judge what keeps a published delivery from being changed or taken down now.

    Taking down needs no approval of its own: the payload is the one that was approved.
    """
    verdict = Verdict() if post.retract else _approval(delivery, post, standing, rules)
    return _blocked(delivery, post, verdict, rules) or _frozen(delivery, book)


def _frozen(delivery: Delivery, book: Book) -> Judgement | None:
    freeze = book.frozen(delivery.account)
    if freeze is None:
        return None
    sentence = "frozen-why" if freeze.reason else "frozen"
    says = note(sentence, account=freeze.account, reason=freeze.reason)
    return Action.BLOCKED, Cause.FROZEN, says


def _settled(delivery: Delivery, standing: Standing, state: State) -> Judgement | None:
    """Judge by the ledger alone, where that is enough."""
    last = standing.last
    reason = last.reason if last else ""
    dropped = standing.drop_of(delivery.due)
    match state:
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


def _blocked(
    delivery: Delivery, post: Examined, verdict: Verdict, rules: Rules
) -> Judgement | None:
    """Judge what does not depend on the hour."""
    if post.draft:
        return Action.NONE, Cause.DRAFT, note("draft")
    if post.broken:
        return Action.BLOCKED, Cause.PROBLEMS, note("problems", path=post.blame)
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
    return policy_of(post, rules.brands[post.brand], rules.schedules.get(post.brand))


def policy_of(
    post: Examined, brand: Brand, schedule: ScheduleFields | None
) -> tuple[Late, TimeDelta]:
    """Find the same from a post's brand and its calendar."""
    campaign: Campaign | None = schedule.campaigns.get(post.campaign) if schedule else None
    late = post.late or (campaign.late if campaign else None) or brand.late
    if post.grace is not None:
        return late, TimeDelta(seconds=post.grace)
    return late, (campaign.grace if campaign else None) or brand.grace
