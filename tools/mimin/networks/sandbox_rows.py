"""The sandbox's memory: one SQLite file that several accounts and processes share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from whenever import Instant

from mimin.errors import StoreError
from mimin.model.base import Record
from mimin.model.payload import Part
from mimin.model.post import Visibility

if TYPE_CHECKING:
    from mimin.model.media import Media

FILE = "sandbox.sqlite3"
VERSION = 1
PATIENCE = 30.0
"""Seconds to wait for another process that is writing."""

SCHEMA = f"""
CREATE TABLE posts (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    token TEXT NOT NULL,
    visible_at TEXT NOT NULL,
    post TEXT NOT NULL,
    UNIQUE (account, token)
);
CREATE TABLE media (
    number INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    mime TEXT NOT NULL,
    size INTEGER NOT NULL,
    alt TEXT NOT NULL,
    uploaded_at TEXT NOT NULL,
    post TEXT REFERENCES posts (id)
);
CREATE TABLE faults (
    number INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    fault TEXT NOT NULL,
    seconds REAL NOT NULL,
    times INTEGER NOT NULL
);
PRAGMA user_version = {VERSION};
"""


class SandboxPost(Record):
    """A post as the simulated audience sees it."""

    id: str
    url: str
    account: str
    """`brand/account`."""
    handle: str
    like: str | None
    """The real network whose limits applied."""
    token: str
    """Delivery key and part: what makes the post unique."""
    index: int
    part: Part
    parent: str | None
    """Id of the part before this one, when it belongs to a thread."""
    root: str | None
    languages: tuple[str, ...]
    warning: str | None
    visibility: Visibility
    labels: dict[str, str] = {}
    """Headline, who may answer, and what else the payload asked for."""
    due: Instant
    at: Instant
    """When it appeared, by the clock of the run that sent it."""


class DuplicateError(Exception):
    """This token is on the sandbox already; as on real networks, the answer does not say where."""


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """Open the file for one transaction: all of it is kept, or nothing.

    Raises:
        StoreError: if the file was written by another version, or is no SQLite file.
    """
    path = folder / FILE
    if not path.exists():
        _create(path)
    with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as rows:
        rows.row_factory = sqlite3.Row
        _inspect(rows, path)
        # A killed process loses nothing; only a power cut might, and the sandbox may be lost.
        rows.execute("PRAGMA synchronous = OFF")
        rows.execute("BEGIN IMMEDIATE")
        try:
            yield rows
        except BaseException:
            rows.execute("ROLLBACK")
            raise
        rows.execute("COMMIT")


def _create(path: Path) -> None:
    """Build the file aside and publish it whole, so that nobody ever opens half a schema."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent, prefix=".sandbox-") as aside:
        draft = Path(aside) / FILE
        with closing(sqlite3.connect(draft)) as rows:
            rows.execute("PRAGMA journal_mode = WAL")
            rows.executescript(SCHEMA)
        # Another process may have been first; its file is as good as ours.
        with suppress(FileExistsError):
            path.hardlink_to(draft)


def _inspect(rows: sqlite3.Connection, path: Path) -> None:
    try:
        (version,) = rows.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} is not a sandbox ({error}); delete it to start anew") from error
    if version != VERSION:
        raise StoreError(
            f"{path} has format {version}, this mimin reads {VERSION}; delete it to start anew"
        )


def keep(folder: Path, post: SandboxPost, *, visible_at: Instant, uploads: list[int]) -> None:
    """Make a post public together with its uploaded media.

    Raises:
        DuplicateError: if the account has a post with this token already.
    """
    row = (post.id, post.account, post.token, visible_at.format_iso(), post.model_dump_json())
    with opened(folder) as rows:
        try:
            rows.execute(
                "INSERT INTO posts (id, account, token, visible_at, post) VALUES (?, ?, ?, ?, ?)",
                row,
            )
        except sqlite3.IntegrityError:
            raise DuplicateError("the sandbox answered: duplicate") from None
        rows.executemany(
            "UPDATE media SET post = ? WHERE number = ?", [(post.id, number) for number in uploads]
        )


def seek(folder: Path, account: str, token: str) -> tuple[SandboxPost, Instant] | None:
    """Find the post with this token, and when it becomes visible."""
    with opened(folder) as rows:
        row = rows.execute(
            "SELECT post, visible_at FROM posts WHERE account = ? AND token = ?", (account, token)
        ).fetchone()
    if row is None:
        return None
    return SandboxPost.model_validate_json(row["post"]), Instant.parse_iso(row["visible_at"])


def posts(folder: Path) -> list[SandboxPost]:
    """List what is out, on all accounts, in the order in which it appeared."""
    if not (folder / FILE).exists():
        return []
    with opened(folder) as rows:
        found = rows.execute("SELECT post FROM posts ORDER BY number").fetchall()
    return [SandboxPost.model_validate_json(row["post"]) for row in found]


def change(folder: Path, account: str, name: str, part: Part, labels: dict[str, str]) -> bool:
    """Put another part in the place of a post's; false when there is no such post any more."""
    with opened(folder) as rows:
        row = rows.execute(
            "SELECT post FROM posts WHERE account = ? AND id = ?", (account, name)
        ).fetchone()
        if row is None:
            return False
        post = SandboxPost.model_validate_json(row["post"])
        post = post.model_copy(update={"part": part, "labels": labels})
        rows.execute("UPDATE posts SET post = ? WHERE id = ?", (post.model_dump_json(), name))
    return True


def remove(folder: Path, account: str, name: str) -> None:
    """Take a post down; one that is gone already stays gone."""
    with opened(folder) as rows:
        rows.execute("UPDATE media SET post = NULL WHERE post = ? AND account = ?", (name, account))
        rows.execute("DELETE FROM posts WHERE account = ? AND id = ?", (account, name))


def upload(folder: Path, account: str, media: Media, at: Instant) -> int:
    """Note one uploaded file; its bytes are not kept. Give its number."""
    with opened(folder) as rows:
        cursor = rows.execute(
            "INSERT INTO media (account, sha256, mime, size, alt, uploaded_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (account, media.sha256, media.mime, media.size, media.alt, at.format_iso()),
        )
    return int(cursor.lastrowid or 0)


def unattached(folder: Path, account: str) -> dict[int, str]:
    """List the account's uploads that belong to no post yet: number and hash."""
    with opened(folder) as rows:
        found = rows.execute(
            "SELECT number, sha256 FROM media WHERE account = ? AND post IS NULL", (account,)
        ).fetchall()
    return {row["number"]: row["sha256"] for row in found}
