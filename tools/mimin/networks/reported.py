"""Limits that a network reported of its own for an account, kept on this machine.

They are for comparing only, see `mimin.checks.reported`: what holds for everybody stands as
`limits:` in brand.yml.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from mimin.foreign import read_json
from mimin.model.limits import Limits
from mimin.networks.limits import ADJUSTABLE
from mimin.networks.private import LIMITS as FILE
from mimin.networks.private import write_private


def keep_limits(folder: Path, ref: str, limits: Mapping[str, int]) -> None:
    """Keep what a network reported for `brand/account`."""
    kept = kept_limits(folder) | {ref: dict(limits)}
    write_private(folder / FILE, json.dumps(kept, sort_keys=True))


def kept_limits(folder: Path) -> dict[str, dict[str, int]]:
    """Give what was reported: `brand/account` → field of `Limits` → value."""
    try:
        kept = read_json((folder / FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {
        str(ref): {
            name: value
            for name, value in limits.items()
            if name in ADJUSTABLE and isinstance(value, int)
        }
        for ref, limits in kept.items()
        if isinstance(limits, dict)
    }


def narrower(limits: Limits, reported: Mapping[str, int]) -> dict[str, int]:
    """Give the reported limits that are narrower than known ones: field → what was reported."""
    return {
        name: value
        for name, value in reported.items()
        if (known := getattr(limits, name)) is None or value < known
    }
