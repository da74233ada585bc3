"""Twins: what went out already under another name, because its file was renamed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mimin.ledger.ledger import Book
from mimin.planning.line import Action, Cause, Line


def without_twins(lines: list[Line], book: Book) -> list[Line]:
    """Block what went out under another name: a file was renamed, and its id with it."""
    here = {line.delivery.key for line in lines}
    gone = {
        (receipt.account, receipt.digest): key
        for key, standing in book.standings.items()
        if key not in here
        for receipt in standing.receipts[:1]
        if receipt.digest
    }
    if not gone:
        return lines
    return [_block_twin(line, gone) for line in lines]


def _block_twin(line: Line, gone: Mapping[tuple[str, str], str]) -> Line:
    twin = gone.get((line.delivery.account, line.delivery.digest))
    if twin is None or line.action is not Action.PUBLISH:
        return line
    old = twin.partition("/")[2].partition("@")[0]
    note = (
        f"the very same went out as {twin}, whose file is gone; if it was renamed, "
        f"write `id: {old}`, else change the text"
    )
    return replace(line, action=Action.BLOCKED, cause=Cause.TWIN, note=note)
