"""Upstream: where a branch lives, on a remote or only here, and how its head is moved safely."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from mimin.errors import GitError, StoreError
from mimin.git import NETWORK_TIMEOUT, CommandError

if TYPE_CHECKING:
    from mimin.git import Repository

# No `+` in the refspec and a ref that is ours alone: a user's own `git fetch` moves
# `refs/remotes/` also after a forced push, and would make us forget what we have seen.
_FETCH = (
    *("fetch", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"),
    *("--no-auto-maintenance", "--show-forced-updates", "--refmap="),
)
_PUSH = ("push", "--porcelain", "--no-verify", "--no-signed", "--no-follow-tags")
_LOCKED = ("cannot lock ref", "Unable to create", "failed to update ref", "unable to update")
# The remote's own word on this ref when two pushes meet there: the loser's is not carried out
# (builtin/receive-pack.c, update and execute_commands).
_RACED = ("failed to update ref", "cannot lock ref", "incorrect old value provided")
_FORBIDDEN = ("declined", "denied", "prohibited", "not permitted", "checked out")
_NO_ACCESS = ("returned error: 401", "returned error: 403", "Authentication failed")
_NO_CONNECTION = ("Could not resolve host", "Connection refused", "not appear to be a git repo")


class UnreachableError(StoreError):
    """The remote could not be asked."""


class RewrittenError(StoreError):
    """The branch lost commits that were seen on it."""


class Busy(Exception):  # noqa: N818 - a fact the transaction decides on, not an error
    """Another git command is at work on the same ref."""


class Verdict(Enum):
    """What became of an attempt to move the head."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"  # proof that it was not moved
    UNCLEAR = "unclear"  # may or may not have been moved


@dataclass(frozen=True)
class Place:
    """The branch's *head*, where the *local* branch is, and what was *seen* on the remote."""

    head: str | None
    local: str | None
    seen: str | None

    def after(self, commit: str, *, pushed: bool) -> Place:
        """Return where the branch stands once its head was moved to *commit*."""
        return Place(commit, self.local, commit) if pushed else Place(commit, commit, self.seen)


@dataclass(frozen=True)
class Upstream:
    """The branch *name* on *remote*, or only in this repository when that is None."""

    repository: Repository
    name: str
    remote: str | None

    @property
    def branch(self) -> str:
        """The branch's full name, here and on the remote."""
        return f"refs/heads/{self.name}"

    @property
    def seen(self) -> str:
        """The ref that remembers the remote's head."""
        return f"refs/mimin/seen/{self.name}"

    def locate(self, *, fetch: bool = True) -> Place:
        """Find the branch's head, after asking the remote.

        Events recorded offline on a local branch count too: the head is whichever was
        built on the other.

        Raises:
            UnreachableError: the remote could not be asked.
            RewrittenError: commits are gone, or local and remote have parted.
            Busy: somebody else works on the ref; try again.
        """
        exists = self._fetch() if fetch and self.remote else True
        refs = self._refs()
        local, seen = refs.get(self.branch), refs.get(self.seen)
        if seen and not exists:
            raise RewrittenError(self._gone(f"was deleted on {self.remote}"))
        if not local or not seen or local == seen:
            return Place(seen or local, local, seen)
        if self.repository.is_ancestor(local, seen):
            return Place(seen, local, seen)
        if self.repository.is_ancestor(seen, local):
            return Place(local, local, seen)
        raise RewrittenError(
            f"{self.name}: the local branch and the one on the remote have parted, "
            f"so one lacks records of the other; merge them by hand",
        )

    def publish(self, commit: str, place: Place) -> tuple[Verdict, str]:
        """Move the head from *place* to *commit*, unless somebody moved it; say git's reason."""
        return self._push(commit, place) if self.remote else self._update(commit, place)

    def _refs(self) -> dict[str, str]:
        listing = self.repository.text(
            "for-each-ref", "--format=%(refname) %(objectname)", self.branch, self.seen
        )
        return dict(line.split(" ") for line in listing.splitlines())

    def _fetch(self) -> bool:
        """Update what we have seen; tell whether the remote has the branch."""
        refspec = f"{self.branch}:{self.seen}"
        try:
            self.repository.run(*_FETCH, str(self.remote), refspec, timeout=NETWORK_TIMEOUT)
        except CommandError as error:
            if "couldn't find remote ref" in error.stderr:
                return False
            if "[rejected]" in error.stderr:
                raise RewrittenError(self._gone(f"was rewritten on {self.remote}")) from None
            if any(sign in error.stderr for sign in _LOCKED):
                raise Busy(str(error)) from None
            raise self._unreachable(error) from None
        except GitError as error:
            raise self._unreachable(error) from None
        return True

    def _push(self, commit: str, place: Place) -> tuple[Verdict, str]:
        # Our commit is built on what was seen, so nothing is ever forced. The lease refuses a
        # remote that went back to an ancestor, which a plain fast-forward would paper over.
        lease = f"--force-with-lease={self.branch}:{place.seen or ''}"
        target = (str(self.remote), f"{commit}:{self.branch}")
        try:
            self.repository.run(*_PUSH, lease, *target, timeout=NETWORK_TIMEOUT)
        except CommandError as error:
            return self._judge(error)
        except GitError as error:
            return Verdict.UNCLEAR, str(error)
        with contextlib.suppress(GitError):  # somebody fetched since, or the next fetch does it
            self.repository.run("update-ref", self.seen, commit, place.seen or "")
        return Verdict.ACCEPTED, ""

    def _judge(self, error: CommandError) -> tuple[Verdict, str]:
        lines = (line for line in error.stdout.splitlines() if line.startswith("!\t"))
        status = next(lines, "").rpartition("\t")[2]
        signs = _FORBIDDEN if status.startswith("[remote rejected]") else _NO_ACCESS
        reason = status or str(error)
        if any(sign in reason for sign in signs):
            raise StoreError(
                f"{self.name}: {self.remote} does not let this account push ({reason}); "
                f"allow it to write to {self.name}",
            )
        unsent = any(sign in error.stderr for sign in _NO_CONNECTION)
        raced = status.startswith("[remote rejected]") and any(sign in status for sign in _RACED)
        proven = status.startswith("[rejected]") or raced or unsent
        return Verdict.REJECTED if proven else Verdict.UNCLEAR, reason

    def _update(self, commit: str, place: Place) -> tuple[Verdict, str]:
        try:
            # An empty old value means: there must be no such ref.
            self.repository.run("update-ref", self.branch, commit, place.local or "")
        except CommandError as error:
            if any(sign in error.stderr for sign in _LOCKED):
                return Verdict.REJECTED, str(error)
            raise
        return Verdict.ACCEPTED, ""

    def _unreachable(self, error: GitError) -> UnreachableError:
        return UnreachableError(
            f"{self.name}: remote {self.remote} can not be read ({error}); "
            f"nothing was written, try again when it can be reached",
        )

    def _gone(self, what: str) -> str:
        return (
            f"{self.name}: the branch {what} and lacks records that were seen on it; restore it, "
            f"or accept the loss with `git update-ref -d {self.seen}`"
        )
