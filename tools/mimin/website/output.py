"""Output: files of the site, written only when they differ, and removed when nothing wants them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Container, Iterator
from functools import cached_property
from pathlib import Path

from mimin.foreign import read_json

OWN = ("posts", "media", "m", "calendar", "brands", "reports", "feeds")
"""Folders of the site that hold our files; MkDocs would empty them at every build."""
_ASIDE = ".mimin-aside"
Status = list[object]
"""Size and time of change of a file; empty when there is none."""


def set_aside(site: Path) -> None:
    """Put our folders where MkDocs' cleaning does not look (it spares hidden names)."""
    for name in OWN:
        live, aside = site / name, site / _ASIDE / name
        if live.is_dir():
            shutil.rmtree(aside, ignore_errors=True)
            aside.parent.mkdir(parents=True, exist_ok=True)
            live.rename(aside)


def bring_back(site: Path) -> None:
    """Put our folders back; what MkDocs wrote in their place since is kept over them."""
    for name in OWN:
        live, aside = site / name, site / _ASIDE / name
        if not aside.is_dir():
            continue
        if live.is_dir():
            shutil.copytree(live, aside, dirs_exist_ok=True)
            shutil.rmtree(live)
        aside.rename(live)
    shutil.rmtree(site / _ASIDE, ignore_errors=True)


class Output:
    """The files of one build below *site*."""

    def __init__(self, site: Path, memory: Path) -> None:
        """Remember in the folder *memory* what was written, so that it is not read to compare."""
        self._site = site
        name = hashlib.sha256(str(site.resolve()).encode()).hexdigest()[:16]
        self._memory = memory / f"site-{name}.json"
        self._old = _load(self._memory)
        self._new: dict[str, list[object]] = {}
        self.written = 0

    def intact(self, others: Container[str]) -> bool:
        """Tell whether our folders hold what the last build left, and nothing else.

        Args:
            others: Files that MkDocs writes there itself.
        """
        own = {
            address: entry[1:]
            for address, entry in self._old.items()
            if address not in others and address.partition("/")[0] in OWN
        }
        return bool(own) and own == {
            address: status for address, status in self._there.items() if address not in others
        }

    def fresh(self, address: str, key: str) -> bool:
        """Tell whether the file lies there as it was written for *key*; then it stays."""
        entry = self._old.get(address)
        if not entry or entry[0] != key or self._there.get(address) != entry[1:]:
            return False
        self._new[address] = entry
        return True

    def write(self, address: str, content: bytes, key: str = "") -> None:
        """Write a file unless it has this content already."""
        status, written = put(str(self._site), address, content)
        self.note(address, key, status, written=written)

    def note(self, address: str, key: str, status: Status, *, written: bool) -> None:
        """Take note of a file that was put into its place for *key*."""
        self._new[address] = [key, *status]
        self.written += written

    def keep(self, address: str) -> bool:
        """Keep a file that is named by its content, if it is there."""
        status = _stat(f"{self._site}/{address}")
        if status:
            self._new[address] = ["", *status]
        return bool(status)

    def finish(self) -> None:
        """Remove from our folders what this build did not want, and remember the rest."""
        gone = [address for address in self._there if address not in self._new]
        for address in gone:
            (self._site / address).unlink(missing_ok=True)
        for address in gone:
            _prune((self._site / address).parent, self._site)
        _write(str(self._memory), json.dumps(self._new).encode())

    @cached_property
    def _there(self) -> dict[str, Status]:
        """Address → size and time of change of every file that lies in our folders."""
        return {
            address: status
            for folder in OWN
            for address, status in _walk(str(self._site / folder), folder)
        }


def put(site: str, address: str, content: bytes) -> tuple[Status, bool]:
    """Put a file into *site* unless it is there; give its status and whether it was not there."""
    path = f"{site}/{address}"
    written = not _is(path, content)
    if written:
        _write(path, content)
    return _stat(path), written


def _is(path: str, content: bytes) -> bool:
    try:
        if os.stat(path).st_size != len(content):  # noqa: PTH116 - a quarter of the time of Path
            return False
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - as above
            return stream.read() == content
    except OSError:
        return False


def _stat(path: str) -> Status:
    try:
        status = os.stat(path)  # noqa: PTH116 - as above
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]


def _walk(folder: str, address: str) -> Iterator[tuple[str, list[object]]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, f"{address}/{entry.name}")
        else:
            status = entry.stat(follow_symlinks=False)
            yield f"{address}/{entry.name}", [status.st_size, status.st_mtime_ns]


def _prune(folder: Path, top: Path) -> None:
    """Remove a folder that became empty, and those above it."""
    while folder != top and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _write(path: str, content: bytes) -> None:
    try:
        stream = open(path, "wb", buffering=0)  # noqa: PTH123, SIM115 - as above
    except FileNotFoundError:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        stream = open(path, "wb", buffering=0)  # noqa: PTH123, SIM115 - as above
    with stream:
        stream.write(content)


def _load(path: Path) -> dict[str, list[object]]:
    try:
        found = read_json(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
