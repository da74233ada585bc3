"""The processor time that a post and a brand may take: they never hold up the posts of others.

Every text is bounded and every pattern is linear, so that no post should ever come near it. This
is for what nobody has thought of.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

from mimin.model.problem import Problem

SECONDS = 60.0
"""Of processor time; a post of many large pictures takes some seconds the first time."""
BRAND_SECONDS = 120.0
"""For all posts of a brand that are examined anew; 10,000 ordinary ones take 5 s."""

T = TypeVar("T")


class OutOfTime(BaseException):
    """The time is used up; it ends whatever is under way."""


@contextmanager
def budgets() -> Iterator[None]:
    """Let `within` interrupt what takes too long: in the main thread, where the system can."""
    if not _possible():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _interrupt)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


class BrandTime:
    """What the posts of each brand have taken so far in this process."""

    def __init__(self) -> None:
        """Begin with nothing spent."""
        self._spent: dict[str, float] = {}

    def within(
        self, work: Callable[[], T], instead: Callable[[Problem], T], path: str, brand: str
    ) -> T:
        """Do *work* for the post at *path*; give up when it takes too long, or nests too deep.

        Args:
            work: What is done.
            instead: Gives what comes of it when it is given up, from the problem that says so.
            path: Of the post.
            brand: Whose post it is.
        """
        left = BRAND_SECONDS - self._spent.get(brand, 0.0)
        why = f"examining it took more than {SECONDS:.0f} s of processor time"
        if left < SECONDS:
            why = f"examining the posts of {brand} took more than {BRAND_SECONDS:.0f} s"
        if left > 0:
            started = time.process_time()
            try:
                return _interruptible(work, min(SECONDS, left))
            except OutOfTime:
                pass
            except RecursionError:
                why = "it is nested too deep to be examined"
            finally:
                spent = time.process_time() - started
                self._spent[brand] = self._spent.get(brand, 0.0) + spent
        message = f"{why}, so it was given up and is not sent; make it shorter and simpler"
        return instead(Problem(path=path, code="post-too-slow", message=message))


def _interruptible(work: Callable[[], T], seconds: float) -> T:
    if not _possible():
        return work()
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        return work()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _possible() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise OutOfTime
