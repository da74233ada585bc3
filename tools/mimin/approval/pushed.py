"""What a push brought: the pull requests whose merge is among its commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mimin.git import Repository
    from mimin.networks.github import GitHub

_MOST = 50
"""Commits of one push that GitHub is asked about: each is a request."""


def merged_since(repository: Repository, github: GitHub, before: str) -> list[int]:
    """Find the numbers of the pull requests that were merged since the commit *before*.

    Where *before* is not here (the branch is new, or was pushed by force), only the newest commit
    is looked at. A pull request whose commits came along with another one's merge does not count:
    it went into another branch, with approvers of its own.

    Raises:
        GitHubError: if GitHub does not say.
    """
    span = [f"^{before}"] if before.strip("0") and repository.resolve(before) else ["--max-count=1"]
    listing = repository.text("rev-list", "--first-parent", f"--max-count={_MOST}", "HEAD", *span)
    commits = listing.splitlines()
    found = [pull for commit in commits for pull in github.pulls_of(commit)]
    return sorted({p.number for p in found if p.merged_at and p.merge_commit_sha in commits})
