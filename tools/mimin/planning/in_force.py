"""The policy in force: what the ledger remembers, against what the files say now.

What narrows holds at once. What widens holds once somebody has approved it, if the policy in force
asks for reviews; until then the stricter of each two lines decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from whenever import TimeDelta

from mimin.ledger.ledger import Book
from mimin.model.brand import Approval, Brand
from mimin.model.schedule import Blackout, ScheduleFields
from mimin.planning.policy import POLICY, Policy, Wider, file_of, stricter


@dataclass(frozen=True)
class Settled:
    """What holds for one brand."""

    files: Policy
    """What its files say."""
    policy: Policy
    """What holds now."""
    wider: tuple[Wider, ...] = ()
    """What the files allow more, and nobody has approved."""
    bases: tuple[Policy, ...] = ()
    """The policies with reviews that it is held to: who may approve a change stands in them."""


def recorded(book: Book) -> dict[str, Policy]:
    """Read the policies in force: brand → the latest that was recorded."""
    return {
        brand: Policy.model_validate_json(event.handles.get(POLICY, "{}"))
        for brand, event in book.policies.items()
    }


def settle(
    files: Mapping[str, Policy], known: Mapping[str, Policy], today: str
) -> dict[str, Settled]:
    """Find what holds for each brand.

    Args:
        files: Brand → what its files say.
        known: Brand → the policy in force.
        today: The local day.
    """
    return {brand: _settle(brand, policy, known, today) for brand, policy in files.items()}


def _settle(brand: str, files: Policy, known: Mapping[str, Policy], today: str) -> Settled:
    bases = [each for each in _bases(brand, files, known) if each.approval is Approval.REVIEW]
    policy, wider = files, list[Wider]()
    for base in bases:
        policy, found = stricter(base, policy, today)
        wider += [each for each in found if each.field not in {one.field for one in wider}]
    return Settled(files, policy, tuple(wider), tuple(bases))


def _bases(brand: str, files: Policy, known: Mapping[str, Policy]) -> list[Policy]:
    """List the policies that a brand is held to: its own, and those its accounts come from.

    An account that is moved to another brand, or whose brand's folder is renamed, keeps its policy.
    """
    own = known.get(brand)
    held = set(own.accounts.values()) if own else set()
    moved = {place for place in files.accounts.values() if place not in held}
    others = [
        policy
        for name, policy in known.items()
        if name != brand and moved & set(policy.accounts.values())
    ]
    return [*([own] if own else []), *others]


def brand_in_force(brand: Brand, policy: Policy) -> Brand:
    """Give a brand as its policy in force has it."""
    accounts = {
        name: account.model_copy(update={"budget": policy.budgets.get(name)})
        for name, account in brand.accounts.items()
    }
    update = {
        "approval": policy.approval,
        "approvers": policy.approvers,
        "second_approver": policy.second_approver,
        "late": policy.late,
        "grace": TimeDelta(seconds=policy.grace),
        "edits": TimeDelta(seconds=policy.edits),
        "spacing": TimeDelta(seconds=policy.spacing) if policy.spacing else None,
        "accounts": accounts,
    }
    return brand.model_copy(update=update)


def schedule_in_force(schedule: ScheduleFields | None, policy: Policy) -> ScheduleFields | None:
    """Give a calendar with the blackouts that are in force."""
    if not policy.blackouts:
        return schedule
    blackouts = tuple(blackout_of(each) for each in policy.blackouts)
    return (schedule or ScheduleFields()).model_copy(update={"blackouts": blackouts})


def blackout_of(row: Sequence[str]) -> Blackout:
    """Read a blackout as a policy keeps it."""
    starts, ends, accounts, reason = row
    named = tuple(accounts.split(",")) if accounts else ()
    return Blackout(starts=starts, ends=ends, accounts=named, reason=reason)


@dataclass(frozen=True)
class Pending:
    """A brand whose files allow more than is in force."""

    wider: tuple[Wider, ...]
    brand: Brand
    """As the files have it."""
    schedule: ScheduleFields | None
    """As the files have it."""
    blackouts: tuple[Blackout, ...] = ()
    """Those that the files have no more and that still hold."""

    @property
    def what(self) -> str:
        """Name the lines."""
        return ", ".join(dict.fromkeys(each.field for each in self.wider))

    @property
    def files(self) -> str:
        """Name the files that they stand in."""
        return ", ".join(dict.fromkeys(file_of(each.field, self.brand) for each in self.wider))


def pending_of(brand: Brand, schedule: ScheduleFields | None, settled: Settled) -> Pending | None:
    """Say what of a brand's files is not in force; None when all of it is."""
    if not settled.wider:
        return None
    gone = set(settled.policy.blackouts) - set(settled.files.blackouts)
    blackouts = tuple(blackout_of(row) for row in sorted(gone))
    return Pending(settled.wider, brand, schedule, blackouts)


def with_line(policy: Policy, other: Policy, field: str) -> Policy:
    """Give *policy* with one line (`Wider.field`) as *other* has it."""
    field, _, name = field.partition(".")
    value = getattr(other, field)
    if name:
        value = {**getattr(policy, field), name: value[name]}
    return policy.model_copy(update={field: value})
