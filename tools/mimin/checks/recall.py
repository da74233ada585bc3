"""Recall: the whole answer of the last check, for as long as nothing it rests on has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from whenever import Instant

from mimin.checks.version import code_version
from mimin.foreign import read_json
from mimin.model.problem import Problem
from mimin.networks.private import LIMITS
from mimin.workspace.cache import Cache
from mimin.workspace.tree import Tree

_NAME = "check:last"
UNSURE = frozenset(
    {
        *("media-missing", "media-unreadable", "file-unreadable"),
        *("media-is-lfs-pointer", "media-too-costly", "line-end", "not-utf-8", "not-text"),
        *("file-differs", "post-too-slow"),
    }
)
"""Problems that rest on more than the files in git, so that they are looked for every time: a file
that git ignores, one that a filter of git has made other bytes of than it stores, and what this
machine had no time for."""


def recall(tree: Tree, now: Instant) -> tuple[int, list[Problem]] | None:
    """Give the number of posts and the problems that a check would find now; None if unsure."""
    cache = Cache(_file(tree))
    try:
        stamp, value = cache.load(_NAME).get(_NAME, ("", ""))
    finally:
        cache.close()
    if stamp != _fingerprint(tree):
        return None
    try:
        kept = read_json(value)
        if not kept["from"] <= now.timestamp() < kept["until"]:
            return None
        return kept["posts"], [Problem.model_validate(row) for row in kept["problems"]]
    except (ValueError, LookupError, TypeError):  # damaged, so as good as none
        return None


def remember(
    tree: Tree, now: Instant, posts: int, problems: Sequence[Problem], moments: Iterable[Instant]
) -> None:
    """Keep what a check found at *now*, until the next of *moments* at which time changes it."""
    if any(problem.code in UNSURE for problem in problems):
        return
    coming = (moment.timestamp() for moment in moments if moment >= now)
    value = {
        "from": now.timestamp(),
        "until": min(coming, default=2**60),
        "posts": posts,
        "problems": [problem.model_dump(mode="json") for problem in problems],
    }
    cache = Cache(_file(tree))
    cache.save([(_NAME, _fingerprint(tree), json.dumps(value, ensure_ascii=False))])
    cache.close()


def _file(tree: Tree) -> Path:
    return tree.root / ".mimin" / "cache.sqlite3"


def _fingerprint(tree: Tree) -> str:
    """Name the code, the commit (which posts are new), and the bytes of every file.

    Of files outside the four folders the names count as well: who owns each of them is checked.
    """
    head = tree.repository.head() if tree.repository else ""
    digest = hashlib.sha256(f"{code_version()} {head}\0".encode())
    files = "\0".join(f"{blob}{path}" for path, blob in sorted(tree.blobs.items()))
    files += "\0".join(sorted(tree.pointers))
    files += "\0".join(f"{blob}{path}" for path, blob in sorted(tree.beside.items()))
    digest.update(files.encode(errors="surrogateescape"))
    with suppress(OSError):
        digest.update((_file(tree).parent / LIMITS).read_bytes())
    return digest.hexdigest()
