"""Notes of this machine: what a later look needs and a ledger that may be public must not hold.

The address of an unfinished upload is such a thing: whoever has it can finish the upload. The
ledger gets the note's name, which tells nothing; where the note is gone, the look does without.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from mimin.networks.private import write_private
from mimin.networks.protocol import NotPublished

if TYPE_CHECKING:
    from pathlib import Path

    from mimin.networks.protocol import Access

KEPT = 14 * 86400
"""Seconds after which a note is thrown away: no network lets an upload lie for so long."""
_NAME = re.compile(r"[0-9a-f]{32}")


def note_name(text: str) -> str:
    """Name a note after a text, which the name does not tell."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def keep_note(access: Access, name: str, text: str) -> None:
    """Write a note, readable by nobody else; throw away those that are old.

    Raises:
        NotPublished: if it can not be written.
    """
    folder = _folder(access)
    try:
        write_private(folder / name, text)
    except OSError as error:
        reason = f"a note of {access.ref} can not be kept in {folder.name}/"
        raise NotPublished(f"{reason}: {error.strerror or error}") from None
    for note in folder.iterdir():
        with suppress(OSError):
            if note.stat().st_mtime < access.clock().timestamp() - KEPT:
                note.unlink()


def read_note(access: Access, name: str) -> str | None:
    """Read a note; None where this machine has none of that name."""
    if not _NAME.fullmatch(name):
        return None
    try:
        return (_folder(access) / name).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


def _folder(access: Access) -> Path:
    return access.folder / "uploads"
