"""A merged pull request in git: what was reviewed, what came of it, and what was there before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mimin.errors import GitError, MiminError
from mimin.git import NETWORK_TIMEOUT, Repository
from mimin.workspace.codeowners import PLACES

if TYPE_CHECKING:
    from mimin.networks.github import Pull

_MOST_COMMITS = 250
"""GitHub lists no more of a pull request."""


@dataclass(frozen=True)
class Merge:
    """The commits that matter; all of them are here."""

    merged: str
    """What the base branch got: a merge commit, a squashed one, or the last that was rebased."""
    head: str
    fork: str
    """The state of the base branch that the pull request was last built on."""


class Source:
    """Commits, fetched when they are not here."""

    def __init__(self, repository: Repository, remote: str | None) -> None:
        """Fetch from *remote*; with None, what is not here is missing."""
        self.repository = repository
        self._remote = remote

    def has(self, commit: str, ref: str | None = None) -> bool:
        """Tell whether *commit* is here, after fetching *ref*, or else the commit itself."""
        for wanted in (None, ref, commit):
            if wanted is not None:
                self._fetch(wanted)
            if self.repository.resolve(commit) is not None:
                return True
        return False

    def need(self, commit: str, what: str, ref: str | None = None) -> str:
        """Make sure that a commit is here.

        Raises:
            MiminError: if it can not be had.
        """
        if not self.has(commit, ref):
            raise MiminError(f"{what} ({commit[:10]}) is not here and can not be fetched")
        return commit

    def _fetch(self, wanted: str) -> None:
        if self._remote is None:
            return
        options = ("--quiet", "--no-tags", "--no-write-fetch-head")
        try:
            self.repository.run("fetch", *options, self._remote, wanted, timeout=NETWORK_TIMEOUT)
        except GitError:  # whoever asked sees that it is still missing, and says what that means
            return


def find_merge(source: Source, pull: Pull) -> Merge:
    """Find the commits of a pull request.

    Raises:
        MiminError: if it is not merged into the branch that is checked out, or can not be judged.
    """
    name = f"pull request #{pull.number}"
    if not pull.merged or pull.merge_commit_sha is None:
        raise MiminError(f"{name} is not merged; its approvals are recorded when it is")
    if pull.commits > _MOST_COMMITS:
        raise MiminError(
            f"{name} has {pull.commits} commits, and GitHub tells the authors of "
            f"{_MOST_COMMITS}; split it, or approve with `mimin approve --sign`"
        )
    repository = source.repository
    need_history(repository)
    merged = source.need(pull.merge_commit_sha, f"the merge of #{pull.number}")
    ref = f"refs/pull/{pull.number}/head"
    head = source.need(pull.head.sha, f"the head of #{pull.number}", ref)
    base = source.need(pull.base.sha, f"the base of #{pull.number}")
    if merged not in repository.text("rev-list", "--first-parent", "HEAD").splitlines():
        # Another branch has other approvers, and may have been made for that.
        raise MiminError(
            f"{name} went into {pull.base.ref}, which is not what is checked out here (or is not "
            "up to date); check out the branch that is published from"
        )
    parents = _parents(repository, merged)
    fork = _fork(repository, parents[0] if len(parents) > 1 else merged, head)
    if fork == head:  # somebody pushed the commits themselves to the base branch
        fork = _fork(repository, base, head)
    return Merge(merged, head, fork)


def rights_base(repository: Repository, pull: Pull, merge: Merge, touched: frozenset[str]) -> str:
    """Find the state of the base branch that says who may approve: the last before the merge.

    Of several rebased commits the first parent is one of the pull request's own. It is taken only
    if no commit of the pull request touches a file that says who may approve.
    """
    parents = _parents(repository, merge.merged)
    harmless = not any(path in PLACES or path.endswith("/brand.yml") for path in touched)
    if parents and (len(parents) > 1 or pull.commits == 1 or harmless):
        return parents[0]
    return pull.base.sha


def need_history(repository: Repository) -> None:
    """Refuse a shallow clone: in it everything seems to come from its oldest commit.

    Raises:
        MiminError: if this is one.
    """
    if repository.text("rev-parse", "--is-shallow-repository") == "true":
        raise MiminError(
            "this clone has no history, so nobody can tell who wrote what; "
            "fetch all of it (`fetch-depth: 0`, `git fetch --unshallow`)"
        )


def _parents(repository: Repository, commit: str) -> list[str]:
    return repository.text("rev-list", "--parents", "-n", "1", commit).split()[1:]


def _fork(repository: Repository, mainline: str, head: str) -> str:
    return repository.text("merge-base", mainline, head)
