"""The processor time that one post may take: it never holds up the posts of others.

Every text is bounded and every pattern is linear, so that no post should ever come near it. This
is for what nobody has thought of.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

from mimin.model.problem import Problem

SECONDS = 120.0
"""Of processor time; a post of many large pictures takes some seconds the first time."""

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


def within(work: Callable[[], T], instead: Callable[[Problem], T], path: str) -> T:
    """Do *work* for the post at *path*; give up when it takes too long, or nests too deep.

    Args:
        work: What is done.
        instead: Gives what comes of it when it is given up, from the problem that says so.
        path: Of the post.
    """
    armed = _possible()
    try:
        if armed:
            signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        try:
            return work()
        finally:
            if armed:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except OutOfTime:
        why = f"examining it took more than {SECONDS:.0f} s of processor time"
    except RecursionError:
        why = "it is nested too deep to be examined"
    message = f"{why}, so it was given up and is not sent; make it shorter and simpler"
    return instead(Problem(path=path, code="post-too-slow", message=message))


def _possible() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise OutOfTime
