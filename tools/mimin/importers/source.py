"""The files of a source: found completely, in one order, and read as text or refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

from mimin.errors import UsageError
from mimin.foreign import is_file
from mimin.importers.incoming import UnreadableError, is_remote

MAX_BYTES = 1024 * 1024
IMAGES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".mp4", ".mov"})


def list_files(source: Path, folder: str) -> list[str]:
    """List every file below *folder*, hidden ones too, as paths relative to *source*.

    Raises:
        UsageError: if there is no such folder.
    """
    root = source / folder
    if not root.is_dir():
        raise UsageError(f"{source} has no folder {folder}/; give the root of the repository")
    return sorted(p.relative_to(source).as_posix() for p in root.rglob("*") if not p.is_dir())


def read_text(file: Path) -> str:
    """Read a source file as text with plain line ends and without a byte order mark.

    Raises:
        UnreadableError: `not-a-file`, `too-large`, `not-utf-8` or `empty`.
    """
    if file.is_symlink() or not file.is_file():
        raise UnreadableError("not-a-file", "a link or a special file; copy the text into a file")
    content = file.read_bytes()
    if len(content) > MAX_BYTES:
        raise UnreadableError("too-large", f"{len(content)} bytes; no post is larger than 1 MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnreadableError("not-utf-8", "not UTF-8 text; save it as UTF-8", line) from None
    if not text.strip():
        raise UnreadableError("empty", "nothing is in it")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def find_picture(reference: str, folders: tuple[Path, ...], downloads: Path | None) -> Path | None:
    """Find the bytes of an image: in the source, or among the files that were downloaded by hand.

    A download is found by the last part of the address, with or without a suffix, or by the
    address's SHA-256.
    """
    if not is_remote(reference):
        found = (_inside(folder, reference) for folder in folders)
        return next((file for file in found if file), None)
    if downloads is None:
        return None
    name = reference.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    wanted = {name, hashlib.sha256(reference.encode()).hexdigest()}
    files = sorted(file for file in downloads.iterdir() if file.suffix.lower() in IMAGES)
    return next((file for file in files if {file.name, file.stem} & wanted), None)


def _inside(folder: Path, reference: str) -> Path | None:
    """Look for *reference* below *folder*; a path that leads out of it is not followed."""
    root = folder.resolve()
    try:
        file = (root / reference.lstrip("/")).resolve()
    except (OSError, ValueError, RuntimeError):  # too long, NUL in it, links in a circle
        return None
    fits = file.is_relative_to(root) and file.suffix.lower() in IMAGES
    return file if fits and is_file(file) else None
