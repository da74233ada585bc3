"""The program of an isolated process: import one module, give up all rights, then serve calls.

It runs by its path and outside of the package, with nothing but Python's own modules; see
`isolated`.
"""

from __future__ import annotations

import ctypes
import importlib
import inspect
import json
import os
import struct
import sys
import time
from importlib.machinery import BuiltinImporter, FrozenImporter
from typing import Any

try:
    import resource
except ImportError:  # Windows has no such limits; the time of a call is limited from outside
    resource = None  # type: ignore[assignment]

_REFUSED = (
    *("open", "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn"),
    *("os.fork", "os.startfile", "os.remove", "os.rename", "os.mkdir", "os.link", "os.symlink"),
    *("os.listdir", "os.scandir", "ctypes.", "pty.", "shutil.", "urllib.", "winreg."),
)


def _refuse(event: str, _: object) -> None:
    if event.startswith(_REFUSED):
        raise PermissionError(f"{event} is not for this process")


_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_RESTRICT_SELF = 446
"""Numbers of system calls, the same on all processors that Python has wheels for."""
_PR_SET_NO_NEW_PRIVS = 38
_OF_FILES = ((1, 0x1FFF), (2, 1 << 13), (3, 1 << 14), (5, 1 << 15))
"""Version of Landlock → the accesses to files that it has: all of them are refused."""


def _restrict() -> None:
    """Have Linux refuse files, programs, connections, and signals to and memory of others.

    A Linux before 5.13, or without Landlock, does not; then the limits below are all there is.
    Source: https://docs.kernel.org/userspace-api/landlock.html
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    number = ctypes.c_long(_LANDLOCK_CREATE_RULESET)
    version = libc.syscall(number, None, ctypes.c_size_t(0), ctypes.c_uint(1))
    if version < 1:
        return
    files = sum(bits for since, bits in _OF_FILES if version >= since)
    connections = 0b11 if version >= 4 else 0  # bind and connect of TCP
    others = 0b11 if version >= 6 else 0  # abstract sockets and signals
    refused = (ctypes.c_uint64 * 3)(files, connections, others)
    rules = libc.syscall(
        number, ctypes.byref(refused), ctypes.c_size_t(ctypes.sizeof(refused)), ctypes.c_uint(0)
    )
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    failed = libc.syscall(ctypes.c_long(_LANDLOCK_RESTRICT_SELF), rules, ctypes.c_uint(0))
    if rules < 0 or failed:
        raise PermissionError("Landlock is there and can not be used")
    os.close(rules)


def _give_up_rights(memory: int) -> None:
    """Open nothing more: no file, no connection, no program, which all need a new descriptor.

    With a limit of 0 there is none to be had, also when one of the three that are open is closed.
    """
    # What is imported from now on is not there, and is not looked for in files.
    sys.meta_path[:] = [BuiltinImporter, FrozenImporter]
    _restrict()
    sys.addaudithook(_refuse)
    if resource is None:
        return
    for name, most in (
        ("RLIMIT_AS", memory),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NOFILE", 0),
        ("RLIMIT_NPROC", 0),
    ):
        limit = getattr(resource, name, None)
        if limit is not None:
            _, hard = resource.getrlimit(limit)
            least = most if hard == resource.RLIM_INFINITY else min(most, hard)
            try:
                resource.setrlimit(limit, (least, least))
            except (ValueError, OSError):
                if name != "RLIMIT_AS":  # which macOS has and does not take
                    raise


def _limit_time(seconds: float) -> None:
    """Let the next call compute so long; the system ends the process that does not keep to it."""
    if resource is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        until = int(time.process_time() + seconds) + 1
        until = until if hard == resource.RLIM_INFINITY else min(until, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


def _read() -> tuple[dict[str, Any], list[bytes]]:
    start = sys.stdin.buffer.read(4)
    if len(start) < 4:
        sys.exit()
    head = json.loads(sys.stdin.buffer.read(struct.unpack(">I", start)[0]))
    return head, [sys.stdin.buffer.read(size) for size in head["sizes"]]


def _write(head: dict[str, object], blobs: list[bytes]) -> None:
    text = json.dumps({**head, "sizes": [len(blob) for blob in blobs]}).encode()
    sys.stdout.buffer.write(struct.pack(">I", len(text)) + text)
    for blob in blobs:
        sys.stdout.buffer.write(blob)
    sys.stdout.buffer.flush()


def _finish(result: Any, number: int) -> tuple[Any, list[bytes]]:
    """Give what a function came to; one that takes long gives on the way which part is done."""
    while inspect.isgenerator(result):
        try:
            _write({"number": number, "done": next(result)}, [])
        except StopIteration as end:
            result = end.value
    found: tuple[Any, list[bytes]] = result
    return found


def main() -> None:
    """Serve until nobody asks any more."""
    head, _ = _read()
    sys.path[:] = head["path"]
    module = importlib.import_module(head["module"])
    _give_up_rights(head["memory"])
    _write({"number": 0}, [])
    while True:
        head, blobs = _read()
        begun = time.process_time()
        _limit_time(head["seconds"])
        arguments = head["arguments"]
        function = getattr(module, arguments.pop("function"))
        made: list[bytes] = []
        try:
            value, made = _finish(function(arguments, blobs), head["number"])
            answer = {"value": value}
        except MemoryError:
            answer = {"costly": "it needs more memory than there is for one file"}
        except Exception as error:  # noqa: BLE001 - decoders raise nearly anything on bad bytes
            answer = {"failed": str(error).partition("\n")[0] or type(error).__name__}
        took = time.process_time() - begun
        _write({"number": head["number"], "took": took, **answer}, made)
        del blobs, made


if __name__ == "__main__":
    main()
