"""Examining many posts with all cores: each worker takes a share, nobody shares anything."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mimin.checks.examine import RuleBook, examine
from mimin.checks.library import Library, Row
from mimin.planning.examined import Examined
from mimin.workspace.workspace import Workspace

WORTH_IT = 1_500
"""From how many posts on starting workers costs less than it saves."""
_SHARE = 200


@dataclass(frozen=True)
class _Work:
    """What a worker inherits from the process that forked it."""

    workspace: Workspace
    library: Library
    rules: RuleBook


_work: _Work | None = None


def examine_all(
    workspace: Workspace, paths: Sequence[str], library: Library
) -> Iterator[tuple[str, Examined, str]]:
    """Examine posts and give each with its row for the cache, in the order of *paths*.

    What comes out does not depend on how many cores there are.
    """
    cores = _cores()
    if len(paths) < WORTH_IT or cores < 2:
        rules = RuleBook()
        for path in paths:
            post = examine(workspace, path, library, rules.of)
            yield path, post, post.dump()
        return
    yield from _with_workers(_Work(workspace, library, RuleBook()), paths, cores)


def _with_workers(
    work: _Work, paths: Sequence[str], cores: int
) -> Iterator[tuple[str, Examined, str]]:
    global _work  # noqa: PLW0603 - a forked worker finds it here; sending it would cost more
    _work = work
    shares = [paths[start : start + _SHARE] for start in range(0, len(paths), _SHARE)]
    try:
        with multiprocessing.get_context("fork").Pool(cores) as pool:
            for share, (rows, media) in zip(shares, pool.imap(_examine_share, shares), strict=True):
                work.library.learn(media)
                for path, row in zip(share, rows, strict=True):
                    yield path, Examined.load(row), row
    finally:
        _work = None


def _examine_share(paths: Sequence[str]) -> tuple[list[str], list[Row]]:
    assert _work is not None  # noqa: S101 - set before the fork
    rows = [examine(_work.workspace, path, _work.library, _work.rules.of).dump() for path in paths]
    return rows, _work.library.take_fresh()


def _cores() -> int:
    """Count the cores that this process may use; one where it can not fork safely."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux, where fork is safe too
    return len(affinity(0)) if affinity is not None else 1
