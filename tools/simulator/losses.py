"""What is lost in silence: due, approved, not out, and no run that says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.content import Spec
    from simulator.runner import Runner
    from simulator.world import World

STILL_TO_SEND = {"due", "late", "retry", "resume", "later"}
_WAITS = {"unknown", "claimed", "held", "waiting"}
_BLOCKED = "!"


class Losses:
    """Judges the ends of runs: each post that a run saw is out, to come, or named."""

    def __init__(self, world: World, fail: Callable[[str, str], None]) -> None:
        """Judge a world; broken promises go to *fail*."""
        self._world = world
        self._fail = fail

    def run_ended(self, runner: Runner, code: int, started: float) -> None:
        """Look for what was lost in silence by a run that came to its end."""
        if not runner.lines and code:
            return  # it came to no plan, and said so
        named = {(line.post.path, line.delivery.account): line for line in runner.lines}
        for spec in self._world.main.heads[runner.head].specs.values():
            for alias in spec.accounts:
                account = f"{spec.brand}/{alias}"
                line = named.get((spec.path, account))
                if line is None:
                    self.lose(f"{spec.path} to {account} is in no line of the plan")
                elif not spec.retract:
                    self._judge(spec, account, line, runner, started)

    def _judge(self, spec: Spec, account: str, line: Any, runner: Runner, started: float) -> None:
        key, cause = line.delivery.key, str(line.cause)
        blocked = str(line.action) == _BLOCKED
        reals = self._world.main.reals(account, runner.head)
        missing = [
            piece
            for piece in spec.pieces
            if not any(self._world.wall.ever(real, piece) for real in reals)
        ]
        half = 0 < len(missing) < len(spec.pieces)
        due = spec.due <= min(started, started + runner.offset)
        if cause == "out":
            if missing:
                self.lose(f"{key} is said to be out, and {missing[0].text()!r} is not")
        elif cause == "claimed" and self._world.audit.claimed_lately(key):
            pass  # the run that has it says itself how it ends
        elif blocked and half and not runner.code:
            self.lose(f"{key} is out by half and {cause}, and the run said all is well")
        elif cause == "later" and half and not runner.code:
            self.lose(f"{key} is out by half and sleeps until its time, and nobody is told")
        elif cause in STILL_TO_SEND and due:
            waits = key in (runner.waiting or ()) or line.moment.timestamp() > started
            if not waits and not runner.speaks_of(key, line.delivery.account):
                self.lose(f"{key} was due, is planned as {cause!r}, and the run does not name it")
        elif (cause in _WAITS or (blocked and due)) and not runner.code:
            self.lose(f"{key} is {cause}, and the run said all is well")

    def lose(self, what: str) -> None:
        """Count a loss and note it."""
        self._world.tally["silent losses"] += 1
        self._fail("lost", what)
