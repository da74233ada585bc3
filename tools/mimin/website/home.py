"""The home page: what is next, what is late, and what waits for somebody."""

from __future__ import annotations

import os
from collections import Counter
from itertools import takewhile

from whenever import Instant, TimeDelta

from mimin.ledger.standing import State
from mimin.planning.plan import Action, Cause, Line
from mimin.planning.waiting import waits
from mimin.website.alarms import alarms_of
from mimin.website.marks import APPROVAL, HELD, PERSON, TROUBLE
from mimin.website.rendering import render
from mimin.website.rows import Row, first_rows, recent
from mimin.website.scene import Scene

_SHOWN = 8
_PATIENCE = TimeDelta(minutes=15)
"""A run may come this late before anybody is told: cron is coarse."""
_GROUPS = ("trouble", "person", "approval", "problems", "other", "due")
_BY_CAUSE = {
    **dict.fromkeys(TROUBLE, "trouble"),
    **dict.fromkeys(PERSON, "person"),
    **dict.fromkeys(APPROVAL, "approval"),
    Cause.PROBLEMS: "problems",
    **dict.fromkeys(HELD, "other"),
}

_CLOSED = frozenset({Cause.OUT, Cause.CHANGED, Cause.RETRACTED, Cause.CALLED_OFF, Cause.DROPPED})
"""Causes of lines that nobody waits for, by far the most in a workspace that is in use."""


MADE = "<!-- mimin:made -->"
"""Where the overview says when it was made, which changes when nothing else does.

No text can name this hole: in whatever somebody wrote, `<` is escaped.
"""


def home_page(scene: Scene, base: str = "") -> str:
    """Draw the home page's own part, around a hole for the time."""
    open_lines = [line for line in scene.lines if not _is_closed(line)]
    late = [line for line in open_lines if overdue(line, scene.now)]
    shown = {line.key for line in late}
    waiting = _waiting([line for line in open_lines if line.key not in shown], scene)
    soon = scene.now + TimeDelta(hours=24 * 7)
    coming = [line for line in open_lines if _coming(line, scene.now)]
    alarms = alarms_of(scene)
    needs = sum(len(rows) + more for _, rows, more in waiting) + _faults(scene)
    hole = os.urandom(8).hex()  # the template escapes what it is given
    html = render(
        "home.html",
        scene=scene,
        words=scene.words,
        base=base,
        zone=home_zone(scene),
        alarms=alarms,
        errors=[] if scene.public else scene.errors[:_SHOWN],
        errors_more=max(0, len(scene.errors) - _SHOWN),
        all_well=not (needs or late or alarms),
        late=first_rows(late, scene, _SHOWN),
        late_count=len({(line.post.path, line.delivery.due) for line in late}),
        waiting=waiting,
        needs=needs,
        next=first_rows(coming, scene, _SHOWN),
        week=len({(line.post.path, _due(line)) for line in coming if _due(line) <= soon}),
        published=_published(scene, scene.now - TimeDelta(hours=24 * 30)),
        recent=recent(lambda _line: True, scene, _SHOWN),
        last=last_entry(scene),
        made=hole,
    )
    return html.replace(hole, MADE)


def overdue(line: Line, now: Instant) -> bool:
    """Tell whether a run should have sent this by now and none did."""
    due = line.delivery.due
    return (
        line.sends and due is not None and line.cause is not Cause.RETRY and now - due > _PATIENCE
    )


def last_entry(scene: Scene) -> Instant | None:
    """Give the time of the ledger's last entry."""
    return scene.events[-1].at if scene.events else None


def home_zone(scene: Scene) -> str:
    """Give the zone that the site's own times are in: that of its busiest brand."""
    counts = Counter(post.brand for post in scene.posts)
    brands = sorted(scene.brands.values(), key=lambda brand: (-counts[brand.id], brand.id))
    return brands[0].zone if brands else "UTC"


def _faults(scene: Scene) -> int:
    return len(scene.errors) + bool(scene.unread)


def _is_closed(line: Line) -> bool:
    """Tell whether nobody waits for it: a thread that stays half out is blocked, and not closed."""
    return line.cause in _CLOSED and line.action is not Action.BLOCKED


def _waiting(lines: list[Line], scene: Scene) -> list[tuple[str, list[Row], int]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(group_of(line, scene.now), []).append(line)
    shown = []
    for name in _GROUPS:
        fitting = found.get(name, [])
        if fitting:
            rows = first_rows(fitting, scene, _SHOWN)
            total = len({(line.post.path, line.delivery.due) for line in fitting})
            shown.append((name, rows, total - len(rows)))
    return shown


def group_of(line: Line, now: Instant) -> str:
    """Name the group in which the home page lists what is not out; empty when it needs nobody.

    Whatever waits for a person is in one of them, and so is all that is due and not out.
    """
    due = line.delivery.due
    if line.cause is Cause.CLAIMED and not waits(line, now=now, until=now):
        return "due"
    known = _BY_CAUSE.get(line.cause)
    if known is not None or line.action is Action.BLOCKED:
        return known or "other"
    is_due = due is not None and due <= now
    return "due" if is_due and line.action is Action.PUBLISH else ""


def _coming(line: Line, now: Instant) -> bool:
    wanted = line.action is Action.PUBLISH or line.cause in APPROVAL
    return wanted and line.delivery.due is not None and line.delivery.due > now


def _due(line: Line) -> Instant:
    assert line.delivery.due is not None  # noqa: S101 - `_coming` asked
    return line.delivery.due


def _published(scene: Scene, since: Instant) -> int:
    fresh = takewhile(lambda line: line.standing.receipts[0].at >= since, scene.newest)
    return sum(line.state is State.PUBLISHED for line in fresh)
