"""The workspace as it was in a commit, read from git without laying out a file."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass

from mimin.errors import GitError
from mimin.git import Repository
from mimin.workspace.tree import FOLDERS, Tree


@dataclass(frozen=True)
class PastTree(Tree):
    """All files under the four folders as they were in one commit."""

    commit: str = ""

    def read(self, path: str) -> bytes:
        """Read a file as it was.

        Raises:
            OSError: if it was not there, or can not be had.
        """
        if path not in self.blobs:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        assert self.repository is not None  # noqa: S101 - `past_tree` gives one
        try:
            return self.repository.run("cat-file", "blob", self.blobs[path])
        except GitError as error:
            raise OSError(errno.EIO, str(error), path) from None


def past_tree(repository: Repository, commit: str) -> PastTree:
    """List the files of *commit*."""
    blobs = repository.files(commit, *FOLDERS)
    return PastTree(repository.root, blobs, repository, commit=commit)
