"""Saying: sentences of the plan in the site's language, with times as a brand has them."""

from __future__ import annotations

from whenever import Instant, TimeDelta

from mimin.planning.notes import Note
from mimin.website import dates
from mimin.website.words import Words


def say(note: str, zone: str, words: Words) -> str:
    """Say a note in the site's language; what a person or a network wrote stays as it is."""
    if not isinstance(note, Note):
        return note
    shown = {name: _shown(value, zone, words) for name, value in note.values.items()}
    return words(f"note.{note.sentence}", **shown)


def _shown(value: object, zone: str, words: Words) -> object:
    if isinstance(value, Instant):
        return dates.full_time(value, zone, words)
    return words.span(value.total("seconds")) if isinstance(value, TimeDelta) else value
