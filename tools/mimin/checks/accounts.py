"""Accounts: whose secret they name, where it goes, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mimin.model.brand import Account
from mimin.model.problem import Problem, Severity
from mimin.networks.address import host_in, not_ascii
from mimin.planning.secret_names import secret_faults
from mimin.workspace.workspace import Workspace


def secret_problems(workspace: Workspace) -> Iterator[Problem]:
    """Find accounts whose `secret:` names a variable that is not their brand's."""
    for fault in secret_faults(workspace.brands, workspace.all_brands):
        yield _problem(
            workspace,
            fault.brand,
            ("accounts", fault.account, "secret"),
            code=f"secret-{fault.kind}",
            message=str(fault.note),
            others=fault.others,
        )


def name_problems(workspace: Workspace) -> Iterator[Problem]:
    """Find accounts that are called like a brand: people would take one of the two for the other.

    Commands do not: a brand is selected by `--brand`, an account by `--account`.
    """
    known = workspace.all_brands
    for brand in workspace.brands.values():
        for name in brand.accounts:
            if name in known:
                message = (
                    f"{name!r} is the name of a brand too, and people will take one for the other; "
                    f"call it otherwise, also in posts and the calendar, and write `was: {name}` "
                    "below it"
                )
                yield _problem(
                    workspace,
                    brand.id,
                    ("accounts", name),
                    code="account-is-brand",
                    message=message,
                    others=[name],
                    severity=Severity.WARNING,
                )


def host_problems(workspace: Workspace) -> Iterator[Problem]:
    """Find servers that are written with letters that can be taken for those of another server.

    The network's own check says so of posts only, and of accounts that have one.
    """
    for brand in workspace.brands.values():
        for name, account in brand.accounts.items():
            for field, (text, host) in _hosts(account).items():
                if not host.isascii():
                    yield _problem(
                        workspace,
                        brand.id,
                        ("accounts", name, field),
                        code="server-address",
                        message=not_ascii(text, host),
                    )


def _hosts(account: Account) -> dict[str, tuple[str, str]]:
    """Give the names of servers in an account's fields: field → all of it, the host in it."""
    handle, server = account.handle, account.server or ""
    named = handle.removeprefix("@") if account.rules == "bluesky" else ""
    if account.rules == "mastodon":
        named = host_in(handle)
    return {
        "server": (server, server.partition("://")[2] or server),
        "handle": (handle, named),
    }


def _problem(  # noqa: PLR0913 - what a problem has, by name
    workspace: Workspace,
    brand: str,
    place: tuple[str, ...],
    *,
    code: str,
    message: str,
    others: Iterable[str] = (),
    severity: Severity = Severity.ERROR,
) -> Problem:
    """Make a problem of a brand's file; *others* are the brands that it was judged by."""
    known = workspace.all_brands
    path = known[brand].path
    line, column = workspace.fields_of(path).locate(place)
    paths = sorted({known[other].path for other in others} - {path})
    return Problem(
        path=path,
        line=line,
        column=column,
        code=code,
        message=message,
        others=tuple(paths),
        severity=severity,
    )
