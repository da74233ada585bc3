"""Approving a change of policy by signature, without GitHub."""

from __future__ import annotations

from mimin.approval.jury import Jury
from mimin.approval.merge import need_history
from mimin.approval.offline import Signer
from mimin.approval.origins import people, traces_since
from mimin.approval.policies import InForce, policy_event, policy_files
from mimin.approval.signing import SIGNATURE, check_principal, sign
from mimin.errors import MiminError, UsageError
from mimin.ledger.ledger import Book
from mimin.model.base import fold
from mimin.model.event import Event
from mimin.planning.approval import SSH
from mimin.planning.in_force import Settled
from mimin.workspace.validation import suggest
from mimin.workspace.workspace import Workspace


def sign_policy(  # noqa: PLR0913, PLR0917 - which policy, by which rules, and who
    brand: str, workspace: Workspace, rules: InForce, book: Book, jury: Jury, signer: Signer
) -> Event:
    """Sign what a brand's committed files allow more than the policy in force.

    Raises:
        UsageError: if there is no such brand, or nothing of it waits for an approval.
        MiminError: if this person may not approve it.
    """
    check_principal(signer.principal)
    if brand not in workspace.brands:
        raise UsageError(f"there is no brand {brand!r}{suggest(brand, workspace.brands)}")
    settled = rules.settled.get(brand)
    if settled is None or not settled.wider:
        raise UsageError(f"{brand}: its files allow nothing more than is in force already")
    files = policy_files(workspace.brands[brand])
    event = _event(brand, settled, workspace, signer)
    event = event.model_copy(
        update={"handles": {**event.handles, SIGNATURE: sign(event, signer.key)}}
    )
    verified = jury.verify(event)
    refusal = verified.refusal or _may_not(signer.principal, settled)
    if not refusal:
        known = book.policies.get(brand)
        refusal = _wrote(verified.principals, files, known.commit if known else "", workspace)
    if refusal:
        raise MiminError(f"policy of {brand}: this approval would not count: {refusal}")
    return event


def _event(brand: str, settled: Settled, workspace: Workspace, signer: Signer) -> Event:
    repository = workspace.tree.repository
    assert repository is not None  # noqa: S101 - the ledger was read from it
    committed = workspace.tree.committed()
    for path in policy_files(workspace.brands[brand]):
        if workspace.tree.blobs.get(path) != committed.get(path):
            raise MiminError(f"{path} is not committed as it is here; commit it first")
    return policy_event(
        brand,
        settled.files,
        at=signer.at,
        run=signer.run,
        commit=repository.head() or "",
        via=SSH,
        by=signer.principal,
        reason="signed",
    )


def _may_not(principal: str, settled: Settled) -> str:
    for policy in settled.bases:
        if policy.approvers and fold(principal) not in policy.approvers:
            names = ", ".join(policy.approvers)
            return f"{principal} is not among the approvers in force ({names})"
    return ""


def _wrote(names: frozenset[str], files: tuple[str, ...], since: str, workspace: Workspace) -> str:
    """Say that the signer changed the policy himself since the one in force was recorded."""
    repository = workspace.tree.repository
    assert repository is not None  # noqa: S101 - the ledger was read from it
    need_history(repository)
    wrote = people(traces_since(repository, since, files), committers=True)
    own = next((wrote[name] for name in sorted(names) if name in wrote), "")
    return f"its author can not approve it (commit {own})" if own else ""
