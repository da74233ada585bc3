"""Where the real engine is tied to the simulated world: git's transport, threads, clock, pauses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import mimin.cli.publish
import mimin.cli.telling
import mimin.git
import mimin.publishing.desk
import mimin.publishing.run
from mimin.errors import GitError
from mimin.git import CommandError, Repository
from mimin.ledger.claiming import KEPT_APART
from mimin.networks.registry import ADAPTERS
from mimin.planning.plan import Action
from mimin.publishing.deliver import Step
from mimin.store import Branch
from simulator.clocks import SimulatedClock
from simulator.networks import register
from simulator.runner import needed, working
from simulator.schedule import Lock, Pool

_REMOTE = {"fetch", "push"}
_REAL_RUN = Repository.run
_REAL_PLAN = mimin.publishing.desk.Desk.plan
_REAL_TELL = mimin.cli.telling.Teller.tell
_REAL_SUM_UP = mimin.cli.telling.Teller.sum_up


class SimulatedBranch(Branch):
    """The real branch, whose lock and pauses belong to the simulated world."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Make it as the engine does."""
        super().__init__(*args, **options, pause=_pause)
        self._leading = Lock()  # type: ignore[assignment]


def _pause(_seconds: float) -> None:
    # The engine's own pause is random beyond our seed.
    runner = needed()
    runner.step("pause")
    runner.spend(0.01, 1.0)


def _run(self: Repository, *args: str, stdin: bytes = b"", timeout: float | None = None) -> bytes:
    runner = working()
    if runner is None:
        return _REAL_RUN(self, *args, stdin=stdin, timeout=timeout)
    runner.step(f"before git {args[0]}")
    if args[0] in _REMOTE:
        output = _remote(self, args, timeout)
    else:
        output = _REAL_RUN(self, *args, stdin=stdin, timeout=timeout)
    runner.step(f"after git {args[0]}")
    return output


def _remote(repository: Repository, args: tuple[str, ...], timeout: float | None) -> bytes:
    """Talk to the remote, as well as it can be reached."""
    runner = needed()
    world = runner.world
    runner.spend(0.2, 1.5)
    fault, _ = runner.take(args[0])
    if not fault and world.is_down(runner):
        fault = "unreachable"
        world.tally[f"fault: {args[0]} outage"] += 1
    if fault in {"unreachable", "cut", "rejected", "declined"}:
        raise _failure(args, fault)
    try:
        output = _REAL_RUN(repository, *args, timeout=timeout)
    finally:
        world.remote_moved = world.remote_moved or args[0] == "push"
    runner.step("sent")
    runner.spend(0.1, 0.8)
    if fault == "lost":
        raise _failure(args, fault)
    return output


def _failure(args: tuple[str, ...], fault: str) -> GitError:
    name = args[0]
    match fault:
        case "unreachable":
            return CommandError(name, 128, "", "fatal: simulated: Could not resolve host: forge")
        case "rejected":
            line = f"!\t{args[-1]}\t[rejected] (fetch first)\n"
            return CommandError(name, 1, line, "error: failed to push some refs")
        case "declined":
            line = f"!\t{args[-1]}\t[remote rejected] (pre-receive hook declined)\n"
            return CommandError(name, 1, line, "error: failed to push some refs")
        case "lost":
            return GitError(f"git {name}: no answer within 120 s; check the network and try again")
        case _:
            text = "fatal: simulated: the remote end hung up unexpectedly"
            return CommandError(name, 128, "", text)


def _plan(self: Any, *args: Any, **options: Any) -> Any:
    lines = _REAL_PLAN(self, *args, **options)
    runner = working()
    if runner is not None:
        runner.lines = lines
        if runner.waiting is None:
            runner.waiting = {line.delivery.key for line in lines if _left_to_others(line)}
    return lines


def _left_to_others(line: Any) -> bool:
    """Tell whether a plan leaves a line to a later moment, or to whoever takes away what blocks it.

    A run answers for what its first plan would send, and for what is blocked when it ends.
    """
    return line.start is not None or line.action is Action.BLOCKED


def _tell(self: Any, *args: Any, **options: Any) -> None:
    runner = working()
    if runner is not None:
        runner.step("tell")
        runner.named.add(args[0].key)
        if args[2] is Step.SKIPPED and KEPT_APART in args[3] and runner.waiting is not None:
            runner.waiting.add(args[0].key)
    _REAL_TELL(self, *args, **options)


def _sum_up(self: Any, outcome: Any, left: Any) -> int:
    runner = needed()
    runner.errors = list(outcome.errors)
    runner.named |= {sent.line.delivery.key for sent in outcome.sent if sent.note}
    runner.named |= {line.delivery.key for line in left}
    return _REAL_SUM_UP(self, outcome, left)


def _clock(_now: str | None, _folder: Path | None) -> SimulatedClock:
    return SimulatedClock(needed())


@contextmanager
def tied() -> Iterator[None]:
    """Tie the engine to the simulated world, as long as this lasts."""
    networks = register()
    cli, desk, run = mimin.cli.publish, mimin.publishing.desk, mimin.publishing.run
    changes: list[tuple[Any, str, Any]] = [
        (Repository, "run", _run),
        (desk, "Branch", SimulatedBranch),
        (desk.Desk, "plan", _plan),
        (run, "ThreadPoolExecutor", Pool),
        (cli, "clock_from", _clock),
        (cli, "name_run", lambda _now: needed().name),
        (mimin.cli.telling.Teller, "tell", _tell),
        (mimin.cli.telling.Teller, "sum_up", _sum_up),
    ]
    with ExitStack() as stack:
        stack.enter_context(patch.dict(ADAPTERS, networks))
        for owner, name, value in changes:
            stack.enter_context(patch.object(owner, name, value))
        yield
