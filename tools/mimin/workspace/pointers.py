"""Git LFS: which files of a work tree are pointers still, though git has one name for both.

A pointer and the file that it stands for have the same blob id, as the filter makes one of the
other. So whatever is remembered of a blob says nothing before it is known which of both lies here.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from mimin.workspace.ordinary import read_ordinary

_MARK = b"version https://git-lfs.github.com/spec/"
_LARGEST = 1024
"""No pointer is larger in bytes (git-lfs, specification of pointers)."""
_TEXT = (".md", ".yml")


def find_pointers(root: Path, paths: Iterable[str]) -> frozenset[str]:
    """Name the files that are pointers; no file is opened where git filters nothing."""
    listed = list(paths)
    if not _filters(root, listed):
        return frozenset()
    return frozenset(
        path for path in listed if not path.endswith(_TEXT) and _is_pointer(root / path)
    )


def _filters(root: Path, paths: Iterable[str]) -> bool:
    """Tell whether some attributes of the repository name a filter."""
    nested = (root / path for path in paths if path.endswith(".gitattributes"))
    for file in (root / ".gitattributes", root / ".git/info/attributes", *nested):
        with suppress(OSError):
            if b"filter=" in read_ordinary(file):
                return True
    return False


def _is_pointer(file: Path) -> bool:
    try:
        return file.lstat().st_size <= _LARGEST and read_ordinary(file).startswith(_MARK)
    except OSError:
        return False
