"""Repair: two ways out where a branch lost records: put them back, or have a person accept it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mimin.errors import StoreError
from mimin.store.acceptance import ACCEPTED, Acceptance, encode
from mimin.store.commit import write_commit
from mimin.store.containment import lost_lines, merged
from mimin.store.history import Loss, differing
from mimin.store.snapshot import Snapshot
from mimin.store.upstream import Place, Verdict
from mimin.store.verification import known_past

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from whenever import Instant

    from mimin.git import Repository
    from mimin.store.containment import Keeps
    from mimin.store.upstream import Heads, Upstream

_TRIES = 8


@dataclass(frozen=True)
class Repair:
    """What a repair changed, or would change.

    Attributes:
        losses: Records that were missing.
        damaged: Per file, lines that are no records and are taken out; git's history keeps them.
        joined: Commits that were seen and that the branch had lost.
        commit: The commit that holds the repair; None where nothing was written.
    """

    losses: tuple[Loss, ...]
    damaged: Mapping[str, int]
    joined: tuple[str, ...]
    commit: str | None = None

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to repair."""
        return bool(self.losses or self.damaged or self.joined)


@dataclass(frozen=True)
class Word:
    """Who accepts a loss, why and when."""

    by: str
    reason: str
    at: Instant


@dataclass(frozen=True)
class _Draft:
    """What is found wrong, and the files as they should be."""

    heads: Heads
    start: Snapshot
    repair: Repair
    contents: dict[str, bytes]


@dataclass(frozen=True)
class _Wish:
    """What a commit is to hold and say."""

    contents: Mapping[str, bytes | None]
    message: str
    at: Instant


def restore(
    repository: Repository, upstream: Upstream, keeps: Keeps, *, at: Instant, write: bool
) -> Repair:
    """Put back what was lost, each line where it stood, and take out lines that are no records.

    The commit is built on the branch as it is and on all that was seen of it, so it is a plain
    fast-forward for everybody.

    Args:
        repository: Where the commits are.
        upstream: The branch.
        keeps: What is a record.
        at: The moment of the commit.
        write: Do it; else only tell what would be done.

    Raises:
        StoreError: the remote can not be asked, or others write too fast; nothing was written.
    """
    for _ in range(_TRIES):
        draft = _draft(repository, upstream, keeps)
        if not write or not draft.repair.is_needed:
            return draft.repair
        wish = _Wish(draft.contents, f"Restore what {upstream.name} lost", at)
        if done := _publish(repository, upstream, draft, wish):
            return done
    raise _crowded(upstream)


def accept(
    repository: Repository, upstream: Upstream, keeps: Keeps, word: Word, *, write: bool
) -> Repair:
    """Record on the branch that a person accepts what it lost; all clones believe it from then on.

    Args:
        repository: Where the commits are.
        upstream: The branch.
        keeps: What is a record.
        word: Who accepts it.
        write: Do it; else only tell what would be done.

    Raises:
        StoreError: the remote can not be asked, or others write too fast; nothing was written.
    """
    for _ in range(_TRIES):
        draft = _draft(repository, upstream, keeps)
        if not write or not (draft.repair.losses or draft.repair.joined):
            return draft.repair
        found, lost = draft.heads.found, draft.repair.joined
        line = encode(Acceptance(found, lost), by=word.by, reason=word.reason, at=word.at)
        contents: dict[str, bytes | None] = {ACCEPTED: draft.start.read(ACCEPTED) + line}
        if found is None:
            contents = {**dict.fromkeys(draft.start.base), **contents}
        wish = _Wish(contents, f"Accept what {upstream.name} lost: {word.reason}", word.at)
        if done := _publish(repository, upstream, draft, wish):
            return done
    raise _crowded(upstream)


def _draft(repository: Repository, upstream: Upstream, keeps: Keeps) -> _Draft:
    heads = upstream.survey()
    start = Snapshot.load(repository, heads.found or next(iter(heads.others), None))
    if start.commit is None:
        return _Draft(heads, start, Repair((), {}, ()), {})
    past, _ = known_past(repository, start, [start.commit, *heads.others], None)
    contents: dict[str, bytes] = {}
    found: list[Loss] = []
    present = start if heads.found else Snapshot.load(repository, None)
    for path, _, old in differing(repository, present, past):
        content = contents.get(path, present.read(path))
        keeps_here = _always if path == ACCEPTED else keeps
        if lines := lost_lines(old, content, keeps_here):
            contents[path] = merged(old, content, keeps_here)
            found.append(Loss(path, tuple(lines), ""))
    damaged = dict(_damaged(start, keeps))
    for path in damaged:
        contents.setdefault(path, merged(b"", start.read(path), keeps))
    return _Draft(heads, start, Repair(tuple(found), damaged, heads.others), contents)


def _damaged(snapshot: Snapshot, keeps: Keeps) -> Iterator[tuple[str, int]]:
    """Count lines that are no records; files of another form are not looked at."""
    for path in snapshot.base:
        if path.endswith(".jsonl") and path != ACCEPTED:
            lines = snapshot.read(path).splitlines()
            count = sum(not keeps(line.strip()) for line in lines)
            if count:
                yield path, count


def _publish(
    repository: Repository,
    upstream: Upstream,
    draft: _Draft,
    wish: _Wish,
) -> Repair | None:
    """Write and publish the commit; None when somebody else was faster."""
    heads, start = draft.heads, draft.start.commit
    others = [other for other in heads.others if other != start]
    commit, _ = write_commit(
        repository, start, wish.contents, message=wish.message, at=wish.at, joined=others
    )
    place = Place(start, heads.local, heads.found)
    verdict, reason = upstream.publish(commit, place)
    if verdict is Verdict.UNCLEAR:
        raise StoreError(
            f"{upstream.name}: it is not known whether the push arrived ({reason}); "
            f"run the same command again, it sees what is stored"
        )
    if verdict is not Verdict.ACCEPTED:
        return None
    upstream.adopt(commit)
    repair = draft.repair
    return Repair(repair.losses, repair.damaged, repair.joined, commit)


def _crowded(upstream: Upstream) -> StoreError:
    return StoreError(f"{upstream.name}: others write to it all the time; try again")


def _always(_line: bytes) -> bool:
    return True
