"""The files of a source: found completely, in one order, and read as text or refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from mimin.errors import UsageError
from mimin.foreign import is_file
from mimin.importers.incoming import UnreadableError, is_remote
from mimin.workspace.layout import MEDIA

MAX_BYTES = 1024 * 1024
IMAGES = MEDIA


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


_ADDRESS = re.compile(r"https?://[^\s<>\"'\]]+", re.IGNORECASE)
_SIGNED = re.compile(r"signature|token|jwt", re.IGNORECASE)
_CLOSING = ").,;:!"


class Downloads:
    """Pictures that were downloaded by hand, and the addresses that they may belong to."""

    def __init__(self, folder: Path, addresses: Iterable[str]) -> None:
        """List what is there.

        Args:
            folder: Where the pictures are.
            addresses: All that the source names, so that a name that several end in is known.
        """
        self._files: dict[str, list[Path]] = {}
        for file in sorted(folder.rglob("*")):
            if file.suffix.lower() in IMAGES and file.is_file():
                place = file.relative_to(folder).as_posix()
                for name in {place, file.with_suffix("").relative_to(folder).as_posix()}:
                    self._files.setdefault(name, []).append(file)
        self._ends: dict[str, set[str]] = {}
        for address in addresses:
            plain = _plain(address)
            self._ends.setdefault(_last(plain), set()).add(plain)

    def find(self, address: str) -> Path | None:
        """Find the picture of *address*.

        It is called by the SHA-256 of the address, or lies as `wget --force-directories` puts it
        (`example.com/cats/1.jpg`). Called by the last part of the address, it is found while no
        other address of the source ends in that.

        Raises:
            AmbiguousError: if only the last part fits, and other addresses end in it too, or if
                several files fit.
        """
        plain = _plain(address)
        place = plain.partition("://")[2]
        for name in (hashlib.sha256(address.encode()).hexdigest(), place):
            if name in self._files:
                return self._only(name, place)
        last = _last(plain)
        if last not in self._files:
            return None
        others = len(self._ends.get(last, set()) - {plain})
        if others:
            raise AmbiguousError(
                f"{last} may be the picture of {others + 1} addresses; save this one as {place}"
            )
        return self._only(last, place)

    def _only(self, name: str, place: str) -> Path:
        first, *others = self._files[name]
        if others:
            raise AmbiguousError(
                f"both {first.name} and {others[0].name} may be it; save it as {place}"
            )
        return first


class AmbiguousError(Exception):
    """Nobody can tell which downloaded file belongs to an address; says what to do."""


def addresses_in(source: Path, paths: Iterable[str]) -> Iterator[str]:
    """Find every address that the files of a source name, of pictures and of anything else."""
    for path in paths:
        try:
            text = read_text(source / path)
        except UnreadableError:
            continue
        for found in _ADDRESS.finditer(text):
            yield found[0].split(")")[0].rstrip(_CLOSING)


def _plain(address: str) -> str:
    """Leave out what does not tell two pictures apart: the fragment, and a signature."""
    address = address.partition("#")[0]
    place, _, query = address.partition("?")
    return place.rstrip("/") if not query or _SIGNED.search(query) else address


def _last(plain: str) -> str:
    return plain.partition("?")[0].rstrip("/").rpartition("/")[2]


def look_for_picture(
    reference: str, folders: tuple[Path, ...], downloads: Downloads | None
) -> tuple[Path | None, str]:
    """Find the bytes of an image: in the source, or among the files that were downloaded by hand.

    Returns:
        The file, None without one; and why nobody can tell which file it is, with the way out.
    """
    if not is_remote(reference):
        found = (_inside(folder, reference) for folder in folders)
        return next((file for file in found if file), None), ""
    try:
        return (downloads.find(reference) if downloads else None), ""
    except AmbiguousError as doubt:
        return None, str(doubt)


def _inside(folder: Path, reference: str) -> Path | None:
    """Look for *reference* below *folder*; a path that leads out of it is not followed."""
    root = folder.resolve()
    try:
        file = (root / reference.lstrip("/")).resolve()
    except (OSError, ValueError, RuntimeError):  # too long, NUL in it, links in a circle
        return None
    fits = file.is_relative_to(root) and file.suffix.lower() in IMAGES
    return file if fits and is_file(file) else None
