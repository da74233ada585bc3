"""Who may approve for a brand: its approvers, else the owners of the post's path, else nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mimin.errors import MiminError
from mimin.git import Repository
from mimin.model.base import fold
from mimin.model.brand import Brand
from mimin.planning.policy import Policy
from mimin.workspace.codeowners import PLACES, CodeOwners, parse

IsMember = Callable[[str, str], bool]
"""Tells whether a login (second) is in a team (first, `org/team`)."""


def read_code_owners(repository: Repository, commit: str) -> CodeOwners | None:
    """Read the first CODEOWNERS of a revision that GitHub would read; None when there is none."""
    listing = repository.files(commit, *PLACES)
    for place in PLACES:
        if place in listing:
            return parse(repository.show(commit, place), place)
    return None


def approvers_in(policy: Policy, path: str) -> tuple[str, ...]:
    """Name who may approve what lies at *path* under a policy: logins and `org/team`."""
    if policy.approvers:
        return policy.approvers
    return parse("\n".join(policy.owners).encode(), "CODEOWNERS").owners(path)


@dataclass
class Rights:
    """Who may approve, as the base branch said before the pull request was merged."""

    brands: Mapping[str, Brand]
    owners: CodeOwners | None
    is_member: IsMember
    force: Mapping[str, tuple[Policy, ...]] = field(default_factory=dict)
    """Brand → policies in force, which must allow it too: the base branch may have been widened
    without anybody's approval."""
    remarks: list[str] = field(default_factory=list)
    _known: dict[tuple[str, str], bool] = field(default_factory=dict)

    def approvers(self, brand: str, path: str) -> tuple[str, ...]:
        """Name who may approve the post at *path*: logins and `org/team`, without @."""
        known = self.brands.get(brand)
        if known is not None and known.approvers:
            found = tuple(name.removeprefix("@") for name in known.approvers)
        else:
            found = self.owners.owners(path) if self.owners else ()
        for policy in self.force.get(brand, ()):
            allowed = {fold(name) for name in approvers_in(policy, path)}
            found = tuple(name for name in found if fold(name) in allowed)
        return found

    def nobody(self, brand: str, path: str) -> str:
        """Say that nobody may approve, and the way out."""
        return (
            f"{path}: nobody may approve it: the base branch, or the policy in force, has no "
            "`approvers:` in "
            f"content/{brand}/brand.yml and no owner in CODEOWNERS for it; add one of them there, "
            "merge that, and ask for the review again"
        )

    def may(self, login: str, approvers: tuple[str, ...]) -> bool:
        """Tell whether *login* is among *approvers*, or in a team of them."""
        names = {fold(name) for name in approvers}
        if fold(login) in names:
            return True
        return any(self._in_team(name, login) for name in approvers if "/" in name)

    def _in_team(self, team: str, login: str) -> bool:
        asked = (fold(team), fold(login))
        if asked not in self._known:
            try:
                self._known[asked] = self.is_member(team, login)
            except MiminError as error:
                self._known[asked] = False
                self.remarks.append(
                    f"@{team} does not count: {error}; give the workflow a token that may read "
                    "the organisation's members, or name people instead of the team"
                )
        return self._known[asked]
