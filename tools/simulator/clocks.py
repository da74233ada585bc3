"""What time a runner believes it is: clocks that are wrong, that jump, and that stand still."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whenever import Instant

if TYPE_CHECKING:
    from simulator.actions import Action
    from simulator.runner import Runner
    from simulator.world import World

LIMIT = 60.0
"""Seconds that a clock may be wrong without harm: above it the engine sends nothing and says so."""


class Fault:
    """What is wrong with the clock of one machine, or of one run."""

    def __init__(self, offset: float = 0.0, *, stands: float | None = None) -> None:
        """Be *offset* seconds ahead; or stand still, at the timestamp *stands*."""
        self.offset = offset
        self.stands = stands

    def read(self, true: float) -> float:
        """Tell the time that such a clock shows at a true timestamp."""
        return true + self.offset if self.stands is None else self.stands


def set_clock(world: World, action: Action) -> None:
    """Put the clock of a machine wrong, or right again."""
    world.clocks.pop(action["clone"], None)
    if "seconds" in action:
        world.clocks[action["clone"]] = Fault(action["seconds"])


def clock_of(world: World, clone: int, action: Action) -> tuple[Fault | None, Any]:
    """Give what is wrong with a run's clock, and the jump that it makes: step and seconds."""
    now = world.schedule.seconds
    if "stands" in action:
        return Fault(stands=now + action["stands"]), None
    if "jump" in action:
        start, step, seconds = action["jump"]
        return Fault(start), (step, seconds)
    return world.clocks.get(clone), None


class SimulatedClock:
    """The clock that the engine is given."""

    def __init__(self, runner: Runner) -> None:
        """Tell the time as the runner's machine has it."""
        self._runner = runner

    def now(self) -> Any:
        """Tell the present moment, as far as this machine knows."""
        runner = self._runner
        schedule = runner.world.schedule
        if runner.clock is None:
            return schedule.now()
        if runner.jump is not None and runner.steps >= runner.jump[0]:
            runner.clock.offset += runner.jump[1]
            runner.jump = None
            runner.world.tally["fault: clock jumped"] += 1
        return Instant.from_timestamp(runner.clock.read(schedule.seconds))

    def wait_until(self, moment: Any) -> None:
        """Wait as long as this machine thinks that it takes, and let others move meanwhile."""
        self._runner.step("wait")
        seconds = moment.timestamp() - self.now().timestamp()
        rounding = 0.0 if self._runner.clock is None else 0.001
        self._runner.world.schedule.sleep(seconds + rounding)
        self._runner.step("waited")
