"""Stale files: an older checkout neither sends, nor changes, nor takes down anything."""

from __future__ import annotations

from dataclasses import replace

from mimin.planning.line import Action, Cause, Line, Rules
from mimin.planning.notes import note


def without_stale(lines: list[Line], rules: Rules) -> list[Line]:
    """Block what a run would do for brands whose files are older than those of a run before."""
    if not rules.stale:
        return lines
    return [_block(line, rules.stale.get(line.post.brand)) for line in lines]


def _block(line: Line, newer: str | None) -> Line:
    if newer is None or not line.acts:
        return line
    return replace(
        line, action=Action.BLOCKED, cause=Cause.STALE, note=note("stale", commit=newer[:12])
    )
