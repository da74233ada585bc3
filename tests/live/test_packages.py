"""The packages of the live tests: pinned by hash, from whichever registry the machine uses."""

from __future__ import annotations

import json
from pathlib import Path

LOCKS = [Path(__file__).parent / folder / "package-lock.json" for folder in ("", "vendors")]
PACKAGES = {
    f"{lock.parent.name}: {name}": entry
    for lock in LOCKS
    for name, entry in json.loads(lock.read_text("utf-8"))["packages"].items()
    if name
}


def test_the_lock_names_no_registry():
    assert [name for name, entry in PACKAGES.items() if "resolved" in entry] == []


def test_every_package_is_pinned_by_its_hash():
    assert [name for name, entry in PACKAGES.items() if not entry.get("integrity")] == []
