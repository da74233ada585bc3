"""Amending: whether what is out already is changed, taken down, or left as it is."""

from __future__ import annotations

from collections.abc import Callable

from whenever import Instant

from mimin.ledger.owner import network_of
from mimin.ledger.standing import Standing, State
from mimin.model.brand import Account
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
        return Action.NONE, Cause.CALLED_OFF, note("not-published")
    if not standing.standing_out:
        return Action.NONE, Cause.RETRACTED, note("taken-down", moment=_end(standing))
    hindered = _stays_out(delivery, standing, rules)
    if hindered is not None:
        return Action.BLOCKED, Cause.RETRACT, hindered
    says = note("takes-down", address=standing.receipts[0].url)
    return barred() or (Action.DELETE, Cause.RETRACT, says)


def _stays_out(delivery: Delivery, standing: Standing, rules: Rules) -> Note | None:
    """Say why what is out can not be taken down from here; None when it can."""
    network = _network(delivery, rules)
    elsewhere = _elsewhere(delivery, standing, rules)
    if elsewhere is not None:
        return elsewhere
    if not can_retract(network):
        return note("take-down-there", network=network, key=delivery.key)
    kept = _kept(standing, rules.now)
    if kept is None:
        return None
    return note("not-taken-down", reason=kept.reason, key=delivery.key)


def judge_out(
    delivery: Delivery, post: Examined, standing: Standing, rules: Rules, barred: Barred
) -> Judgement:
    """Judge what is out: as it is in the file, to be changed, or different for good."""
    if standing.state() is State.RETRACTED:
        again = f"{delivery.post.rpartition('/')[2]}-2"
        return Action.NONE, Cause.RETRACTED, note("stays-down", moment=_end(standing), again=again)
    if post.broken and not delivery.digest:  # nobody can tell what it would be changed to
        return Action.NONE, Cause.OUT, standing.receipts[0].url if standing.receipts else ""
    if is_shown(delivery, standing):
        return Action.NONE, Cause.OUT, standing.receipts[0].url if standing.receipts else ""
    why = note("changed") if post.draft else _unchangeable(delivery, standing, rules)
    if why is None:
        kept = _kept(standing, rules.now, delivery.digest)
        why = None if kept is None else _left(kept)
    if why is not None:
        return Action.NONE, Cause.CHANGED, why
    says = note("changes", address=standing.receipts[0].url)
    return barred() or (Action.CHANGE, Cause.EDIT, says)


def is_shown(delivery: Delivery, standing: Standing) -> bool:
    """Tell whether what is out is what the file says now.

    Digests tell. They also hold the account's name and, of a thread, the parts that were changed
    before they went out; where that alone differs, the parts are compared one by one.
    """
    shown = [part.shown for part in standing.parts.values() if part.shown]
    digests = {event.digest for event in shown} - {""}
    if digests <= {delivery.digest}:
        return True
    several = len(digests) > 1 or any(event.account != delivery.account for event in shown)
    return several and [(event.content, event.shape) for event in shown] == [
        (content, delivery.shape) for content in delivery.contents
    ]


def _unchangeable(delivery: Delivery, standing: Standing, rules: Rules) -> Note | None:
    """Say why what is out can not be made what the file says now; None when it can."""
    network = _network(delivery, rules)
    editing = can_edit(network)
    if editing is None:
        return note("unchangeable", network=network)
    elsewhere = _elsewhere(delivery, standing, rules)
    if elsewhere is not None:
        return elsewhere
    out = len(standing.receipts)
    if delivery.parts != out:
        return note("other-parts", out=out, parts=delivery.parts)
    if editing is Editing.TEXT and _shapes(standing) != {delivery.shape}:
        return note("words-only", network=network)
    brand = rules.brands[delivery.post.partition("/")[0]]
    if rules.now - standing.receipts[0].at >= brand.edits:
        return note("too-old")
    return None


def _elsewhere(delivery: Delivery, standing: Standing, rules: Rules) -> Note | None:
    """Say where it is out, if that is another network or server than the files name today.

    Another server knows nothing of it, so its "not found" must not count as taken down.
    """
    here = _account(delivery, rules).destination
    for event in standing.receipts:
        if event.destination and network_of(event.destination) != network_of(here):
            return note("elsewhere", there=event.destination, here=here)
    return None


def _shapes(standing: Standing) -> set[str]:
    return {part.shown.shape for part in standing.parts.values() if part.shown}


def _kept(standing: Standing, now: Instant, digest: str | None = None) -> Event | None:
    """Find why a change or taking down is not to be tried (again) now."""
    for part in standing.parts.values():
        event = part.kept
        if event is None or digest not in {None, event.digest}:
            continue
        if event.permanent or (event.again_at is not None and now < event.again_at):
            return event
    return None


def _left(kept: Event) -> Note:
    if kept.permanent:
        return note("kept", reason=kept.reason)
    return note("kept-yet", reason=kept.reason, moment=kept.again_at)


def _end(standing: Standing) -> Instant | None:
    """Give the moment at which the last of it was taken down."""
    return standing.last.at if standing.last else None


def _network(delivery: Delivery, rules: Rules) -> str:
    return acting(_account(delivery, rules))


def _account(delivery: Delivery, rules: Rules) -> Account:
    brand, _, name = delivery.account.partition("/")
    return rules.brands[brand].accounts[name]
