"""How much is told and planned: problems of a file and of all files, deliveries of a brand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from mimin.checks.holding import BY_DELIVERY
from mimin.model.bounds import DELIVERIES_OF_BRAND, MESSAGE, PROBLEMS, PROBLEMS_IN_ALL
from mimin.model.problem import Problem, Severity
from mimin.planning.examined import Examined
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
            # What a plan judges by itself holds back nothing, nor does what stands for it.
            others = () if problem.code in BY_DELIVERY else problem.others
            rest = problem.model_copy(update={"others": others})
            left.setdefault(problem.path, []).append(rest)
    return (*kept, *(more_problems(few) for few in left.values()))


def bound_deliveries(posts: Iterable[Examined]) -> tuple[Examined, ...]:
    """Plan so many deliveries of a brand and no more: the posts after them get a problem."""
    counted: Counter[str] = Counter()
    bounded = []
    for post in posts:
        counted[post.brand] += len(post.deliveries)
        if counted[post.brand] > DELIVERIES_OF_BRAND:
            message = (
                f"with this post {post.brand} has more than {DELIVERIES_OF_BRAND:,} deliveries, "
                "more than a plan takes; shorten repetitions, or remove old posts"
            )
            problem = Problem(path=post.path, code="too-many-deliveries", message=message)
            bounded.append(replace(post, deliveries=(), problems=(*post.problems, problem)))
        else:
            bounded.append(post)
    return tuple(bounded)


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
