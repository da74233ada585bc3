"""Upstream: where a branch lives, on a remote or only here, and how its head is moved safely."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mimin.errors import GitError, StoreError
from mimin.git import NETWORK_TIMEOUT, CommandError
from mimin.store.pushing import LOCKED, Push, Verdict, blocked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from mimin.git import Repository

    _Move: TypeAlias = tuple[str, str | None]

__all__ = ["Busy", "Heads", "Place", "RewrittenError", "UnreachableError", "Upstream", "Verdict"]

# No `+` in the refspec and a ref that is ours alone: a user's own `git fetch` moves
# `refs/remotes/` also after a forced push, and would make us forget what we have seen.
_FETCH = (
    *("fetch", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"),
    *("--no-auto-maintenance", "--show-forced-updates", "--no-prune", "--refmap="),
)
# The largest depth that stands for a number of commits. One more means all, of all branches.
_WHOLE = "--depth=2147483646"
_LOOKS = 3
"""Looks at a remote until it is believed that the branch lacks what its copy holds: who looks while
another pushes may be shown the old branch and the new copy."""


class UnreachableError(StoreError):
    """The remote could not be asked."""


class RewrittenError(StoreError):
    """The branch lost commits that were seen on it."""


class Busy(Exception):  # noqa: N818 - a fact the transaction decides on, not an error
    """Another git command is at work on the same ref."""


@dataclass(frozen=True)
class Place:
    """Where the branch stands.

    Attributes:
        head: The commit that counts.
        local: Where the local branch is.
        seen: What was seen on the remote.
        verified: The last commit that was found whole.
    """

    head: str | None
    local: str | None
    seen: str | None
    verified: str | None = None

    def after(self, commit: str, *, pushed: bool) -> Place:
        """Return where the branch stands once its head was moved to *commit*."""
        local, seen = (self.local, commit) if pushed else (commit, self.seen)
        return Place(commit, local, seen, commit)


@dataclass(frozen=True)
class Heads:
    """What is known of a branch that lost something.

    Attributes:
        found: The head as it is now, on the remote or, without one, here.
        local: The local branch.
        others: Heads that were seen, here or by whoever pushed last, and that *found* lacks.
    """

    found: str | None
    local: str | None
    others: tuple[str, ...]


@dataclass
class Upstream:
    """The branch *name* on *remote*, or only in this repository when that is None.

    Attributes:
        appends: Whether the branch is only appended to. A second ref on the remote then follows its
            head: a clone that has never seen the branch can tell by it that commits are gone.
    """

    repository: Repository
    name: str
    remote: str | None
    appends: bool = False
    _push: Push = field(init=False)

    def __post_init__(self) -> None:
        """Prepare pushes."""
        copy = f"{self.copies}/head" if self.appends else None
        self._push = Push(self.repository, self.name, str(self.remote), copy)

    @property
    def branch(self) -> str:
        """The branch's full name, here and on the remote."""
        return f"refs/heads/{self.name}"

    @property
    def seen(self) -> str:
        """The ref that remembers the remote's head."""
        return f"refs/mimin/seen/{self.name}"

    @property
    def verified(self) -> str:
        """The ref that remembers the last commit in whose history no record was found missing."""
        return f"refs/mimin/verified/{self.name}"

    @property
    def copies(self) -> str:
        """The folder of refs on the remote in which the second one lies, outside of its branches.

        A folder, as a fetch of `FOLDER/*` does not fail where there is none yet.
        """
        return f"refs/mimin/copy/{self.name}"

    @property
    def copied(self) -> str:
        """The ref that remembers what the second one on the remote said."""
        return f"refs/mimin/copied/{self.name}/head"

    def locate(self, *, fetch: bool = True) -> Place:
        """Find the branch's head, after asking the remote.

        Events recorded offline on a local branch count too: the head is whichever was
        built on the other.

        Raises:
            UnreachableError: the remote could not be asked.
            RewrittenError: commits are gone, or local and remote have parted.
            Busy: somebody else works on the ref; try again.
        """
        looks = _LOOKS if fetch and self.remote else 1
        for _ in range(looks):
            exists = self._fetch() if fetch and self.remote else True
            refs = self._refs()
            gone = self._missing(refs, exists=exists)
            if not gone:
                return self._place(refs)
        raise RewrittenError(self._gone(gone))

    def survey(self) -> Heads:
        """Find the head as it is and all heads that were seen, of a branch that may have lost some.

        Raises:
            UnreachableError: the remote could not be asked.
        """
        refs = self._refs()
        found = local = refs.get(self.branch)
        if self.remote:
            now = f"refs/mimin/found/{self.name}"
            exists = self._run_fetch(f"+{self.branch}:{now}")
            self._run_fetch(*self._copy_refspec())
            found = self.repository.resolve(now) if exists else None
            refs = self._refs()
        known = [commit for commit in (found, *refs.values()) if commit]
        if not known:
            return Heads(None, local, ())
        tips = self.repository.text("merge-base", "--independent", *dict.fromkeys(known)).split()
        others = [
            tip
            for tip in tips
            if tip != found and not (found and self.repository.is_ancestor(tip, found))
        ]
        return Heads(found, local, tuple(others))

    def publish(self, commit: str, place: Place) -> tuple[Verdict, str]:
        """Move the head from *place* to *commit*, unless somebody moved it; say git's reason."""
        if not self.remote:
            return self._update(commit, place)
        verdict, reason = self._push.send(commit, place.seen)
        if verdict is Verdict.ACCEPTED:
            moves: list[_Move] = [(self.seen, place.seen or _nothing(commit))]
            if self.appends:
                moves += [(self.verified, None), (self.copied, None)]
            with contextlib.suppress(GitError):  # somebody fetched since, or the next fetch does it
                self._move(commit, moves)
        return verdict, reason

    def remember(self, commit: str) -> None:
        """Note that *commit* and its history were found whole; to save time, no more."""
        with contextlib.suppress(GitError):
            self._move(commit, [(self.verified, None)])

    def adopt(self, commit: str) -> None:
        """Take *commit*, which holds all that was seen or stands in for it, as what was seen."""
        own = [self.seen, self.copied] if self.remote else []
        self._move(commit, [(ref, None) for ref in (*own, self.verified)])

    def _place(self, refs: dict[str, str]) -> Place:
        local, seen, verified = (refs.get(ref) for ref in (self.branch, self.seen, self.verified))
        if not local or not seen or local == seen:
            return Place(seen or local, local, seen, verified)
        if self.repository.is_ancestor(local, seen):
            return Place(seen, local, seen, verified)
        if self.repository.is_ancestor(seen, local):
            return Place(local, local, seen, verified)
        way_out = "`mimin ledger restore` joins them" if self.appends else "merge them by hand"
        raise RewrittenError(
            f"{self.name}: the local branch and the one on the remote have parted, "
            f"so one lacks records of the other; {way_out}",
        )

    def _missing(self, refs: dict[str, str], *, exists: bool) -> str:
        """Say how the branch lacks commits that it had; an empty string when it does not."""
        local, seen, copied, verified = (
            refs.get(ref) for ref in (self.branch, self.seen, self.copied, self.verified)
        )
        if not exists and (seen or copied):
            return f"was deleted on {self.remote}"
        if not local and not seen and verified:
            return "was deleted here"
        if not copied or copied in {seen, local}:
            return ""
        if any(head and self.repository.is_ancestor(copied, head) for head in (seen, local)):
            return ""
        return f"lost the commit {copied[:12]} on {self.remote or 'its remote'}"

    def _refs(self) -> dict[str, str]:
        own = (self.branch, self.seen, *((self.verified, self.copied) if self.appends else ()))
        listing = self.repository.text("for-each-ref", "--format=%(refname) %(objectname)", *own)
        pairs = (line.split(" ") for line in listing.splitlines())
        return {ref: commit for ref, commit in pairs if ref in own}

    def _fetch(self) -> bool:
        """Update what we have seen; tell whether the remote has the branch."""
        refspecs = (f"{self.branch}:{self.seen}", *self._copy_refspec())
        exists = self._run_fetch(*refspecs)
        if not exists:
            self._run_fetch(*self._copy_refspec())
        elif self.appends and self._is_cut():
            self._run_fetch(_WHOLE, *refspecs)
        return exists

    def _is_cut(self) -> bool:
        """Tell whether older commits of the branch were left out of this clone.

        Looked at until the branch was verified once.
        """
        if self.repository.resolve(self.verified):
            return False
        cut = self.repository.shallow()
        if not cut:
            return False
        return not cut.isdisjoint(
            self.repository.text("rev-list", "--max-parents=0", self.seen).split()
        )

    def _copy_refspec(self) -> list[str]:
        return [f"+{self.copies}/*:{self.copied.removesuffix('/head')}/*"] if self.appends else []

    def _run_fetch(self, *refspecs: str) -> bool:
        """Fetch; tell whether the remote has what was asked for."""
        if not refspecs:
            return False
        try:
            self.repository.run(*_FETCH, str(self.remote), *refspecs, timeout=NETWORK_TIMEOUT)
        except CommandError as error:
            if "couldn't find remote ref" in error.stderr:
                return False
            if "[rejected]" in error.stderr:
                raise RewrittenError(self._gone(f"was rewritten on {self.remote}")) from None
            if any(sign in error.stderr for sign in LOCKED):
                raise Busy(str(error)) from None
            raise self._unreachable(error) from None
        except GitError as error:
            raise self._unreachable(error) from None
        return True

    def _update(self, commit: str, place: Place) -> tuple[Verdict, str]:
        # An old value of nothing means: there must be no such ref. The branch comes first: a
        # command that is killed in between must not leave what was verified ahead of it.
        moves: list[_Move] = [(self.branch, place.local or _nothing(commit))]
        moves += [(self.verified, None)] if self.appends else []
        try:
            self._move(commit, moves)
        except CommandError as error:
            if other := blocked(error.stderr):
                raise StoreError(
                    f"{self.name}: there is a branch {other} here, and git keeps no branch below "
                    f"another; rename it: `git branch -m {other} {other.replace('/', '-')}-old`"
                ) from None
            if any(sign in error.stderr for sign in LOCKED):
                return Verdict.REJECTED, str(error)
            raise
        return Verdict.ACCEPTED, ""

    def _move(self, commit: str, moves: Iterable[_Move]) -> None:
        """Move refs to *commit*, all or none, each from its old value if one is given."""
        lines = [f"update {ref} {commit} {old or ''}".rstrip() for ref, old in moves]
        self.repository.run("update-ref", "--stdin", stdin="\n".join([*lines, ""]).encode())

    def _unreachable(self, error: GitError) -> UnreachableError:
        return UnreachableError(
            f"{self.name}: remote {self.remote} can not be read ({error}); "
            f"nothing was written, try again when it can be reached",
        )

    def _gone(self, what: str) -> str:
        way_out = (
            "`mimin ledger restore` puts them back; if they are to stay out, "
            "`mimin ledger accept REASON`"
            if self.appends
            else f"restore it, or accept the loss with `git update-ref -d {self.seen}`"
        )
        return f"{self.name}: the branch {what} and lacks records that were seen on it; {way_out}"


def _nothing(commit: str) -> str:
    return "0" * len(commit)
