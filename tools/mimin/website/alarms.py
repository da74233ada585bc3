"""Alarms on the home page: what the watchdog finds, in the site's language."""

from __future__ import annotations

from dataclasses import dataclass

from mimin.watch.alarm import Look
from mimin.watch.watch import find_alarms, next_change
from mimin.watch.words import describe
from mimin.website.scene import Scene


@dataclass(frozen=True)
class Shown:
    """One alarm as the page shows it."""

    code: str
    urgent: bool
    text: str


def alarms_of(scene: Scene) -> list[Shown]:
    """Find what waits for a person, the most urgent first; a public site shows nothing of it."""
    if scene.public:
        return []
    return [
        Shown(str(alarm.code), alarm.urgent, describe(alarm, scene.words.language))
        for alarm in find_alarms(_look(scene))
    ]


def alarms_hold_until(scene: Scene) -> float:
    """Tell until when the alarms stay what they are, as a timestamp."""
    return next_change(_look(scene)).timestamp()


def _look(scene: Scene) -> Look:
    return Look(
        lines=() if scene.unread else scene.lines,  # without a ledger all of it looks late
        book=scene.book,
        brands=scene.brands,
        now=scene.now,
        errors=scene.errors,
        unread=scene.unread,
    )
