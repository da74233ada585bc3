"""Brands, calendars and report definitions: the few YAML files that every post is read against."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeVar

from pydantic import BaseModel

from mimin.model.base import SLUG
from mimin.model.brand import Account, Brand, BrandFields, Person
from mimin.model.limits import Limits
from mimin.model.problem import Problem, Severity
from mimin.model.report import ReportFields
from mimin.model.schedule import ObservanceFields, ScheduleFields
from mimin.nearest import nearest
from mimin.workspace.frontmatter import Fields, read_yaml
from mimin.workspace.source import read_text
from mimin.workspace.times import TimeFault, check_zone
from mimin.workspace.tree import Tree
from mimin.workspace.validation import suggest, validate
from mimin.workspace.zones import reversed_zone

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]

_HARMLESS = frozenset({"line-end", "byte-order-mark", "yaml-comment-cut", "zone-reversed"})
"""Problems of a brand's file that leave no doubt what it says."""
_WEB = re.compile(r"https?://[^\s/]+\.[^\s]+$", re.IGNORECASE)
"""An address that a browser opens."""
_LIMITS = [name for name, field in Limits.model_fields.items() if field.annotation == int | None]
"""Those that an account may set for itself."""


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
    tree: Tree, brand: str, path: str, networks: Collection[str], imitable: frozenset[str]
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
    if record is None or not re.fullmatch(SLUG, brand):
        return None, problems

    def tell(place: Place, code: str, message: str, severity: Severity = Severity.ERROR) -> None:
        line, column = fields.locate(place)
        problem = Problem(path=path, line=line, column=column, code=code, message=message)
        problems.append(problem.model_copy(update={"severity": severity}))

    try:
        check_zone(record.zone)
    except TimeFault as fault:
        tell(("zone",), fault.code, str(fault))
    if warning := reversed_zone(record.zone):
        tell(("zone",), "zone-reversed", warning, Severity.WARNING)
    for name, account in record.accounts.items():
        for field, code, message in _account_faults(account, networks, imitable):
            tell(("accounts", name, *field), code, message)
        if account.url is not None and not _WEB.match(account.url):
            tell(("accounts", name, "url"), "bad-value", _page(account.url), Severity.WARNING)
    for place, message in _person_faults(record.people):
        tell(place, "bad-value", message)
    # A policy that could not be read must not become the default: `aproval: review` is no `merge`.
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if any(problem.code not in _HARMLESS for problem in errors):
        return None, problems
    return Brand(id=brand, path=path, **dict(record)), problems


def _person_faults(people: Mapping[str, Person]) -> Iterator[tuple[Place, str]]:
    """Give the handles of people that have a sign already: a post would write a second one."""
    for name, person in people.items():
        for network, handle in person.handles.items():
            if handle.startswith("@"):
                message = f"write the handle without @: {handle.lstrip('@')}"
                yield ("people", name, "handles", network), message


_NICKNAMES = {
    **dict.fromkeys(
        ("wa", "whatsapp-channel", "whatsapp-channels", "whatsapp-business"), "whatsapp"
    ),
    **dict.fromkeys(("ig", "insta", "instagram-business"), "instagram"),
    **dict.fromkeys(("fb", "facebook-page", "meta"), "facebook"),
    **dict.fromkeys(("twitter", "twitter-x"), "x"),
    **dict.fromkeys(("yt", "youtube-shorts"), "youtube"),
    **dict.fromkeys(("google", "google-my-business", "gmb"), "google-business"),
    "tik-tok": "tiktok",
    "bsky": "bluesky",
    "tg": "telegram",
    "manually": "manual",
}
"""What people call a network → what it is called here."""


def account_hint(name: str, brand: Brand) -> str:
    """Lead from a name that no account of a brand has to the account that may be meant."""
    meant = _NICKNAMES.get(name.lower(), name.lower())
    on_network = [
        repr(known) for known, account in brand.accounts.items() if meant in {known, account.rules}
    ]
    if on_network:
        return f"; did you mean {' or '.join(on_network)}?"
    return suggest(name, brand.accounts) or f"; it has {', '.join(brand.accounts)}"


def _other_network(name: str, networks: Collection[str], imitable: frozenset[str]) -> str:
    """Lead to the network that is meant; to a person's hands where it has no API to post by."""
    meant = _NICKNAMES.get(name.lower(), name.lower())
    if meant in networks:
        return f"; did you mean {meant!r}?"
    if meant in imitable:
        return (
            f"; write `network: manual` and `like: {meant}`, and a person posts it from a pack "
            "that is ready"
        )
    if near := nearest(meant, networks, cutoff=0.8):
        return f"; did you mean {near!r}?"
    if near := nearest(meant, imitable, cutoff=0.8):
        return f"; did you mean `network: manual` and `like: {near}`?"
    return (
        f"; known are {_listed(networks)}; for any other, write `network: manual`, and a person "
        "posts it"
    )


def _account_faults(
    account: Account, networks: Collection[str], imitable: frozenset[str]
) -> Iterator[tuple[Place, str, str]]:
    """Give what an account can not have: the field, the code and the message."""
    if account.network not in networks:
        message = f"{account.network!r} is not a network that can be published to"
        message += _other_network(account.network, networks, imitable)
        yield ("network",), "network-unknown", message
    if account.like is not None and account.like not in imitable:
        message = f"{account.like!r} is not a network whose limits are known"
        meant = _NICKNAMES.get(account.like.lower(), account.like.lower())
        near = (
            f"; did you mean {meant!r}?" if meant in imitable else suggest(account.like, imitable)
        )
        message += near or f"; known are {_listed(imitable)}"
        yield ("like",), "network-unknown", message
    elif account.like is not None and account.network not in {"sandbox", "manual"}:
        message = f"`like` is for sandbox and manual accounts, not {account.network}; take it out"
        yield ("like",), "bad-value", message
    if account.handle.startswith("@"):
        message = f"write the handle without @: {account.handle.lstrip('@')}"
        yield ("handle",), "bad-value", message
    for name, limit in (account.limits or {}).items():
        if name not in _LIMITS:
            message = f"`limits.{name}` is not known here"
            message += suggest(name, _LIMITS) or f"; known are {_listed(_LIMITS)}"
            yield ("limits", name), "unknown-key", message
        elif limit < 0:
            yield ("limits", name), "bad-value", f"`limits.{name}`: must be 0 or more, not {limit}"


def _page(url: str) -> str:
    """Say how an account's page is written."""
    message = "`url` is the account's page as a browser opens it, beginning with https://"
    whole = f"https://{url}"
    return f"{message}: write {whole}" if _WEB.match(whole) and ":" not in url else message


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def read_schedule(
    tree: Tree, path: str, brand: Brand
) -> tuple[ScheduleFields | None, list[Problem]]:
    """Read a brand's calendar and check that it names what exists."""
    record, fields, problems = read_record(tree, path, ScheduleFields)
    if record is None:
        return None, problems

    def refuse(place: Place, code: str, message: str) -> None:
        line, column = fields.locate(place)
        problems.append(Problem(path=path, line=line, column=column, code=code, message=message))

    named = [("slots", number, slot.accounts) for number, slot in enumerate(record.slots)]
    named += [("blackouts", number, day.accounts) for number, day in enumerate(record.blackouts)]
    for kind, number, accounts in named:
        for account in sorted(set(accounts) - set(brand.accounts)):
            message = f"{account!r} is not an account of {brand.id}"
            message += account_hint(account, brand)
            refuse((kind, number, "accounts"), "account-unknown", message)
    pillars: list[tuple[Place, str]] = [(("mix", name), name) for name in record.mix]
    pillars += [
        (("slots", number, "pillar"), slot.pillar)
        for number, slot in enumerate(record.slots)
        if slot.pillar is not None
    ]
    for place, name in pillars:
        if name not in record.pillars:
            message = f"{name!r} is not a pillar of this calendar"
            message += suggest(name, record.pillars) or "; add it under `pillars:`"
            refuse(place, "pillar-unknown", message)
    if (total := sum(record.mix.values())) > 100:
        line, column = fields.locate(("mix",))
        message = f"the targets are {total} % together; make them 100 % or less"
        problem = Problem(
            path=path,
            line=line,
            column=column,
            code="mix-too-large",
            message=message,
            severity=Severity.WARNING,
        )
        problems.append(problem)
    return record, problems


def read_report(
    tree: Tree, path: str, brands: Collection[str]
) -> tuple[ReportFields | None, list[Problem]]:
    """Read a report's definition and check that its brands exist."""
    record, fields, problems = read_record(tree, path, ReportFields)
    if record is not None:
        problems += _unknown_brands(path, fields, record.brands, brands, Severity.ERROR)
    return record, problems


def read_observances(
    tree: Tree, path: str, brands: Collection[str]
) -> tuple[ObservanceFields | None, list[Problem]]:
    """Read a collection of days and check that its brands exist."""
    record, fields, problems = read_record(tree, path, ObservanceFields)
    if record is not None:  # days hold nothing up, so it is no more than a warning
        problems += _unknown_brands(path, fields, record.brands, brands, Severity.WARNING)
    return record, problems


def _unknown_brands(
    path: str, fields: Fields, named: Collection[str], brands: Collection[str], severity: Severity
) -> Iterator[Problem]:
    line, column = fields.locate(("brands",))
    for name in sorted(set(named) - set(brands)):
        there = f"name one that is there: {_listed(brands)}, or " if brands else ""
        near = suggest(name, brands) or f"; {there}take it out"
        message = f"there is no brand {name!r}{near}"
        yield Problem(
            path=path,
            line=line,
            column=column,
            code="brand-unknown",
            message=message,
            severity=severity,
        )
