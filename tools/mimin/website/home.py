"""The home page: what is next, what is late, and what waits for somebody."""

from __future__ import annotations

from collections import Counter
from itertools import takewhile

from whenever import Instant, TimeDelta

from mimin.ledger.standing import State
from mimin.planning.plan import Action, Cause, Line
from mimin.website.alarms import alarms_of
from mimin.website.marks import APPROVAL, HELD, PERSON, TROUBLE
from mimin.website.rendering import render
from mimin.website.rows import Row, first_rows, recent
from mimin.website.scene import Scene

_SHOWN = 8
_PATIENCE = TimeDelta(minutes=15)
"""A run may come this late before anybody is told: cron is coarse."""
_GROUPS = {
    "trouble": TROUBLE,
    "person": PERSON,
    "approval": APPROVAL,
    "problems": frozenset({Cause.PROBLEMS}),
    "other": HELD,
}

_CLOSED = frozenset({Cause.OUT, Cause.CHANGED, Cause.RETRACTED, Cause.DROPPED})
"""Causes of lines that nobody waits for, by far the most in a workspace that is in use."""


MADE = "mimin-hole-made-7c2e"
"""Where the overview says when it was made, which changes when nothing else does."""


def home_page(scene: Scene, base: str = "") -> str:
    """Draw the home page's own part, around a hole for the time."""
    open_lines = [line for line in scene.lines if line.cause not in _CLOSED]
    late = [line for line in open_lines if overdue(line, scene.now)]
    shown = {line.key for line in late}
    waiting = _waiting([line for line in open_lines if line.key not in shown], scene)
    soon = scene.now + TimeDelta(hours=24 * 7)
    coming = [line for line in open_lines if _coming(line, scene.now)]
    return render(
        "home.html",
        scene=scene,
        words=scene.words,
        base=base,
        zone=home_zone(scene),
        alarms=alarms_of(scene),
        late=first_rows(late, scene, _SHOWN),
        late_count=len({(line.post.path, line.delivery.due) for line in late}),
        waiting=waiting,
        needs=sum(len(rows) + more for _, rows, more in waiting),
        next=first_rows(coming, scene, _SHOWN),
        week=len({(line.post.path, _due(line)) for line in coming if _due(line) <= soon}),
        published=_published(scene, scene.now - TimeDelta(hours=24 * 30)),
        recent=recent(lambda _line: True, scene, _SHOWN),
        last=last_entry(scene),
        made=MADE,
    )


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


def _waiting(lines: list[Line], scene: Scene) -> list[tuple[str, list[Row], int]]:
    by_cause: dict[Cause, list[Line]] = {}
    for line in lines:
        by_cause.setdefault(line.cause, []).append(line)
    found = []
    for name, causes in _GROUPS.items():
        present = causes & by_cause.keys()
        if present:
            fitting = [line for line in lines if line.cause in present]
            rows = first_rows(fitting, scene, _SHOWN)
            total = len({(line.post.path, line.delivery.due) for line in fitting})
            found.append((name, rows, total - len(rows)))
    return found


def _coming(line: Line, now: Instant) -> bool:
    wanted = line.action is Action.PUBLISH or line.cause in APPROVAL
    return wanted and line.delivery.due is not None and line.delivery.due > now


def _due(line: Line) -> Instant:
    assert line.delivery.due is not None  # noqa: S101 - `_coming` asked
    return line.delivery.due


def _published(scene: Scene, since: Instant) -> int:
    fresh = takewhile(lambda line: line.standing.receipts[0].at >= since, scene.newest)
    return sum(line.state is State.PUBLISHED for line in fresh)
