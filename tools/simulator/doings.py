"""Everything that may happen in a world besides runs and outages: the name → who does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.actions import EDITS, Action
from simulator.clocks import set_clock
from simulator.people import approve, freeze, tend, wipe
from simulator.people_answering import answer
from simulator.people_editing import edit
from simulator.people_ledger import drop_from_ledger, rewind_ledger
from simulator.people_policy import POLICIES, change_policy
from simulator.people_renaming import RENAMINGS, rename
from simulator.people_threads import AMENDMENTS, RESTRUCTURINGS, amend, restructure

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
    "clock": set_clock,
    "clock-set": set_clock,
    **dict.fromkeys(EDITS, edit),
    **dict.fromkeys(RENAMINGS, rename),
    **dict.fromkeys(RESTRUCTURINGS, restructure),
    **dict.fromkeys(AMENDMENTS, amend),
    **dict.fromkeys(POLICIES, change_policy),
}
