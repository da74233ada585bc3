"""Guessing: to whom and when a post that can not be read was to go, so that nobody misses it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from whenever import Instant

from mimin.model.brand import Brand
from mimin.model.delivery import Delivery
from mimin.model.problem import Problem
from mimin.planning.examined import Examined
from mimin.workspace.posts import ReadPost
from mimin.workspace.stand_in import named_accounts
from mimin.workspace.times import TimeFault, parse_time


def unreadable_post(
    read: ReadPost, brand: Brand, problems: tuple[Problem, ...], inputs: Mapping[str, str]
) -> Examined:
    """Make of a post that can not be read what a plan shows: it is blocked, and does not vanish."""
    stem = read.path.rpartition("/")[2].removesuffix(".md")
    values = read.fields[read.path].values if read.path in read.fields else {}
    named = values.get("id")
    name = named if isinstance(named, str) and named else stem
    return Examined(
        path=read.path,
        brand=brand.id,
        id=name,
        title=stem,
        draft=values.get("draft") == "true",
        deliveries=tuple(_deliveries(f"{brand.id}/{name}", values, brand)),
        problems=problems,
        inputs=inputs,
    )


def _deliveries(post: str, values: Mapping[str, object], brand: Brand) -> Iterator[Delivery]:
    due = _due(values, brand.zone)
    for name in dict.fromkeys(named_accounts(values)):
        if name in brand.accounts:
            account = f"{brand.id}/{name}"
            yield Delivery(post=post, account=account, due=due, parts=1, digest="")


def _due(values: Mapping[str, object], zone: str) -> Instant | None:
    at, own = values.get("at"), values.get("zone")
    try:
        return parse_time(str(at), own if isinstance(own, str) else zone)
    except (TimeFault, ValueError):
        return None
