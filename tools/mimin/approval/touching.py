"""Who had a hand in a post's files: the people whose yes to it does not count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mimin.git import Repository
from mimin.planning.examined import Examined

if TYPE_CHECKING:
    from mimin.networks.github import Commit

_NO_REPLY = re.compile(r"(?:\d+\+)?([A-Za-z0-9-]+)@users\.noreply\.github\.com")
_TRAILER = "%(trailers:key=Co-authored-by,valueonly,separator=%x1f)"


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
                for login in _logins(commit):
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


def _logins(commit: Commit) -> set[str]:
    """Name the accounts behind a commit; where GitHub knows none, what the address gives away."""
    found: set[str] = set()
    sides = ((commit.author, commit.commit.author), (commit.committer, commit.commit.committer))
    for user, written in sides:
        if user is not None:
            found.add(user.login.casefold())
        elif written is not None:
            found |= names_of(written.name or "", written.email or "")
    return found


def names_of(name: str, email: str) -> set[str]:
    """Give every name that somebody who is written in a commit may be known by."""
    names = {name, email}
    no_reply = _NO_REPLY.fullmatch(email)
    if no_reply:
        names.add(no_reply[1])
    return {each.strip().casefold() for each in names} - {""}


def authors_of(repository: Repository, post: Examined) -> dict[str, str]:
    """Name the authors of a post as committed: name in small letters → commit.

    Of the post's own text and its variants every commit counts: who wrote it stays its author when
    somebody else mends a typo. Of pictures, which posts share, the last one does.
    """
    found: dict[str, str] = {}
    for path in post.inputs:
        limit = () if path.endswith((".md", ".yml")) else ("-1",)
        found = _history(repository, path, limit) | found
    return found


def _history(repository: Repository, path: str, limit: tuple[str, ...]) -> dict[str, str]:
    form = f"--format=%x1e%h%x1f%an%x1f%ae%x1f{_TRAILER}"
    text = repository.run("log", *limit, form, "HEAD", "--", path).decode("utf-8", "replace")
    found: dict[str, str] = {}
    for entry in text.split("\x1e")[1:]:
        commit, name, email, *others = entry.strip("\n").split("\x1f")
        people = names_of(name, email)
        for other in others:
            called, _, address = other.strip().rstrip(">").rpartition("<")
            people |= names_of(called, address)
        for person in people:
            found.setdefault(person, commit)
    return found
