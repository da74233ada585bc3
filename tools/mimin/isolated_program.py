"""The program of an isolated process: import one module, give up all rights, then serve calls.

It runs by its path and outside of the package, with nothing but Python's own modules; see
`isolated`.
"""

from __future__ import annotations

import importlib
import json
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


def _give_up_rights(memory: int) -> None:
    """Open nothing more: no file, no connection, no program, which all need a new descriptor."""
    # What is imported from now on is not there, and is not looked for in files.
    sys.meta_path[:] = [BuiltinImporter, FrozenImporter]
    sys.addaudithook(_refuse)
    if resource is None:
        return
    for name, most in (
        ("RLIMIT_AS", memory),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NOFILE", 3),
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


def main() -> None:
    """Serve until nobody asks any more."""
    head, _ = _read()
    sys.path[:] = head["path"]
    module = importlib.import_module(head["module"])
    _give_up_rights(head["memory"])
    _write({}, [])
    while True:
        head, blobs = _read()
        _limit_time(head["seconds"])
        arguments = head["arguments"]
        function = getattr(module, arguments.pop("function"))
        try:
            value, made = function(arguments, blobs)
        except MemoryError:
            _write({"costly": "it needs more memory than there is for one file"}, [])
        except Exception as error:  # noqa: BLE001 - decoders raise nearly anything on bad bytes
            reason = str(error).partition("\n")[0] or type(error).__name__
            _write({"failed": reason}, [])
        else:
            _write({"value": value}, made)
        del blobs


if __name__ == "__main__":
    main()
