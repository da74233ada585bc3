"""History: what the files of a branch held at any commit, without reading each of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
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
    past: dict[str, list[Version]],
    keeps: Keeps,
) -> Iterator[Loss]:
    """Find what files held in the *past* and do not hold in *snapshot*."""
    for path, held in past.items():
        content = snapshot.read(path)
        for index, old in not_beginnings(repository, held, content):
            lines = lost_lines(old, content, keeps)
            if lines:
                commit = held[index - 1].commit if index else ""
                yield Loss(path, tuple(lines), commit)
                break


def not_beginnings(
    repository: Repository, held: list[Version], content: bytes
) -> Iterator[tuple[int, bytes]]:
    """Read the versions that are not how *content* begins, with their place in *held*."""
    wanted = {version.blob for version in held if version.blob}
    wanted -= set(_beginnings(content, wanted))
    seen: set[str | None] = set()
    places = []
    for index, version in enumerate(held):
        if version.blob in wanted and version.blob not in seen:
            seen.add(version.blob)
            places.append((index, str(version.blob)))
    known = content
    for start in range(0, len(places), _CHUNK):
        part = places[start : start + _CHUNK]
        contents = repository.contents(blob for _, blob in part)
        for index, blob in part:
            # The newest comes first, and the older ones are mostly how it begins.
            if not known.startswith(contents[blob]):
                known = contents[blob]
                yield index, known


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
