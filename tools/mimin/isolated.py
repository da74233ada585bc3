"""Isolated calls: functions of ours that read strangers' bytes, in a process of their own.

The process has no secret and no environment, can open no file and no connection, has little memory
and time, and is ended when it takes more. Whatever a decoder is talked into stays in there. One
process a module serves many calls; it is started by the first.
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
from collections.abc import Mapping, Sequence
from contextlib import suppress
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


class StoppedError(Exception):
    """The call broke down or was ended; the text says why."""


class TooCostlyError(StoppedError):
    """It took more time or memory than there is for it, as in "it takes more than 20 s"."""


class IsolationError(MiminError):
    """No process could be started."""


class Answer(NamedTuple):
    """What a call gave."""

    value: object
    """Plain data; to be validated, as the bytes may have had a hand in it."""
    blobs: list[bytes]


def call(
    place: str, arguments: Mapping[str, object], blobs: Sequence[bytes] = (), *, seconds: float
) -> Answer:
    """Call a function in the process of its module.

    Args:
        place: `module:function`. The module imports at its top all that it ever needs. The function
            takes the arguments and the blobs, and gives plain data and blobs.
        arguments: Plain data.
        blobs: Bytes.
        seconds: Of computing; it is ended when it needs more.

    Raises:
        StoppedError: if it was ended or broke down.
        IsolationError: if no process can be started.
    """
    module, _, function = place.partition(":")
    with _guard:
        process = _processes.setdefault(module, _Process(module))
    return process.call({"function": function, **arguments}, blobs, seconds)


class _Process:
    """The process of one module; started when it is needed, and again when it had to be ended."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def call(
        self, arguments: Mapping[str, object], blobs: Sequence[bytes], seconds: float
    ) -> Answer:
        with self._turn:
            child = self._child or self._start()
            ended = threading.Event()

            def end() -> None:
                ended.set()
                child.kill()

            timer = threading.Timer(seconds * _SLACK, end)
            timer.daemon = True
            timer.start()
            try:
                _write(child.stdin, {"seconds": seconds, "arguments": arguments}, blobs)
                head, found = _read(child.stdout)
            except (OSError, EOFError, ValueError, struct.error) as error:
                raise _reason(self._stop(), error, seconds, ended=ended.is_set()) from None
            except BaseException:
                self._stop()
                raise
            finally:
                timer.cancel()
                timer.join()  # who forks has no other threads
        if "costly" in head:
            raise TooCostlyError(str(head["costly"]))
        if "failed" in head:
            raise StoppedError(str(head["failed"]))
        return Answer(head.get("value"), found)

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        # Without the folder that somebody happens to be in: it may hold a file called `av.py`.
        path = [*filter(os.path.isabs, sys.path), str(Path(mimin.__file__).parents[1])]
        try:
            child = subprocess.Popen(
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
        self._child = child
        try:
            _write(child.stdin, {"path": path, "module": self._module, "memory": MEMORY}, ())
            _read(child.stdout)
        except (OSError, EOFError, ValueError, struct.error):
            code = self._stop()
            message = (
                f"the process to open media in ended with {code} before it began; "
                f"see what `{sys.executable} -c 'import {self._module}'` says"
            )
            raise IsolationError(message) from None
        return child

    def _stop(self) -> int:
        """End the process; give what it ended with."""
        child, self._child = self._child, None
        if child is None:
            return 0
        with suppress(subprocess.TimeoutExpired):
            child.wait(0.1)  # what has ended by itself says why
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


def _close(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def _reason(code: int, error: Exception, seconds: float, *, ended: bool) -> StoppedError:
    if ended or code == -getattr(signal, "SIGXCPU", -1):
        return TooCostlyError(f"it takes more than {seconds:.0f} s")
    if code < 0:
        return StoppedError(f"its decoder broke down, signal {-code}")
    return StoppedError(f"its decoder broke down: {error or type(error).__name__}")


def _write(pipe: IO[bytes] | None, head: Mapping[str, object], blobs: Sequence[bytes]) -> None:
    assert pipe is not None  # noqa: S101 - tells the type checker
    text = json.dumps({**head, "sizes": [len(blob) for blob in blobs]}).encode()
    pipe.write(struct.pack(">I", len(text)) + text)
    for blob in blobs:
        pipe.write(blob)
    pipe.flush()


def _read(pipe: IO[bytes] | None) -> tuple[dict[str, object], list[bytes]]:
    """Read an answer; whoever sends it may have been talked into anything."""
    assert pipe is not None  # noqa: S101 - tells the type checker
    (length,) = struct.unpack(">I", _exactly(pipe, 4))
    head = read_json(_exactly(pipe, length))
    if not isinstance(head, dict) or not isinstance(head.get("sizes"), list):
        raise ValueError("no answer")  # noqa: TRY004 - one kind for all that is no answer
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
