"""The states of the workspace that an approval is judged by, each examined at most once."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from types import TracebackType

from mimin.approval.merge import Merge, Source
from mimin.approval.revision import Revision, at_revision, scratch_cache
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
        self._known: dict[str, Revision | None] = {}

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
        if commit not in self._known:
            self._known[commit] = self._open(commit) if self._source.has(commit) else None
        return self._known[commit]

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
        return [revision for revision in self._known.values() if revision is not None]

    @property
    def merged(self) -> Revision:
        """What the base branch got."""
        return self.need(self._merge.merged)

    def changed(self) -> dict[str, tuple[Delivery, Examined]]:
        """Give the deliveries that the pull request added or changed, as they were merged.

        What others changed on the base branch meanwhile is not among them.
        """
        before, after = (self.need(each) for each in (self._merge.fork, self._merge.head))
        keys = {change.delivery.key for change in compare(before.posts, after.posts, Book({}))}
        found = self.merged.deliveries
        return {key: pair for key, pair in found.items() if key in keys and not pair[1].draft}

    def _open(self, commit: str) -> Revision:
        revision = at_revision(self._source.repository, commit, self._cache)
        return self._stack.enter_context(revision)
