"""A simulated world's time: threads that run one at a time, in an order that a seed decides.

The engine runs as it is, in threads of its own, but only one of them moves at any moment, and only
waiting (for the clock, a lock, git's remote or a network) hands over to the next. So the same seed
gives the same interleaving, and an hour of waiting takes no time at all.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from whenever import Instant

if TYPE_CHECKING:
    from simulator.runner import Runner


class Killed(BaseException):
    """The runner died here: nothing after this line was ever executed."""


class Task:
    """One thread of the simulated world."""

    def __init__(self, schedule: Schedule, work: Callable[[], Any], runner: Runner | None) -> None:
        """Wrap *work*; *runner* is the process that it belongs to."""
        self.schedule = schedule
        self.runner = runner
        self.work = work
        self.done = False
        self.result: Any = None
        self.error: BaseException | None = None
        self.group: Group | None = None
        self._go = threading.Semaphore(0)
        self._thread: threading.Thread | None = None

    def advance(self) -> None:
        """Let it run until it waits or ends. Called by the schedule alone."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._main, daemon=True)
            self._thread.start()
        else:
            self._go.release()
        self.schedule.turn.acquire()

    def pause(self) -> None:
        """Hand over; come back when the schedule says so, unless the runner has died."""
        self.schedule.turn.release()
        self._go.acquire()
        if self.runner is not None:
            self.runner.alive()

    def _main(self) -> None:
        _CURRENT.task = self
        try:
            self.result = self.work()
        except BaseException as error:  # noqa: BLE001 - handed to whoever joins
            self.error = error
        self.done = True
        if self.group is not None:
            self.group.ended()
        self.schedule.turn.release()


class _Current(threading.local):
    task: Task | None = None


_CURRENT = _Current()


def current() -> Task | None:
    """Give the task that is running; None outside the simulation."""
    return _CURRENT.task


class Schedule:
    """All tasks of a world, and its clock."""

    def __init__(self, start: Instant) -> None:
        """Begin at *start*."""
        self._start = start
        self._now = start.timestamp() * 1.0
        self._timers: list[tuple[float, int, Task]] = []
        self._numbers = itertools.count()
        self.ready: deque[Task] = deque()
        self.turn = threading.Semaphore(0)
        self.failure: BaseException | None = None

    @property
    def seconds(self) -> float:
        """The present moment as a timestamp."""
        return self._now

    def now(self) -> Instant:
        """Tell the present moment."""
        return Instant.from_timestamp(self._now)

    def spawn(
        self, work: Callable[[], Any], runner: Runner | None = None, at: float | None = None
    ) -> Task:
        """Start a task, now or at a moment."""
        task = Task(self, work, runner)
        if at is None:
            self.ready.append(task)
        else:
            heapq.heappush(self._timers, (at, next(self._numbers), task))
        return task

    def run(self) -> None:
        """Run until nothing is left to do; moves the clock only when everybody waits for it."""
        while self.ready or self._timers:
            if not self.ready:
                self._now = max(self._now, self._timers[0][0])
            while self._timers and self._timers[0][0] <= self._now:
                self.ready.append(heapq.heappop(self._timers)[2])
            task = self.ready.popleft()
            task.advance()
            if task.done and task.group is None and not isinstance(task.error, Killed | None):
                self.failure = self.failure or task.error

    def sleep(self, seconds: float) -> None:
        """Let the running task wait."""
        task = current()
        assert task is not None  # noqa: S101 - only tasks wait
        heapq.heappush(self._timers, (self._now + max(0.0, seconds), next(self._numbers), task))
        task.pause()

    def join(self, task: Task) -> None:
        """Let the running task wait for another one."""
        me = current()
        assert me is not None  # noqa: S101 - only tasks wait
        Group(me, [task])
        me.pause()


class Group:
    """Tasks that another one waits for."""

    def __init__(self, waiter: Task, tasks: list[Task]) -> None:
        """Let *waiter* go on when all *tasks* have ended."""
        self._waiter = waiter
        self._left = len(tasks)
        for task in tasks:
            task.group = self

    def ended(self) -> None:
        """Count one; wake the waiter with the last."""
        self._left -= 1
        if not self._left:
            self._waiter.schedule.ready.append(self._waiter)


class Lock:
    """A lock between tasks. Whoever asks lets all others go first, as a busy machine would."""

    def __init__(self) -> None:
        """Be free."""
        self._held = False
        self._waiting: deque[Task] = deque()

    def __enter__(self) -> None:
        """Take it, after everybody who is ready has moved."""
        task = current()
        if task is None:
            return
        task.schedule.ready.append(task)
        task.pause()
        while self._held:
            self._waiting.append(task)
            task.pause()
        self._held = True

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        if current() is None:
            return
        self._held = False
        while self._waiting:
            task = self._waiting.popleft()
            if not task.done:
                task.schedule.ready.append(task)


class Pool:
    """In place of the engine's thread pool: its threads are tasks."""

    def __init__(self, max_workers: int = 1) -> None:
        """Take any number of tasks; *max_workers* is not what is tested here."""
        self._workers = max_workers

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End; `map` has waited for all."""

    def map(self, work: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """Run *work* for all items side by side; give the results in order."""
        me = current()
        assert me is not None  # noqa: S101 - the engine runs in a task
        tasks = [me.schedule.spawn(_call(work, item), me.runner) for item in items]
        if tasks:
            Group(me, tasks)
            me.pause()
        for task in tasks:
            if task.error is not None:
                raise task.error
            yield task.result


def _call(work: Callable[[Any], Any], item: Any) -> Callable[[], Any]:
    return lambda: work(item)


@contextmanager
def outside() -> Iterator[None]:
    """Do something that is no part of the simulation, such as looking at the truth."""
    task, _CURRENT.task = _CURRENT.task, None
    try:
        yield
    finally:
        _CURRENT.task = task
