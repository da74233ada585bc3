"""Renames: what became of files since a commit, as git sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mimin.errors import GitError

if TYPE_CHECKING:
    from mimin.git import Repository


@dataclass(frozen=True)
class GitRenames:
    """Asks git, once for each commit; a commit that is not here tells of no rename."""

    repository: Repository
    folder: str = "content"
    _known: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def since(self, commit: str) -> Mapping[str, str]:
        """Give the renames from *commit* to what is checked out: old path → new path."""
        if commit not in self._known:
            self._known[commit] = self._ask(commit)
        return self._known[commit]

    def _ask(self, commit: str) -> Mapping[str, str]:
        # Two trees are compared and no history is walked, so a squash or a rebase hides nothing.
        options = ("--find-renames=40%", "--diff-filter=R", "--name-status", "-z")
        try:
            listing = self.repository.text(
                "diff", *options, f"{commit}^{{commit}}", "HEAD", "--", self.folder
            )
        except GitError:
            return {}
        fields = listing.split("\0")[:-1]
        return dict(zip(fields[1::3], fields[2::3], strict=True))
