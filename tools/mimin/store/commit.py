"""Commits made without a checkout: neither index, work tree nor HEAD of the user is touched."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from whenever import Instant

    from mimin.git import Repository

_WHO = b"mimin <mimin@localhost>"


def write_commit(  # noqa: PLR0913 - what a commit is made of
    repository: Repository,
    parent: str | None,
    contents: Mapping[str, bytes | None],
    *,
    message: str,
    at: Instant,
    joined: Sequence[str] = (),
) -> tuple[str, dict[str, str]]:
    """Write a commit on *parent* in which *contents* are changed; return its id and the blobs'.

    Commits in *joined* become parents too; what they hold is not taken over by that.

    One `fast-import` writes blobs, trees and commit, where `hash-object`, `mktree` and
    `commit-tree` are a command for each file and folder. It needs a ref to build on; that one is
    taken away in the same stream, so none is ever written and nobody can see the commit.

    No two calls make the same commit. Two runners with one wish at one second would else
    push one and the same id, and the loser be told that all is well.
    """
    message = f"{message}\n\nAttempt: {secrets.token_hex(8)}\n"
    nobody = b"0" * len(parent or _empty_id(repository))
    kept = {path: content for path, content in sorted(contents.items()) if content is not None}
    gone = [path for path in contents if path not in kept]
    stream = [
        b"feature done\n",
        *(b"blob\nmark :%d\n" % mark + _sized(kept[path]) for mark, path in enumerate(kept, 2)),
        b"commit refs/mimin/building\nmark :1\n",
        b"committer %s %d +0000\n" % (_WHO, at.timestamp()),
        _sized(message.encode("utf-8", "replace")),
        b"from %s\n" % parent.encode() if parent else b"",
        *(b"merge %s\n" % other.encode() for other in joined),
        *(b"D %s\n" % _quoted(path) for path in gone),
        *(b"M 100644 :%d %s\n" % (mark, _quoted(path)) for mark, path in enumerate(kept, 2)),
        b"\n",
        *(b"get-mark :%d\n" % mark for mark in range(1, len(kept) + 2)),
        b"reset refs/mimin/building\nfrom %s\n\ndone\n" % nobody,
    ]
    commit, *blobs = (
        repository.run("fast-import", "--quiet", stdin=b"".join(stream)).decode().split()
    )
    return commit, dict(zip(kept, blobs, strict=True))


def _empty_id(repository: Repository) -> str:
    """Hash nothing, to learn how long ids are here (SHA-1 or SHA-256)."""
    return repository.text("hash-object", "--stdin")


def _quoted(path: str) -> bytes:
    name = path.encode("utf-8", "surrogateescape")
    for char, escaped in ((b"\\", b"\\\\"), (b'"', b'\\"'), (b"\n", b"\\n")):
        name = name.replace(char, escaped)
    return b'"%s"' % name


def _sized(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
