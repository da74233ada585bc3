"""Kinds of trouble that worlds can have besides the plain faults, each drawn on its own.

So a seed without them gives the world that it always gave, and each can be asked for alone.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from simulator.actions import DAY, HOUR, MINUTE, Action
from simulator.looks import LIES
from simulator.people_policy import POLICIES
from simulator.people_renaming import RENAMINGS
from simulator.people_threads import AMENDMENTS, RESTRUCTURINGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.actions import Script

_SKEWS = (20, 50, 300, 1200, 3 * HOUR, 20 * HOUR)


def add_troubles(script: Script) -> None:
    """Add the kinds that the world's size names."""
    for kind in sorted(script.size.kinds):
        source = random.Random(f"{kind} {script.seed}")  # noqa: S311 - to vary, not to hide
        KINDS[kind](source, script)


def _on_some_days(source: random.Random, script: Script, rate: float) -> list[float]:
    """Draw moments: on a share of all days, as far as there is trouble."""
    days = range(script.size.days * script.size.months)
    chance = min(0.9, rate * script.size.trouble)
    return [day * DAY + source.uniform(0, DAY) for day in days if source.random() < chance]


def _people(source: random.Random, script: Script, names: tuple[str, ...], rate: float) -> None:
    for at in _on_some_days(source, script, rate):
        script.actions.append(
            {
                "do": source.choice(names),
                "at": at,
                "post": source.choice(script.posts).id,
                "pick": source.randrange(1000),
                "by": source.choice((-2, 2, 5, 30)) * HOUR,
                "parts": source.choice((1, 2, 4)),
            }
        )
    script.actions += [{"do": "answer", "at": at} for at in _on_some_days(source, script, 0.12)]


def _renames(source: random.Random, script: Script) -> None:
    _people(source, script, tuple(RENAMINGS), 0.3)
    if source.random() < 0.3:
        script.shallow = frozenset({source.randrange(script.clones)})


def _threads(source: random.Random, script: Script) -> None:
    """Make more threads, and let some of them stop half-way, before they are changed."""
    script.posts = [
        spec if source.random() < 0.5 else spec.changed(parts=3, pieces=()) for spec in script.posts
    ]
    _people(source, script, RESTRUCTURINGS, 0.3)
    for run in _runs(script):
        if source.random() < 0.2 * script.size.trouble:
            run["faults"].append(["commit", source.randint(2, 4), "refused", 0.0])


def _edits(source: random.Random, script: Script) -> None:
    _people(source, script, AMENDMENTS, 0.25)


def _policies(source: random.Random, script: Script) -> None:
    """Change policies, of brands that want reviews more often than others do."""
    for name, house in script.houses.items():
        if source.random() < 0.5:
            script.houses[name] = house.changed(approval="review")
    _people(source, script, POLICIES, 0.2)


def _clocks(source: random.Random, script: Script) -> None:
    for at in _on_some_days(source, script, 0.25):
        lasts = source.choice((6 * HOUR, DAY, 3 * DAY))
        seconds = source.choice(_SKEWS)
        clone = source.randrange(script.clones)
        ways = [(clone, seconds), ((clone + 1) % script.clones, -seconds)]
        for number, way in ways if source.random() < 0.5 else [source.choice(ways)]:
            script.actions.append({"do": "clock", "at": at, "clone": number, "seconds": way})
            script.actions.append({"do": "clock-set", "at": at + lasts, "clone": number})
    for run in _runs(script):
        if source.random() < 0.05 * script.size.trouble:
            seconds = source.choice((-1, 1)) * source.choice(_SKEWS)
            run["jump"] = [source.choice((0, -seconds)), source.randint(1, 120), seconds]
        elif source.random() < 0.02 * script.size.trouble:
            run["stands"] = source.choice((0, 0, -MINUTE, -DAY))


def _stale(source: random.Random, script: Script) -> None:
    """Let runs lag behind, while people change and take out what is on main."""
    _people(source, script, ("edit", "delete", "reschedule", "edit-out"), 0.3)
    for run in _runs(script):
        if source.random() < 0.12 * script.size.trouble:
            run["behind"] = source.choice((1, 1, 2, 5))


def _looks(source: random.Random, script: Script) -> None:
    for house in script.houses.values():
        for alias, login in house.accounts.items():
            if login.mode in {"listed", "blind"}:
                house.accounts[alias] = login._replace(mode="dated")
    for run in _runs(script):
        for number in range(1, 6):
            if source.random() < 0.2 * script.size.trouble:
                run["faults"].append(["find", number, source.choice(LIES), 0.0])
        if source.random() < 0.2 * script.size.trouble:
            fault = source.choice(("refused-after", "answer-lost", "late"))
            number, seconds = source.randint(1, script.size.calls), source.choice((900.0, 9000.0))
            run["faults"].append(["commit", number, fault, seconds])


def _ledger(source: random.Random, script: Script) -> None:
    for at in _on_some_days(source, script, 0.06):
        action: Action = {"at": at, "clone": source.randrange(script.clones)}
        action["fresh"] = source.random() < 0.5
        if source.random() < 0.6:
            action |= {
                "do": "drop-from-ledger",
                "what": source.choice(("file", "lines", "newline")),
            }
        else:
            action |= {"do": "rewind-ledger", "deleted": source.random() < 0.5}
        script.actions.append(action)
    if source.random() < 0.4:
        for run in _runs(script):
            run["fresh"] = True


def _runs(script: Script) -> list[Action]:
    return [action for action in script.actions if action["do"] == "run"]


KINDS: dict[str, Callable[[random.Random, Script], None]] = {
    "clocks": _clocks,
    "edits": _edits,
    "ledger": _ledger,
    "looks": _looks,
    "policies": _policies,
    "renames": _renames,
    "stale": _stale,
    "threads": _threads,
}
"""Name for the command line → who draws it."""
