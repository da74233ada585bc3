"""Alarms as issues: one each, opened once, kept up to date, closed when the alarm is over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from mimin.networks.github_issues import Issue
from mimin.planning.markdown import code
from mimin.watch.alarm import Alarm
from mimin.watch.words import describe

LABEL = "mimin-alarm"
# On lines of their own: in what others wrote, which is code, they would mean nothing.
_MARK = re.compile(r"^<!-- mimin-alarm (\S+) -->$", re.MULTILINE)
_END = "<!-- mimin-alarm-ended -->"
_ENDED = re.compile(f"^{re.escape(_END)}$", re.MULTILINE)
_LISTED = 50
_TITLE = 200


class Tracker(Protocol):
    """Where issues are kept."""

    def list(self) -> list[Issue]:
        """List the issues of alarms, open and closed, the newest first."""

    def open(self, title: str, body: str) -> Issue:
        """Open one."""

    def change(self, number: int, title: str, body: str) -> Issue:
        """Give one another title and body."""

    def close(self, number: int, body: str) -> Issue:
        """Close one."""


def keep_issues(
    alarms: Iterable[Alarm], tracker: Tracker, handbook: str, *, sure: bool = True
) -> list[str]:
    """Make the issues say what the alarms say, and tell what was done, a line each.

    An issue that a person has closed stays closed while its alarm lasts: somebody knows. When the
    alarm is over and comes back, it gets an issue of its own.

    Args:
        alarms: Everything that waits for a person now.
        tracker: Where the issues are.
        handbook: Address that `runbook.md#…` is added to.
        sure: Whether these are all there are. Where something could not be looked at, no alarm is
            known to be over.
    """
    wanted = {alarm.id: alarm for alarm in alarms}
    done = []
    kept: set[str] = set()
    for issue in sorted(tracker.list(), key=lambda issue: (not issue.is_open, issue.number)):
        body = _plain(issue.body)
        match = _MARK.search(body)
        if match is None or _ENDED.search(body):
            continue
        alarm = wanted.get(match[1])
        if alarm is None or (match[1] in kept and issue.is_open):
            if sure or alarm is not None:
                done.append(_end(issue, tracker))
            continue
        kept.add(match[1])
        done += _update(issue, alarm, tracker, handbook)
    for name, alarm in wanted.items():
        if name not in kept:
            issue = tracker.open(title_of(alarm), body_of(alarm, handbook))
            done.append(f"opened #{issue.number} {name}")
    return done


def title_of(alarm: Alarm) -> str:
    """Give the issue's title."""
    text = f"{alarm.code}: {describe(alarm)}".replace("@", "@\u200b")  # titles are no Markdown
    return text if len(text) <= _TITLE else f"{text[: _TITLE - 1]}…"


def body_of(alarm: Alarm, handbook: str) -> str:
    """Give the issue's body: what is wrong in both languages, what is behind it, what to do."""
    lines = [code(describe(alarm)), "", code(describe(alarm, "id")), ""]
    if alarm.since is not None:
        lines += [f"Since {alarm.since.format_iso()}.", ""]
    lines += [f"* {code(key)}" for key in alarm.deliveries[:_LISTED]]
    if len(alarm.deliveries) > _LISTED:
        lines.append(f"* and {len(alarm.deliveries) - _LISTED} more")
    lines += ["", f"What to do: [runbook]({handbook}{alarm.anchor}). This issue closes itself."]
    return "\n".join([*lines, f"<!-- mimin-alarm {alarm.id} -->"])


def _update(issue: Issue, alarm: Alarm, tracker: Tracker, handbook: str) -> Sequence[str]:
    title, body = title_of(alarm), body_of(alarm, handbook)
    if not issue.is_open or (issue.title, _plain(issue.body)) == (title, body):
        return []
    tracker.change(issue.number, title, body)
    return [f"changed #{issue.number} {alarm.id}"]


def _end(issue: Issue, tracker: Tracker) -> str:
    body = f"{_plain(issue.body)}\n\nOver: mimin does not find this any more.\n{_END}"
    tracker.close(issue.number, body)
    return f"closed #{issue.number}"


def _plain(body: str | None) -> str:
    return (body or "").replace("\r\n", "\n")
