"""The workspace as it was in another revision, for comparing with what it is now."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from whenever import Instant, TimeDelta

from mimin.checks.check import Survey, survey
from mimin.errors import UsageError
from mimin.ledger.ledger import Book
from mimin.model.delivery import Delivery
from mimin.networks.known import LIMITS
from mimin.networks.registry import NAMES
from mimin.planning.blackout import Obstacle, obstacles
from mimin.planning.difference import Change, compare
from mimin.planning.examined import Examined
from mimin.planning.identity import NoRenames, identify
from mimin.planning.line import Rules
from mimin.workspace.renames import GitRenames
from mimin.workspace.tree import FOLDERS
from mimin.workspace.workspace import Workspace, open_workspace


def examine_base(workspace: Workspace, base: str) -> tuple[Examined, ...]:
    """Examine all posts as they are where the work left *base*.

    Raises:
        UsageError: if *base* is not a revision, or the workspace is not in git.
    """
    earlier = survey_base(workspace, base)
    return earlier.posts if earlier else ()


def changes_since(found: Survey, base: str, book: Book, now: Instant) -> list[Change]:
    """Compare a workspace with what it was where the work left *base*: what merging changes.

    Args:
        found: The workspace as it is.
        base: A revision.
        book: The ledger.
        now: The moment by which it is judged whether what is out can still be changed.

    Raises:
        UsageError: if *base* is not a revision, or the workspace is not in git.
    """
    earlier = survey_base(found.workspace, base)
    rules = Rules(now=now, lookahead=TimeDelta(), brands=found.workspace.all_brands)
    after, keeps = _seen(found, book)
    if earlier is None:
        return compare((), after, book, (keeps, keeps), rules)
    before, kept = _seen(earlier, book)
    return compare(before, after, book, (kept, keeps), rules)


def _seen(found: Survey, book: Book) -> tuple[Sequence[Examined], Obstacle]:
    """Give the posts as the ledger knows them, and what keeps a delivery from going out."""
    workspace = found.workspace
    repository = workspace.tree.repository
    renames = GitRenames(repository) if repository else NoRenames()
    known = identify(found.posts, workspace.all_brands, book, renames)
    others = obstacles(workspace.all_brands, workspace.schedules)

    def tell(post: Examined, delivery: Delivery) -> str:
        return known.doubts.get(delivery.key) or others(post, delivery)

    return known.posts, tell


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
    if not repository.files(fork, *FOLDERS):
        return None
    with tempfile.TemporaryDirectory(prefix="mimin-base-") as folder:
        repository.lay_out(fork, FOLDERS, Path(folder))
        earlier = open_workspace(Path(folder), NAMES, frozenset(LIMITS))
        return survey(earlier, cache=workspace.private / "cache.sqlite3", keep=False)
