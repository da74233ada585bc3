"""History: what the files of a branch held at any commit, without reading each of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mimin.store.containment import lost_lines

if TYPE_CHECKING:
    from mimin.git import Repository
    from mimin.store.containment import Keeps
    from mimin.store.snapshot import Snapshot

# Named one by one, as a user's configuration may change each of them.
_LOG = (
    *("log", "-z", "--raw", "--no-abbrev", "--no-renames", "--root", "--format=%H"),
    *("-m", "--no-show-signature", "--no-ext-diff", "--no-textconv"),
    *("--no-mailmap", "--no-relative", "--ignore-submodules=none", "--topo-order"),
)
_CHUNK = 200
"""Blobs read at once, so that a long history does not fill the memory."""


@dataclass(frozen=True)
class Version:
    """One form that a file had: its *blob* (None: there was no file), since *commit*."""

    commit: str
    blob: str | None


@dataclass(frozen=True)
class Loss:
    """Records that a file held at one time and does not hold now.

    Attributes:
        path: The file.
        lines: The records.
        commit: The commit that took them out; empty where it is not in this history.
    """

    path: str
    lines: tuple[bytes, ...]
    commit: str


def versions(
    repository: Repository, tips: Sequence[str], without: Sequence[str]
) -> dict[str, list[Version]]:
    """List per file what it was made by each commit of *tips*, newest first.

    Args:
        repository: Where the commits are.
        tips: Commits whose history is walked, themselves included.
        without: Commits that are left out with all of their history.
    """
    found: dict[str, list[Version]] = {}
    fields = iter(repository.run(*_LOG, *tips, "--not", *without, "--").split(b"\0"))
    commit = ""
    for entry in fields:
        field = entry.lstrip(b"\n")
        if not field.startswith(b":"):
            commit = field.decode("ascii") or commit
            continue
        path = next(fields).decode("utf-8", "surrogateescape")
        _, mode, _, blob, _ = field.decode("ascii").split(" ")
        is_file = mode.startswith(("100", "120"))
        found.setdefault(path, []).append(Version(commit, blob if is_file else None))
    return found


def losses(
    repository: Repository,
    snapshot: Snapshot,
    past: Mapping[str, list[Version]],
    keeps: Keeps,
) -> Iterator[Loss]:
    """Find what files held in the *past* and do not hold in *snapshot*, once for each file."""
    found = set()
    for path, index, old in differing(repository, snapshot, past):
        lines = lost_lines(old, snapshot.read(path), keeps) if path not in found else []
        if lines:
            found.add(path)
            yield Loss(path, tuple(lines), past[path][index - 1].commit if index else "")


def differing(
    repository: Repository, snapshot: Snapshot, past: Mapping[str, list[Version]]
) -> Iterator[tuple[str, int, bytes]]:
    """Read the versions that are not how the file begins in *snapshot*: path, place, content.

    Of a file the newest comes first, and older ones that it begins with are left out.
    """
    now = {path: snapshot.base.get(path) for path in past}
    changed = [path for path in past if any(each.blob != now[path] for each in past[path])]
    contents = snapshot.blobs(changed)
    places = [
        (path, index, blob)
        for path in changed
        for index, blob in _not_beginnings(past[path], contents.get(path, b""))
    ]
    known: dict[str, bytes] = {}
    for start in range(0, len(places), _CHUNK):
        part = places[start : start + _CHUNK]
        blobs = repository.contents(blob for _, _, blob in part)
        for path, index, blob in part:
            if not known.get(path, contents.get(path, b"")).startswith(blobs[blob]):
                known[path] = blobs[blob]
                yield path, index, blobs[blob]


def _not_beginnings(held: list[Version], content: bytes) -> list[tuple[int, str]]:
    first: dict[str, int] = {}
    for index, version in enumerate(held):
        if version.blob:
            first.setdefault(version.blob, index)
    for blob in _beginnings(content, set(first)):
        del first[blob]
    return [(index, blob) for blob, index in first.items()]


def _beginnings(content: bytes, blobs: set[str]) -> Iterator[str]:
    """Find those of *blobs* that are *content* up to the end of a line, by their ids alone.

    An id is a hash of the whole blob: nothing has to be read from git, which in a partial clone
    would be fetched one by one. The newest are looked for first; where many lines came in one
    commit, most beginnings were never a blob, so the search ends after a while.
    """
    left = set(blobs)
    sizes = {len(blob) for blob in blobs}
    hasher = hashlib.sha256 if 64 in sizes else hashlib.sha1
    view = memoryview(content)
    end = len(content)
    for _ in range(4 * len(blobs) + 64):
        if not left or end < 0:
            return
        name = hasher(b"blob %d\0" % end, usedforsecurity=False)
        name.update(view[:end])
        found = name.hexdigest()
        if found in left:
            left.remove(found)
            yield found
        if end == 0:
            return
        end = content.rfind(b"\n", 0, end - 1) + 1
