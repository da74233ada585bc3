"""The workspace as it was in another revision, for comparing with what it is now."""

from __future__ import annotations

import tempfile
from pathlib import Path

from mimin.checks.check import Survey, survey
from mimin.errors import UsageError
from mimin.ledger.ledger import Book
from mimin.networks.known import LIMITS
from mimin.networks.registry import NAMES
from mimin.planning.blackout import obstacles
from mimin.planning.difference import Change, compare
from mimin.planning.examined import Examined
from mimin.workspace.tree import FOLDERS
from mimin.workspace.unpack import unpack
from mimin.workspace.workspace import Workspace, open_workspace


def examine_base(workspace: Workspace, base: str) -> tuple[Examined, ...]:
    """Examine all posts as they are where the work left *base*.

    Raises:
        UsageError: if *base* is not a revision, or the workspace is not in git.
    """
    earlier = survey_base(workspace, base)
    return earlier.posts if earlier else ()


def changes_since(found: Survey, base: str, book: Book) -> list[Change]:
    """Compare a workspace with what it was where the work left *base*: what merging changes.

    Raises:
        UsageError: if *base* is not a revision, or the workspace is not in git.
    """
    earlier = survey_base(found.workspace, base)
    now = obstacles(found.workspace.all_brands, found.workspace.schedules)
    if earlier is None:
        return compare((), found.posts, book, (now, now))
    before = earlier.workspace
    was = obstacles(before.all_brands, before.schedules)
    return compare(earlier.posts, found.posts, book, (was, now))


def survey_base(workspace: Workspace, base: str) -> Survey | None:
    """Survey the workspace as it is where the work left *base*; None where it was empty.

    Raises:
        UsageError: if *base* is not a revision, or the workspace is not in git.
    """
    repository = workspace.tree.repository
    if repository is None:
        raise UsageError(f"--base: {workspace.tree.why_no_git}, or leave --base out")
    if repository.resolve(base) is None:
        raise UsageError(
            f"--base {base}: there is no such revision here; fetch it, or name another"
        )
    fork = repository.text("merge-base", base, "HEAD")
    present = repository.text("ls-tree", "--name-only", fork, "--", *FOLDERS).splitlines()
    if not present:
        return None
    archive = repository.run("archive", "--format=tar", fork, "--", *present)
    with tempfile.TemporaryDirectory(prefix="mimin-base-") as folder:
        unpack(archive, Path(folder))
        earlier = open_workspace(Path(folder), NAMES, frozenset(LIMITS))
        return survey(earlier, cache=workspace.private / "cache.sqlite3", keep=False)
