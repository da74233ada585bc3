"""Who wrote what: the commits of every post, gathered in one pass over git's history."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from whenever import Instant

from mimin.errors import GitError
from mimin.foreign import read_json
from mimin.git import Repository
from mimin.workspace.cache import Cache

_NAME = "history"
_FOLDERS = ("content", "calendar")
_FORMAT = "--format=%x1e%H%x1f%at%x1f%aN%x1f%s"


@dataclass(frozen=True)
class Commit:
    """One commit that changed a file."""

    id: str
    at: Instant
    author: str
    subject: str


def read_history(repository: Repository | None, cache: Cache) -> Mapping[str, list[Commit]]:
    """Map every file under `content/` and `calendar/` to its commits, newest first.

    Files keep them when moved. Without git, or before the first commit, nobody is known to have
    written anything.
    """
    try:
        head = repository.head() if repository is not None else None
    except GitError:
        return {}
    if repository is None or head is None:
        return {}
    stamp, value = cache.load(_NAME).get(_NAME, ("", ""))
    walked = " ".join((head, *_FOLDERS))
    if stamp != walked:
        value = json.dumps(_walk(repository, head))
        cache.save([(_NAME, walked, value)])
    return _load(read_json(value))


def _walk(repository: Repository, head: str) -> list[object]:
    """List [commit, [path, …]] with each path under the name that it has today."""
    options = ("log", "-z", "-M", "--name-status", "--no-merges", _FORMAT, head)
    current: dict[str, str] = {}
    rows: list[object] = []
    for fields, changes in _entries(
        repository.run(*options, "--", *_FOLDERS).decode("utf-8", "replace")
    ):
        names = []
        for old, new in changes:
            today = current.get(new, new)
            names.append(today)
            if old != new:
                current[old] = today
        rows.append([*fields, names])
    return rows


def _entries(log: str) -> Iterator[tuple[list[str], list[tuple[str, str]]]]:
    for entry in log.split("\x1e")[1:]:
        head, _, rest = entry.partition("\0")
        fields = head.split("\x1f", 3)
        names = iter(rest.lstrip("\n").split("\0"))
        changes = []
        for status in names:
            letter = status.strip()[:1]
            if letter in {"R", "C"}:
                changes.append((next(names), next(names)))
            elif letter:
                name = next(names)
                changes.append((name, name))
        yield fields, changes


def _load(rows: list[list[object]]) -> dict[str, list[Commit]]:
    found: dict[str, list[Commit]] = {}
    for commit, at, author, subject, names in rows:
        moment = Instant.from_timestamp(int(str(at)))
        record = Commit(str(commit), moment, str(author), str(subject))
        assert isinstance(names, list)  # noqa: S101 - `_walk` wrote it
        for name in names:
            found.setdefault(str(name), []).append(record)
    return found
