"""What time a runner believes it is: clocks that are wrong, that jump, and that stand still."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whenever import Instant

if TYPE_CHECKING:
    from simulator.runner import Runner

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
        return Instant.from_timestamp(runner.clock.read(schedule.seconds))

    def wait_until(self, moment: Any) -> None:
        """Wait as long as this machine thinks that it takes, and let others move meanwhile."""
        self._runner.step("wait")
        seconds = moment.timestamp() - self.now().timestamp()
        rounding = 0.0 if self._runner.clock is None else 0.001
        self._runner.world.schedule.sleep(seconds + rounding)
        self._runner.step("waited")
