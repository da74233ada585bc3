"""What a pull request changes: the files to look at, and the posts that are new."""

from __future__ import annotations

from dataclasses import dataclass

from mimin.errors import UsageError
from mimin.model.problem import Problem
from mimin.workspace.workspace import Workspace


@dataclass(frozen=True)
class Changes:
    """The files that differ from a base."""

    paths: frozenset[str]
    """All of them, also what is not committed yet; renamed ones by their new name."""
    added: frozenset[str]
    """Those that the base does not have under any name."""

    def touches(self, problem: Problem) -> bool:
        """Tell whether a problem is in what changed."""
        return problem.path in self.paths


def limit_to_base(workspace: Workspace, base: str) -> Changes:
    """Find what changed since the work left *base*.

    Raises:
        UsageError: if the workspace is not in git, or *base* is not a revision.
    """
    repository = workspace.tree.repository
    if repository is None:
        raise UsageError("--base needs a git repository; run `git init` or leave it out")
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
    return Changes(frozenset(paths | _readers(workspace, paths)), frozenset(added))


def _readers(workspace: Workspace, paths: set[str]) -> set[str]:
    """Name the posts that a changed brand, calendar, variant or media file belongs to."""
    found = set()
    brands = {path.split("/")[1] for path in paths if path.endswith("/brand.yml")}
    brands |= {path.split("/")[1].removesuffix(".yml") for path in paths if path.startswith("cal")}
    for main, files in workspace.layout.posts.items():
        if workspace.brand_of(main) in brands or paths & {*files.variants.values(), files.card}:
            found |= {main, *files.variants.values()}
    return found
