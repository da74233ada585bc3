"""One account: two names of one real account would each publish everything."""

from __future__ import annotations

from collections.abc import Iterator

from mimin.model.brand import Brand
from mimin.model.problem import Problem
from mimin.workspace.frontmatter import read_yaml
from mimin.workspace.source import read_text
from mimin.workspace.workspace import Workspace


def same_account_problems(workspace: Workspace) -> Iterator[Problem]:
    """Find accounts, of one brand or of two, that have the same network, server and handle."""
    named: dict[str, list[tuple[Brand, str]]] = {}
    for brand in workspace.brands.values():
        for name, account in brand.accounts.items():
            named.setdefault(account.destination, []).append((brand, name))
    for same in named.values():
        for brand, name in same if len(same) > 1 else ():
            others = ", ".join(f"{b.id}/{n}" for b, n in same if (b, n) != (brand, name))
            fields = read_yaml(read_text(workspace.tree, brand.path)[0] or "")
            line, column = fields.locate(("accounts", name))
            yield Problem(
                path=brand.path,
                line=line,
                column=column,
                code="account-same",
                message=f"{brand.id}/{name} is the same real account as {others}: network, server "
                "and handle are equal; keep one of them",
            )
