"""The states of the workspace that an approval is judged by, each examined at most once."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from types import TracebackType

from mimin.approval.merge import Merge, Source
from mimin.approval.revision import Revision, at_revision, scratch_cache
from mimin.git import Repository
from mimin.ledger.ledger import Book
from mimin.model.delivery import Delivery
from mimin.planning.difference import compare
from mimin.planning.examined import Examined
from mimin.workspace.workspace import Workspace


class States(AbstractContextManager["States"]):
    """Revisions of a workspace, laid out while this is open."""

    def __init__(self, workspace: Workspace, source: Source, merge: Merge) -> None:
        """Lay out nothing yet."""
        self._source = source
        self._merge = merge
        self._stack = ExitStack()
        self._cache = self._stack.enter_context(scratch_cache(workspace, source.repository))
        self._known: dict[str, Revision] = {}

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Clear everything away."""
        self._stack.close()

    def find(self, commit: str) -> Revision | None:
        """Give a revision; None when it can not be had any more."""
        if not self._source.has(commit):
            return None
        # A squashed commit and the head that it came from often hold the same files.
        tree = self._source.repository.text("rev-parse", f"{commit}^{{tree}}")
        if tree not in self._known:
            revision = at_revision(self._source.repository, commit, self._cache)
            self._known[tree] = self._stack.enter_context(revision)
        return self._known[tree]

    def need(self, commit: str) -> Revision:
        """Give a revision that must be there.

        Raises:
            MiminError: if it is not.
        """
        self._source.need(commit, "a commit")
        found = self.find(commit)
        assert found is not None  # noqa: S101 - `Source.need` has seen it
        return found

    def opened(self) -> list[Revision]:
        """Give every revision that was looked at."""
        return list(self._known.values())

    @property
    def merged_commit(self) -> str:
        """The commit that the base branch got."""
        return self._merge.merged

    @property
    def repository(self) -> Repository:
        """Where all commits are."""
        return self._source.repository

    @property
    def merged(self) -> Revision:
        """What the base branch got."""
        return self.need(self._merge.merged)

    def changed(self) -> dict[str, tuple[Delivery, Examined]]:
        """Give the deliveries that the pull request was about, as they were merged.

        Those that it added or changed, and those of posts whose text files it touches in any way:
        so a post that is out of step with its approval can be put before a reviewer again. What
        others changed on the base branch meanwhile is not among them.
        """
        before, after = (self.need(each) for each in (self._merge.fork, self._merge.head))
        keys = {change.delivery.key for change in compare(before.posts, after.posts, Book({}))}
        differing = self._source.repository.changed(self._merge.fork, self._merge.head)
        touched = {each.path for each in differing if each.path.endswith((".md", ".yml"))}
        return {
            key: (delivery, post)
            for key, (delivery, post) in self.merged.deliveries.items()
            if not post.draft and (key in keys or touched & post.inputs.keys())
        }
