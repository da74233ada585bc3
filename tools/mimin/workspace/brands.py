"""Brands, calendars and report definitions: the few YAML files that every post is read against."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel

from mimin.model.brand import Brand, BrandFields
from mimin.model.problem import Problem
from mimin.model.schedule import ScheduleFields
from mimin.workspace.frontmatter import Fields, read_yaml
from mimin.workspace.source import read_text
from mimin.workspace.times import TimeFault, check_zone
from mimin.workspace.tree import Tree
from mimin.workspace.validation import suggest, validate

Model = TypeVar("Model", bound=BaseModel)


def read_record(
    tree: Tree, path: str, model: type[Model]
) -> tuple[Model | None, Fields, list[Problem]]:
    """Read a YAML file as *model*, with its fields for whoever needs their lines."""
    text, problems = read_text(tree, path)
    if text is None:
        return None, Fields(), problems
    fields = read_yaml(text)
    record, found = validate(model, fields, path)
    return record, fields, problems + found


def read_brand(
    tree: Tree, brand: str, path: str, networks: frozenset[str], imitable: frozenset[str]
) -> tuple[Brand | None, list[Problem]]:
    """Read a `brand.yml`.

    Args:
        tree: The workspace's files.
        brand: The folder's name.
        path: Of the file.
        networks: What an account's `network` may be.
        imitable: What an account's `like` may be.
    """
    record, fields, problems = read_record(tree, path, BrandFields)
    if record is None:
        return None, problems

    def refuse(place: tuple[str | int, ...], code: str, message: str) -> None:
        line, column = fields.locate(place)
        problems.append(Problem(path=path, line=line, column=column, code=code, message=message))

    try:
        check_zone(record.zone)
    except TimeFault as fault:
        refuse(("zone",), fault.code, str(fault))
        return None, problems
    for name, account in record.accounts.items():
        if account.network not in networks:
            known = ", ".join(sorted(networks))
            message = f"{account.network!r} is not a network that can be published to"
            message += suggest(account.network, networks) or f"; known are {known}"
            refuse(("accounts", name, "network"), "network-unknown", message)
        if account.like is not None and account.like not in imitable:
            message = f"{account.like!r} is not a network whose limits are known"
            message += (
                suggest(account.like, imitable) or f"; known are {', '.join(sorted(imitable))}"
            )
            refuse(("accounts", name, "like"), "network-unknown", message)
        elif account.like is not None and account.network not in {"sandbox", "manual"}:
            message = (
                f"`like` is for sandbox and manual accounts; {account.network} has its own limits"
            )
            refuse(("accounts", name, "like"), "bad-value", message)
        if account.handle.startswith("@"):
            message = "write the handle without @"
            refuse(("accounts", name, "handle"), "bad-value", message)
    return Brand(id=brand, path=path, **dict(record)), problems


def read_schedule(
    tree: Tree, path: str, brand: Brand
) -> tuple[ScheduleFields | None, list[Problem]]:
    """Read a brand's calendar and check that it names what exists."""
    record, fields, problems = read_record(tree, path, ScheduleFields)
    if record is None:
        return None, problems
    named = [("slots", number, slot.accounts) for number, slot in enumerate(record.slots)]
    named += [("blackouts", number, day.accounts) for number, day in enumerate(record.blackouts)]
    for kind, number, accounts in named:
        for account in set(accounts) - set(brand.accounts):
            line, column = fields.locate((kind, number, "accounts"))
            message = f"{account!r} is not an account of {brand.id}"
            message += suggest(account, brand.accounts)
            problems.append(
                Problem(
                    path=path, line=line, column=column, code="account-unknown", message=message
                )
            )
    return record, problems
