"""Files on git branches that machines write: appended to or replaced by compare-and-swap."""

from __future__ import annotations

from mimin.store.branch import Branch, Result, UncertainError
from mimin.store.change import Append, Change, Put, Remove
from mimin.store.repair import Repair
from mimin.store.snapshot import Snapshot
from mimin.store.upstream import RewrittenError, UnreachableError
from mimin.store.verification import LostRecordsError

__all__ = [
    "Append",
    "Branch",
    "Change",
    "LostRecordsError",
    "Put",
    "Remove",
    "Repair",
    "Result",
    "RewrittenError",
    "Snapshot",
    "UncertainError",
    "UnreachableError",
]
