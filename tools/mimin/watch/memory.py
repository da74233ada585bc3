"""Memory: which alarms the team was told of, so that each is sent once, and its end once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from whenever import Instant

from mimin.errors import StoreError
from mimin.foreign import read_json
from mimin.store import Branch, Change, Put, Snapshot
from mimin.watch.alarm import Alarm

BRANCH = "mimin/alarms"
FILE = "alarms.json"
_FORMAT = 1

Told = Mapping[str, tuple[str, ...]]
"""Alarm's id → the deliveries behind it that the team was told of."""


EMPTY: Told = MappingProxyType({})


@dataclass(frozen=True)
class News:
    """What the team does not know yet."""

    begun: Sequence[Alarm] = ()
    """New ones, and those with deliveries behind them that nobody was told of."""
    over: Sequence[str] = ()
    """Ids of those that are gone."""

    def __bool__(self) -> bool:
        """Tell whether there is anything to say."""
        return bool(self.begun or self.over)


def compare(alarms: Iterable[Alarm], told: Told, *, sure: bool = True) -> News:
    """Find what to tell; where not all could be looked at, no alarm is known to be over."""
    listed = list(alarms)
    begun = [
        alarm
        for alarm in listed
        if alarm.id not in told or set(alarm.deliveries) - set(told[alarm.id])
    ]
    now = {alarm.id for alarm in listed}
    return News(begun, [name for name in told if sure and name not in now])


class Memory:
    """One replaceable file on the branch `mimin/alarms`."""

    def __init__(self, branch: Branch) -> None:
        """Remember on *branch*."""
        self._branch = branch

    def read(self) -> Told:
        """Give what the team was told."""
        return _load(self._branch.read())

    def keep(self, alarms: Iterable[Alarm], at: Instant, also: Told = EMPTY) -> None:
        """Remember that the team knows of these, and of those in *also*, and of no others."""
        rows = {name: sorted(keys) for name, keys in also.items()}
        rows |= {alarm.id: sorted(alarm.deliveries) for alarm in alarms}
        text = json.dumps({"v": _FORMAT, "told": rows}, indent=1, sort_keys=True) + "\n"

        def decide(snapshot: Snapshot) -> Mapping[str, Change]:
            same = snapshot.read(FILE) == text.encode()
            return {} if same else {FILE: Put(text.encode())}

        self._branch.transact(decide, message=f"Told of {len(rows)} alarms", at=at)


def _load(snapshot: Snapshot) -> Told:
    content = snapshot.read(FILE)
    if not content:
        return {}
    try:
        found = read_json(content)
        if found["v"] > _FORMAT:
            raise StoreError(f"{BRANCH}: {FILE} has format {found['v']}; update mimin")
        return {str(name): tuple(keys) for name, keys in found["told"].items()}
    except (ValueError, LookupError, TypeError, AttributeError):
        # Whoever damaged it: telling the team again is better than telling it nothing.
        return {}
