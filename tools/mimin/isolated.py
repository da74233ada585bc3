"""Isolated calls: functions of ours that read strangers' bytes, in a process of their own.

The process has no secret and no environment, can open no file and no connection, has little memory
and time, and is ended when it takes more. Whatever a decoder is talked into stays in there. One
process a module serves many calls; it is started by the first.

On Linux it can not look into this process either, where the secrets are: `_keep_memory_private`.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

import mimin
from mimin.errors import MiminError
from mimin.foreign import read_json

MEMORY = 3 * 1024**3
"""Bytes of address space that such a process may have, with the bytes that it was given."""
_LONGEST_ANSWER = 256 * 1024**2
"""Bytes that are taken of one."""
_SLACK = 3
"""How many times as long as it may compute a call may take: other programs need the cores too."""
_PROGRAM = Path(__file__).with_name("isolated_program.py")
_KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""What Python itself may need to start; of the environment nothing else is handed on."""


_GRANTED = 4.0
"""Seconds of a call that no budget counts: the largest ordinary picture takes less."""
_GRANTED_BYTES = 20_000_000
"""For so many bytes there is one second more."""
_PR_SET_DUMPABLE = 4
"""From `linux/prctl.h`."""


class StoppedError(Exception):
    """The call broke down or was ended; the text says why."""

    def __init__(self, reason: str, *, sure: bool = True) -> None:
        """Keep the reason; not *sure* is what might go well another time, with the same bytes."""
        super().__init__(reason)
        self.sure = sure


class TooCostlyError(StoppedError):
    """It took more time or memory than there is for it, as in "it takes more than 20 s"."""


class FailedError(StoppedError):
    """The function itself has failed, most often at the bytes; the text is its reason."""


class IsolationError(MiminError):
    """No process could be started."""


class Answer(NamedTuple):
    """What a call gave."""

    value: object
    """Plain data; to be validated, as the bytes may have had a hand in it."""
    blobs: list[bytes]


@dataclass
class Budget:
    """Seconds that many calls may take together, beyond what each of them is granted."""

    whose: str
    """For the message, as in "this post"."""
    seconds: float
    used: float = 0


_budgets: ContextVar[tuple[Budget, ...]] = ContextVar("budgets", default=())


@contextmanager
def within(*budgets: Budget) -> Iterator[None]:
    """Count the calls inside on *budgets*; once one of them is used up, no call is made."""
    before = _budgets.set(budgets)
    try:
        yield
    finally:
        _budgets.reset(before)


def call(
    place: str,
    arguments: Mapping[str, object],
    blobs: Sequence[bytes] = (),
    *,
    seconds: float,
    told: Callable[[float], None] | None = None,
) -> Answer:
    """Call a function in the process of its module.

    Args:
        place: `module:function`. The module imports at its top all that it ever needs. The function
            takes the arguments and the blobs, and gives plain data and blobs.
        arguments: Plain data.
        blobs: Bytes.
        seconds: Of computing; it is ended when it needs more.
        told: Told which part is done, from 0 to 1, by a function that is a generator of it.

    A process that ends without an answer may have been ended for what it was not to blame for: too
    little memory or time on the whole machine. So a second process is asked once.

    Raises:
        StoppedError: if it was ended or broke down.
        TooCostlyError: if it took too long, or a budget is used up.
        IsolationError: if no process can be started.
    """
    for budget in _budgets.get():
        if budget.used > budget.seconds:
            reason = f"the media of {budget.whose} take more than {budget.seconds:.0f} s in all"
            raise TooCostlyError(reason, sure=False)
    module, _, function = place.partition(":")
    with _guard:
        process = _processes.setdefault(module, _Process(module))
    granted = _GRANTED + sum(map(len, blobs)) / _GRANTED_BYTES
    for again in (True, False):
        try:
            return process.call({"function": function, **arguments}, blobs, seconds, told)
        except StoppedError as error:
            if error.sure or not again:
                raise
        finally:
            for budget in _budgets.get():
                budget.used += max(0, process.took - granted)
    raise AssertionError("the second try returns or raises")


class _Process:
    """The process of one module; started when it is needed, and again when it had to be ended."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._number = 0
        self.took = 0.0
        """Seconds that the last call has computed."""

    def call(
        self,
        arguments: Mapping[str, object],
        blobs: Sequence[bytes],
        seconds: float,
        told: Callable[[float], None] | None = None,
    ) -> Answer:
        with self._turn:
            child = self._child or self._start()
            self._number += 1
            ended = threading.Event()

            def end() -> None:
                ended.set()
                child.kill()

            timer = threading.Timer(seconds * _SLACK, end)
            timer.daemon = True
            begun, said = time.monotonic(), 0.0
            timer.start()
            try:
                head = {"number": self._number, "seconds": seconds, "arguments": arguments}
                _write(child.stdin, head, blobs)
                head, found = _read(child.stdout, self._number)
                while "done" in head:
                    if told is not None:
                        told(_part(head))
                    head, found = _read(child.stdout, self._number)
                said = _seconds(head)
            except (OSError, EOFError, ValueError, struct.error) as error:
                reason = _reason(self._stop(), error, seconds, ended=ended.is_set())
                said = seconds if reason.sure else 0
                raise reason from None
            except BaseException:
                self._stop()
                raise
            finally:
                timer.cancel()
                timer.join()  # who forks has no other threads
                # What it says may be a lie; on a busy machine it waits longer than it computes.
                self.took = max(said, (time.monotonic() - begun) / _SLACK)
        if "costly" in head:
            raise TooCostlyError(str(head["costly"]))
        if "failed" in head:
            raise FailedError(str(head["failed"]))
        return Answer(head.get("value"), found)

    def _start(self) -> subprocess.Popen[bytes]:
        _keep_memory_private()
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        # Without the folder that somebody happens to be in: it may hold a file called `av.py`.
        path = [*filter(os.path.isabs, sys.path), str(Path(mimin.__file__).parents[1])]
        try:
            self._child = child = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                cwd=_PROGRAM.parent,
                start_new_session=True,  # what ends us at the keyboard is ours to handle
            )
        except OSError as error:
            message = f"no process can be started to open media in: {error}; free some memory"
            raise IsolationError(message) from None
        try:
            _write(child.stdin, {"path": path, "module": self._module, "memory": MEMORY}, ())
            _read(child.stdout, 0)
        except (OSError, EOFError, ValueError, struct.error):
            code = self._stop()
            message = (
                f"the process to open media in ended with {code} before it began; "
                f"see what `{sys.executable} -c 'import {self._module}'` says"
            )
            raise IsolationError(message) from None
        except BaseException:
            self._stop()  # its first words would be taken for the answer to the next call
            raise
        return child

    def _stop(self) -> int:
        """End the process; give what it ended with."""
        child, self._child = self._child, None
        if child is None:
            return 0
        try:
            with suppress(subprocess.TimeoutExpired):
                child.wait(0.1)  # what has ended by itself says why
        finally:  # also when this is interrupted
            if child.returncode is None:
                child.kill()
            _close(child)
        return child.wait()

    def finish(self) -> None:
        """Let the process end, as nothing more is asked of it."""
        self._stop()

    def forget(self) -> None:
        """Leave the process to the one that this one was forked from."""
        if self._child is not None:
            _close(self._child)
            self._child.returncode = 0  # it is not ours to wait for
        self._child = None
        self._turn = threading.Lock()


_guard = threading.Lock()
_processes: dict[str, _Process] = {}


def _finish() -> None:
    for process in _processes.values():
        process.finish()


def _forget() -> None:
    global _guard  # noqa: PLW0603 - another thread of the first process may hold it for ever
    _guard = threading.Lock()
    for process in _processes.values():
        process.forget()


atexit.register(_finish)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def _keep_memory_private() -> None:
    """Let no process of the same user read this one's memory or environment; on Linux alone.

    It would otherwise be there for whoever has taken over a decoder (`/proc/PID/environ`,
    `process_vm_readv`, ptrace). The superuser is not kept out. Source: PR_SET_DUMPABLE(2const).
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _close(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def _reason(code: int, error: Exception, seconds: float, *, ended: bool) -> StoppedError:
    if code == -getattr(signal, "SIGXCPU", -1):
        return TooCostlyError(f"it takes more than {seconds:.0f} s")
    if ended:  # by the clock, which also counts what the machine did for others
        return TooCostlyError(f"it takes more than {seconds:.0f} s", sure=False)
    if code < 0:
        return StoppedError(f"its decoder broke down, signal {-code}", sure=False)
    return StoppedError(f"its decoder broke down: {error or type(error).__name__}", sure=False)


def _seconds(head: Mapping[str, object]) -> float:
    took = head.get("took")
    if not isinstance(took, int | float) or not 0 <= took < 1e6:
        raise ValueError("no answer")
    return took


def _part(head: Mapping[str, object]) -> float:
    done = head["done"]
    if not isinstance(done, int | float) or not 0 <= done <= 1:
        raise ValueError("no answer")
    return done


def _write(pipe: IO[bytes] | None, head: Mapping[str, object], blobs: Sequence[bytes]) -> None:
    assert pipe is not None  # noqa: S101 - tells the type checker
    text = json.dumps({**head, "sizes": [len(blob) for blob in blobs]}).encode()
    pipe.write(struct.pack(">I", len(text)) + text)
    for blob in blobs:
        pipe.write(blob)
    pipe.flush()


def _read(pipe: IO[bytes] | None, number: int) -> tuple[dict[str, object], list[bytes]]:
    """Read the answer to a call; whoever sends it may have been talked into anything."""
    assert pipe is not None  # noqa: S101 - tells the type checker
    (length,) = struct.unpack(">I", _exactly(pipe, 4))
    head = read_json(_exactly(pipe, length))
    if not isinstance(head, dict) or not isinstance(head.get("sizes"), list):
        raise ValueError("no answer")  # noqa: TRY004 - one kind for all that is no answer
    if head.get("number") != number:
        raise ValueError("the answer to another call")
    if not all(isinstance(size, int) and size >= 0 for size in head["sizes"]):
        raise ValueError("no answer")
    if sum(head["sizes"]) > _LONGEST_ANSWER:
        raise ValueError("too long an answer")
    return head, [_exactly(pipe, size) for size in head["sizes"]]


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    if size > _LONGEST_ANSWER:
        raise ValueError("too long an answer")
    found = pipe.read(size)
    if len(found) != size:
        raise EOFError
    return found
