"""Alarms as text, JSON and Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mimin.planning.markdown import code
from mimin.printable import json_text
from mimin.watch.alarm import Alarm
from mimin.watch.words import describe


def as_text(alarms: Sequence[Alarm], language: str = "en") -> str:
    """One line an alarm; `!` stands before what is going wrong now."""
    return "".join(
        f"{'!' if alarm.urgent else ' '} {alarm.code:<15} {describe(alarm, language)}\n"
        for alarm in alarms
    )


def as_json(alarms: Sequence[Alarm], language: str = "en") -> str:
    """A list of objects."""
    rows = [
        {
            "id": alarm.id,
            "code": str(alarm.code),
            "subject": alarm.subject,
            "urgent": alarm.urgent,
            "since": alarm.since.format_iso() if alarm.since else None,
            "message": describe(alarm, language),
            "deliveries": list(alarm.deliveries),
            "details": dict(alarm.details),
            "runbook": alarm.anchor,
        }
        for alarm in alarms
    ]
    return json_text({"alarms": rows}, indent=2) + "\n"


def as_markdown(alarms: Sequence[Alarm], language: str = "en") -> str:
    """A list for a pull request's comment."""
    if not alarms:
        return "Nothing waits for a person.\n"
    return "".join(
        f"* {'**' if alarm.urgent else ''}{alarm.code}{'**' if alarm.urgent else ''}: "
        f"{code(describe(alarm, language))}\n"
        for alarm in alarms
    )


def sum_up(alarms: Sequence[Alarm]) -> str:
    """Say in one line how many there are and of what kind; an empty string when there are none."""
    if not alarms:
        return ""
    kinds = dict.fromkeys(str(alarm.code) for alarm in alarms)
    number = f"{len(alarms)} alarm{'' if len(alarms) == 1 else 's'}"
    return f"{number} ({', '.join(kinds)}); `mimin watch` says what to do"


FORMS: Mapping[str, Callable[[Sequence[Alarm], str], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
}


_NOTICE = {
    "en": ("{begun} new, {over} over", "over: "),
    "id": ("{begun} baru, {over} selesai", "selesai: "),
}


def as_notice(begun: Sequence[Alarm], over: Sequence[str], language: str = "en") -> tuple[str, str]:
    """Write a notice for the team: its title and its body."""
    counts, word = _NOTICE[language]
    lines = [f"{'! ' if alarm.urgent else ''}{describe(alarm, language)}" for alarm in begun]
    lines += [f"{word}{name}" for name in over]
    return f"mimin: {counts.format(begun=len(begun), over=len(over))}", "\n".join(lines)
