"""Policies of brands as files say them, and those in force, for whoever plans or approves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from whenever import Instant, TimeDelta

from mimin.approval.signing import SIGNERS
from mimin.git import CommandError, Repository
from mimin.ledger.ledger import Book
from mimin.model.brand import Approval, Brand
from mimin.model.event import Event, Kind
from mimin.model.schedule import ScheduleFields
from mimin.planning.approval import VIA
from mimin.planning.in_force import (
    Pending,
    Settled,
    brand_in_force,
    pending_of,
    recorded,
    schedule_in_force,
    settle,
)
from mimin.planning.policy import POLICY, Policy, policy_of
from mimin.workspace.codeowners import PLACES, may_be_about
from mimin.workspace.workspace import Workspace

FOUND = "found"
"""How a policy came to be in force: it was the first that was seen, or nothing in it is wider."""


@dataclass(frozen=True)
class InForce:
    """What plans are judged by."""

    brands: Mapping[str, Brand]
    schedules: Mapping[str, ScheduleFields]
    pending: Mapping[str, Pending]
    settled: Mapping[str, Settled]


def in_force(workspace: Workspace, book: Book, now: Instant) -> InForce:
    """Find what is in force, by the ledger and the files as they are.

    Git is asked only when a brand is, or was, published from by review.
    """
    known = recorded(book)
    asked = [each.approval for each in workspace.brands.values()]
    asked += [each.approval for each in known.values()]
    if not known or Approval.REVIEW not in asked:
        return InForce(workspace.brands, workspace.schedules, {}, {})
    settled = settle(policies_of(workspace), known, day_of(now))
    brands, pending = {}, {}
    schedules = dict(workspace.schedules)
    for name, brand in workspace.brands.items():
        brands[name] = brand_in_force(brand, settled[name].policy)
        waits = pending_of(brand, schedules.get(name), settled[name])
        if waits is None:
            continue
        pending[name] = waits
        schedule = schedule_in_force(schedules.get(name), settled[name].policy)
        if schedule is not None:
            schedules[name] = schedule
    return InForce(brands, schedules, pending, settled)


def policies_of(
    workspace: Workspace, commit: str = "HEAD", repository: Repository | None = None
) -> dict[str, Policy]:
    """Gather what the files of each brand say.

    Who signs and who owns what is read as committed: what lies in the work tree appoints nobody.

    Args:
        workspace: The files.
        commit: The commit that they are, or come from.
        repository: Where that commit is, when the files were laid out somewhere else.
    """
    repository = repository or workspace.tree.repository
    signers = _signers(repository, commit) if repository else ()
    owners = _owners(repository, commit) if repository else ()
    return {
        name: policy_of(
            brand,
            workspace.schedules.get(name),
            signers,
            tuple(line for line in owners if may_be_about(line, name)),
        )
        for name, brand in workspace.brands.items()
    }


def policy_event(  # noqa: PLR0913 - a policy, and by whom, when and from what
    brand: str,
    policy: Policy,
    *,
    at: Instant,
    run: str,
    commit: str,
    via: str = FOUND,
    by: str = "",
    reason: str = "",
    handles: Mapping[str, str] | None = None,
) -> Event:
    """Write the event that puts a brand's policy in force."""
    return Event(
        at=at,
        kind=Kind.POLICY,
        account=f"{brand}/*",
        run=run,
        digest=policy.digest,
        commit=commit,
        by=by,
        reason=reason,
        handles={VIA: via, POLICY: policy.text, **(handles or {})},
    )


def day_of(now: Instant) -> str:
    """Name the day that it still is somewhere on Earth."""
    return (now - TimeDelta(hours=12)).format_iso()[:10]


def policy_files(brand: Brand) -> tuple[str, ...]:
    """Name every file that a brand's policy is read from."""
    return (brand.path, f"calendar/{brand.id}.yml", SIGNERS, *PLACES)


def signer_lines(content: bytes) -> tuple[str, ...]:
    """Read the lines of an allowed-signers file, without comments, spaces made equal."""
    lines = (" ".join(line.split()) for line in content.decode("utf-8", "replace").split("\n"))
    return tuple(sorted({line for line in lines if line and not line.startswith("#")}))


def _signers(repository: Repository, commit: str) -> tuple[str, ...]:
    try:
        return signer_lines(repository.show(commit, SIGNERS))
    except CommandError:
        return ()


def _owners(repository: Repository, commit: str) -> tuple[str, ...]:
    """Read the lines of the CODEOWNERS that GitHub would read, in their order."""
    for place in PLACES:
        try:
            content = repository.show(commit, place).decode("utf-8", "replace")
        except CommandError:
            continue
        lines = (" ".join(line.partition(" #")[0].split()) for line in content.split("\n"))
        return tuple(line for line in lines if line and not line.startswith("#"))
    return ()
