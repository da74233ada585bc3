"""What happens in a simulated world, drawn from a seed: posts, runs and their faults, people."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from whenever import Instant

from simulator.content import House, Login, Spec
from simulator.looks import FIND_FAULTS
from simulator.networks import COMMIT_FAULTS, MODES, PREPARE_FAULTS

START = Instant.parse_iso("2026-12-01T00:00:00Z")
DAY, HOUR, MINUTE = 86400, 3600, 60
PUSH_FAULTS = ("unreachable", "cut", "rejected", "declined", "lost")
FETCH_FAULTS = ("unreachable", "cut")
SLOTS = (2, 5, 11)
"""Hours (UTC) at which the team likes to post; many accounts at once, as in real life."""

EDITS = frozenset(
    (
        *("edit", "move", "rename", "reschedule", "expire", "cut", "delete"),
        *("revert", "rewind-main"),
    )
)
"""What moves `main`, and so counts as activity."""
CRON_STOPS_AFTER = 60
"""Days without activity after which GitHub switches a public repository's cron off."""

Action = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How big a world is."""

    accounts: int = 6
    months: int = 1
    days: int = 30
    posts: int = 12
    """Deliveries an account and month."""
    runs: int = 2
    """Runs a day that cron is asked for."""
    trouble: float = 1.0
    """How much goes wrong: 1 is a great deal more than in real life."""
    tick: float = 0.0
    """Calls end on multiples of this many seconds, so that many accounts share a push."""
    kinds: frozenset[str] = frozenset()
    """Names of `simulator.troubles.KINDS` that happen besides."""

    @property
    def calls(self) -> int:
        """About how many calls a run makes: faults that come later would meet nothing."""
        return max(3, round(self.accounts * self.posts * 1.4 / 30 / self.runs))


@dataclass
class Script:
    """A world from its seed: everything that will happen, as plain values that can be left out."""

    seed: int
    size: Size
    houses: dict[str, House]
    posts: list[Spec]
    actions: list[Action] = field(default_factory=list)
    clones: int = 2
    shallow: frozenset[int] = frozenset()
    """Clones that have only the newest commit."""
    cron: Counter[str] = field(default_factory=Counter)
    """What cron did wrong, and how often."""


def write_script(seed: int, size: Size) -> Script:
    """Draw a world."""
    from simulator.troubles import add_troubles

    source = random.Random(f"world {seed}")  # noqa: S311 - to vary, not to hide
    houses = _houses(source, size)
    script = Script(seed, size, houses, _posts(source, size, houses), clones=source.choice((2, 3)))
    idle = _idle(source, size)
    for day in range(size.months * size.days):
        script.actions += _day(source, script, day)
    add_troubles(script)
    kept = [action for action in script.actions if not _asleep(action, idle)]
    off = sum(action["do"] == "run" for action in script.actions) - sum(
        action["do"] == "run" for action in kept
    )
    script.cron["switched off after 60 idle days"] += off
    script.actions = kept
    script.actions.sort(key=lambda action: action["at"])
    for number, action in enumerate(script.actions):
        action["n"] = number
    return script


def _idle(source: random.Random, size: Size) -> range:
    """Draw the days on which nobody commits: long enough that cron is switched off, or none."""
    days = size.months * size.days
    if days <= CRON_STOPS_AFTER + 10:
        return range(0)
    begin = source.randint(2, days - CRON_STOPS_AFTER - 8)
    return range(begin, min(days, begin + CRON_STOPS_AFTER + source.randint(8, 30)))


def _asleep(action: Action, idle: range) -> bool:
    """Tell whether an action can not be: cron stops 60 days after the last commit."""
    day = int(action["at"] // DAY)
    if action["do"] in EDITS:
        return day in idle
    return action["do"] == "run" and day in idle[CRON_STOPS_AFTER:]


def _houses(source: random.Random, size: Size) -> dict[str, House]:
    houses: dict[str, House] = {}
    left = size.accounts
    while left:
        count = min(left, source.randint(1, 5) if size.accounts < 40 else source.randint(5, 10))
        left -= count
        name = f"merek{len(houses)}"
        accounts = {
            f"a{number}": Login(_mode(source), f"{name}-a{number}") for number in range(count)
        }
        houses[name] = House(
            name,
            accounts,
            approval=source.choices(("merge", "review", "none"), (6, 3, 1))[0],
            late=source.choices(("post", "hold", "drop"), (5, 3, 2))[0],
            grace=source.choice(("30m", "2h", "6h", "12h")),
            spacing=source.choice((None, 30, 60)),
        )
    return houses


def _mode(source: random.Random) -> str:
    return source.choices(MODES, (10, 6, 3, 1))[0]


def _posts(source: random.Random, size: Size, houses: dict[str, House]) -> list[Spec]:
    posts = []
    days = size.months * size.days
    for house in houses.values():
        taken: set[tuple[str, int]] = set()
        for number in range(size.posts * size.months):
            accounts = [name for name in house.accounts if source.random() < 0.9]
            day, slot = source.randrange(days), source.choice(SLOTS)
            due = int(START.timestamp()) + day * DAY + slot * HOUR
            due += source.choice((0, 0, 0, 17, 90)) * MINUTE
            accounts = [name for name in accounts if (name, due // HOUR) not in taken]
            if not accounts:
                continue
            taken |= {(name, due // HOUR) for name in accounts}
            posts.append(_post(source, f"p{number}-{house.id}", house, accounts, due))
    return posts


def _post(source: random.Random, name: str, house: House, accounts: list[str], due: int) -> Spec:
    expires = (
        due + source.choice((1, 1, 10, 45, 240, 1440)) * MINUTE if source.random() < 0.2 else None
    )
    return Spec(
        id=name,
        brand=house.id,
        accounts=tuple(accounts),
        due=due,
        expires=expires,
        late=source.choice(("post", "hold", "drop")) if source.random() < 0.2 else None,
        grace=source.choice(("10m", "1h", "1d")) if source.random() < 0.15 else None,
        parts=source.choices((1, 2, 3, 5), (70, 12, 12, 6))[0],
    )


def _day(source: random.Random, script: Script, day: int) -> list[Action]:
    trouble = script.size.trouble
    actions: list[Action] = []
    for turn in range(script.size.runs):
        planned = day * DAY + SLOTS[turn % len(SLOTS)] * HOUR - 8 * MINUTE
        actions += _cron(source, script, planned)
    if source.random() < 0.12 * trouble:
        actions.append(_edit(source, script, day))
    if source.random() < 0.08 * trouble:
        actions += _freeze(source, script, day)
    if source.random() < 0.5:
        actions.append({"do": "tend", "at": _moment(source, day)})
    if day % 4 == 0:
        actions.append({"do": "approve", "at": _moment(source, day), "share": source.random()})
    if source.random() < 0.05 * trouble:
        actions.append(
            {
                "do": "outage",
                "at": day * DAY + source.choice(SLOTS) * HOUR + source.uniform(-300, 300),
                "clone": source.choice((None, 0, 1)),
                "seconds": source.choice((5, 60, 900, 20000)),
            }
        )
    if source.random() < 0.02 * trouble:
        actions.append({"do": "wipe", "at": _moment(source, day), "clone": source.randrange(2)})
    if source.random() < 0.01 * trouble:
        actions.append({"do": "rewind-ledger", "at": _moment(source, day)})
    return actions


def _moment(source: random.Random, day: int) -> float:
    return day * DAY + source.uniform(0, DAY)


def _cron(source: random.Random, script: Script, planned: float) -> list[Action]:
    """Ask for one run; get it, later, twice, or not at all (as reported of real cron)."""
    stopped = script.size.days * script.size.months * DAY
    if script.seed % 7 == 3 and stopped * 0.3 < planned < stopped * 0.5:
        script.cron["switched off"] += 1  # until somebody notices
        return []
    luck = source.random()
    if luck < 0.08:
        script.cron["never"] += 1
        return []
    delay = source.uniform(0, 12 * MINUTE)
    if luck > 0.75:
        delay = source.uniform(40 * MINUTE, 3 * HOUR)
    if luck > 0.95:
        delay = source.uniform(3 * HOUR, 12 * HOUR)
    script.cron["late by 40 min to 12 h"] += luck > 0.75
    clone = source.randrange(script.clones)
    actions = [_run(source, script, planned + delay, clone)]
    if source.random() < 0.12 * script.size.trouble:
        other = (clone + 1) % script.clones
        script.cron["twice"] += 1
        after = source.choice((0.0, 0.5, 3.0, 60.0, 200.0, 600.0))
        actions.append(_run(source, script, planned + delay + after, other))
    return actions


def _run(source: random.Random, script: Script, at: float, clone: int) -> Action:
    trouble, accounts, calls = script.size.trouble, script.size.accounts, script.size.calls
    action: Action = {"do": "run", "at": at, "clone": clone, "faults": []}
    if source.random() < 0.12 * trouble:
        least = source.choice((1, 12, 12, 12))  # the first dozen steps only read
        action["kill"] = least + int(source.choice((30, 60, 120, 40 * calls)) * source.random())
    if source.random() < 0.1 * trouble:
        action["only"] = source.choice(sorted(script.houses))
    if source.random() < 0.03 * trouble:
        action["dirty"] = source.choice(script.posts).id
    action["lookahead"] = source.choice(("10m", "10m", "1m", "45m"))
    for _ in range(_count(source, 0.04 * min(accounts, 2 * calls) * trouble)):
        seconds = source.choice((20.0, 90.0, 169.0, 1200.0, 20000.0))
        number = source.randint(1, max(3, calls))
        action["faults"].append(["commit", number, source.choice(COMMIT_FAULTS), seconds])
    for kind, names, rate in (
        ("push", PUSH_FAULTS, 0.12),
        ("fetch", FETCH_FAULTS, 0.05),
        ("prepare", PREPARE_FAULTS, 0.06),
        ("find", FIND_FAULTS, 0.1),
    ):
        for _ in range(_count(source, rate * trouble)):
            number = source.randint(1, source.choice((5, max(5, calls))))
            action["faults"].append([kind, number, source.choice(names), 0.0])
    return action


def _count(source: random.Random, rate: float) -> int:
    return int(rate) + (source.random() < rate % 1)


def _edit(source: random.Random, script: Script, day: int) -> Action:
    kind = source.choice(
        (
            *("edit", "edit", "move", "rename", "rename", "reschedule", "expire", "cut", "delete"),
            *("revert", "rewind-main"),
        )
    )
    return {
        "do": kind,
        "at": _moment(source, day),
        "post": source.choice(script.posts).id,
        "by": source.choice((-2, -1, 1, 1, 2, 5)) * HOUR,
        "parts": source.choice((1, 2, 4)),
    }


def _freeze(source: random.Random, script: Script, day: int) -> list[Action]:
    house = script.houses[source.choice(sorted(script.houses))]
    account = f"{house.id}/{source.choice(sorted(house.accounts))}"
    scope = source.choice(("*", f"{house.id}/*", account))
    around = source.choice((source.uniform(-200, -20), source.uniform(-20, 60)))
    at = day * DAY + source.choice(SLOTS) * HOUR + around
    lasts = source.choice((30.0, 600.0, 20000.0, 100000.0))
    return [
        {"do": "freeze", "at": at, "scope": scope},
        {"do": "resume", "at": at + lasts, "scope": scope},
    ]
