"""Approval in a plan: whose yes covers a delivery, and what is missing where none does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from mimin.ledger.standing import Standing
from mimin.model.brand import Brand
from mimin.model.delivery import Delivery
from mimin.model.event import Event
from mimin.model.schedule import Campaign
from mimin.planning.bond import Bond, bond_of
from mimin.planning.examined import Examined
from mimin.planning.notes import note

VIA = "via"
"""The handle that says how an approval was given."""
GITHUB = "github"
SSH = "ssh"
SECOND = "second"
"""The handle of an approval that was given when the post needed the yes of two people."""


@dataclass(frozen=True)
class Vote:
    """What one approval is worth."""

    people: frozenset[str] = frozenset()
    """Every name that the approver is known by, in small letters."""
    refusal: str = ""
    """Why it does not count; empty when it does."""
    outdated: str = ""
    """A whole sentence: why it covers something else than what would go out now."""


class Votes(Protocol):
    """Looks at approvals more closely than a plan can: files, signatures, git."""

    def vote(self, event: Event, post: Examined) -> Vote:
        """Say what an approval of what the post says now is worth."""

    def changed(self, event: Event, delivery: Delivery, post: Examined) -> str:
        """Say what was changed since an approval of something else; empty when nobody can say."""


class Recorded:
    """Counts what was read from GitHub and recorded, and nothing that would have to be verified."""

    def vote(self, event: Event, post: Examined) -> Vote:  # noqa: ARG002 - one interface for all
        """Count approvals by GitHub."""
        match event.handles.get(VIA):
            case "github" if event.by:
                return Vote(frozenset({event.by.casefold()}))
            case "ssh":
                return Vote(refusal="its signature was not verified here")
            case _:
                return Vote(refusal="it does not say how it was given")

    def changed(self, event: Event, delivery: Delivery, post: Examined) -> str:  # noqa: ARG002 - one interface for all
        """Say nothing."""
        return ""


@dataclass(frozen=True)
class Verdict:
    """Whether a delivery is approved."""

    by: tuple[str, ...] = ()
    """Whose approvals count, as they were recorded."""
    missing: str = ""
    """What is missing; empty when it is approved."""


def needs_second(brand: Brand, post: Examined) -> str:
    """Name the label for which a post needs two people; empty when it has none."""
    return next((label for label in post.labels if label in brand.second_approver), "")


def judge(  # noqa: PLR0913, PLR0917 - one decision looks at all of it
    delivery: Delivery,
    post: Examined,
    standing: Standing,
    brand: Brand,
    votes: Votes,
    campaign: Campaign | None = None,
) -> Verdict:
    """Judge a delivery of a brand with policy `review`."""
    matching = [event for event in standing.approvals if event.digest == delivery.digest]
    bond = bond_of(delivery, post, brand, campaign)
    judged = [(event, vote_on(event, bond, post, votes)) for event in matching]
    counted = [(event, vote) for event, vote in judged if vote.people and not vote.refusal]
    by = tuple(dict.fromkeys(event.by for event, _ in counted))
    refused = [
        f"{event.by or 'somebody'}'s approval does not count: {vote.refusal}"
        for event, vote in judged
        if vote.refusal
    ]
    if not counted:
        outdated = [vote.outdated for _, vote in judged if vote.outdated]
        missing = "; ".join(refused) or (outdated[-1] if outdated else "")
        return Verdict(missing=missing or _not_yet(delivery, post, standing, votes))
    label = needs_second(brand, post)
    alone = not label and any(SECOND not in event.handles for event, _ in counted)
    if alone or _count(vote.people for _, vote in counted) > 1:
        return Verdict(by)
    sentence = "one-more" if label else "one-more-then"
    missing = note(sentence, names=", ".join(by), label=label)
    return Verdict(by, "; ".join([missing, *refused]) if refused else missing)


def vote_on(event: Event, bond: Bond, post: Examined, votes: Votes) -> Vote:
    """Say what an approval of this payload is worth for where, and when, it would go out now."""
    moved, wider = bond.moved_since(event), bond.wider_since(event)
    if moved:
        return Vote(outdated=note("moved", by=event.by, what=", ".join(moved)))
    if wider:
        return Vote(outdated=note("wider", by=event.by, what=", ".join(wider)))
    return votes.vote(event, post)


def _not_yet(delivery: Delivery, post: Examined, standing: Standing, votes: Votes) -> str:
    # What does not count for itself is no approval of an earlier state either.
    earlier = [event for event in standing.approvals if event.handles.get(VIA) in {GITHUB, SSH}]
    if not earlier:
        return note("unapproved")
    last = earlier[-1]
    what = votes.changed(last, delivery, post) or "the payload"
    return f"{what} changed since {last.by} approved it{_where(last)}"


def _where(event: Event) -> str:
    pull = event.handles.get("pull", "")
    return f" in #{pull}" if pull else ""


def _count(voters: Iterable[frozenset[str]]) -> int:
    """Count different people: whoever shares one name is the same."""
    groups: list[frozenset[str]] = []
    for names in voters:
        same = [group for group in groups if group & names]
        groups = [group for group in groups if not group & names]
        groups.append(names.union(*same))
    return len(groups)


def signed_off(by: Sequence[str]) -> str:
    """Say who approved."""
    return note("approved", names=", ".join(by)) if by else ""
