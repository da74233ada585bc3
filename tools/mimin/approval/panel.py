"""The panel: which review is a yes to which exact payload, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from whenever import Instant

from mimin.approval.past import Past
from mimin.approval.rights import Rights
from mimin.approval.shape import what_changed
from mimin.approval.states import States
from mimin.approval.touching import Hands, files_of
from mimin.model.delivery import Delivery
from mimin.model.event import Event, Kind
from mimin.networks.github import Pull, Review
from mimin.planning.approval import GITHUB, SECOND, VIA, needs_second
from mimin.planning.bond import wider_terms
from mimin.planning.examined import Examined

_DECIDING = frozenset({"APPROVED", "CHANGES_REQUESTED", "DISMISSED"})
"""What is a yes or takes one back; a comment does neither."""


def last_yes(reviews: Iterable[Review]) -> list[Review]:
    """Keep the reviewers' last words that are a yes; a bot is nobody."""
    last: dict[str, Review] = {}
    for review in sorted(reviews, key=_moment):
        if review.user is not None and review.state in _DECIDING:
            last[review.user.login.casefold()] = review
    yes = (review for review in last.values() if review.state == "APPROVED")
    return [review for review in yes if review.user and review.user.type != "Bot"]


def _moment(review: Review) -> tuple[float, int]:
    # One that is still being written has no moment and decides nothing.
    return (review.submitted_at.timestamp() if review.submitted_at else 0.0, review.id)


@dataclass(frozen=True)
class Panel:
    """Everything that a review is judged by."""

    pull: Pull
    reviews: Sequence[Review]
    hands: Hands
    past: Past
    rights: Rights
    states: States
    at: Instant
    run: str

    def judge(self, delivery: Delivery, post: Examined) -> tuple[list[Event], list[str]]:
        """Give the approvals of a delivery as it was merged, and why other reviews are none."""
        approvers = self.rights.approvers(post.brand, post.path)
        if not approvers:
            return [], [self.rights.nobody(post.brand, post.path)]
        events, refusals = [], []
        for review in self.reviews:
            refusal = self._refusal(review, delivery, post, approvers)
            if refusal:
                refusals.append(refusal)
            else:
                events.append(self._event(review, delivery, post))
        if not self.reviews:
            refusals.append(f"no review of #{self.pull.number} approves it")
        return events, refusals

    def _refusal(
        self, review: Review, delivery: Delivery, post: Examined, approvers: tuple[str, ...]
    ) -> str:
        """Say why a review is no approval of a delivery; empty when it is one."""
        login = review.user.login if review.user else ""
        opener = self.pull.user.login if self.pull.user else ""
        if login.casefold() == opener.casefold():
            return f"{login} opened the pull request; somebody else has to approve"
        commit = self._hands_of(post).get(login.casefold())
        if commit is not None:
            return f"{login} has a hand in it (commit {commit}); somebody else has to approve"
        refusal = self._stale(review, login, delivery, post)
        if not refusal and not self.rights.may(login, approvers):
            names = ", ".join(f"@{name}" for name in approvers)
            refusal = f"{login} may not approve it; {names} may"
        return refusal

    def _hands_of(self, post: Examined) -> dict[str, str]:
        return self.past.on(post) | self.hands.on(self._files(post))

    def _files(self, post: Examined) -> frozenset[str]:
        """Name the post's files under every path that they had in the pull request."""
        key = post.deliveries[0].key
        found = (state.deliveries.get(key) for state in self.states.opened())
        return files_of([post, *(pair[1] for pair in found if pair)])

    def _stale(self, review: Review, login: str, delivery: Delivery, post: Examined) -> str:
        """Compare what was reviewed with what was merged, by content and not by commit."""
        again = f"ask {login} to review it again, then run this again"
        if review.commit_id == self.pull.head.sha:
            # There is nothing newer to review: the base branch made the difference.
            again = "open another pull request that touches it, and have that one reviewed"
        state = self.states.find(review.commit_id) if review.commit_id else None
        if state is None:
            return f"{login} approved a commit that is gone; {again}"
        seen = state.deliveries.get(delivery.key)
        if seen is None:
            return f"{login} approved {_short(review)}, which does not have it; {again}"
        if seen[0].digest != delivery.digest:
            shapes = (each.shape(delivery.key) for each in (state, self.states.merged))
            what = what_changed(*shapes) or "the payload"
            return f"{what} changed since {login} approved {_short(review)}; {again}"
        bonds = (state.bond(*seen), self.states.merged.bond(delivery, post))
        moved = bonds[0].goes_elsewhere(bonds[1])
        wider = wider_terms(bonds[0].terms, bonds[1].terms)
        if moved or wider:
            what = "where it goes" if moved else "what lets it go out late"
            named = ", ".join(moved or wider)
            return f"{what} changed ({named}) since {login} approved {_short(review)}; {again}"
        return ""

    def _event(self, review: Review, delivery: Delivery, post: Examined) -> Event:
        brand = self.states.merged.workspace.brands[post.brand]
        bond = self.states.merged.bond(delivery, post)
        handles = {
            VIA: GITHUB,
            "pull": str(self.pull.number),
            "review": str(review.id),
            "commit": review.commit_id or "",
            "shape": self.states.merged.shape(delivery.key),
            **bond.handles(),
        }
        if needs_second(brand, post):
            handles[SECOND] = needs_second(brand, post)
        return Event(
            at=self.at,
            kind=Kind.APPROVED,
            account=delivery.account,
            key=delivery.key,
            run=self.run,
            digest=delivery.digest,
            destination=bond.destination,
            by=review.user.login if review.user else "",
            handles=handles,
            reason=f"review of pull request #{self.pull.number}",
        )


def _short(review: Review) -> str:
    return (review.commit_id or "")[:10]
