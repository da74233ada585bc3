"""Snapshots: a branch as it was at one commit, with what is about to be added to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mimin.errors import StoreError
from mimin.store.change import check_path, combine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mimin.git import Repository
    from mimin.store.change import Change


class Snapshot:
    """The files of one commit; nothing in it changes after it was taken.

    Within a transaction it also holds the changes of callers who share the commit and
    were asked before. Such a file has no blob id yet: `files` maps it to None.

    Attributes:
        commit: The commit read, or None while the branch has none.
        base: Path to blob id as committed.
        pending: What was decided on top of it and is not committed yet.
        files: All paths with their blob ids, `pending` included.
    """

    def __init__(
        self,
        repository: Repository,
        commit: str | None,
        base: Mapping[str, str],
        pending: Mapping[str, Change] | None = None,
        contents: dict[str, bytes] | None = None,
    ) -> None:
        self.commit = commit
        self.base = base
        self.pending: Mapping[str, Change] = pending or {}
        self.files = _merge(base, self.pending)
        self._repository = repository
        self._contents: dict[str, bytes] = {} if contents is None else contents

    @classmethod
    def load(
        cls, repository: Repository, commit: str | None, last: Snapshot | None = None
    ) -> Snapshot:
        """Take the snapshot of *commit*; contents that *last* has read are not read again."""
        if commit is None:
            return cls(repository, None, {})
        if last and last.commit == commit:
            return last
        base = {}
        for entry in repository.run("ls-tree", "-r", "-z", commit).split(b"\0")[:-1]:
            fields, _, path = entry.partition(b"\t")
            _, kind, blob = fields.decode("ascii").split(" ")
            if kind == "blob":
                base[path.decode("utf-8", "surrogateescape")] = blob
        known = last._contents if last else {}  # noqa: SLF001 - our own class
        kept = {blob: known[blob] for blob in base.values() if blob in known}
        return cls(repository, commit, base, contents=kept)

    def read(self, path: str) -> bytes:
        """Read one file; one that is not there is empty."""
        return self.blobs([path]).get(path, b"")

    def blobs(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Read many files with one git command, leaving out those that are not there."""
        found = {}
        for path, before in self._committed(paths).items():
            change = self.pending.get(path)
            content = change.apply(before) if change else before
            if content is not None:
                found[path] = content
        return found

    def outcome(self) -> dict[str, bytes | None]:
        """Compute the new content of every pending file; None where it is removed."""
        before = self._committed(self.pending)
        return {path: change.apply(before[path]) for path, change in self.pending.items()}

    def with_changes(self, changes: Mapping[str, Change]) -> Snapshot:
        """Return this snapshot as it is after *changes*."""
        pending = dict(self.pending)
        for path, change in changes.items():
            if path not in self.files:
                self._check_new(path)
            pending[path] = combine(pending.get(path), change)
        return Snapshot(self._repository, self.commit, self.base, pending, self._contents)

    def as_commit(
        self, commit: str, contents: Mapping[str, bytes | None], blobs: Mapping[str, str]
    ) -> Snapshot:
        """Return the snapshot of *commit*, which was made of this one, without reading it back."""
        base = {path: blob for path, blob in self.base.items() if path not in contents}
        base.update(blobs)
        known = {blob: contents[path] or b"" for path, blob in blobs.items()}
        left = set(base.values())
        kept = {blob: content for blob, content in self._contents.items() if blob in left}
        return Snapshot(self._repository, commit, base, contents=kept | known)

    def _committed(self, paths: Iterable[str]) -> dict[str, bytes | None]:
        blobs = {path: self.base.get(path) for path in paths}
        missing = {blob for blob in blobs.values() if blob and blob not in self._contents}
        self._contents.update(self._repository.contents(sorted(missing)))
        return {path: self._contents[blob] if blob else None for path, blob in blobs.items()}

    def _check_new(self, path: str) -> None:
        """Refuse a path through a file or onto a folder: git would drop what is there."""
        check_path(path)
        parts = path.split("/")
        parents = {"/".join(parts[:end]) for end in range(1, len(parts))}
        for other in self.files:
            if other in parents or other.startswith(f"{path}/"):
                raise StoreError(f"{path}: {other} is in the way; choose another name")


def _merge(base: Mapping[str, str], pending: Mapping[str, Change]) -> Mapping[str, str | None]:
    files: dict[str, str | None] = {**base}
    for path, change in pending.items():
        if change.apply(b"") is None:
            files.pop(path, None)
        else:
            files[path] = None
    return files
