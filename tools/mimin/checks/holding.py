"""Holding back: what `check` calls an error keeps every post that it concerns from going out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mimin.model.problem import Problem, Severity
from mimin.planning.examined import Examined
from mimin.workspace.workspace import Workspace

_BY_LEDGER = {"account-same", "secret-foreign", "secret-reserved", "secret-shared"}
"""Codes that a plan judges with the ledger, which may know which of two brands was there before."""
BY_DELIVERY = frozenset({"blackout", "version-ended", "secret-ended", *_BY_LEDGER})
"""Codes that a plan judges itself: they may hold for some of a post's accounts or times only."""


def errors_of(problems: Iterable[Problem]) -> list[Problem]:
    """Keep the errors."""
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def hold_back(
    posts: Iterable[Examined], problems: Iterable[Problem], workspace: Workspace
) -> tuple[Examined, ...]:
    """Give every post the errors of all files that it is read against.

    These are its own files, its media and card templates, its `brand.yml` and its brand's
    calendar: where one of them is in error, nobody knows what the post should be, or when.
    """
    found: dict[str, list[Problem]] = {}
    for problem in errors_of(problems):
        for path in problem.paths if problem.code not in BY_DELIVERY else ():
            found.setdefault(path, []).append(problem)
    if not found:
        return tuple(posts)
    return tuple(_with(post, found, workspace) for post in posts)


def _with(post: Examined, found: dict[str, list[Problem]], workspace: Workspace) -> Examined:
    calendar = workspace.layout.schedules.get(post.brand, "")
    fresh = [
        problem
        for path in (*post.inputs, calendar)
        for problem in found.get(path, ())
        if problem not in post.problems
    ]
    if not fresh:
        return post
    return replace(post, problems=(*post.problems, *dict.fromkeys(fresh)))
