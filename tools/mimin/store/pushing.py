"""Pushing: how the head on a remote is moved by compare-and-swap, and what git's answers prove."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from mimin.errors import GitError, StoreError
from mimin.git import NETWORK_TIMEOUT, CommandError

if TYPE_CHECKING:
    from mimin.git import Repository

_PUSH = ("push", "--porcelain", "--no-verify", "--no-signed", "--no-follow-tags")
LOCKED = ("cannot lock ref", "Unable to create", "failed to update ref", "unable to update")
# The remote's own word on this ref when two pushes meet there: the loser's is not carried out
# (builtin/receive-pack.c, update and execute_commands; the last one for refs pushed as one).
_RACED = (
    *("failed to update ref", "cannot lock ref", "incorrect old value provided"),
    "atomic transaction failed",
)
_FORBIDDEN = ("declined", "denied", "prohibited", "not permitted", "checked out")
# A `reference-transaction` hook there said no before any ref was moved (githooks(5)).
_HOOK = "aborted by hook"
_NO_ACCESS = ("returned error: 401", "returned error: 403", "Authentication failed")
_NO_CONNECTION = ("Could not resolve host", "Connection refused", "not appear to be a git repo")
# Said of a ref that is held up only by another one of the same push.
_ALONG = ("atomic push failed", "atomic push failure")
_BLOCKED = re.compile(r"'refs/heads/([^']+)' exists; cannot create")
_LOCK_FILE = re.compile(r"Unable to create '([^']+\.lock)'")


class Verdict(Enum):
    """What became of an attempt to move the head."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"  # proof that it was not moved
    LOCKED = "locked"  # proof as well: a lock file on the remote is in the way
    UNCLEAR = "unclear"  # may or may not have been moved


@dataclass
class Push:
    """Pushes of the branch *name* to *remote*, and of the same commit to the ref *copy* with it.

    Both refs move or none does, in one round trip. Where the remote can not do that, or does not
    let us write *copy*, the branch goes alone from then on.
    """

    repository: Repository
    name: str
    remote: str
    copy: str | None = None

    def send(self, commit: str, old: str | None) -> tuple[Verdict, str]:
        """Move the head from *old* to *commit*; say git's reason where it was not done.

        Raises:
            StoreError: it can not be done, now or later.
        """
        branch = f"refs/heads/{self.name}"
        # Our commit is built on what was seen, so nothing is ever forced. The lease refuses a
        # remote that went back to an ancestor, which a plain fast-forward would paper over.
        lease = f"--force-with-lease={branch}:{old or ''}"
        both = ("--atomic", self.remote, f"{commit}:{self.copy}")
        where = both if self.copy else (self.remote,)
        try:
            self.repository.run(
                *_PUSH, lease, *where, f"{commit}:{branch}", timeout=NETWORK_TIMEOUT
            )
        except CommandError as error:
            if self.copy and _is_about_copy(error, self.copy):
                self.copy = None
                return self.send(commit, old)
            return self._judge(error)
        except GitError as error:
            return Verdict.UNCLEAR, str(error)
        return Verdict.ACCEPTED, ""

    def _judge(self, error: CommandError) -> tuple[Verdict, str]:
        status = next(iter(_statuses(error)), ("", ""))[1]
        signs = _FORBIDDEN if status.startswith("[remote rejected]") else _NO_ACCESS
        reason = status or str(error)
        if other := blocked(error.stderr + status, self.name):
            raise StoreError(self._in_the_way(other))
        if any(sign in reason for sign in (*signs, _HOOK)):
            raise StoreError(
                f"{self.name}: {self.remote} does not let this account push ({reason}); "
                f"allow it to write to {self.name}",
            )
        unsent = any(sign in error.stderr for sign in _NO_CONNECTION)
        raced = status.startswith("[remote rejected]") and any(sign in status for sign in _RACED)
        if raced and (lock := _LOCK_FILE.search(error.stderr)):
            return Verdict.LOCKED, posixpath.normpath(lock[1])
        proven = status.startswith("[rejected]") or raced or unsent
        return Verdict.REJECTED if proven else Verdict.UNCLEAR, reason

    def _in_the_way(self, other: str) -> str:
        renamed = f"{other.replace('/', '-')}-old"
        return (
            f"{self.name}: {self.remote} has a branch {other}, and git keeps no branch below "
            f"another; rename it: `git fetch {self.remote} refs/heads/{other} && git push "
            f"{self.remote} FETCH_HEAD:refs/heads/{renamed} :refs/heads/{other}`"
        )


def blocked(said: str, name: str = "") -> str:
    """Name the branch that *said* to be in the way of another as its folder; empty if none is.

    Git names it; GitHub only says what kind of conflict it is, so the folder of *name* is taken.
    """
    if found := _BLOCKED.search(said):
        return found[1]
    return name.rpartition("/")[0] if "directory file conflict" in said else ""


def _statuses(error: CommandError) -> list[tuple[str, str]]:
    """List refs that were not moved with git's words, those first that are not held up by others.

    See `--porcelain` in git-push(1).
    """
    lines = (line.split("\t") for line in error.stdout.splitlines() if line.startswith("!\t"))
    found = [(fields[1].rpartition(":")[2], fields[-1]) for fields in lines if len(fields) > 2]
    return sorted(found, key=lambda pair: any(sign in pair[1] for sign in _ALONG))


def _is_about_copy(error: CommandError, copy: str) -> bool:
    """Tell whether the push may succeed without the second ref.

    A hook that looks at all refs at once refuses both, without saying which one it minds.
    """
    if "does not support --atomic" in error.stderr:
        return True
    for ref, status in _statuses(error):
        if status.startswith("[remote rejected]") and not any(
            sign in status for sign in (*_RACED, *_ALONG)
        ):
            return ref == copy or any(sign in status for sign in _FORBIDDEN)
    return False
