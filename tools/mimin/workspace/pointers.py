"""Files of a work tree that are not what their blob id names, though git says they are unchanged.

A pointer of Git LFS and the file that it stands for have the same blob id, as the filter makes one
of the other; so have a text and what `ident` or another encoding makes of it. So whatever is
remembered of a blob says nothing before it is known which of both lies here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from mimin.workspace.ordinary import read_ordinary

_MARK = b"version https://git-lfs.github.com/spec/"
_LARGEST = 1024
"""No pointer is larger in bytes (git-lfs, specification of pointers)."""
_TEXT = (".md", ".yml")
_FILTER = re.compile("filter=")
_OF_TEXTS = re.compile(r"filter=(?!lfs\b)|\bident\b|working-tree-encoding")
"""Git LFS is for media; what it makes of a text is told by `mimin check` where it says so."""


def find_pointers(root: Path, paths: Iterable[str]) -> frozenset[str]:
    """Name the files that are pointers; no file is opened where git filters nothing."""
    listed = list(paths)
    if not _say(_FILTER, root, listed):
        return frozenset()
    return frozenset(
        path for path in listed if not path.endswith(_TEXT) and _is_pointer(root / path)
    )


def find_altered(
    root: Path, blobs: Mapping[str, str], is_stored: Callable[[bytes, str], bool]
) -> frozenset[str]:
    """Name the texts that git has in other words; none is opened where nothing alters them.

    Args:
        root: The work tree.
        blobs: Path → blob id.
        is_stored: Tells whether a content has a blob id.
    """
    if not _say(_OF_TEXTS, root, blobs):
        return frozenset()
    found = set()
    for path in (path for path in blobs if path.endswith(_TEXT)):
        with suppress(OSError):
            if not is_stored(read_ordinary(root / path), blobs[path]):
                found.add(path)
    return frozenset(found)


def _say(what: re.Pattern[str], root: Path, paths: Iterable[str]) -> bool:
    """Tell whether some attributes of the repository say *what*."""
    nested = (root / path for path in paths if path.endswith(".gitattributes"))
    for file in (root / ".gitattributes", root / ".git/info/attributes", *nested):
        with suppress(OSError):
            if what.search(read_ordinary(file).decode("latin-1")):
                return True
    return False


def _is_pointer(file: Path) -> bool:
    try:
        return file.lstat().st_size <= _LARGEST and read_ordinary(file).startswith(_MARK)
    except OSError:
        return False
