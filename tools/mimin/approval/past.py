"""The past of a post on GitHub: whose accounts wrote it in earlier pull requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mimin.approval.history import Trace
from mimin.approval.origins import traces_of_post
from mimin.approval.touching import logins_of
from mimin.git import Repository
from mimin.networks.github import MissingError
from mimin.planning.examined import Examined

if TYPE_CHECKING:
    from mimin.networks.github import Commit, GitHub


class Past:
    """The accounts behind commits; GitHub is asked about each commit once."""

    def __init__(
        self, repository: Repository, github: GitHub, commits: Sequence[Commit], revision: str
    ) -> None:
        """Look back from *revision*; of *commits* GitHub has told the accounts already."""
        self._repository = repository
        self._github = github
        self._revision = revision
        self._logins = {commit.sha: logins_of(commit) for commit in commits}
        self._posts: dict[str, dict[str, str]] = {}

    def on(self, post: Examined) -> dict[str, str]:
        """Name who wrote what a post shows: login in small letters → commit."""
        if post.path not in self._posts:
            traces = traces_of_post(self._repository, post, self._revision)
            self._posts[post.path] = self.people(traces)
        return self._posts[post.path]

    def people(self, traces: Iterable[Trace]) -> dict[str, str]:
        """Name the accounts behind commits: login in small letters → commit."""
        found: dict[str, str] = {}
        for trace in traces:
            for login in self._accounts(trace):
                found.setdefault(login, trace.commit[:10])
        return found

    def _accounts(self, trace: Trace) -> set[str]:
        if trace.commit not in self._logins:
            try:
                self._logins[trace.commit] = logins_of(self._github.commit(trace.commit))
            except MissingError:  # it was never pushed there; what stands in it is all there is
                self._logins[trace.commit] = set(trace.authors | trace.committers)
        return self._logins[trace.commit] | trace.others
