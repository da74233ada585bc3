"""A simulated process: it counts its steps, dies at one of them, and meets its faults."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.schedule import Killed, current

if TYPE_CHECKING:
    from mimin.planning.plan import Line
    from simulator.clocks import Fault
    from simulator.world import World


@dataclass
class Runner:
    """One run of `mimin publish`, or one person at a keyboard."""

    world: World
    name: str
    clone: int
    seed: str
    head: str = ""
    """The commit of main that it has checked out."""
    kill_at: int | None = None
    faults: list[tuple[str, int, str, float]] = field(default_factory=list)
    """What it meets: kind of call, which of them, the fault, seconds."""
    person: bool = False
    clock: Fault | None = None
    """What is wrong with its clock; None for a true one."""
    jump: tuple[int, float] | None = None
    """At which step its clock jumps, and by how many seconds."""
    main: str = ""
    """The head of main when it started."""
    steps: int = 0
    started: float = 0.0
    code: int = -9
    """How it ended; -9 when it was killed."""
    dead: bool = False
    lines: list[Line] = field(default_factory=list)
    """The last plan that it made."""
    waiting: set[str] | None = None
    """What its first plan left to a later moment, or to a run that says itself how it ended."""
    named: set[str] = field(default_factory=set)
    """Deliveries that its output names."""
    errors: list[str] = field(default_factory=list)
    """What its output says of whole accounts."""
    last_due: dict[str, float] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Draw from a source of its own, so that leaving out an action changes no other."""
        self.random = random.Random(self.seed)  # noqa: S311 - to vary, not to hide

    @property
    def offset(self) -> float:
        """Seconds by which its clock is ahead now."""
        true = self.world.schedule.seconds
        return 0.0 if self.clock is None else self.clock.read(true) - true

    @property
    def local(self) -> float:
        """The present moment as its machine has it, as a timestamp."""
        return self.world.schedule.seconds + self.offset

    def alive(self) -> None:
        """Go on only if the runner has not died.

        Raises:
            Killed: if it has.
        """
        if self.dead:
            raise Killed

    def step(self, name: str) -> None:  # noqa: ARG002 - the name is for a debugger
        """Count one step; die if this is the one.

        Raises:
            Killed: at that step, and at all later ones.
        """
        self.alive()
        self.steps += 1
        if self.steps == self.kill_at:
            self.dead = True
            self.world.tally["kills"] += 1
            raise Killed

    def speaks_of(self, key: str, account: str) -> bool:
        """Tell whether its output names a delivery, or says what is wrong with its account."""
        return self.code != 0 and (
            key in self.named or any(account in text for text in self.errors)
        )

    def take(self, kind: str) -> tuple[str, float]:
        """Give the fault that this call meets; an empty name for none."""
        self.calls[kind] += 1
        for of, number, fault, seconds in self.faults:
            if of == kind and number == self.calls[kind]:
                self.world.tally[f"fault: {kind} {fault}"] += 1
                return fault, seconds
        return "", 0.0

    def spend(self, least: float, most: float) -> None:
        """Let time pass, and others move meanwhile."""
        seconds = self.random.uniform(least, most)
        tick = self.world.script.size.tick
        if tick:  # all who wait come back together, so that they share a push
            now = self.world.schedule.seconds
            seconds = math.ceil((now + seconds) / tick) * tick - now
        self.world.schedule.sleep(seconds)


def working() -> Runner | None:
    """Give the runner whose code is running."""
    task = current()
    return task.runner if task else None


def needed() -> Runner:
    """Give the runner whose code is running; there must be one."""
    runner = working()
    assert runner is not None  # noqa: S101 - the engine runs in a runner
    return runner
