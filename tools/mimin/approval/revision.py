"""The workspace as it was in a revision, examined with nothing of it believed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mimin.approval.shape import shape_of
from mimin.checks.check import survey
from mimin.checks.examine import compose_post
from mimin.checks.library import Library
from mimin.checks.version import code_version
from mimin.git import Repository
from mimin.model.delivery import Delivery
from mimin.model.payload import Payload
from mimin.networks.known import LIMITS
from mimin.networks.registry import NAMES
from mimin.planning.bond import Bond, bond_of, campaign_of
from mimin.planning.examined import Examined
from mimin.workspace.cache import Cache
from mimin.workspace.tree import FOLDERS
from mimin.workspace.workspace import Workspace, open_workspace


@dataclass(frozen=True)
class Revision:
    """A workspace in a revision, and what its posts add up to there."""

    workspace: Workspace
    cache: Path
    """Shared by the revisions that are compared, so that only what differs is examined again."""

    @cached_property
    def posts(self) -> tuple[Examined, ...]:
        """All posts, examined."""
        return survey(self.workspace, cache=self.cache).posts

    @cached_property
    def deliveries(self) -> dict[str, tuple[Delivery, Examined]]:
        """Map delivery key → what could go out as it is there."""
        return {
            delivery.key: (delivery, post)
            for post in self.posts
            if not post.broken
            for delivery in post.deliveries
            if delivery.digest
        }

    def shape(self, key: str) -> str:
        """Give the shape of a delivery's payload; empty when there is no such delivery."""
        if key not in self.deliveries:
            return ""
        delivery, post = self.deliveries[key]
        payload = compose_for(self.workspace, post.path, delivery.account)
        return shape_of(payload) if payload else ""

    def bond(self, delivery: Delivery, post: Examined) -> Bond:
        """Say where a delivery would go, and how late, as the files are there."""
        brand = self.workspace.brands[post.brand]
        return bond_of(delivery, post, brand, campaign_of(post, self.workspace.schedules))


def compose_for(workspace: Workspace, path: str, account: str) -> Payload | None:
    """Compose what an account gets of the post at *path*; None when that is not possible."""
    cache = Cache(workspace.private / "cache.sqlite3")
    try:
        library = Library(workspace.tree, cache, code_version(), workspace.private)
        composed = compose_post(workspace, path, library).payloads.get(account.partition("/")[2])
        return composed.payload if composed else None
    finally:
        cache.close()


@contextmanager
def at_revision(repository: Repository, commit: str, cache: Path) -> Iterator[Revision]:
    """Lay out the workspace as it is in *commit*, in a folder that is gone afterwards.

    Raises:
        GitError: if its files can not be laid out.
    """
    with tempfile.TemporaryDirectory(prefix="mimin-revision-") as folder:
        root = Path(folder, "workspace")
        root.mkdir()
        repository.lay_out(commit, FOLDERS, root)
        yield Revision(open_workspace(root, NAMES, frozenset(LIMITS)), cache)


@contextmanager
def scratch_cache(workspace: Workspace, repository: Repository) -> Iterator[Path]:
    """Give a copy of the cache of examined posts, or an empty one if it came with the repository.

    Whoever commits a cache could say in it what a file's digest is.
    """
    with tempfile.TemporaryDirectory(prefix="mimin-cache-") as folder:
        copy = Path(folder, "cache.sqlite3")
        kept = workspace.private / copy.name
        if kept.is_file() and not repository.text("ls-files", "--", workspace.private.name):
            with suppress(OSError):
                shutil.copyfile(kept, copy)
        yield copy
