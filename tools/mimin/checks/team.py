"""Examining many posts with all cores: each worker takes a share, nobody shares anything."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from mimin.checks.budget import BrandTime, budgets
from mimin.checks.examine import Draft, RuleBook, compose_read, sum_up
from mimin.checks.library import Library, Row
from mimin.model.problem import Problem
from mimin.planning.examined import Examined
from mimin.workspace.posts import ReadPost
from mimin.workspace.workspace import Workspace

WORTH_IT = 1_500
"""From how many posts on starting workers costs less than it saves."""
_SHARE = 200
"""How many go to a worker at once."""
_STEP = 50
"""How many are read, then composed, then summed up."""
_MANY = 200
"""Fewer are examined one by one, so that it can be said how far it is: large pictures take long."""

Sketch = Callable[[Draft], str]
"""Makes what a caller needs of a draft, while it is there; the result travels as text."""


@dataclass(frozen=True)
class _Work:
    """What a worker inherits from the process that forked it."""

    workspace: Workspace
    library: Library
    rules: RuleBook
    sketch: Sketch | None
    brand_time: BrandTime = field(default_factory=BrandTime)

    def examine(self, paths: Sequence[str]) -> list[tuple[Examined, str, str]]:
        """Examine a few posts; give each with its row for the cache and, where asked, its sketch.

        Step by step for all of them: a processor that does something else for every post has
        little of it at hand, and takes a fifth longer.
        """
        workspace = self.workspace
        with budgets():
            reads = [self._read(path) for path in paths]
            drafts = [self._compose(read) for read in reads]
        sketches = [self.sketch(draft) if self.sketch else "" for draft in drafts]
        posts = [sum_up(workspace, draft) for draft in drafts]
        return list(zip(posts, [post.dump() for post in posts], sketches, strict=True))

    def _read(self, path: str) -> ReadPost:
        return self.brand_time.within(
            lambda: self.workspace.read(path),
            lambda problem: ReadPost(path, problems=[problem]),
            path,
            self.workspace.brand_of(path),
        )

    def _compose(self, read: ReadPost) -> Draft:
        def compose(found: ReadPost) -> Draft:
            return compose_read(self.workspace, found, self.library, self.rules.of)

        def without(problem: Problem) -> Draft:
            problems = [*read.problems, problem]
            return compose(ReadPost(read.path, problems=problems, fields=read.fields))

        brand = self.workspace.brand_of(read.path)
        return self.brand_time.within(lambda: compose(read), without, read.path, brand)


_work: _Work | None = None


def examine_all(
    workspace: Workspace,
    paths: Sequence[str],
    library: Library,
    sketch: Sketch | None = None,
    *,
    alone: bool = False,
) -> Iterator[tuple[str, Examined, str, str]]:
    """Examine posts and give each with its row for the cache and its sketch, in their order.

    What comes out does not depend on how many cores there are. A process with threads, such as a
    server, is left *alone*: a fork of it may hang.
    """
    work = _Work(workspace, library, RuleBook(), sketch)
    cores = 1 if alone else _cores()
    if len(paths) < WORTH_IT or cores < 2:
        for few in _shares(paths, _STEP if len(paths) > _MANY else 1):
            for path, found in zip(few, work.examine(few), strict=True):
                yield path, *found
        return
    yield from _with_workers(work, paths, cores)


def _with_workers(
    work: _Work, paths: Sequence[str], cores: int
) -> Iterator[tuple[str, Examined, str, str]]:
    global _work  # noqa: PLW0603 - a forked worker finds it here; sending it would cost more
    _work = work
    shares = _shares(paths, _SHARE)
    try:
        with multiprocessing.get_context("fork").Pool(cores) as pool:
            for share, (rows, media) in zip(shares, pool.imap(_examine_share, shares), strict=True):
                work.library.learn(media)
                for path, (row, drawn) in zip(share, rows, strict=True):
                    yield path, Examined.load(row), row, drawn
    finally:
        _work = None


def _examine_share(paths: Sequence[str]) -> tuple[list[tuple[str, str]], list[Row]]:
    assert _work is not None  # noqa: S101 - set before the fork
    found = [post for few in _shares(paths, _STEP) for post in _work.examine(few)]
    rows = [(row, drawn) for _, row, drawn in found]
    return rows, _work.library.take_fresh()


def _shares(paths: Sequence[str], size: int) -> list[Sequence[str]]:
    return [paths[start : start + size] for start in range(0, len(paths), size)]


def _cores() -> int:
    """Count the cores that this process may use; one where it can not fork safely."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux, where fork is safe too
    return len(affinity(0)) if affinity is not None else 1
