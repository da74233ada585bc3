"""Approval by GitHub: from the reviews of a merged pull request to events for the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field

from mimin.approval.merge import Source, find_merge, rights_base
from mimin.approval.panel import Panel, last_yes
from mimin.approval.past import Past
from mimin.approval.policy_panel import Call, Policies, PolicyPanel
from mimin.approval.rights import Rights, read_code_owners
from mimin.approval.states import States
from mimin.approval.touching import Hands
from mimin.ledger.ledger import Book
from mimin.model.brand import Approval
from mimin.model.delivery import Delivery
from mimin.model.event import Event
from mimin.networks.github import GitHub
from mimin.planning.approval import SECOND, VIA
from mimin.planning.bond import ACCESS, TERMS
from mimin.planning.examined import Examined
from mimin.workspace.workspace import Workspace

__all__ = ["Call", "Outcome", "approve_pull"]


@dataclass
class Outcome:
    """What came of the reviews of one pull request."""

    fresh: list[Event] = field(default_factory=list)
    """To be recorded."""
    known: list[Event] = field(default_factory=list)
    """Said in the ledger before."""
    targets: dict[str, tuple[Delivery, Examined]] = field(default_factory=dict)
    """Every delivery that the pull request added or changed and that needs approval."""
    refusals: dict[str, list[str]] = field(default_factory=dict)
    """Delivery key → why reviews are no approval of it."""
    remarks: list[str] = field(default_factory=list)
    policies: Policies = field(default_factory=Policies)
    """What came of changes of policy in it."""


def approve_pull(
    workspace: Workspace, source: Source, github: GitHub, call: Call, book: Book
) -> Outcome:
    """Find out who has approved which exact payloads of a merged pull request.

    Raises:
        MiminError: if GitHub or git do not tell what is needed.
    """
    pull = github.pull(call.number)
    merge = find_merge(source, pull)
    reviews = last_yes(github.reviews(call.number))
    commits = github.commits(call.number)
    for commit in commits:
        source.need(commit.sha, f"a commit of #{call.number}")
    hands = Hands(source.repository, commits)
    with States(workspace, source, merge) as states:
        base = rights_base(source.repository, pull, merge, hands.files)
        policies = PolicyPanel(pull, reviews, hands, states, call, book, base)
        rights = _rights(github, source, states, base)
        rights.force = {name: (policy,) for name, policy in policies.known.items()}
        past = Past(source.repository, github, commits, merge.merged)
        panel = Panel(pull, reviews, hands, past, rights, states, call.at, call.run)
        outcome = Outcome(targets=_targets(states, policies))
        for key, (delivery, post) in outcome.targets.items():
            events, outcome.refusals[key] = panel.judge(delivery, post)
            for event in events:
                (outcome.known if _is_known(event, book) else outcome.fresh).append(event)
        outcome.policies = policies.judge(past, rights)
        outcome.remarks = _remarks(rights, hands)
    return outcome


def _rights(github: GitHub, source: Source, states: States, base: str) -> Rights:
    return Rights(
        states.need(base).workspace.brands,
        read_code_owners(source.repository, base),
        github.is_member,
    )


def _targets(states: States, policies: PolicyPanel) -> dict[str, tuple[Delivery, Examined]]:
    return {
        key: (delivery, post)
        for key, (delivery, post) in states.changed().items()
        if policies.settled[post.brand].policy.approval is Approval.REVIEW
    }


def _is_known(event: Event, book: Book) -> bool:
    """Tell whether the ledger says the same already, whichever review it was read from."""
    return any(_essence(event) == _essence(each) for each in book.standing(event.key).approvals)


def _essence(event: Event) -> tuple[str, ...]:
    said = (event.handles.get(name, "") for name in (VIA, ACCESS, TERMS))
    second = "second" if SECOND in event.handles else ""
    return (event.digest, event.by.casefold(), second, event.destination, *said)


def _remarks(rights: Rights, hands: Hands) -> list[str]:
    owners = rights.owners.remarks if rights.owners else ()
    strangers = [
        f"commit {commit}: GitHub knows nobody by its author's e-mail address, so nobody can tell "
        "whether its author approved it; add the address to the account"
        for commit in hands.strangers()
    ]
    return [*owners, *rights.remarks, *strangers]
