"""Judgement: what publishing would do with one delivery, by the ledger, the file and the hour."""

from __future__ import annotations

from dataclasses import replace

from whenever import Instant, TimeDelta

from mimin.ledger.ledger import Book
from mimin.ledger.standing import Standing, State, resuming
from mimin.model.brand import Approval, Brand, Late
from mimin.model.delivery import Delivery
from mimin.model.event import Event
from mimin.model.schedule import Campaign, ScheduleFields
from mimin.planning.amending import judge_out, judge_retraction
from mimin.planning.approval import Verdict, judge, signed_off
from mimin.planning.bond import campaign_of
from mimin.planning.examined import Examined
from mimin.planning.line import Action, Cause, Judgement, Line, Rules
from mimin.planning.notes import Note, note


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
    elif _is_cut(delivery, standing):
        settled = _settled(delivery, standing, state) or _differs(delivery, standing)
    elif standing.whole or state in {State.PUBLISHED, State.RETRACTED}:
        settled = judge_out(delivery, post, standing, rules, barred)
    settled = settled or _settled(delivery, standing, state)
    if settled is None:
        verdict = _approval(delivery, post, _approved_as(delivery, standing, book), rules)
    action, cause, says = settled or _judge(delivery, post, standing, verdict, book, rules)
    if action is Action.PUBLISH:
        says = says or signed_off(verdict.by)
    if cause is Cause.RESUME:
        # A thread that has begun goes on at once: another time can not move what is out.
        delivery = replace(delivery, due=begun(standing) or delivery.due)
    return Line(action, cause, says, delivery, post, standing, state, verdict.by)


def _judge(  # noqa: PLR0913, PLR0917 - one decision looks at all of it
    delivery: Delivery,
    post: Examined,
    standing: Standing,
    verdict: Verdict,
    book: Book,
    rules: Rules,
) -> Judgement:
    blocked = _blocked(delivery, post, verdict, rules, standing) or _frozen(delivery, book)
    return blocked or _timed(delivery, post, standing, rules)


def _barred(
    delivery: Delivery, post: Examined, standing: Standing, book: Book, rules: Rules
) -> Judgement | None:
    """Judge what keeps a published delivery from being changed or taken down now.

    Taking down needs no approval of its own: the payload is the one that was approved.
    """
    approved_as = _approved_as(delivery, standing, book)
    verdict = Verdict() if post.retract else _approval(delivery, post, approved_as, rules)
    return _blocked(delivery, post, verdict, rules, standing) or _frozen(delivery, book)


def _approved_as(delivery: Delivery, standing: Standing, book: Book) -> Standing:
    """Give the standing with the approvals: they are given under the names of their day."""
    own = book.standing(delivery.own_key)
    return own if own.approvals else standing


def _frozen(delivery: Delivery, book: Book) -> Judgement | None:
    freeze = book.frozen(delivery.account) or book.frozen(delivery.ledger_account)
    if freeze is None:
        return None
    sentence = "frozen-why" if freeze.reason else "frozen"
    way = resuming(freeze.account)
    says = note(sentence, account=freeze.account, reason=freeze.reason, way=way)
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
    delivery: Delivery, post: Examined, verdict: Verdict, rules: Rules, standing: Standing
) -> Judgement | None:
    """Judge what does not depend on the hour."""
    if post.draft:
        return _draft(delivery, standing)
    if post.broken:
        return Action.BLOCKED, Cause.PROBLEMS, note("problems", path=post.blame)
    if delivery.due is None and begun(standing) is None:
        return Action.NONE, Cause.UNSCHEDULED, note("unscheduled")
    if verdict.missing:
        return Action.BLOCKED, Cause.UNAPPROVED, verdict.missing
    approval = rules.brands[post.brand].approval
    if approval is not Approval.NONE and rules.committed is not None:
        changed = [
            path for path, blob in post.inputs.items() if rules.committed.get(path, "") != blob
        ]
        if changed:
            return Action.BLOCKED, Cause.UNCOMMITTED, note("uncommitted", path=changed[0])
    return None


def _draft(delivery: Delivery, standing: Standing) -> Judgement:
    """Judge a draft: it waits in peace, but not when a part of it is out."""
    if standing.state() is not State.PUBLISHED and standing.standing_out:
        says = note("half-draft", count=len(standing.receipts), key=delivery.key)
        return Action.BLOCKED, Cause.HALF_OUT, says
    return Action.NONE, Cause.DRAFT, note("draft")


def _approval(delivery: Delivery, post: Examined, standing: Standing, rules: Rules) -> Verdict:
    brand = rules.brands[post.brand]
    if brand.approval is not Approval.REVIEW or post.draft or post.broken:
        return Verdict()
    campaign = campaign_of(post, rules.schedules)
    return judge(delivery, post, standing, brand, rules.votes, campaign)


def begun(standing: Standing) -> Instant | None:
    """Give the time for which a delivery was begun that is half out; None when nothing is out."""
    if not standing.receipts:
        return None
    first = standing.receipts[0]
    return first.due or first.at


def _timed(delivery: Delivery, post: Examined, standing: Standing, rules: Rules) -> Judgement:
    """Judge by the hour: not yet, now, too late, or too late to be true any more."""
    due = begun(standing) or delivery.due
    assert due is not None  # noqa: S101 - see `_judge`
    if delivery.expires is not None and rules.now >= delivery.expires:
        says = _one_or_all("expired", delivery.occurrence, moment=delivery.expires)
        return Action.DELETE, Cause.EXPIRED, says
    if due > rules.now + rules.lookahead:
        return Action.PUBLISH, Cause.LATER, ""
    refusals = _refusals(delivery, standing)
    for refusal in refusals:
        refused = _refused(refusal, delivery, rules.now)
        if refused:
            return Action.BLOCKED, Cause.REFUSED, refused
    if standing.receipts:
        return _resumed(delivery, standing)
    last = refusals[-1] if refusals else None
    return _by_lateness(due, post, last, rules, delivery.occurrence)


def _refusals(delivery: Delivery, standing: Standing) -> list[Event]:
    parts = (standing.part(index) for index in range(delivery.parts))
    return [part.last for part in parts if part.state is State.REFUSED and part.last]


def _resumed(delivery: Delivery, standing: Standing) -> Judgement:
    """Go on with a thread, if it is still the one whose beginning is out.

    What is out is compared by its content, not by its number: where a part was put in, taken out
    or changed, the rest of the file is not the rest of what is there.
    """
    differs = _differs(delivery, standing)
    if differs is not None:
        return differs
    out = len(standing.receipts)
    says = note("parts-missing", missing=delivery.parts - out, total=delivery.parts)
    return Action.PUBLISH, Cause.RESUME, says


def _is_cut(delivery: Delivery, standing: Standing) -> bool:
    """Tell whether parts never went out, and those that did are not those of the file."""
    out = len(standing.receipts)
    return 0 < out < standing.total and first_difference(delivery, standing) is not None


def _differs(delivery: Delivery, standing: Standing) -> Judgement | None:
    """Ask what to do where what is out is not what the file has in its place."""
    changed = first_difference(delivery, standing)
    if changed is None:
        return None
    claim = standing.part(changed).claim
    source = f"git show {claim.commit[:12]}:{claim.path}" if claim and claim.path else "git log"
    says = note("thread-changed", part=changed + 1, key=delivery.key, source=f"`{source}`")
    return Action.BLOCKED, Cause.HALF_OUT, says


def first_difference(delivery: Delivery, standing: Standing) -> int | None:
    """Find the first part that is out and is not what the file has in its place; None if none is.

    Receipts of the ledger's first version do not say what their part was; there the digest of the
    whole payload has to be the same.
    """
    for index in standing.standing_out:
        shown = standing.part(index).shown
        if shown is None:
            continue
        if shown.content:
            if delivery.contents[index : index + 1] != (shown.content,):
                return index
        elif shown.digest not in {"", delivery.digest}:
            return index
    return None


def _refused(last: Event, delivery: Delivery, now: Instant) -> str:
    """Say why a refused delivery is not to be tried now; an empty string when it is."""
    if last.permanent and last.digest == delivery.digest:
        return note("refused", reason=last.reason)
    if last.again_at is not None and now < last.again_at:
        return note("refused-yet", reason=last.reason, moment=last.again_at)
    return ""


def _by_lateness(
    due: Instant, post: Examined, last: Event | None, rules: Rules, occurrence: int | None
) -> Judgement:
    late, grace = late_policy(post, rules)
    behind = rules.now - due
    if behind <= grace or late is Late.POST:
        again = note("again", reason=last.reason) if last is not None else ""
        cause = Cause.RETRY if again else Cause.DUE if behind <= grace else Cause.LATE
        return Action.PUBLISH, cause, again
    if late is Late.DROP:
        says = _one_or_all("missed", occurrence, behind=behind, grace=grace)
        return Action.DELETE, Cause.MISSED, says
    return Action.BLOCKED, Cause.HELD, _one_or_all("held", occurrence, behind=behind, grace=grace)


def _one_or_all(sentence: str, occurrence: int | None, **values: object) -> Note:
    """Say a way out that is for one occurrence, as a new `at:` would move all the others, too."""
    if occurrence is None:
        return note(sentence, **values)
    return note(f"{sentence}-one", number=occurrence, move=f"{{{occurrence}: …}}", **values)


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
