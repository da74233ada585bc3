"""One account: two names of one real account would each publish everything."""

from __future__ import annotations

from collections.abc import Iterator

from mimin.model.brand import Brand
from mimin.model.problem import Problem
from mimin.workspace.workspace import Workspace

_NAMED = 3
"""Of so many others a message gives the names: each of a thousand would name all the others."""


def same_account_problems(workspace: Workspace) -> Iterator[Problem]:
    """Find accounts, of one brand or of two, that have the same network, server and handle."""
    named: dict[str, list[tuple[Brand, str]]] = {}
    for brand in workspace.brands.values():
        for name, account in brand.accounts.items():
            named.setdefault(account.destination, []).append((brand, name))
    for same in named.values():
        paths = {brand.path for brand, _ in same}
        for brand, name in same if len(same) > 1 else ():
            first = [f"{b.id}/{n}" for b, n in same[: _NAMED + 1] if (b, n) != (brand, name)]
            more = len(same) - 1 - len(first[:_NAMED])
            others = ", ".join(first[:_NAMED]) + (f" and {more} more" if more else "")
            line, column = workspace.fields_of(brand.path).locate(("accounts", name))
            yield Problem(
                path=brand.path,
                line=line,
                column=column,
                code="account-same",
                message=f"{brand.id}/{name} is the same real account as {others}: network, server "
                "and handle are equal; keep one of them",
                others=tuple(sorted(paths - {brand.path})),
            )
