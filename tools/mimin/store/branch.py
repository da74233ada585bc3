"""Branches: the one way to append to what machines write, so that no two of them lose a line."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mimin.errors import StoreError
from mimin.store.commit import write_commit
from mimin.store.repair import Repair, Word, accept, restore
from mimin.store.snapshot import Snapshot
from mimin.store.upstream import Busy, UnreachableError, Upstream, Verdict
from mimin.store.verification import LostRecordsError, describe, find_losses

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from whenever import Instant

    from mimin.git import Repository
    from mimin.store.change import Change
    from mimin.store.containment import Keeps
    from mimin.store.upstream import Place

    Decide = Callable[[Snapshot], Mapping[str, Change]]

_TRIES = 400
"""Lost races in a row until we give up. Each is proof that somebody else got on; of 32 writers one
in 300,000 loses this often, where of 40 tries one in four had lost them all."""
_LOCKED = 40
"""Locked refs in a row until we give up: a lock that stays was left by a dead command."""
_LOCKED_THERE = 12
"""Locked refs in a row on the remote, and nobody else got on: about ten seconds, where a push
holds its lock for milliseconds."""
_LONGEST_PAUSE = 2.0
_AGE = 10
"""Races after which a writer pauses less and less, so that who has waited long is served first."""
_UNCLEAR_PUSHES = 5
_SILENT_FETCHES = 8


class UncertainError(StoreError):
    """A push got no answer and the remote could not be asked: the changes may be stored."""


class _LockedError(StoreError):
    """The ref stays locked by another git command."""


@dataclass(frozen=True)
class Result:
    """What became of one caller's changes.

    Attributes:
        commit: The commit that holds them, or None when there was nothing to write.
        snapshot: What the deciding call was shown, before its own changes.
    """

    commit: str | None
    snapshot: Snapshot


@dataclass(frozen=True)
class _Request:
    decide: Decide
    message: str
    at: Instant
    answer: Future[Result] = field(default_factory=Future)


@dataclass(frozen=True)
class _Attempt:
    """One commit for a batch: what each caller was shown and wants, or the error it ended with."""

    decided: list[tuple[Snapshot, bool] | Exception]
    made: Snapshot | None

    @property
    def commit(self) -> str | None:
        return self.made.commit if self.made else None


class Branch:
    """One branch that machines write; threads and processes may use it at the same time.

    Callers who wait at the same time share one commit and one push.

    With *keeps* the branch is only appended to: a line that it says is a record stays for good. A
    branch from which a commit took one is not believed, however it came to be.
    """

    def __init__(  # noqa: PLR0913 - the last three have a default and are named
        self,
        repository: Repository,
        name: str,
        *,
        remote: str | None,
        keeps: Keeps | None = None,
        tries: int = _TRIES,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = name
        self._repository = repository
        self._keeps = keeps
        self._whole: str | None = None
        self._upstream = Upstream(repository, name, remote, keeps is not None)
        self._tries = tries
        self._pause = pause
        self._last: Snapshot | None = None
        self._known: Place | None = None
        self._reason = ""
        self._locked: list[str | None] = []
        self._leading = threading.Lock()
        self._entering = threading.Lock()
        self._waiting: list[_Request] = []

    def read(self, *, fetch: bool = True) -> Snapshot:
        """Take a snapshot of the branch: of the remote or, without *fetch*, as it was seen last."""
        return self._snapshot(self._locate(fetch=fetch))

    def transact(self, decide: Decide, *, message: str, at: Instant) -> Result:
        """Store what *decide* wants changed in the branch as it is now; wait until it is safe.

        *decide* is called again with a newer snapshot whenever somebody else was faster, so it
        must not do anything but look and answer. With nothing to change it returns an empty
        mapping, and nothing is written.

        Raises:
            UnreachableError: the remote could not be asked; nothing was written.
            UncertainError: the changes may be written or not; read the branch before acting.
            LostRecordsError: a commit took records out of the branch; nothing was written.
            StoreError: the branch was rewritten, refuses us, or is too busy; nothing was written.
        """
        request = _Request(decide, message, at)
        with self._entering:
            self._waiting.append(request)
        with self._leading:
            if not request.answer.done():
                with self._entering:
                    batch, self._waiting = self._waiting, []
                self._lead(batch)
        return request.answer.result()

    def restore(self, *, at: Instant, write: bool = True) -> Repair:
        """Put back what the branch lost, as `mimin.store.repair.restore`."""
        return restore(self._repository, self._upstream, self._kept(), at=at, write=write)

    def accept(self, *, by: str, reason: str, at: Instant, write: bool = True) -> Repair:
        """Accept what the branch lost, as `mimin.store.repair.accept`."""
        word = Word(by, reason, at)
        return accept(self._repository, self._upstream, self._kept(), word, write=write)

    def _kept(self) -> Keeps:
        if self._keeps is None:
            raise StoreError(f"{self.name}: its files may be replaced, so nothing of them is lost")
        return self._keeps

    def _lead(self, batch: list[_Request]) -> None:
        """Answer every request of the batch, whatever happens."""
        try:
            attempt = self._settle(batch)
        except BaseException as error:
            for request in batch:
                request.answer.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for request, decision in zip(batch, attempt.decided, strict=True):
            if isinstance(decision, Exception):
                request.answer.set_exception(decision)
            else:
                snapshot, wrote = decision
                request.answer.set_result(Result(attempt.commit if wrote else None, snapshot))

    def _settle(self, batch: list[_Request]) -> _Attempt:
        unclear: list[_Attempt] = []
        self._locked = []
        # Without a fetch first: when nobody wrote since our last commit, the push proves it.
        if self._known and (done := self._try(batch, self._known, unclear, current=False)):
            return done
        silent = 0
        for turn in range(self._tries):
            self._back_off(turn)
            try:
                place = self._locate()
            except _LockedError as error:
                raise (self._uncertain(str(error)) if unclear else error) from None
            except UnreachableError as error:
                silent += 1
                if not unclear:
                    raise
                if silent == _SILENT_FETCHES:
                    raise self._uncertain(str(error)) from None
                continue
            # A push without an answer, first: it may be on the branch by now.
            if landed := self._landed(unclear, place):
                return landed
            if len(unclear) >= _UNCLEAR_PUSHES:
                break
            if done := self._try(batch, place, unclear, current=True):
                return done
            self._stop_if_locked(unclear)
        raise self._uncertain(self._reason) if unclear else self._crowded(self._reason)

    def _try(
        self, batch: list[_Request], place: Place, unclear: list[_Attempt], *, current: bool
    ) -> _Attempt | None:
        """Decide and publish once; None means to look at the remote and try again.

        What was decided on a place that is not *current* counts only if it was published:
        that alone proves that nobody wrote in between.
        """
        self._known = None
        attempt = self._attempt(batch, place)
        if not attempt.made or not attempt.commit:
            return attempt if current else None
        verdict, self._reason = self._upstream.publish(attempt.commit, place)
        # Somebody who gets on meanwhile proves that the lock is no leftover.
        before = [head for head in self._locked if head == place.head]
        self._locked = [*before, place.head] if verdict is Verdict.LOCKED else []
        if verdict is Verdict.ACCEPTED:
            self._known = place.after(attempt.commit, pushed=bool(self._upstream.remote))
            self._last, self._whole = attempt.made, attempt.commit
            return attempt
        if verdict is Verdict.UNCLEAR:
            unclear.append(attempt)
        return None

    def _attempt(self, batch: list[_Request], place: Place) -> _Attempt:
        """Ask everybody in turn, each seeing what the ones before want, and build the commit."""
        snapshot = self._snapshot(place)
        decided: list[tuple[Snapshot, bool] | Exception] = []
        authors: list[_Request] = []
        for request in batch:
            try:
                changes = request.decide(snapshot)
                after = snapshot.with_changes(changes)
            except Exception as error:  # noqa: BLE001 - belongs to the one who asked
                decided.append(error)
                continue
            decided.append((snapshot, bool(changes)))
            if changes:
                authors.append(request)
                snapshot = after
        if not authors:
            return _Attempt(decided, None)
        contents = snapshot.outcome()
        commit, blobs = write_commit(
            self._repository,
            place.head,
            contents,
            message=_message([request.message for request in authors]),
            at=max(request.at for request in authors),
        )
        return _Attempt(decided, snapshot.as_commit(commit, contents, blobs))

    def _snapshot(self, place: Place) -> Snapshot:
        self._last = Snapshot.load(self._repository, place.head, self._last)
        self._verify(self._last, place.verified)
        return self._last

    def _verify(self, snapshot: Snapshot, verified: str | None) -> None:
        """Believe the snapshot only if all is in it that its history, and what was seen, held."""
        commit = snapshot.commit
        if not self._keeps or commit is None or commit in {verified, self._whole}:
            return
        found = find_losses(self._repository, snapshot, self._whole or verified, self._keeps)
        if found:
            raise LostRecordsError(describe(self.name, found))
        self._whole = commit
        self._upstream.remember(commit)

    def _locate(self, *, fetch: bool = True) -> Place:
        """Find the head, after whoever works on the ref just now."""
        reason = ""
        for turn in range(min(self._tries, _LOCKED)):
            self._back_off(turn)
            try:
                return self._upstream.locate(fetch=fetch)
            except Busy as busy:
                reason = str(busy)
        raise _LockedError(self._words(reason))

    def _landed(self, unclear: list[_Attempt], place: Place) -> _Attempt | None:
        for attempt in unclear:
            known = place.head and attempt.commit
            if known and self._repository.is_ancestor(str(attempt.commit), str(place.head)):
                return attempt
        return None

    def _back_off(self, turn: int) -> None:
        if turn:
            longest = min(_LONGEST_PAUSE, 0.05 * 2 ** min(turn, 10)) * min(1.0, _AGE / turn)
            self._pause(random.uniform(0, longest))  # noqa: S311 - to spread, not to hide

    def _stop_if_locked(self, unclear: list[_Attempt]) -> None:
        """Give up on a lock file that stays on the remote, which only people can remove."""
        if len(self._locked) < _LOCKED_THERE or unclear:
            return
        raise StoreError(
            f"{self.name}: a lock file stays on {self._upstream.remote}: {self._reason}; nothing "
            f"was written. If no git command is running there, have it removed there"
        )

    def _crowded(self, reason: str) -> StoreError:
        return StoreError(self._words(reason))

    def _words(self, reason: str) -> str:
        return (
            f"{self.name}: gave up after many tries ({reason}); nothing was written. "
            f"Try again; remove a `.lock` file it names if no git command is running"
        )

    def _uncertain(self, reason: str) -> UncertainError:
        return UncertainError(
            f"{self.name}: it is not known whether the push arrived ({reason}); "
            f"run again, what is stored is seen then",
        )


def _message(messages: list[str]) -> str:
    if len(messages) == 1:
        return messages[0]
    return "\n".join([f"{messages[0]} (and {len(messages) - 1} more)", "", *messages])
