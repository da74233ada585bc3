"""The clock that publishing lives by; the command line gives it a real or a fixed one."""

from __future__ import annotations

from typing import Protocol

from whenever import Instant

from mimin.errors import MiminError


class ClockError(MiminError):
    """This machine's clock can not be believed; the message says how to set it."""


class Clock(Protocol):
    """Tells the time, and waits for it."""

    def now(self) -> Instant:
        """Tell the present moment."""

    def wait_until(self, moment: Instant) -> None:
        """Return at *moment*, or at once when it has passed.

        Raises:
            ClockError: if the clock was set, or stood still, while it was waited for.
        """


class FixedClock:
    """A clock that only moves when somebody waits: for `--now`, simulations and tests."""

    def __init__(self, now: Instant) -> None:
        """Start at *now*."""
        self._now = now

    def now(self) -> Instant:
        """Tell the moment that was reached by waiting."""
        return self._now

    def wait_until(self, moment: Instant) -> None:
        """Be at *moment* at once; never goes back."""
        self._now = max(self._now, moment)
