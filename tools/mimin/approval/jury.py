"""The jury: what recorded approvals are worth to the publisher, signatures verified."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from whenever import Instant

from mimin.approval.earlier import Earlier
from mimin.approval.merge import need_history
from mimin.approval.policies import InForce, signer_lines
from mimin.approval.revision import compose_for
from mimin.approval.shape import shape_of, what_changed
from mimin.approval.signing import Verified, read_signers, verify
from mimin.approval.touching import authors_of
from mimin.errors import MiminError
from mimin.git import Repository
from mimin.model.base import fold
from mimin.model.brand import Brand
from mimin.model.delivery import Delivery
from mimin.model.event import Event
from mimin.planning.approval import GITHUB, SSH, VIA, Recorded, Vote
from mimin.planning.examined import Examined
from mimin.workspace.workspace import Workspace

Shape = Callable[[Examined, Delivery], str]
"""Gives the shape of what a delivery would send now; empty when nobody can say."""


class Jury:
    """Votes for plans. Costs nothing until a brand's policy is `review` and somebody signed."""

    def __init__(
        self,
        repository: Repository | None,
        brands: Mapping[str, Brand],
        now: Instant,
        shape: Shape,
        keys: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """Look at signatures and authors in *repository*; without one no signature counts.

        Of a brand in *keys* only those lines of the allowed signers are in force.
        """
        self._keys = keys or {}
        self._repository = repository
        self._brands = brands
        self._now = now
        self.shape = shape
        self._signers: tuple[bytes | None] | None = None
        self._verified: dict[str, Verified] = {}
        self._authors: dict[tuple[str, bool], dict[str, str]] = {}
        self._earlier = Earlier(repository) if repository else None

    def vote(self, event: Event, post: Examined) -> Vote:
        """Say what an approval of what the post says now is worth."""
        if event.handles.get(VIA) != SSH:
            vote = Recorded().vote(event, post)
        else:
            try:
                vote = self._signed(event, post)
            except MiminError as error:
                return Vote(refusal=str(error))
        return vote if vote.refusal else self._where(event, post, vote)

    def _where(self, event: Event, post: Examined, vote: Vote) -> Vote:
        """Let an approval that does not say where it goes count only for where it went then."""
        if event.destination or self._earlier is None:
            return vote
        moved = self._earlier.moved(event, self._brands[post.brand])
        return Vote(outdated=moved) if moved else vote

    def changed(self, event: Event, delivery: Delivery, post: Examined) -> str:
        """Say what was changed since an approval of something else."""
        if event.handles.get(VIA) not in {GITHUB, SSH} or "shape" not in event.handles:
            return ""
        return what_changed(event.handles["shape"], self.shape(post, delivery))

    def _signed(self, event: Event, post: Examined) -> Vote:
        if self._repository is None:
            return Vote(refusal="signatures need a git repository")
        found = self._verify(event, self._repository)
        if found.refusal:
            return Vote(refusal=found.refusal)
        # An approval that an earlier mimin wrote is judged by the rule of its time.
        strict = bool(event.destination)
        refusal = self.objection(event.by, found.principals, post, strict=strict)
        return Vote(refusal=refusal) if refusal else Vote(found.principals)

    def objection(
        self, principal: str, names: frozenset[str], post: Examined, *, strict: bool = True
    ) -> str:
        """Say why a signer may not approve a post; empty when he may.

        With *strict* who committed a text counts as who wrote it.
        """
        approvers = self._brands[post.brand].approvers
        allowed = {fold(name.removeprefix("@")) for name in approvers}
        if allowed and fold(principal) not in allowed:
            return f"{principal} is not among the approvers of {post.brand}"
        assert self._repository is not None  # noqa: S101 - `_signed` has looked
        asked = (post.path, strict)
        if asked not in self._authors:
            need_history(self._repository)
            self._authors[asked] = authors_of(self._repository, post, committers=strict)
        commits = self._authors[asked]
        own = next((commits[name] for name in sorted(names) if name in commits), "")
        if not own:
            return ""
        return f"{principal} wrote it (commit {own}); somebody who did not has to approve it"

    def _verify(self, event: Event, repository: Repository) -> Verified:
        name = event.model_dump_json()
        if name not in self._verified:
            if self._signers is None:
                self._signers = (read_signers(repository),)
            brand = event.account.partition("/")[0]
            signers = _in_force(self._signers[0], self._keys.get(brand))
            self._verified[name] = verify(event, signers, self._now)
        return self._verified[name]

    def verify(self, event: Event) -> Verified:
        """Verify the signature of an event by the signers in force of its brand."""
        assert self._repository is not None  # noqa: S101 - whoever signs works in git
        return self._verify(event, self._repository)


def _in_force(signers: bytes | None, keys: tuple[str, ...] | None) -> bytes | None:
    if signers is None or keys is None:
        return signers
    return "".join(f"{line}\n" for line in signer_lines(signers) if line in keys).encode()


def open_jury(workspace: Workspace, now: Instant, rules: InForce | None = None) -> Jury:
    """Give the votes for plans of *workspace*, by the policies in force.

    Args:
        workspace: The files.
        now: When signing keys must be valid.
        rules: What is in force; what the files say when not given.
    """

    def shape(post: Examined, delivery: Delivery) -> str:
        payload = compose_for(workspace, post.path, delivery.account)
        return shape_of(payload) if payload else ""

    brands = rules.brands if rules else workspace.brands
    keys = {name: each.policy.signers for name, each in rules.settled.items()} if rules else {}
    return Jury(workspace.tree.repository, brands, now, shape, keys)
