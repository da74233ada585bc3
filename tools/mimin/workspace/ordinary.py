"""Ordinary files: the one rule for whatever reads a tree.

A symbolic link, a submodule, a pipe or a device is no file of a workspace. Nobody follows or reads
it: where it would lead is for this machine alone, and another machine has something else there. In
the work tree it is listed, so that `mimin check` says what it is; in a commit it is left out.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def read_ordinary(path: str | Path) -> bytes:
    """Read an ordinary file: no link that leads elsewhere, no pipe that never ends.

    Raises:
        OSError: if it is not there, not readable, or no ordinary file.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
        content = os.read(descriptor, found.st_size + 1)
        if len(content) == found.st_size:
            return content
        with os.fdopen(os.dup(descriptor), "rb") as rest:  # it is growing, or very large
            return content + rest.read()
    finally:
        os.close(descriptor)


_FLAGS = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK")
)


def why_not_ordinary(path: Path) -> str:
    """Say why *path* is no ordinary file; empty when it is one, or is not there."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return ""
    if stat.S_ISLNK(mode):
        return "it is a symbolic link"
    if stat.S_ISDIR(mode):
        return "it is a folder with a git repository of its own"
    return "" if stat.S_ISREG(mode) else "it is no ordinary file"


def leads_through_link(path: Path, top: Path) -> bool:
    """Tell whether *path*, which lies below *top*, is a symbolic link or lies behind one."""
    places = (place for place in (path, *path.parents) if place.is_relative_to(top))
    return any(place.is_symlink() for place in places if place != top)
