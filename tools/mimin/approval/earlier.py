"""Where an approval's delivery was to go, for approvals that do not say so themselves.

An earlier mimin bound the payload only. Git still has the account as it was when such an approval
was recorded; where git has not, it has to be given again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mimin.approval.merge import need_history
from mimin.errors import MiminError
from mimin.git import Repository
from mimin.model.brand import Brand
from mimin.model.event import Event
from mimin.networks.known import LIMITS
from mimin.networks.registry import NAMES
from mimin.planning.bond import Bond, access_of
from mimin.planning.notes import note
from mimin.workspace.brands import read_brand
from mimin.workspace.past import past_tree


@dataclass
class Earlier:
    """The accounts of brands as they were, each state read once."""

    repository: Repository
    _states: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    _brands: dict[str, Brand | None] = field(default_factory=dict)

    def moved(self, event: Event, brand: Brand) -> str:
        """Say why an approval without a destination is none of where it would go now."""
        name = event.account.partition("/")[2]
        try:
            commit = self._commit_of(event, brand)
            then = self._brand(brand, commit) if commit else None
        except MiminError as error:
            return note("moved-maybe", by=event.by, reason=str(error))
        if then is None:
            reason = f"git has no {brand.path} of that time that can be read"
            return note("moved-maybe", by=event.by, reason=reason)
        found = _bond(then, name).goes_elsewhere(_bond(brand, name))
        return note("moved", by=event.by, what=", ".join(found)) if found else ""

    def _commit_of(self, event: Event, brand: Brand) -> str:
        """Find the state of a brand's file at the moment of an approval; empty without one.

        What was reviewed on GitHub is named in the approval. For others the time of commits on the
        line that is published from decides.
        """
        reviewed = event.handles.get("commit", "")
        if reviewed and self.repository.resolve(reviewed):
            return reviewed
        states = self._history(brand.path)
        later = [n for n, (_, moment) in enumerate(states) if moment > event.at.timestamp()]
        # A commit that claims to be older than one it follows was made after that one all the same.
        first = later[-1] + 1 if later else 0
        return states[first][0] if first < len(states) else ""

    def _history(self, path: str) -> list[tuple[str, int]]:
        """List the commits that changed a file, the newest first, with their times."""
        if path not in self._states:
            need_history(self.repository)
            form = "--format=%H %ct"
            text = self.repository.text("log", "--first-parent", form, "HEAD", "--", path)
            rows = (line.split(" ") for line in text.splitlines())
            self._states[path] = [(commit, int(moment)) for commit, moment in rows]
        return self._states[path]

    def _brand(self, brand: Brand, commit: str) -> Brand | None:
        key = f"{commit}:{brand.path}"
        if key not in self._brands:
            tree = past_tree(self.repository, commit)
            known = frozenset(LIMITS)
            self._brands[key] = read_brand(tree, brand.id, brand.path, NAMES, known)[0]
        return self._brands[key]


def _bond(brand: Brand, name: str) -> Bond:
    if name not in brand.accounts:
        return Bond("", {}, {})
    return Bond(brand.accounts[name].destination, access_of(brand, name), {})
