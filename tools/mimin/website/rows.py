"""Rows: lines of the plan as lists show them, one a post and time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from operator import is_

from whenever import Instant

from mimin.model.brand import Account, Brand
from mimin.planning.examined import Examined
from mimin.planning.plan import Cause, Line
from mimin.website.marks import heaviest
from mimin.website.saying import say
from mimin.website.scene import Scene

_WIDEST = 16
"""A row joins about as many lines as a brand has accounts."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One post at one time, with the accounts that get it then."""

    post: Examined
    brand: Brand
    address: str
    due: Instant | None
    lines: list[Line]
    accounts: list[Account]
    cause: Cause
    note: str
    simulated: str
    """Words (`markup.simulated`) that say whether all or some of it stays here; empty if none."""

    @property
    def causes(self) -> list[Cause]:
        """Every cause once."""
        return list(dict.fromkeys(line.cause for line in self.lines))

    @property
    def account_ids(self) -> list[str]:
        """Accounts as `brand/account`."""
        return [line.delivery.account for line in self.lines]

    @property
    def rules(self) -> list[str]:
        """Networks, each once."""
        return list(dict.fromkeys(account.rules for account in self.accounts))


def rows_of(lines: Iterable[Line], scene: Scene) -> list[Row]:
    """Join the lines of one post that fall due together, keeping their order."""
    return [row_of(group, scene) for _, _, group in groups_of(lines)]


def groups_of(lines: Iterable[Line]) -> Iterator[tuple[str, Instant | None, list[Line]]]:
    """Give the lines of one post that fall due together, with its path and the time."""
    groups: dict[tuple[str, Instant | None], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.post.path, line.delivery.due), []).append(line)
    for (path, due), group in groups.items():
        yield path, due, group


def all_are(some: list[Line], others: list[Line]) -> bool:
    """Tell whether both hold the very same objects."""
    return len(some) == len(others) and all(map(is_, some, others))


def row_of(group: list[Line], scene: Scene) -> Row:
    """Make the row of lines that belong together."""
    first = group[0]
    cause, brand = heaviest(group), scene.brand_of(first)
    note = next((line.note for line in group if line.cause is cause), "")
    accounts = [scene.account_of(line) for line in group]
    return Row(
        post=first.post,
        brand=brand,
        address=scene.addresses[first.post.path],
        due=first.delivery.due,
        lines=group,
        accounts=accounts,
        cause=cause,
        note=say(note, brand.zone, scene.words),
        simulated=_simulated(accounts),
    )


def _simulated(accounts: list[Account]) -> str:
    sandbox = [account.network == "sandbox" for account in accounts]
    return "simulated" if all(sandbox) else "simulated.partly" if any(sandbox) else ""


def first_rows(lines: list[Line], scene: Scene, most: int) -> list[Row]:
    """Give the first rows of many lines, looking at no more of them than that takes."""
    return rows_of(lines[: most * _WIDEST], scene)[:most]


def recent(wanted: Callable[[Line], bool], scene: Scene, most: int) -> list[Row]:
    """List what went out last, newest first."""
    return first_rows(list(islice(filter(wanted, scene.newest), most * _WIDEST)), scene, most)
