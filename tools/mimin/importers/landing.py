"""Bring an import into the workspace: the whole brand at once, or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from mimin.errors import UsageError
from mimin.importers.plan import Arrival
from mimin.model.event import Event


def check_place(arrival: Arrival, root: Path) -> None:
    """Refuse to write over a brand that is there.

    Raises:
        UsageError: if the brand's folder exists.
    """
    folder = root / arrival.folder
    if folder.exists() or folder.is_symlink():
        brand = folder.name
        raise UsageError(f"{arrival.folder} exists; give the import another --brand than {brand}")


def land(arrival: Arrival, root: Path) -> None:
    """Write all files beside their place and move them in with one rename.

    The events of the arrival must be in the ledger before: a post that is there without its
    history could be sent again.

    Raises:
        UsageError: if the brand's folder exists.
    """
    check_place(arrival, root)
    goal = root / arrival.folder
    goal.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".import-", dir=goal.parent))
    try:
        _fill(arrival, staging)
        (staging / goal.name).rename(goal)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _fill(arrival: Arrival, staging: Path) -> None:
    parent = Path(arrival.folder).parent
    for path, text in arrival.texts.items():
        file = staging / Path(path).relative_to(parent)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    for path, source in arrival.copies.items():
        shutil.copyfile(source, staging / Path(path).relative_to(parent))


def bring(arrival: Arrival, root: Path, record: Callable[[tuple[Event, ...]], None]) -> None:
    """Tell the ledger what is out already, and only then put the posts there.

    Args:
        arrival: What the import brings.
        root: The workspace.
        record: Appends events to the ledger; raises when they are not durable.

    Raises:
        UsageError: if the brand's folder exists; nothing was recorded then.
    """
    check_place(arrival, root)
    if arrival.events:
        record(arrival.events)
    land(arrival, root)
