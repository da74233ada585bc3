"""The panel for policies: which review of a pull request approves what it allows more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from whenever import Instant

from mimin.approval.origins import traces_since
from mimin.approval.policies import day_of, policies_of, policy_event, policy_files
from mimin.approval.rights import Rights, approvers_in
from mimin.approval.states import States
from mimin.approval.touching import Hands
from mimin.ledger.ledger import Book
from mimin.model.brand import Approval
from mimin.model.event import Event
from mimin.planning.approval import GITHUB
from mimin.planning.in_force import Settled, recorded, settle
from mimin.planning.policy import Policy, Wider

if TYPE_CHECKING:
    from mimin.approval.past import Past
    from mimin.networks.github import Pull, Review

from mimin.workspace.workspace import Workspace


@dataclass(frozen=True)
class Call:
    """Which pull request, for which run."""

    number: int
    at: Instant
    run: str


@dataclass
class Policies:
    """What came of the changes of policy in one pull request."""

    fresh: list[Event] = field(default_factory=list)
    """To be recorded: policies that were found, and those that were approved."""
    wider: dict[str, tuple[Wider, ...]] = field(default_factory=dict)
    """Brand → what the pull request allows more and nobody has approved."""
    refusals: dict[str, list[str]] = field(default_factory=dict)
    """Brand → why reviews are no approval of it."""


@dataclass(frozen=True)
class PolicyPanel:
    """Everything that a review of a policy is judged by."""

    pull: Pull
    reviews: Sequence[Review]
    hands: Hands
    states: States
    call: Call
    book: Book
    base: str
    """The commit of the base branch before the merge."""

    @cached_property
    def known(self) -> dict[str, Policy]:
        """Brand → the policy in force: what is recorded, else what held before the merge."""
        return {**self._before, **recorded(self.book)}

    @cached_property
    def _before(self) -> dict[str, Policy]:
        found = self._read(self.states.need(self.base).workspace, self.base)
        return {name: each for name, each in found.items() if each.approval is Approval.REVIEW}

    def _read(self, workspace: Workspace, commit: str) -> dict[str, Policy]:
        """Read policies from files that were laid out outside of the repository."""
        return policies_of(workspace, commit, self.states.repository)

    @cached_property
    def merged(self) -> dict[str, Policy]:
        """Brand → what the files say since the merge."""
        return self._read(self.states.merged.workspace, self.states.merged_commit)

    @cached_property
    def settled(self) -> dict[str, Settled]:
        """Brand → what holds since the merge, as long as nobody approves more."""
        return settle(self.merged, self.known, day_of(self.call.at))

    def judge(self, past: Past, rights: Rights) -> Policies:
        """Find the approvals of what the pull request allows more."""
        outcome = Policies([self._found(name) for name in self._unknown()])
        for brand, settled in self.settled.items():
            if settled.wider and self._touches(brand):
                self._judge(brand, settled, past, rights, outcome)
        return outcome

    def _judge(
        self, brand: str, settled: Settled, past: Past, rights: Rights, outcome: Policies
    ) -> None:
        refusals = []
        for review in self.reviews:
            refusal = self._refusal(review, brand, settled, past, rights)
            if not refusal:
                outcome.fresh.append(self._approved(brand, settled, review))
                return
            refusals.append(refusal)
        outcome.wider[brand] = settled.wider
        outcome.refusals[brand] = refusals or [f"no review of #{self.pull.number} approves it"]

    def _refusal(
        self, review: Review, brand: str, settled: Settled, past: Past, rights: Rights
    ) -> str:
        """Say why a review is no approval of a policy; empty when it is one."""
        login = review.user.login if review.user else ""
        opener = self.pull.user.login if self.pull.user else ""
        if login.casefold() == opener.casefold():
            return f"{login} opened the pull request; somebody else has to approve"
        commit = self._authors(brand, past).get(login.casefold())
        if commit is not None:
            return f"{login} has a hand in it (commit {commit}); somebody else has to approve"
        if not self._seen(review, brand, settled):
            return f"{login} approved another state of it; ask {login} to review it again"
        path = self.states.merged.workspace.brands[brand].path
        for policy in settled.bases:
            approvers = approvers_in(policy, path)
            if not rights.may(login, approvers):
                names = ", ".join(f"@{name}" for name in approvers) or "nobody"
                return f"{login} may not approve it by the policy in force; {names} may"
        return ""

    def _authors(self, brand: str, past: Past) -> dict[str, str]:
        """Name whoever changed the policy since the one in force, whatever pull request it was."""
        files = policy_files(self.states.merged.workspace.brands[brand])
        event = self.book.policies.get(brand)
        since = event.commit if event else self.base
        traces = traces_since(self.states.repository, since, files, self.states.merged_commit)
        return past.people(traces) | self.hands.on(frozenset(files))

    def _seen(self, review: Review, brand: str, settled: Settled) -> bool:
        """Tell whether what was reviewed allows what was merged, line by line."""
        state = self.states.find(review.commit_id) if review.commit_id else None
        if state is None or review.commit_id is None:
            return False
        seen = self._read(state.workspace, review.commit_id).get(brand)
        fields = {each.field.partition(".")[0] for each in settled.wider}
        return seen is not None and all(
            getattr(seen, name) == getattr(settled.files, name) for name in fields
        )

    def _touches(self, brand: str) -> bool:
        files = policy_files(self.states.merged.workspace.brands[brand])
        return bool(self.hands.files & frozenset(files))

    def _unknown(self) -> list[str]:
        """Name the brands with reviews of which the ledger knows no policy yet."""
        return [name for name in self._before if name not in self.book.policies]

    def _found(self, brand: str) -> Event:
        policy, call = self._before[brand], self.call
        return policy_event(brand, policy, at=call.at, run=call.run, commit=self.base)

    def _approved(self, brand: str, settled: Settled, review: Review) -> Event:
        return policy_event(
            brand,
            settled.files,
            at=self.call.at,
            run=self.call.run,
            commit=self.states.merged_commit,
            via=GITHUB,
            by=review.user.login if review.user else "",
            reason=f"review of pull request #{self.pull.number}",
            handles={"pull": str(self.pull.number), "review": str(review.id)},
        )
