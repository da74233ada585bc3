"""Commits made without a checkout: neither index, work tree nor HEAD of the user is touched."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from whenever import Instant

    from mimin.git import Repository

_WHO = b"mimin <mimin@localhost>"


def write_commit(
    repository: Repository,
    parent: str | None,
    contents: Mapping[str, bytes | None],
    *,
    message: str,
    at: Instant,
) -> str:
    """Write a commit on *parent* in which *contents* are changed, and return its id.

    One `fast-import` writes blobs, trees and commit, where `hash-object`, `mktree` and
    `commit-tree` are a command for each file and folder. It needs a ref to build on; that one is
    taken away in the same stream, so none is ever written and nobody can see the commit.

    No two calls make the same commit. Two runners with one wish at one second would else
    push one and the same id, and the loser be told that all is well.
    """
    message = f"{message}\n\nAttempt: {secrets.token_hex(8)}\n"
    nobody = b"0" * len(parent or _empty_id(repository))
    stream = [
        b"feature done\ncommit refs/mimin/building\nmark :1\n",
        b"committer %s %d +0000\n" % (_WHO, at.timestamp()),
        _sized(message.encode("utf-8", "replace")),
        b"from %s\n" % parent.encode() if parent else b"",
        *(_file(path, content) for path, content in sorted(contents.items())),
        b"\nget-mark :1\nreset refs/mimin/building\nfrom %s\n\ndone\n" % nobody,
    ]
    return repository.run("fast-import", "--quiet", stdin=b"".join(stream)).decode().strip()


def _empty_id(repository: Repository) -> str:
    """Hash nothing, to learn how long ids are here (SHA-1 or SHA-256)."""
    return repository.text("hash-object", "--stdin")


def _file(path: str, content: bytes | None) -> bytes:
    name = path.encode("utf-8", "surrogateescape")
    for char, escaped in ((b"\\", b"\\\\"), (b'"', b'\\"'), (b"\n", b"\\n")):
        name = name.replace(char, escaped)
    if content is None:
        return b'D "%s"\n' % name
    return b'M 100644 inline "%s"\n' % name + _sized(content)


def _sized(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
