"""Reported limits: what a network said of an account is compared with what the check assumes.

They never change what is composed: a payload that depended on what one machine has asked would be
another one elsewhere. The way out is a line in `brand.yml`, where everybody sees it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mimin.model.problem import Problem, Severity
from mimin.networks.registry import find_network
from mimin.networks.reported import kept_limits, narrower
from mimin.workspace.workspace import Workspace


def limit_problems(workspace: Workspace) -> Iterator[Problem]:
    """Find accounts for which the check assumes more than `mimin accounts check` was told."""
    kept = kept_limits(workspace.private)
    for ref, reported in sorted(kept.items()):
        brand, _, name = ref.partition("/")
        account = workspace.brands[brand].accounts.get(name) if brand in workspace.brands else None
        if account is None:
            continue
        limits = find_network(account.network).limits(account)
        path = workspace.brands[brand].path
        for field, value in narrower(limits, reported).items():
            fields = workspace.fields_of(path)
            line, column = fields.locate(("accounts", name))
            assumed = getattr(limits, field)
            message = (
                f"{account.network} reports {field} {value:,} for {name}, and "
                f"{'no limit' if assumed is None else f'{assumed:,}'} is assumed here; "
                f"add `limits: {{{field}: {value}}}` to the account"
            )
            yield Problem(
                path=path,
                line=line,
                column=column,
                code="limit-narrower",
                message=message,
                severity=Severity.WARNING,
            )
