"""What a pull request changes: the files to look at, and the posts that are new."""

from __future__ import annotations

from dataclasses import dataclass

from mimin.checks.check import Survey
from mimin.checks.owners import is_open
from mimin.errors import UsageError
from mimin.model.problem import Problem
from mimin.planning.examined import Examined
from mimin.workspace.codeowners import PLACES


@dataclass(frozen=True)
class Changes:
    """The files that differ from a base."""

    paths: frozenset[str]
    """All of them, also what is not committed yet; renamed ones by their new name."""
    added: frozenset[str]
    """Those that the base does not have under any name."""

    def touches(self, problem: Problem) -> bool:
        """Tell whether any file that a problem was judged by has changed."""
        return not self.paths.isdisjoint(problem.paths)


def limit_to_base(found: Survey, base: str) -> Changes:
    """Find what changed since the work left *base*.

    Raises:
        UsageError: if the workspace is not in git, or *base* is not a revision.
    """
    repository = found.workspace.tree.repository
    if repository is None:
        raise UsageError(f"--base: {found.workspace.tree.why_no_git}, or leave --base out")
    if repository.resolve(base) is None:
        raise UsageError(
            f"--base {base}: there is no such revision here; fetch it, or name another"
        )
    changed = repository.changed(base)
    paths = {change.path for change in changed}
    added = {change.path for change in changed if change.status == "A"}
    for path, state in repository.dirty().items():
        paths.add(path)
        if state == "?":
            added.add(path)
    return Changes(frozenset(paths | _readers(found, paths)), frozenset(added))


def _readers(found: Survey, paths: set[str]) -> set[str]:
    """Name the files that what changed is read for: also what has lost its brand or its post."""
    workspace = found.workspace
    readers: set[str] = set()
    brands = {path.split("/")[1] for path in paths if path.endswith("/brand.yml")}
    calendars = {path.removeprefix("calendar/") for path in paths if path.startswith("calendar/")}
    cards = any(path.startswith("templates/cards/") for path in paths)
    for path in workspace.tree.blobs:
        parts = path.split("/")
        if (
            (parts[0] in {"content", "calendar"} and parts[1].removesuffix(".yml") in brands)
            or (parts[0] == "content" and f"{parts[1]}.yml" in calendars)
            or f"{path.rpartition('/')[0]}/{_stem(parts[-1])}" in paths
        ):
            readers.add(path)
    if any(not is_open(path) for path in paths):
        readers.update(PLACES)  # who changes the machinery is told who else could
    for post in found.posts:
        if paths & post.inputs.keys() or (cards and _has_card(post)):
            readers |= {path for path in post.inputs if path.endswith((".md", ".link.yml"))}
    return readers


def _stem(name: str) -> str:
    """Name the post that a variant or link card stands beside."""
    return f"{name.partition('.')[0]}.md"


def _has_card(post: Examined) -> bool:
    return any(problem.code.startswith("card-") for problem in post.problems)
