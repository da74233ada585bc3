"""The version of the code that findings rest on."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import mimin

_FOLDERS = ("model", "workspace", "compose", "networks", "checks", "planning")


@cache
def code_version() -> str:
    """Name the code that findings rest on: any change of a source file makes them stale."""
    root = Path(mimin.__file__).parent
    digest = hashlib.sha256(mimin.__version__.encode())
    for folder in _FOLDERS:
        for source in sorted((root / folder).rglob("*.py")):
            status = source.stat()
            digest.update(f"{source.name}:{status.st_size}:{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
