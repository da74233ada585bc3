"""Everything that may happen in a world besides runs and outages: the name → who does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.actions import EDITS, Action
from simulator.people import approve, freeze, tend, wipe
from simulator.people_answering import answer
from simulator.people_editing import edit
from simulator.people_ledger import drop_from_ledger, rewind_ledger

if TYPE_CHECKING:
    from simulator.world import World

DOINGS: dict[str, Callable[[World, Action], None]] = {
    "freeze": freeze,
    "resume": freeze,
    "approve": approve,
    "tend": tend,
    "answer": answer,
    "wipe": wipe,
    "rewind-ledger": rewind_ledger,
    "drop-from-ledger": drop_from_ledger,
    **dict.fromkeys(EDITS, edit),
}
