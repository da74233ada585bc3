"""Rules about what ends: versions of APIs, secrets, and our own knowledge of a network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whenever import Instant

from mimin.model.brand import Account, Brand
from mimin.model.delivery import Delivery
from mimin.model.problem import Problem, Severity
from mimin.networks.checked import CHECKED, GOOD_FOR, is_old
from mimin.networks.versions import version_of
from mimin.planning.endings import SECRET_AHEAD, VERSION_AHEAD, end_of, secret_ends
from mimin.planning.examined import Examined
from mimin.workspace.workspace import Workspace


def account_endings(workspace: Workspace, now: Instant) -> Iterator[Problem]:
    """Warn of what ends soon for an account, and of what is known too little of."""
    for brand in workspace.brands.values():
        said: set[str] = set()
        for name, account in brand.accounts.items():
            found = [*_version(account, now), *_secret(account, brand, now)]
            if account.rules not in said:
                found += _table(account, now)
                said.add(account.rules)
            for code, field, message in found:
                yield _at(workspace, brand, ("accounts", name, *field), code, message)


_Found = tuple[str, tuple[str, ...], str]
"""Code, where it stands below the account, and message."""


def _version(account: Account, now: Instant) -> Iterator[_Found]:
    used = version_of(account)
    if used is None or end_of(used.ends, "UTC") - now > VERSION_AHEAD:
        return
    ends = "ends" if used.announced else "may end"
    message = (
        f"{used.network} {ends} version {used.version} of its API after {used.ends}; "
        "set a newer `version:` under `settings:`, or update mimin"
    )
    yield "version-ends", ("settings", "version"), message


def _secret(account: Account, brand: Brand, now: Instant) -> Iterator[_Found]:
    end = secret_ends(account, brand.zone)
    if end is not None and end - now <= SECRET_AHEAD:
        message = (
            f"the secret {account.secret or ''} works until {account.secret_expires}; "
            "make a new one on the network, and set the new day"
        )
        yield "secret-ends", ("secret_expires",), message


def _table(account: Account, now: Instant) -> Iterator[_Found]:
    if is_old(account.rules, now.to_tz("UTC").date()):
        message = (
            f"what is known here of {account.rules} was last compared with the network on "
            f"{CHECKED[account.rules]}; update mimin"
        )
        yield "table-old", ("network",), message


def post_endings(workspace: Workspace, post: Examined, now: Instant) -> Iterator[Problem]:
    """Refuse what is due when its network will take it no more, each account once."""
    if post.draft:
        return
    brand = workspace.brand_for(post.brand)
    coming = [d for d in post.deliveries if d.due is not None and d.due >= now]
    yield from dict.fromkeys(
        problem for delivery in coming for problem in _of_delivery(delivery, post, brand, now)
    )


def _of_delivery(
    delivery: Delivery, post: Examined, brand: Brand, now: Instant
) -> Iterator[Problem]:
    name = delivery.account.partition("/")[2]
    account, due, end = brand.accounts[name], delivery.due, delivery.refused_from
    line, column = post.when
    place: dict[str, Any] = {
        "path": post.path,
        "line": line,
        "column": column,
        "others": (brand.path,),
    }
    if end is not None and due is not None and due >= end:
        message = (
            f"{account.network} refuses the version of its API that {name} asks for from "
            f"{end.to_tz('UTC').date()} on; set a newer `version:`, or update mimin"
        )
        yield Problem(code="version-ended", message=message, **place)
    dead = secret_ends(account, brand.zone)
    if dead is not None and now >= dead:
        message = (
            f"the secret of {name} worked until {account.secret_expires}; make a new one on the "
            "network, and set the new `secret_expires:`"
        )
        yield Problem(code="secret-ended", message=message, **place)


def ending_moments(workspace: Workspace) -> Iterator[Instant]:
    """List the moments at which one of these rules judges otherwise."""
    for brand in workspace.brands.values():
        for account in brand.accounts.values():
            used, dead = version_of(account), secret_ends(account, brand.zone)
            if used is not None:
                end = end_of(used.ends, "UTC")
                yield from (end - VERSION_AHEAD, end)
            if dead is not None:
                yield from (dead - SECRET_AHEAD, dead)
            if account.rules in CHECKED:
                yield end_of(CHECKED[account.rules].add(days=GOOD_FOR).format_iso(), "UTC")


def _at(
    workspace: Workspace, brand: Brand, place: tuple[str, ...], code: str, message: str
) -> Problem:
    fields = workspace.fields_of(brand.path)
    line, column = fields.locate(place)
    return Problem(
        path=brand.path,
        line=line,
        column=column,
        code=code,
        message=message,
        severity=Severity.WARNING,
    )
