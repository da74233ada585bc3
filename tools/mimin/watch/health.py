"""Alarms about the workflow that publishes: switched off, overdue, failing."""

from __future__ import annotations

from collections.abc import Iterator

from whenever import Instant, TimeDelta

from mimin.networks.github_runs import Health
from mimin.watch.alarm import Alarm, Code, clock_of

OVERDUE = TimeDelta(hours=3)
"""After a run, until the next one counts as one that did not come; delays of an hour are usual."""


def judge(health: Health, now: Instant, *, overdue: TimeDelta = OVERDUE) -> Iterator[Alarm]:
    """Say what is wrong with a workflow."""
    if health.state != "active":
        details = {"state": health.state}
        yield Alarm(code=Code.WORKFLOW_OFF, subject=health.workflow, details=details)
    elif health.last is None or now - health.last > overdue:
        when = "-" if health.last is None else clock_of(health.last, "UTC")
        hours = f"{overdue.total('hours'):g}"
        yield Alarm(
            code=Code.WORKFLOW_LATE,
            subject=health.workflow,
            since=health.last,
            details={"when": when, "hours": hours},
        )
    if health.failed:
        details = {"url": health.failed}
        yield Alarm(code=Code.WORKFLOW_FAILED, subject=health.workflow, details=details)
