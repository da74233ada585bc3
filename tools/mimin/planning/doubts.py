"""Doubts: what may be out under another name is not sent before a person has said what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mimin.planning.line import Action, Cause, Line
from mimin.planning.notes import Note


def without_doubtful(lines: list[Line], doubts: Mapping[str, Note]) -> list[Line]:
    """Block the lines that would act and about which there is a question."""
    if not doubts:
        return lines
    return [_block(line, doubts.get(line.key)) for line in lines]


def _block(line: Line, doubt: Note | None) -> Line:
    if doubt is None or line.action in {Action.NONE, Action.BLOCKED} or line.drops:
        return line
    cause = Cause.UNTRUSTED if doubt.sentence.startswith("token-") else Cause.TWIN
    return replace(line, action=Action.BLOCKED, cause=cause, note=doubt)
