"""How many problems are told: those of each file to a number, and those of all files to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mimin.model.bounds import MESSAGE, PROBLEMS, PROBLEMS_IN_ALL
from mimin.model.problem import Problem, Severity
from mimin.workspace.more import MORE, more_problems


def bound_files(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Keep the first problems of each file; one problem more tells how many were left out."""
    if len(problems) <= PROBLEMS:
        return tuple(problems)
    kept: list[Problem] = []
    left: dict[str, list[Problem]] = {}
    counted: Counter[str] = Counter()
    for problem in problems:
        counted[problem.path] += problem.code != MORE
        if counted[problem.path] <= PROBLEMS or problem.code == MORE:
            kept.append(problem)
        else:
            left.setdefault(problem.path, []).append(problem)
    return (*kept, *(more_problems(few) for few in left.values()))


def _short(problem: Problem) -> Problem:
    """Shorten a message that quotes half of a file."""
    if len(problem.message) <= MESSAGE:
        return problem
    half = MESSAGE // 2
    message = f"{problem.message[:half]} […] {problem.message[-half:]}"
    return problem.model_copy(update={"message": message})


def choose(problems: Sequence[Problem]) -> tuple[Sequence[Problem], int]:
    """Choose what is shown of very many, and count what is not.

    Errors go before warnings and the first of each file before the second of any, so that one file
    never hides what is wrong with another.
    """
    problems = [_short(problem) for problem in problems]
    if len(problems) <= PROBLEMS_IN_ALL:
        return problems, 0
    counted: Counter[str] = Counter()
    ranks = []
    for number, problem in enumerate(problems):
        counted[problem.path] += 1
        ranks.append((problem.severity is not Severity.ERROR, counted[problem.path], number))
    chosen = sorted(number for *_, number in sorted(ranks)[:PROBLEMS_IN_ALL])
    return [problems[number] for number in chosen], len(problems) - PROBLEMS_IN_ALL
