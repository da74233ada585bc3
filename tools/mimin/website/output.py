"""Output: files of the site, written only when they differ, and removed when nothing wants them."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

OWN = ("posts", "media", "calendar")
"""Folders of the site that hold our files; MkDocs would empty them at every build."""
_ASIDE = ".mimin-aside"


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

    def fresh(self, address: str, key: str) -> bool:
        """Tell whether the file lies there as it was written for *key*; then it stays."""
        entry = self._old.get(address)
        if not entry or entry[0] != key or self._stat(address) != entry[1:]:
            return False
        self._new[address] = entry
        return True

    def write(self, address: str, content: bytes, key: str = "") -> None:
        """Write a file unless it has this content already."""
        path = self._site / address
        try:
            same = path.stat().st_size == len(content) and path.read_bytes() == content
        except OSError:
            same = False
        if not same:
            _write(path, content)
            self.written += 1
        self._new[address] = [key, *self._stat(address)]

    def keep(self, address: str) -> bool:
        """Keep a file that is named by its content, if it is there."""
        status = self._stat(address)
        if status:
            self._new[address] = ["", *status]
        return bool(status)

    def finish(self) -> None:
        """Remove from our folders what this build did not want, and remember the rest."""
        for folder in OWN:
            for path in sorted((self._site / folder).rglob("*"), reverse=True):
                if path.is_dir():
                    if not any(path.iterdir()):
                        path.rmdir()
                elif path.relative_to(self._site).as_posix() not in self._new:
                    path.unlink()
        _write(self._memory, json.dumps(self._new).encode())

    def _stat(self, address: str) -> list[object]:
        try:
            status = (self._site / address).stat()
        except OSError:
            return []
        return [status.st_size, status.st_mtime_ns]


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _load(path: Path) -> dict[str, list[object]]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
