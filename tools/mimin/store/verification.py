"""Verification: a branch that is only appended to is believed when no record was taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mimin.errors import StoreError
from mimin.store.acceptance import ACCEPTED, accepted
from mimin.store.history import Loss, Version, losses, versions
from mimin.store.snapshot import Snapshot

if TYPE_CHECKING:
    from mimin.git import Repository
    from mimin.store.containment import Keeps


class LostRecordsError(StoreError):
    """A commit took records out of a branch that is only appended to."""


def find_losses(
    repository: Repository, snapshot: Snapshot, verified: str | None, keeps: Keeps
) -> list[Loss]:
    """Find the records that any commit of the branch held and *snapshot* does not.

    Args:
        repository: Where the branch is.
        snapshot: The branch as it is to be believed.
        verified: A commit of its history that was found to be whole, if one is known.
        keeps: What is a record.
    """
    if snapshot.commit is None:
        return []
    past, _ = known_past(repository, snapshot, [snapshot.commit], verified)
    past.pop(ACCEPTED, None)
    return list(losses(repository, snapshot, past, keeps))


def known_past(
    repository: Repository, snapshot: Snapshot, tips: list[str], verified: str | None
) -> tuple[dict[str, list[Version]], list[str]]:
    """List what files held in the history of *tips*, and the commits at which the walk ended.

    It ends at what was verified before and at what a person has accepted on the branch.
    """
    acceptances = accepted(repository, snapshot)
    covered = [commit for each in acceptances for commit in each.covered]
    bases = {each.commit for each in acceptances if each.commit}
    given_up = {commit for each in acceptances for commit in each.lost}
    if verified and verified not in given_up:
        bases.add(verified)
        covered.append(verified)
    if len(covered) > 1:
        # What lies below another end counts no longer, or is contained in that one.
        ends = repository.text("merge-base", "--independent", *dict.fromkeys(covered)).split()
        bases &= set(ends)
        covered = ends
    past = versions(repository, tips, covered)
    for base in sorted(bases):
        for path, blob in Snapshot.load(repository, base, snapshot).base.items():
            if snapshot.base.get(path) != blob:
                past.setdefault(path, []).append(Version(base, blob))
    return past, covered


def describe(name: str, found: list[Loss]) -> str:
    """Say in one line what was lost, where and by which commit, and the ways out."""
    first = found[0]
    count = sum(len(loss.lines) for loss in found)
    counted = "1 record" if count == 1 else f"{count} records"
    more = f" and {len(found) - 1} more files" if len(found) > 1 else ""
    by = f"commit {first.commit[:12]}" if first.commit else "somebody"
    return (
        f"{name}: {by} took {counted} out of {first.path}{more}; what they tell of may be out. "
        f"`mimin ledger restore` puts them back (with `--dry-run` it only shows them); "
        f"if they are to stay out, `mimin ledger accept REASON`"
    )
