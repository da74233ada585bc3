"""The packages of the live tests: pinned by hash, from whichever registry the machine uses."""

from __future__ import annotations

import json
from pathlib import Path

LOCK = json.loads((Path(__file__).parent / "package-lock.json").read_text())
PACKAGES = {name: entry for name, entry in LOCK["packages"].items() if name}


def test_the_lock_names_no_registry():
    assert [name for name, entry in PACKAGES.items() if "resolved" in entry] == []


def test_every_package_is_pinned_by_its_hash():
    assert [name for name, entry in PACKAGES.items() if not entry.get("integrity")] == []
