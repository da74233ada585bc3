"""What merging a pull request changes: in the plan, and in what is out already."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mimin.ledger.ledger import Book
from mimin.ledger.standing import Standing, State
from mimin.model.brand import Brand
from mimin.model.delivery import Delivery
from mimin.planning import widening
from mimin.planning.amending import judge_out, judge_retraction
from mimin.planning.blackout import Obstacle
from mimin.planning.examined import Examined
from mimin.planning.line import Action, Cause, Rules
from mimin.planning.markdown import cell, words
from mimin.planning.show import Style, local, mark, plain, tries
from mimin.planning.widening import Widening
from mimin.printable import json_text

_WORDS = "text or media changed"
_MAYBE_OUT = {State.CLAIMED, State.UNKNOWN, State.HANDED}


@dataclass(frozen=True)
class Change:
    """One delivery that is not what it was."""

    action: Action
    note: str
    delivery: Delivery
    post: Examined
    takes_down: bool = False
    """Whether what is out is taken down."""


def _none(post: Examined, delivery: Delivery) -> str:  # noqa: ARG001 - an `Obstacle`
    return ""


def compare(
    before: Iterable[Examined],
    after: Iterable[Examined],
    book: Book,
    obstacles: tuple[Obstacle, Obstacle] = (_none, _none),
    rules: Rules | None = None,
) -> list[Change]:
    """Compare two states of the workspace, delivery by delivery.

    What becomes of a post that is out is judged as the plan judges it.

    Args:
        before: The posts as they were.
        after: The posts as they are.
        book: The ledger.
        obstacles: What kept, and what keeps, a delivery from going out, beside its own fields.
        rules: What plans are made against; None where nothing is out.
    """
    old = _deliveries(before)
    new = _deliveries(after)
    changes = []
    for key in dict.fromkeys([*new, *old]):
        standing = book.standing(key)
        out = bool(standing.receipts) or standing.state() in _MAYBE_OUT
        if out and rules is not None and key in new:
            change = _amended(old.get(key), new[key], standing, rules)
        else:
            change = _change(old.get(key), new.get(key), out=out)
        if key in new and not out and not new[key][1].retract:
            change = _hindered(change, old.get(key), new[key], obstacles)
        if change is not None:
            changes.append(change)
    return sorted(changes, key=_order)


def _order(change: Change) -> tuple[float, str]:
    due = change.delivery.due
    return (due.timestamp() if due is not None else float("inf"), change.delivery.key)


def _deliveries(posts: Iterable[Examined]) -> dict[str, tuple[Delivery, Examined]]:
    return {
        delivery.key: (delivery, post)
        for post in posts
        if not post.draft
        for delivery in post.deliveries
    }


Pair = tuple[Delivery, Examined] | None


def _change(old: Pair, new: Pair, *, out: bool) -> Change | None:
    if new is not None and new[1].retract:
        planned = old is not None and not old[1].retract
        says = "will not go out: `retract: true`"
        return Change(Action.DELETE, says, *new) if planned else None
    if new is not None and (old is None or old[1].retract):
        return _added(*new, out=out)
    if new is None and old is not None:
        note = (
            "is out already; taking the file away leaves it there" if out else "no longer planned"
        )
        return Change(Action.NONE if out else Action.DELETE, note, *old)
    notes = _what_changed(old[0], new[0]) if old and new else ""
    if not notes or new is None:
        return None
    return Change(Action.CHANGE, notes, *new)


def _amended(
    old: Pair, new: tuple[Delivery, Examined], standing: Standing, rules: Rules
) -> Change | None:
    """Say what becomes of what is out, or may be."""
    delivery, post = new
    before = old is not None and old[1].retract
    if post.retract:
        return None if before else _taken_down(new, standing, rules)
    notes = "`retract: true` taken out" if before else ""
    if old is not None and not before:
        notes = _what_changed(old[0], delivery)
        if not notes:
            return None
    if standing.state() in _MAYBE_OUT:
        says = "it may be out already; what is out stays as it is"
    elif standing.state() not in {State.PUBLISHED, State.RETRACTED}:
        says = "some of its parts are out already; `mimin plan` says what to do"
    else:
        action, cause, found = judge_out(delivery, post, standing, rules, lambda: None)
        if cause in {Cause.EDIT, Cause.RETRACTED}:
            says = f"{notes}: {found}" if notes else found
            return Change(Action.BLOCKED if cause is Cause.RETRACTED else action, says, *new)
        if old is None and cause is Cause.OUT:
            return _added(*new, out=True)
        if cause is Cause.CHANGED:  # it says what was changed
            notes = notes.removesuffix(_WORDS).rstrip(", ")
            return Change(Action.BLOCKED, "; ".join(filter(None, (notes, found))), *new)
        says = "it is out already; what is out stays as it is"
    return Change(Action.BLOCKED, f"{notes}, but {says}" if notes else says, *new)


def _taken_down(new: tuple[Delivery, Examined], standing: Standing, rules: Rules) -> Change | None:
    found = judge_retraction(new[0], standing, standing.state(), rules, lambda: None)
    if found is None:
        says = "`retract: true`, but nobody knows yet whether it is out"
        return Change(Action.BLOCKED, says, *new)
    action, cause, says = found
    if cause is Cause.RETRACTED:
        return None  # it is down already
    return Change(action, says, *new, takes_down=action is Action.DELETE)


def _hindered(
    change: Change | None,
    old: Pair,
    new: tuple[Delivery, Examined],
    obstacles: tuple[Obstacle, Obstacle],
) -> Change | None:
    """Say that something keeps it from going out now, or does so no longer, though it is as it was.

    A calendar that blacks a day out changes what is published without changing any post.
    """
    was = obstacles[0](old[1], old[0]) if old else ""
    now = obstacles[1](new[1], new[0])
    if now and (change or now != was):
        notes = ", ".join(part for part in (change.note if change else "", now) if part)
        return Change(Action.BLOCKED, notes, *new)
    if was and not now:
        notes = ", ".join([*([change.note] if change else []), f"goes out again (was: {was})"])
        return Change(change.action if change else Action.PUBLISH, notes, *new)
    return change


def _added(delivery: Delivery, post: Examined, *, out: bool) -> Change:
    if out:
        return Change(Action.NONE, "is out already; it is not sent again", delivery, post)
    note = "has no time yet" if delivery.due is None else "new"
    return Change(Action.PUBLISH, note, delivery, post)


def _what_changed(old: Delivery, new: Delivery) -> str:
    notes = []
    if old.due != new.due:
        was = f"{old.due.format_iso()[:16].replace('T', ' ')} UTC" if old.due else "no time"
        notes.append(f"moved (was {was})")
    if old.digest != new.digest:
        notes.append(_WORDS)
    if old.expires != new.expires:
        notes.append("expiry changed")
    return ", ".join(notes)


def as_text(
    changes: Sequence[Change],
    brands: Mapping[str, Brand],
    wider: Sequence[Widening] = (),
    style: Style = plain,
) -> str:
    """What widens what may go out, and one line a change."""
    simulated = tries(brands)
    return widening.as_text(wider, brands, style) + "".join(
        f"{style(str(c.action), bold=True)} {local(c.delivery.due, brands[c.post.brand].zone):<29} "
        f"{c.delivery.key + mark(c.delivery.account, simulated):<44} {c.note}\n"
        for c in changes
    )


def as_json(
    changes: Sequence[Change], brands: Mapping[str, Brand], wider: Sequence[Widening] = ()
) -> str:
    """Two lists of objects: what widens what may go out, and what changes."""
    rows = [
        {
            "action": str(change.action),
            "note": change.note,
            "key": change.delivery.key,
            "path": change.post.path,
            "title": change.post.title,
            "account": change.delivery.account,
            "due": change.delivery.due.format_iso() if change.delivery.due else None,
            "digest": change.delivery.digest,
        }
        for change in changes
    ]
    return json_text({"widens": widening.as_rows(wider, brands), "changes": rows}, indent=2) + "\n"


def as_markdown(
    changes: Sequence[Change], brands: Mapping[str, Brand], wider: Sequence[Widening] = ()
) -> str:
    """What widens what may go out, and a table of changes, for a pull request's comment."""
    return widening.as_markdown(wider, brands) + as_table(changes, brands, widens=bool(wider))


def as_table(
    changes: Sequence[Change], brands: Mapping[str, Brand], *, widens: bool = False
) -> str:
    """A table of changes; with *widens* a merge without any changes something all the same."""
    if not changes:
        if widens:
            return "Merging this adds, changes and takes away no post.\n"
        return "Merging this changes nothing that is published.\n"
    counts = [
        f"{sum(c.action is action and not c.takes_down for c in changes)} {word}"
        for action, word in (
            (Action.PUBLISH, "to publish"),
            (Action.CHANGE, "changed"),
            (Action.DELETE, "no longer planned"),
        )
    ]
    if down := sum(change.takes_down for change in changes):
        counts.append(f"{down} taken down")
    head = "| | when | post | account | what |\n| --- | --- | --- | --- | --- |\n"
    simulated = tries(brands)
    shown = "".join(_row(change, brands, simulated) for change in changes)
    return f"{', '.join(counts)}.\n\n{head}{shown}"


def _row(change: Change, brands: Mapping[str, Brand], simulated: Collection[str]) -> str:
    cells = [
        f"`{change.action}`",
        local(change.delivery.due, brands[change.post.brand].zone),
        f"{cell(change.post.key)} {cell(change.post.title)}",
        words(change.delivery.account.partition("/")[2]) + mark(change.delivery.account, simulated),
        words(change.note),
    ]
    return "| " + " | ".join(cells) + " |\n"


Form = Callable[[Sequence[Change], Mapping[str, Brand], Sequence[Widening]], str]
FORMS: Mapping[str, Form] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
}
