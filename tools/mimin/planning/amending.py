"""Amending: whether what is out already is changed, taken down, or left as it is."""

from __future__ import annotations

from collections.abc import Callable

from whenever import Instant

from mimin.ledger.standing import Standing, State
from mimin.model.delivery import Delivery
from mimin.model.event import Event
from mimin.networks.capabilities import acting, can_edit, can_retract
from mimin.networks.protocol import Editing
from mimin.planning.examined import Examined
from mimin.planning.line import Action, Cause, Judgement, Rules
from mimin.planning.notes import Note, note

Barred = Callable[[], Judgement | None]
"""Says why nothing may be done with the delivery now; None when something may."""

_OPEN = frozenset({State.CLAIMED, State.UNKNOWN, State.HANDED})


def judge_retraction(
    delivery: Delivery, standing: Standing, state: State, rules: Rules, barred: Barred
) -> Judgement | None:
    """Judge a post that says `retract: true`; None while it is not known whether it is out."""
    if state in _OPEN:
        return None
    if not standing.receipts:
        return Action.NONE, Cause.RETRACTED, note("not-published")
    if not standing.standing_out:
        return Action.NONE, Cause.RETRACTED, note("taken-down", moment=_end(standing))
    network = _network(delivery, rules)
    if not can_retract(network):
        says = note("take-down-there", network=network, key=delivery.key)
        return Action.BLOCKED, Cause.RETRACT, says
    kept = _kept(standing, rules.now)
    if kept is not None:
        says = note("not-taken-down", reason=kept.reason, key=delivery.key)
        return Action.BLOCKED, Cause.RETRACT, says
    says = note("takes-down", address=standing.receipts[0].url)
    return barred() or (Action.DELETE, Cause.RETRACT, says)


def judge_out(
    delivery: Delivery, post: Examined, standing: Standing, rules: Rules, barred: Barred
) -> Judgement:
    """Judge what is out: as it is in the file, to be changed, or different for good."""
    if standing.state() is State.RETRACTED:
        return Action.NONE, Cause.RETRACTED, note("stays-down", moment=_end(standing))
    shown = {part.shown.digest for part in standing.parts.values() if part.shown}
    if post.broken and not delivery.digest:  # nobody can tell what it would be changed to
        return Action.NONE, Cause.OUT, standing.receipts[0].url if standing.receipts else ""
    if shown - {""} <= {delivery.digest}:
        return Action.NONE, Cause.OUT, standing.receipts[0].url if standing.receipts else ""
    why = note("changed") if post.draft else _unchangeable(delivery, standing, rules)
    if why is None:
        kept = _kept(standing, rules.now, delivery.digest)
        why = None if kept is None else _left(kept)
    if why is not None:
        return Action.NONE, Cause.CHANGED, why
    says = note("changes", address=standing.receipts[0].url)
    return barred() or (Action.CHANGE, Cause.EDIT, says)


def _unchangeable(delivery: Delivery, standing: Standing, rules: Rules) -> Note | None:
    """Say why what is out can not be made what the file says now; None when it can."""
    network = _network(delivery, rules)
    editing = can_edit(network)
    if editing is None:
        return note("unchangeable", network=network)
    out = len(standing.receipts)
    if delivery.parts != out:
        return note("other-parts", out=out, parts=delivery.parts)
    if editing is Editing.TEXT and _shapes(standing) != {delivery.shape}:
        return note("words-only", network=network)
    brand = rules.brands[delivery.post.partition("/")[0]]
    if rules.now - standing.receipts[0].at >= brand.edits:
        return note("too-old")
    return None


def _shapes(standing: Standing) -> set[str]:
    return {part.shown.shape for part in standing.parts.values() if part.shown}


def _kept(standing: Standing, now: Instant, digest: str | None = None) -> Event | None:
    """Find why a change or taking down is not to be tried (again) now."""
    for part in standing.parts.values():
        event = part.kept
        if event is None or digest not in {None, event.digest}:
            continue
        if event.permanent or (event.retry_at is not None and now < event.retry_at):
            return event
    return None


def _left(kept: Event) -> Note:
    if kept.permanent:
        return note("kept", reason=kept.reason)
    return note("kept-yet", reason=kept.reason, moment=kept.retry_at)


def _end(standing: Standing) -> Instant | None:
    """Give the moment at which the last of it was taken down."""
    return standing.last.at if standing.last else None


def _network(delivery: Delivery, rules: Rules) -> str:
    brand, _, name = delivery.account.partition("/")
    return acting(rules.brands[brand].accounts[name])
