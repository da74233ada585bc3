"""Errors in files, said by every command: what is not published must not be silent about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from mimin.cli.say import say

if TYPE_CHECKING:
    from mimin.model.problem import Problem

MOST = 5
"""So many are said; `mimin check` shows the rest."""


def say_errors(problems: Iterable[Problem], accounts: Collection[str] | None = None) -> int:
    """Say on standard error which errors `mimin check` finds, and tell how many there are.

    Args:
        problems: All problems of the workspace.
        accounts: The accounts (`brand/account`) and brands that a command was asked about: errors
            in the files of other brands are left to those who ask about them. None for all.
    """
    from mimin.checks.holding import errors_of
    from mimin.checks.show import as_text

    brands = None if accounts is None else {ref.partition("/")[0] for ref in accounts}
    errors = [found for found in errors_of(problems) if brands is None or _is_for(found, brands)]
    say(as_text(errors[:MOST]), nl=False, err=True)
    left = len(errors) - MOST
    if left > 0:
        say(f"and {left} more error{'' if left == 1 else 's'}; `mimin check`", err=True)
    return len(errors)


def _is_for(problem: Problem, brands: Collection[str]) -> bool:
    folder, _, rest = problem.path.partition("/")
    if folder == "content" and "/" in rest:
        return rest.partition("/")[0] in brands
    if folder == "calendar" and "/" not in rest:
        return rest.removesuffix(".yml") in brands
    return True
