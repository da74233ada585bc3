"""The files of a workspace and what their bytes are, as cheaply as git can tell it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mimin.errors import WorkspaceError
from mimin.git import Repository
from mimin.workspace.ordinary import read_ordinary
from mimin.workspace.pointers import find_altered, find_pointers

FOLDERS = ("content", "calendar", "templates", "reports")
"""Every file below these is recognised or is a problem."""


@dataclass(frozen=True)
class Tree:
    """All files under the four folders; a file that git ignores is not among them."""

    root: Path
    blobs: Mapping[str, str]
    """Path → git blob id of the bytes as they are now, committed or not."""
    repository: Repository | None
    """The repository whose top the workspace is; None where it is none."""
    top: Path | None = None
    """Where the workspace lies below the top of a repository: that top."""
    pointers: frozenset[str] = frozenset()
    """Files that are not what their blob id names: Git LFS pointers, and texts that git alters."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """Files of the repository outside the four folders → blob id; empty for files that git does
    not have as they are and that nothing here reads."""

    @property
    def why_no_git(self) -> str:
        """Say why there is no repository to work with, and the way out."""
        if self.top is None:
            return f"{self.root} is not the top of a git repository; run `git init` there"
        return (
            f"{self.root} lies in the git repository {self.top} and not at its top, but a ledger "
            f"belongs to one workspace; move the folder to a repository of its own"
        )

    def mark(self, path: str) -> str:
        """Name the bytes that lie at *path* here, for what is remembered of them; empty for none.

        Unlike the blob id it differs between what git has and what it makes of that here.
        """
        return f"{self.blobs.get(path, '')}{'~' if path in self.pointers else ''}"

    def is_blob(self, path: str, content: bytes) -> bool:
        """Tell whether *content* is what git has at *path*, as filters such as Git LFS store it."""
        known = self.blobs.get(path)
        if blob_id(content) == known:
            return True
        if self.repository is None:
            return False
        stored = self.repository.run("hash-object", "--stdin", "--path", path, stdin=content)
        return stored.decode().strip() == known

    def is_as_stored(self, path: str, content: bytes) -> bool:
        """Tell whether *content* is byte by byte what git has at *path*, after no filter at all."""
        known = self.blobs.get(path) or self.beside.get(path) or ""
        return self.repository is None or known in {"", UNREADABLE} or _has_id(content, known)

    def read(self, path: str) -> bytes:
        """Read a file of the tree; never follows a symbolic link out of it.

        Raises:
            OSError: if it is not there, not readable, or a symbolic link.
        """
        return read_ordinary(f"{self.root}/{path}")

    def committed(self) -> Mapping[str, str]:
        """Map path → blob id of the files in the commit that is checked out; empty without one."""
        if self.repository is None or self.repository.head() is None:
            return {}
        return self.repository.files("HEAD", *FOLDERS)


def find_root(start: Path) -> Path:
    """Find the workspace that *start* is in: the nearest folder with a `content/` folder in it.

    Raises:
        WorkspaceError: if there is none up to the root of the disk.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "content").is_dir() and (folder / "mkdocs.yml").is_file():
            return folder
    raise WorkspaceError(
        f"{start} is not inside a workspace: no folder above it has content/ and mkdocs.yml; "
        "go to one, or name it with --workspace"
    )


def scan(root: Path) -> Tree:
    """List the workspace's files with their blob ids."""
    root = root.resolve()
    repository = Repository.discover(root)
    if repository is None or repository.root.resolve() != root:
        top = repository.root if repository else None
        return Tree(root, dict(_hash_all(root)), None, top=top)
    blobs: dict[str, str] = {}
    beside: dict[str, str] = {}
    for path, blob in repository.tracked().items():
        (blobs if _inside(path) else beside)[path] = blob
    for path, state in repository.dirty().items():
        inside, name = _inside(path), path.rstrip("/")
        if state == "D":
            (blobs if inside else beside).pop(path, None)
        elif inside:
            blobs[name] = _hash_file(root / path)
        else:
            beside[name] = _hash_file(root / path) if _is_read(name) else ""
    unlike = find_pointers(root, blobs) | find_altered(root, blobs, _has_id)
    return Tree(root, blobs, repository, pointers=unlike, beside=beside)


def _inside(path: str) -> bool:
    return path.startswith(("content/", "calendar/", "templates/", "reports/"))


def _is_read(path: str) -> bool:
    """Tell whether a file outside the four folders may be one that a check reads."""
    name = path.casefold()
    return path.endswith(("CODEOWNERS", ".yml", ".yaml")) or name.endswith(
        (".gitattributes", ".gitmodules")
    )


def _hash_all(root: Path) -> list[tuple[str, str]]:
    found = []
    for folder in FOLDERS:
        for base, folders, names in os.walk(root / folder):
            folders.sort()
            links = [name for name in folders if Path(base, name).is_symlink()]
            for name in sorted([*names, *links]):
                path = Path(base, name)
                found.append((path.relative_to(root).as_posix(), _hash_file(path)))
    return found


UNREADABLE = "unreadable"
"""In place of a blob id: the file is there, but nobody can read it. Whoever tries will say why."""


def _hash_file(path: Path) -> str:
    """Compute the id that git would give the file; of a link, that of its target's name."""
    try:
        return blob_id(os.fsencode(path.readlink()) if path.is_symlink() else read_ordinary(path))
    except OSError:
        return UNREADABLE


_SHA_256 = 64
"""Digits of an id in a repository that uses SHA-256."""


def _has_id(content: bytes, blob: str) -> bool:
    return blob_id(content, "sha256" if len(blob) == _SHA_256 else "sha1") == blob


def blob_id(content: bytes, algorithm: str = "sha1") -> str:
    """Compute the id that git gives to these bytes, in a repository of SHA-1 or SHA-256."""
    framed = b"blob %d\0" % len(content) + content
    return hashlib.new(algorithm, framed, usedforsecurity=False).hexdigest()
