"""Accounts: whose secret they name, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator

from mimin.model.problem import Problem
from mimin.planning.secret_names import secret_faults
from mimin.workspace.frontmatter import read_yaml
from mimin.workspace.source import read_text
from mimin.workspace.workspace import Workspace


def secret_problems(workspace: Workspace) -> Iterator[Problem]:
    """Find accounts whose `secret:` names a variable that is not their brand's."""
    for fault in secret_faults(workspace.brands, workspace.all_brands):
        place = ("accounts", fault.account, "secret")
        yield _problem(
            workspace, fault.brand, place, code=f"secret-{fault.kind}", message=fault.message
        )


def name_problems(workspace: Workspace) -> Iterator[Problem]:
    """Find accounts that are called like a brand: nobody could tell which of the two is meant."""
    for brand in workspace.brands.values():
        for name in brand.accounts:
            if name in workspace.all_brands:
                message = (
                    f"{name!r} is the name of a brand, and no account is called like one; rename "
                    f"it, also in posts and the calendar, and write `was: {name}` below it"
                )
                yield _problem(
                    workspace,
                    brand.id,
                    ("accounts", name),
                    code="account-is-brand",
                    message=message,
                )


def _problem(
    workspace: Workspace, brand: str, place: tuple[str, ...], *, code: str, message: str
) -> Problem:
    path = workspace.brands[brand].path
    fields = read_yaml(read_text(workspace.tree, path)[0] or "")
    line, column = fields.locate(place)
    return Problem(path=path, line=line, column=column, code=code, message=message)
