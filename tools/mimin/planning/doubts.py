"""Doubts: what may be out under another name is not sent before a person has said what it is."""

from __future__ import annotations

from dataclasses import replace

from mimin.planning.identity import Identified
from mimin.planning.line import Action, Cause, Line


def without_doubtful(lines: list[Line], found: Identified) -> list[Line]:
    """Block the lines that would act, or seem to be out, and about which there is a question."""
    if not found.doubts:
        return lines
    return [_block(line, found) for line in lines]


def _block(line: Line, found: Identified) -> Line:
    doubt = found.doubts.get(line.key)
    if doubt is None or line.action is Action.BLOCKED or line.drops:
        return line
    if line.action is Action.NONE and not _seems_out(line, found):
        return line
    cause = Cause.UNTRUSTED if doubt.sentence.startswith("token-") else Cause.TWIN
    return replace(line, action=Action.BLOCKED, cause=cause, note=doubt)


def _seems_out(line: Line, found: Identified) -> bool:
    """Tell whether what the ledger has of a line is of another account that had this name."""
    return line.delivery.account in found.names.taken and line.standing.trace is not None
