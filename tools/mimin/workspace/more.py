"""The problem that stands for all those of a file that are not told one by one."""

from __future__ import annotations

from collections.abc import Sequence

from mimin.model.problem import Problem, Severity

MORE = "more-problems"
"""Code of the problem that stands for those that are not told."""


def more_problems(left: Sequence[Problem]) -> Problem:
    """Stand for problems of one file that are not told one by one; there is at least one."""
    return count_more(
        left[0].path,
        left[0].line,
        len(left),
        error=any(problem.severity is Severity.ERROR for problem in left),
        others=tuple(dict.fromkeys(path for problem in left for path in problem.others)),
    )


def count_more(
    path: str, line: int, count: int, *, error: bool = True, others: tuple[str, ...] = ()
) -> Problem:
    """Say that the file at *path* has *count* problems more, from *line* on."""
    what = "problems are" if count > 1 else "problem is"
    return Problem(
        path=path,
        line=line,
        code="more-problems",
        message=f"{count:,} more {what} in this file; mend the others first, and check again",
        severity=Severity.ERROR if error else Severity.WARNING,
        others=others,
    )
