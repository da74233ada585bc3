"""An examined post: its deliveries and problems, small enough to keep ten thousand of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticSerializationError, to_json
from whenever import Instant, TimeDelta

from mimin.foreign import read_json
from mimin.model.brand import Late
from mimin.model.delivery import Delivery
from mimin.model.problem import Problem, Severity


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What a post adds up to."""

    path: str
    brand: str
    id: str
    title: str
    """What the team calls it; the beginning of its text when it has no title."""
    draft: bool = False
    was: tuple[str, ...] | None = None
    """Earlier ids; empty says that it is new, and None says nothing."""
    retract: bool = False
    """Taken down again, or never published."""
    campaign: str = ""
    pillar: str = ""
    labels: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    late: Late | None = None
    """As the post says; None leaves it to campaign and brand."""
    grace: float | None = None
    """Seconds; None leaves it to campaign and brand."""
    deliveries: tuple[Delivery, ...] = ()
    problems: tuple[Problem, ...] = ()
    when: tuple[int, int] = (1, 1)
    """Line and column of its `at:`."""
    inputs: Mapping[str, str]
    """Every file that it is made from → the blob id it had."""

    @property
    def key(self) -> str:
        """`brand/id`."""
        return f"{self.brand}/{self.id}"

    @property
    def broken(self) -> bool:
        """Whether a problem forbids publishing it."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def blame(self) -> str:
        """The file of its first error; its own when it has none."""
        errors = (found for found in self.problems if found.severity is Severity.ERROR)
        return next((found.path for found in errors), self.path)

    def dump(self) -> str:
        """Write it as JSON for the cache."""
        fields = dict(self.__dict__)  # `asdict` would copy every value, for half of a check
        fields["deliveries"] = [_dump_delivery(delivery) for delivery in self.deliveries]
        fields["problems"] = [problem.model_dump(mode="json") for problem in self.problems]
        try:
            return to_json(fields).decode()
        except PydanticSerializationError:  # a name that is no UTF-8, which JSON can not say
            return json.dumps(fields)

    @classmethod
    def load(cls, text: str) -> Examined:
        """Read what `dump` wrote."""
        fields = read_json(text)
        for name in ("labels", "accounts", "when"):
            fields[name] = tuple(fields[name])
        fields["was"] = None if fields["was"] is None else tuple(fields["was"])
        fields["late"] = Late(fields["late"]) if fields["late"] else None
        fields["problems"] = tuple(
            Problem.model_validate(problem) for problem in fields["problems"]
        )
        key = f"{fields['brand']}/{fields['id']}"
        fields["deliveries"] = tuple(_load_delivery(key, row) for row in fields["deliveries"])
        return cls(**fields)


def grace_of(value: TimeDelta | None) -> float | None:
    """Give a grace in seconds."""
    return None if value is None else value.total("seconds")


def _dump_delivery(delivery: Delivery) -> tuple[object, ...]:
    due, expires = delivery.due, delivery.expires
    return (
        delivery.account,
        delivery.occurrence,
        due and due.timestamp(),
        expires and expires.timestamp(),
        delivery.parts,
        delivery.digest,
        delivery.shape,
        delivery.cost,
        delivery.contents,
        delivery.refused_from and delivery.refused_from.timestamp(),
        delivery.words,
    )


def _load_delivery(post: str, row: list[Any]) -> Delivery:
    account, occurrence, due, expires, parts, digest, shape, cost, contents, end, words = row
    return Delivery(
        post=post,
        account=account,
        occurrence=occurrence,
        due=None if due is None else Instant.from_timestamp(due),
        expires=None if expires is None else Instant.from_timestamp(expires),
        parts=parts,
        digest=digest,
        shape=shape,
        cost=cost,
        contents=tuple(contents),
        refused_from=None if end is None else Instant.from_timestamp(end),
        words=words,
    )
