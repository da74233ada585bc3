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
        note = "`retract: true`: it will not be published"
        return Action.NONE, Cause.RETRACTED, note
    if not standing.standing_out:
        return Action.NONE, Cause.RETRACTED, _taken_down(standing)
    network = _network(delivery, rules)
    if not can_retract(network):
        note = (
            f"{network} lets nobody take a post down by its API; do it there, then "
            f"`mimin done {delivery.key} --retracted`"
        )
        return Action.BLOCKED, Cause.RETRACT, note
    kept = _kept(standing, rules.now)
    if kept:
        way_out = f"do it there, then `mimin done {delivery.key} --retracted`"
        return Action.BLOCKED, Cause.RETRACT, f"{kept}; {way_out}"
    address = standing.receipts[0].url
    return barred() or (Action.DELETE, Cause.RETRACT, f"takes down {address}".rstrip())


def judge_out(
    delivery: Delivery, post: Examined, standing: Standing, rules: Rules, barred: Barred
) -> Judgement:
    """Judge what is out: as it is in the file, to be changed, or different for good."""
    if standing.state() is State.RETRACTED:
        note = f"{_taken_down(standing)}; to publish it again, give it another id"
        return Action.NONE, Cause.RETRACTED, note
    shown = {part.shown.digest for part in standing.parts.values() if part.shown}
    if shown - {""} <= {delivery.digest}:
        return Action.NONE, Cause.OUT, standing.receipts[0].url if standing.receipts else ""
    why = _unchangeable(delivery, standing, rules)
    if why or post.draft:
        note = "changed in the file after it went out; what is out stays as it was"
        return Action.NONE, Cause.CHANGED, f"{note}: {why}" if why else note
    kept = _kept(standing, rules.now, delivery.digest)
    if kept:
        return Action.NONE, Cause.CHANGED, f"what is out stays as it was: {kept}"
    address = standing.receipts[0].url
    return barred() or (Action.CHANGE, Cause.EDIT, f"changes {address}".rstrip())


def _unchangeable(delivery: Delivery, standing: Standing, rules: Rules) -> str:
    """Say why what is out can not be made what the file says now."""
    network = _network(delivery, rules)
    editing = can_edit(network)
    if editing is None:
        return f"{network} can not change what is out"
    out = len(standing.receipts)
    if delivery.parts != out:
        return f"it went out in {out} parts and has {delivery.parts} now"
    if editing is Editing.TEXT and _shapes(standing) != {delivery.shape}:
        return f"{network} can change nothing but the words"
    brand = rules.brands[delivery.post.partition("/")[0]]
    first = standing.receipts[0].at
    if rules.now - first >= brand.edits:
        return "it went out too long ago (`edits:` in brand.yml)"
    return ""


def _shapes(standing: Standing) -> set[str]:
    return {part.shown.shape for part in standing.parts.values() if part.shown}


def _kept(standing: Standing, now: Instant, digest: str | None = None) -> str:
    """Give the reason why a change or taking down is not to be tried (again) now."""
    found: list[Event] = [part.kept for part in standing.parts.values() if part.kept]
    for event in found:
        meant = digest is None or event.digest == digest
        if meant and event.permanent:
            return event.reason
        if meant and event.retry_at is not None and now < event.retry_at:
            return f"{event.reason}; again at {event.retry_at.format_iso()}"
    return ""


def _taken_down(standing: Standing) -> str:
    last = standing.last
    return f"taken down at {last.at.format_iso()}" if last else "taken down"


def _network(delivery: Delivery, rules: Rules) -> str:
    brand, _, name = delivery.account.partition("/")
    return acting(rules.brands[brand].accounts[name])
