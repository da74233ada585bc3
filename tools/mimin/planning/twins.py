"""Twins: what went out already under another name, because its file was renamed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mimin.ledger.ledger import Book
from mimin.ledger.standing import Standing
from mimin.planning.line import Action, Cause, Line
from mimin.planning.notes import note


def without_twins(lines: list[Line], book: Book) -> list[Line]:
    """Block what is out, or may be, under a name whose file is gone: it was renamed."""
    here = {line.key for line in lines}
    gone = {}
    for key, standing in book.standings.items():
        trace = standing.trace
        if key not in here and trace is not None and trace.digest:
            gone[trace.account, trace.digest] = standing
    if not gone:
        return lines
    return [_block_twin(line, gone) for line in lines]


def _block_twin(line: Line, gone: Mapping[tuple[str, str], Standing]) -> Line:
    twin = gone.get((line.delivery.account, line.delivery.digest))
    if twin is None or line.action is not Action.PUBLISH:
        return line
    sentence = "twin" if twin.receipts else "twin-maybe"
    says = note(sentence, twin=twin.key, id=twin.key.partition("/")[2].partition("@")[0])
    return replace(line, action=Action.BLOCKED, cause=Cause.TWIN, note=says)
