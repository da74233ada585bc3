"""Who had a hand in a post's files: the people whose yes to it does not count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mimin.approval.history import names_of
from mimin.approval.origins import is_own, people, traces_of_files, traces_of_post
from mimin.git import Repository
from mimin.planning.examined import Examined

if TYPE_CHECKING:
    from mimin.networks.github import Commit


def files_of(posts: Iterable[Examined]) -> frozenset[str]:
    """Name all files that states of one post are made of."""
    return frozenset(path for post in posts for path in post.inputs)


class Hands:
    """The commits of a pull request, and which files each of them touches."""

    def __init__(self, repository: Repository, commits: Sequence[Commit]) -> None:
        """Look at *commits*, all of which must have been fetched."""
        self._commits = [(commit, _touched(repository, commit.sha)) for commit in commits]

    @property
    def files(self) -> frozenset[str]:
        """All files that any of the commits touches."""
        return frozenset().union(*(touched for _, touched in self._commits))

    def on(self, files: frozenset[str]) -> dict[str, str]:
        """Name who wrote or committed what touches *files*: login in small letters → commit."""
        found: dict[str, str] = {}
        for commit, touched in self._commits:
            if touched & files:
                for login in logins_of(commit):
                    found.setdefault(login, commit.sha[:10])
        return found

    def strangers(self) -> list[str]:
        """List commits whose author's address GitHub knows nobody by."""
        return [commit.sha[:10] for commit, _ in self._commits if commit.author is None]


def _touched(repository: Repository, commit: str) -> frozenset[str]:
    # `-c`: of a merge only what is as in none of its parents, so that taking in the base branch
    # makes nobody an author, and slipping a change into a merge does.
    listing = repository.run(
        "diff-tree", "-r", "-c", "--root", "--no-commit-id", "--name-only", "-z", commit
    )
    return frozenset(listing.decode("utf-8", "surrogateescape").split("\0")) - {""}


def logins_of(commit: Commit) -> set[str]:
    """Name the accounts behind a commit; where GitHub knows none, what the address gives away."""
    found: set[str] = set()
    sides = ((commit.author, commit.commit.author), (commit.committer, commit.commit.committer))
    for user, written in sides:
        if user is not None:
            found.add(user.login.casefold())
        elif written is not None:
            found |= names_of(written.name or "", written.email or "")
    return found


def authors_of(
    repository: Repository, post: Examined, *, committers: bool = False
) -> dict[str, str]:
    """Name the authors of a post as committed: name in small letters → commit.

    Of the post's own text and its variants every commit counts: who wrote it stays its author when
    somebody else mends a typo, or moves it. Of the brand's file and of card templates every commit
    counts too. Of pictures, which posts share, who brought the bytes and who put them there do.

    Args:
        repository: Where all of the history is.
        post: The post.
        committers: Whether who committed counts like who is written as the author.
    """
    traces = traces_of_post(repository, post)
    shared = [path for path in post.inputs if path.endswith(".yml") and not is_own(path, post)]
    traces += traces_of_files(repository, shared)
    return people(traces, committers=committers)
