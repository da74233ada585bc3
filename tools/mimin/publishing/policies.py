"""Recording policies: what narrows is in force at once, what widens stays out until approved."""

from __future__ import annotations

from mimin.approval.policies import in_force, policies_of, policy_event, policy_files
from mimin.ledger.ledger import Book
from mimin.model.brand import Approval
from mimin.model.event import Event
from mimin.networks.known import LIMITS
from mimin.networks.registry import NAMES
from mimin.planning.in_force import Settled
from mimin.planning.policy import Policy
from mimin.publishing.clock import Clock
from mimin.publishing.desk import Desk
from mimin.workspace.past import past_tree
from mimin.workspace.workspace import open_workspace


def record_policies(desk: Desk, book: Book, clock: Clock, run: str) -> Book:
    """Record the policies that are in force now; gives the ledger as it is then.

    A brand that was never published from by review has none to keep. What is not committed, or
    comes from a state older than what is recorded, records nothing.

    Raises:
        StoreError: if the ledger can not be written.
    """
    commit = _commit(desk)
    if commit is None:
        return book
    book = _with_first(desk, book, clock, run)
    events = [
        policy_event(brand, policy, at=clock.now(), run=run, commit=commit)
        for brand, policy in _changed(desk, book, clock).items()
        if _committed(desk, brand) and _newer(desk, book.policies.get(brand))
    ]
    if not events:
        return book
    desk.ledger.record(events)
    return desk.ledger.read(fetch=False)


def _with_first(desk: Desk, book: Book, clock: Clock, run: str) -> Book:
    """Record the policy before the newest commit of brands whose reviews that commit abolishes.

    A first run comes right after a merge, and the ledger knows no policy to hold it to yet.
    """
    repository = desk.workspace.tree.repository
    assert repository is not None  # noqa: S101 - `record_policies` has looked
    before = repository.resolve("HEAD^")
    unknown = {
        name: brand.path
        for name, brand in desk.workspace.brands.items()
        if name not in book.policies and brand.approval is not Approval.REVIEW
    }
    if before is None or not unknown:
        return book
    if not {*unknown.values()} & {each.path for each in repository.changed(before)}:
        return book
    earlier = open_workspace(
        desk.workspace.root, NAMES, frozenset(LIMITS), past_tree(repository, before)
    )
    events = [
        policy_event(name, policy, at=clock.now(), run=run, commit=before)
        for name, policy in policies_of(earlier, before).items()
        if policy.approval is Approval.REVIEW and name in unknown
    ]
    if not events:
        return book
    desk.ledger.record(events)
    return desk.ledger.read(fetch=False)


def _changed(desk: Desk, book: Book, clock: Clock) -> dict[str, Policy]:
    """Give the policies that hold now and are not what is recorded."""
    if not book.policies:
        found = policies_of(desk.workspace)
        return {name: each for name, each in found.items() if each.approval is Approval.REVIEW}
    rules = in_force(desk.workspace, book, clock.now())
    settled = rules.settled or _unreviewed(desk, book)
    return {name: each.policy for name, each in settled.items() if _differs(name, each, book)}


def _unreviewed(desk: Desk, book: Book) -> dict[str, Settled]:
    found = policies_of(desk.workspace)
    return {name: Settled(each, each) for name, each in found.items() if name in book.policies}


def _differs(name: str, settled: Settled, book: Book) -> bool:
    known = book.policies.get(name)
    if known is None:
        return settled.policy.approval is Approval.REVIEW
    return known.digest != settled.policy.digest


def _commit(desk: Desk) -> str | None:
    repository = desk.workspace.tree.repository
    return repository.head() if repository else None


def _committed(desk: Desk, brand: str) -> bool:
    """Tell whether a brand's files are as they are committed."""
    tree = desk.workspace.tree
    there = tree.committed()
    files = policy_files(desk.workspace.brands[brand])
    return all(tree.blobs.get(path) == there.get(path) for path in files)


def _newer(desk: Desk, known: Event | None) -> bool:
    """Tell whether what is checked out is not older than what a recorded policy was read from."""
    repository = desk.workspace.tree.repository
    if known is None or not known.commit or repository is None:
        return True
    if repository.resolve(known.commit) is None:
        return True
    return repository.is_ancestor(known.commit, "HEAD")
