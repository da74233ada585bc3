"""A cache of what files add up to, in one SQLite file that may be deleted at any time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS entries "
    "(name TEXT PRIMARY KEY, stamp TEXT NOT NULL, value TEXT NOT NULL)"
)


class Cache:
    """Name → (stamp, value). A stamp says what the value was made from; callers compare it.

    A cache that can not be opened or is broken is as good as an empty one: it stops no command.
    """

    def __init__(self, path: Path | None) -> None:
        """Open the file at *path*, making it when needed; None keeps the cache in memory."""
        self._connection = _open(path)

    def load(self, prefix: str) -> dict[str, tuple[str, str]]:
        """Give all entries whose name starts with *prefix*: name → (stamp, value)."""
        try:
            rows = self._connection.execute(
                "SELECT name, stamp, value FROM entries WHERE name >= ? AND name < ?",
                (prefix, prefix + "\U0010ffff"),
            )
            return {name: (stamp, value) for name, stamp, value in rows}
        except sqlite3.Error:
            return {}

    def save(self, entries: Iterable[tuple[str, str, str]], gone: Iterable[str] = ()) -> None:
        """Store (name, stamp, value) triples over older ones, and forget the names in *gone*."""
        try:
            with self._connection as connection:
                connection.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", entries)
                connection.executemany("DELETE FROM entries WHERE name = ?", ((n,) for n in gone))
        except (sqlite3.Error, UnicodeError):  # a folder's name may be no UTF-8
            return

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _open(path: Path | None) -> sqlite3.Connection:
    if path is None:
        return _prepare(sqlite3.connect(":memory:"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _prepare(sqlite3.connect(path, timeout=10))
    except (OSError, sqlite3.Error):
        return _replace(path)


def _prepare(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute(_SCHEMA)
    return connection


def _replace(path: Path) -> sqlite3.Connection:
    try:
        path.unlink(missing_ok=True)
        return _prepare(sqlite3.connect(path, timeout=10))
    except (OSError, sqlite3.Error):
        return _prepare(sqlite3.connect(":memory:"))
