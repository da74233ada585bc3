"""Checkout: whether the files here are the newest that a run has worked from.

An older checkout would send what was taken out since, and change what is out back to an earlier
text. The ledger knows the commit of every run, and the remote knows its branch; what they have and
the files here lack is told brand by brand, so that one brand's change holds up no other.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from mimin.errors import GitError, StoreError, UsageError
from mimin.git import NETWORK_TIMEOUT, Repository
from mimin.ledger.ledger import Ledger
from mimin.model.event import Event

FOLDERS = ("content", "calendar", "templates", ".github")
"""What decides what goes out, and whether it may."""


@dataclass(frozen=True)
class Checkout:
    """The commit of the files, and the brands for which there are newer ones."""

    commit: str = ""
    """Empty before the first commit, and without git."""
    stale: Mapping[str, str] = field(default_factory=dict)
    """Brand → the commit that has newer files."""
    noted: bool = False
    """Whether the ledger was told that a run works from this commit."""


_TRIES = 5


def begin(
    repository: Repository, remote: str | None, ledger: Ledger, brands: Iterable[str], run: Event
) -> Checkout:
    """Compare the files with those of other runs, and note the commit that this run works from.

    Args:
        repository: Where the files are checked out.
        remote: The remote; None where there is none.
        ledger: Where it is noted, if no brand is stale.
        brands: All brands.
        run: The event to note, without its commit.

    Raises:
        StoreError: if the ledger can not be read or written.
    """
    listed = list(brands)
    for _ in range(_TRIES):
        ran = ledger.read(fetch=False).ran
        found = look_at_checkout(repository, remote, ran, listed)
        if found.stale or found.commit in {"", ran}:
            return found
        event = run.model_copy(update={"commit": found.commit})
        if ledger.start(event, ran):
            return replace(found, noted=True)
    raise StoreError("other runs begin all the time, each from another commit; run again")


def go_on(
    repository: Repository, remote: str | None, ledger: Ledger, brands: Iterable[str], said: Event
) -> str:
    """Note that runs go on from the files here, though the last run worked from another commit.

    A commit that a run has seen may be thrown away (`git commit --amend`, `git reset`). Nobody can
    tell that from files that are older, so a person says it.

    Args:
        repository: Where the files are checked out.
        remote: The remote; None where there is none.
        ledger: Where it is noted.
        brands: All brands.
        said: The event to note, with the person and the reason, without its commit.

    Returns:
        The commit that the last run worked from; empty when it is part of the files here.

    Raises:
        UsageError: if the remote's branch has newer files: they are to be pulled.
        StoreError: if the ledger can not be read or written.
    """
    for _ in range(_TRIES):
        ran = ledger.read().ran
        found = look_at_checkout(repository, remote, "", brands)
        if found.stale:
            newer = next(iter(found.stale.values()))
            raise UsageError(f"{remote} has newer files (commit {newer[:12]}); `git pull` first")
        if not look_at_checkout(repository, remote, ran, brands).stale:
            return ""
        if ledger.start(said.model_copy(update={"commit": found.commit}), ran):
            return ran
    raise StoreError("runs begin all the time, each from another commit; try again")


def look_at_checkout(
    repository: Repository, remote: str | None, ran: str, brands: Iterable[str]
) -> Checkout:
    """Compare the files with the newest run's and with the remote's branch.

    Args:
        repository: Where the files are checked out.
        remote: The remote; None where there is none.
        ran: The commit that the newest run worked from; empty when there was none.
        brands: All brands.
    """
    head = repository.head()
    if head is None:
        return Checkout()
    known = list(brands)
    stale: dict[str, str] = {}
    for other in dict.fromkeys((ran, _published(repository, remote))):
        if other and other != head:
            for brand in _newer(repository, remote, head, other, known):
                stale.setdefault(brand, other)
    return Checkout(head, stale)


def _published(repository: Repository, remote: str | None) -> str:
    """Find the head of the branch on the remote that is published from; empty when it has none."""
    if remote is None:
        return ""
    try:
        branch = repository.text("symbolic-ref", "--quiet", "HEAD")
    except GitError:
        branch = "HEAD"
    try:
        listing = repository.text("ls-remote", remote, branch, "HEAD", timeout=NETWORK_TIMEOUT)
    except GitError as error:
        # Whoever can not tell whether the files are the newest must not send them.
        raise StoreError(
            f"{remote} can not be asked for its newest commit ({error}); nothing was sent, "
            "run again"
        ) from None
    found = {
        name: commit for commit, _, name in (row.partition("\t") for row in listing.split("\n"))
    }
    return found.get(branch) or found.get("HEAD") or ""


def _newer(
    repository: Repository, remote: str | None, head: str, other: str, brands: list[str]
) -> list[str]:
    """Name the brands of which *other* has something that *head* lacks."""
    if not _is_here(repository, remote, head, other):
        return brands
    if repository.is_ancestor(other, head):
        return []
    try:
        base = repository.text("merge-base", head, other)
    except GitError:
        return brands
    added = _differing(repository, base, other)
    missing = added & _differing(repository, head, other)
    return [brand for brand in brands if any(_concerns(path, brand) for path in missing)]


def _is_here(repository: Repository, remote: str | None, head: str, other: str) -> bool:
    """Tell whether *other* is here with what lies between, after fetching it where it is not.

    A shallow clone has no history to compare in, so its history is fetched.
    """
    shallow = repository.text("rev-parse", "--is-shallow-repository") == "true"
    if repository.resolve(other) and (not shallow or repository.is_ancestor(other, head)):
        return True
    if remote is not None:
        _fetch(repository, *(["--unshallow"] if shallow else []), remote)
        if repository.resolve(other) is None:
            _fetch(repository, remote, other)
    return repository.resolve(other) is not None


def _fetch(repository: Repository, *args: str) -> None:
    options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance")
    with contextlib.suppress(GitError):  # what did not come is looked for afterwards
        repository.run("fetch", *options, *args, timeout=NETWORK_TIMEOUT)


def _differing(repository: Repository, one: str, two: str) -> frozenset[str]:
    listing = repository.run("diff", "--name-only", "--no-renames", "-z", one, two, "--", *FOLDERS)
    return frozenset(listing.decode("utf-8", "surrogateescape").split("\0")) - {""}


def _concerns(path: str, brand: str) -> bool:
    folder, _, rest = path.partition("/")
    if folder == "content":
        return rest.partition("/")[0] == brand
    return path == f"calendar/{brand}.yml" or folder in {"templates", ".github"}
