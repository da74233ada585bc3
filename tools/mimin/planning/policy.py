"""A brand's policy: every line that decides what may go out, and which of two lines is stricter."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict
from whenever import TimeDelta

from mimin.model.base import fold, format_duration
from mimin.model.brand import Account, Approval, Brand, Late
from mimin.model.schedule import Blackout, ScheduleFields

POLICY = "policy"
"""The handle of an event that holds the policy, as `Policy.text` writes it."""
_ORDER = (Approval.NONE, Approval.MERGE, Approval.REVIEW)


class Policy(BaseModel):
    """The lines of one brand; what a later mimin adds is left out by this one."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    approval: Approval = Approval.MERGE
    approvers: tuple[str, ...] = ()
    second_approver: tuple[str, ...] = ()
    signers: tuple[str, ...] = ()
    """Lines of the allowed-signers file."""
    owners: tuple[str, ...] = ()
    """Lines of CODEOWNERS that may be about the brand's files."""
    late: Late = Late.HOLD
    grace: int = 7200
    """Seconds."""
    edits: int = 2592000
    """Seconds."""
    spacing: int = 0
    """Seconds."""
    budgets: dict[str, str] = {}
    """Account → dollars a month."""
    accounts: dict[str, str] = {}
    """Account → its destination and the name of its secret."""
    blackouts: tuple[tuple[str, str, str, str], ...] = ()
    """First day, last day, accounts (all when empty), reason."""

    @property
    def text(self) -> str:
        """Write it as one line that is always the same."""
        fields = self.model_dump(mode="json")
        return json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """Name it by its hash."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Wider:
    """One line that allows more than it did."""

    field: str
    """Of `Policy`; with the account for `budgets.NAME`."""
    was: str
    now: str


def policy_of(
    brand: Brand,
    schedule: ScheduleFields | None,
    signers: tuple[str, ...] = (),
    owners: tuple[str, ...] = (),
) -> Policy:
    """Gather the policy that a brand's files say."""
    blackouts = schedule.blackouts if schedule else ()
    return Policy(
        approval=brand.approval,
        approvers=_names(brand.approvers),
        second_approver=tuple(sorted(set(brand.second_approver))),
        signers=signers,
        owners=owners,
        late=brand.late,
        grace=round(brand.grace.total("seconds")),
        edits=round(brand.edits.total("seconds")),
        spacing=round(brand.spacing.total("seconds")) if brand.spacing else 0,
        budgets={name: each.budget for name, each in brand.accounts.items() if each.budget},
        accounts={name: whereabouts(each) for name, each in brand.accounts.items()},
        blackouts=tuple(sorted(_blackout(each) for each in blackouts)),
    )


def file_of(field: str, brand: Brand) -> str:
    """Name the file that a line (`Wider.field`) stands in."""
    match field:
        case "blackouts":
            return f"calendar/{brand.id}.yml"
        case "signers":
            return ".github/allowed_signers"
        case "owners":
            return "CODEOWNERS"
        case _:
            return brand.path


def whereabouts(account: Account) -> str:
    """Name where an account's posts and its token go."""
    return f"{account.destination} {account.secret}" if account.secret else account.destination


def stricter(force: Policy, files: Policy, today: str) -> tuple[Policy, list[Wider]]:
    """Take of each line the stricter one, and name those in which the files allow more.

    Args:
        force: The policy in force.
        files: What the files say.
        today: The local day; a blackout that is over holds nothing back.
    """
    found: list[Wider] = []

    def choose(field: str, *, wider: bool, kept: object, shown: Callable[[object], str]) -> object:
        was, now = getattr(force, field), getattr(files, field)
        if not wider:
            return now
        found.append(Wider(field, shown(was), shown(now)))
        return kept

    lines: dict[str, object] = {}
    for field, rule in _RULES.items():
        wider, kept = rule(force, files)
        lines[field] = choose(field, wider=wider, kept=kept, shown=_SHOWN.get(field, _list))
    lines["budgets"] = _budgets(force, files, found)
    lines["blackouts"] = _blackouts(force, files, today, found)
    return files.model_copy(update=lines), found


Choice = tuple[bool, object]
"""Whether the files allow more, and what holds then."""


def _approval(force: Policy, files: Policy) -> Choice:
    return _ORDER.index(files.approval) < _ORDER.index(force.approval), force.approval


def _approvers(force: Policy, files: Policy) -> Choice:
    """Who is taken out is out at once; who is added has to be approved by those who are left.

    With nobody left the old ones decide, or nobody could approve who follows them.
    """
    old, new = set(force.approvers), set(files.approvers)
    if not old:  # the owners decide, or on a computer whoever may sign
        return bool(new and force.owners), force.approvers
    left = tuple(sorted(old & new))
    return not new or not new <= old, left or force.approvers


def _second(force: Policy, files: Policy) -> Choice:
    old, new = set(force.second_approver), set(files.second_approver)
    return not old <= new, tuple(sorted(old | new))


def _signers(force: Policy, files: Policy) -> Choice:
    """A key that was taken out signs nothing more, whatever else is changed."""
    added = not set(files.signers) <= set(force.signers) and can_approve(force)
    return added, tuple(line for line in files.signers if line in force.signers)


def _owners(force: Policy, files: Policy) -> Choice:
    asked = not (force.approvers and files.approvers)
    return force.owners != files.owners and asked and can_approve(force), force.owners


def can_approve(policy: Policy) -> bool:
    """Tell whether anybody could approve anything: else the first who can is taken as found."""
    logins = any("@" not in name for name in policy.approvers)
    return bool(policy.signers or policy.owners or logins)


def _late(force: Policy, files: Policy) -> Choice:
    return files.late is Late.POST and force.late is not Late.POST, force.late


def _grace(force: Policy, files: Policy) -> Choice:
    return files.grace > force.grace, force.grace


def _edits(force: Policy, files: Policy) -> Choice:
    return files.edits > force.edits, force.edits


def _spacing(force: Policy, files: Policy) -> Choice:
    return files.spacing < force.spacing, force.spacing


_RULES: Mapping[str, Callable[[Policy, Policy], Choice]] = {
    "approval": _approval,
    "approvers": _approvers,
    "second_approver": _second,
    "signers": _signers,
    "owners": _owners,
    "late": _late,
    "grace": _grace,
    "edits": _edits,
    "spacing": _spacing,
}


def _budgets(force: Policy, files: Policy, found: list[Wider]) -> dict[str, str]:
    kept = dict(files.budgets)
    for name, old in force.budgets.items():
        new = files.budgets.get(name)
        if name in files.accounts and (new is None or float(new) > float(old)):
            found.append(Wider(f"budgets.{name}", old, new or "none"))
            kept[name] = old
    return kept


def _blackouts(
    force: Policy, files: Policy, today: str, found: list[Wider]
) -> tuple[tuple[str, str, str, str], ...]:
    missing = [
        each
        for each in force.blackouts
        if each[1] >= today and not any(_covers(other, each) for other in files.blackouts)
    ]
    for starts, ends, accounts, reason in missing:
        who = f" for {accounts}" if accounts else ""
        found.append(Wider("blackouts", f"{starts} to {ends}{who} ({reason})", "not all of it"))
    return tuple(sorted({*files.blackouts, *missing}))


def _covers(other: tuple[str, ...], each: tuple[str, ...]) -> bool:
    everybody = not other[2]
    names = bool(each[2]) and set(each[2].split(",")) <= set(other[2].split(","))
    return other[0] <= each[0] and each[1] <= other[1] and (everybody or names)


def _blackout(each: Blackout) -> tuple[str, str, str, str]:
    return each.starts, each.ends, ",".join(sorted(each.accounts)), each.reason


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({fold(name.removeprefix("@")) for name in names}))


def _list(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value) or "none"
    return str(value)


def _span(value: object) -> str:
    return format_duration(TimeDelta(seconds=value)) if isinstance(value, int) else str(value)


def _lines(value: object) -> str:
    lines = value if isinstance(value, tuple) else ()
    return "; ".join(_short(str(line)) for line in lines) or "none"


def _short(line: str) -> str:
    """Leave a key's middle out: its beginning is the same for all, its end tells keys apart."""
    words = line.split(" ")
    return " ".join(w if len(w) <= 40 else f"{w[:8]}…{w[-8:]}" for w in words)


_SHOWN: Mapping[str, Callable[[object], str]] = {
    "grace": _span,
    "edits": _span,
    "spacing": _span,
    "signers": _lines,
    "owners": _lines,
}
