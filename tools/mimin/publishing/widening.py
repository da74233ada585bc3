"""Finding widenings: what a pull request lets go out that did not go out before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from whenever import Instant, TimeDelta

from mimin.approval.jury import Jury, open_jury
from mimin.approval.policies import day_of, in_force, policies_of
from mimin.errors import UsageError
from mimin.ledger.ledger import Book
from mimin.ledger.standing import State
from mimin.model.brand import Approval, Brand
from mimin.networks.known import LIMITS
from mimin.networks.registry import NAMES
from mimin.planning.account_names import find_account_names
from mimin.planning.bond import access_of, bond_of, campaign_of, wider_terms
from mimin.planning.examined import Examined
from mimin.planning.in_force import (
    brand_in_force,
    recorded,
    schedule_in_force,
    settle,
    with_line,
)
from mimin.planning.line import Action, Line, Rules
from mimin.planning.notes import Note
from mimin.planning.plan import make_plan
from mimin.planning.policy import Policy, Wider, file_of, stricter
from mimin.planning.trust import token_doubts, token_of_account
from mimin.planning.widening import Widening, ordered
from mimin.workspace.past import past_tree
from mimin.workspace.workspace import Workspace, open_workspace

_AHEAD = TimeDelta(hours=24 * 3650)
_APPROVERS = frozenset({"approvers", "second_approver", "signers", "owners"})
"""Lines that let nothing go out by themselves, but change who may approve."""
_OUT = frozenset({State.PUBLISHED, State.RETRACTED, State.DROPPED})


@dataclass(frozen=True)
class Before:
    """The files as they were where the work left its base."""

    workspace: Workspace
    commit: str
    posts: tuple[Examined, ...]

    @cached_property
    def policies(self) -> dict[str, Policy]:
        """Brand → its policy there."""
        return policies_of(self.workspace, self.commit)


def open_before(workspace: Workspace, base: str, posts: tuple[Examined, ...]) -> Before:
    """Open the workspace as it was where the work left *base*.

    Args:
        workspace: The files now.
        base: A revision.
        posts: Its posts, examined (`examine_base`).

    Raises:
        UsageError: if there is no such revision.
    """
    repository = workspace.tree.repository
    if repository is None or repository.resolve(base) is None:
        raise UsageError(f"--base {base}: there is no such revision here; fetch it")
    commit = repository.text("merge-base", base, "HEAD")
    tree = past_tree(repository, commit)
    earlier = open_workspace(workspace.root, NAMES, frozenset(LIMITS), tree)
    return Before(earlier, commit, posts)


@dataclass
class Finder:
    """Compares what the files say now with what they said before, and with what is in force."""

    workspace: Workspace
    posts: tuple[Examined, ...]
    before: Before
    book: Book
    now: Instant
    _plans: dict[tuple[str, str], dict[str, Line]] = field(default_factory=dict)

    def find(self) -> list[Widening]:
        """Find all of them, by brand and file."""
        found: list[Widening] = []
        for name, brand in self.workspace.brands.items():
            found += self._of_policy(brand)
            earlier = self.before.workspace.brands.get(name)
            found += self._of_accounts(brand, earlier)
            found += self._of_people(brand, earlier)
        found += self._of_posts()
        # What a token is sent to comes first: it can not be taken back, and tables are cut short.
        return sorted(
            found, key=lambda each: (not each.trust, not each.field.startswith("accounts."))
        )

    @cached_property
    def _distrusted(self) -> Mapping[str, Note]:
        """Accounts whose token goes elsewhere than by the files before, and by the ledger."""
        brands = self.before.workspace.brands
        tokens = [
            token_of_account(f"{brand.id}/{name}", account)
            for brand in brands.values()
            for name, account in brand.accounts.items()
        ]
        known = {token.secret: token for token in tokens if token} | dict(self.book.tokens)
        names = find_account_names(self.workspace.brands, self.book)
        return token_doubts(self.workspace.brands, self.book, names, known=known)

    @cached_property
    def _files(self) -> dict[str, Policy]:
        return policies_of(self.workspace)

    @cached_property
    def _jury(self) -> Jury:
        rules = in_force(self.workspace, self.book, self.now)
        return open_jury(self.workspace, self.now, rules)

    def _of_policy(self, brand: Brand) -> Iterator[Widening]:
        for strict, wider, reviewed in self._lines(brand.id):
            freed = self._freed(brand, strict, wider)
            path = file_of(wider.field, brand)
            yield Widening(brand.id, path, wider.field, wider.was, wider.now, freed, reviewed)

    def _lines(self, brand: str) -> list[tuple[Policy, Wider, bool]]:
        """Give each line that allows more, with the policy that has it as it was."""
        files, today = self._files, day_of(self.now)
        found: dict[tuple[str, str], tuple[Policy, Wider, bool]] = {}
        for known in (recorded(self.book), self.before.policies):
            settled = settle({brand: files[brand]}, known, today)[brand]
            for wider in settled.wider:
                found.setdefault((wider.field, wider.was), (settled.policy, wider, True))
        if brand in self.before.policies:
            strict, lines = stricter(self.before.policies[brand], files[brand], today)
            for wider in lines:
                if Approval.REVIEW in {strict.approval, files[brand].approval} or (
                    wider.field not in _APPROVERS
                ):
                    found.setdefault((wider.field, wider.was), (strict, wider, False))
        return list(found.values())

    def _freed(self, brand: Brand, strict: Policy, wider: Wider) -> tuple[Line, ...]:
        now = self._plan(brand, self._files[brand.id])
        if wider.field in _APPROVERS:
            return ordered(line for line in now.values() if str(line.cause) == "unapproved")
        if wider.field == "blackouts":
            starts, _, ends = wider.was.split(" ")[:3]
            days = {key: _day(line, brand) for key, line in now.items()}
            inside = (line for key, line in now.items() if starts <= days[key] <= ends)
            return ordered(line for line in inside if line.state not in _OUT)
        old = self._plan(brand, with_line(self._files[brand.id], strict, wider.field))
        goes = (line for key, line in now.items() if _goes(line) and not _goes(old[key]))
        return ordered(goes)

    def _plan(self, brand: Brand, policy: Policy) -> dict[str, Line]:
        """Plan a brand's posts by a policy, however far ahead they are due."""
        asked = (brand.id, policy.digest)
        if asked not in self._plans:
            schedule = schedule_in_force(self.workspace.schedules.get(brand.id), policy)
            rules = Rules(
                now=self.now,
                lookahead=_AHEAD,
                brands={**self.workspace.brands, brand.id: brand_in_force(brand, policy)},
                schedules={brand.id: schedule} if schedule else {},
                votes=self._jury,
            )
            posts = [post for post in self.posts if post.brand == brand.id]
            lines = make_plan(posts, self.book, rules)
            self._plans[asked] = {line.key: line for line in lines}
        return self._plans[asked]

    def _waiting(self, brand: Brand) -> list[Line]:
        plan = self._plan(brand, self._files[brand.id])
        return [line for line in plan.values() if line.state not in _OUT]

    def _of_accounts(self, brand: Brand, earlier: Brand | None) -> Iterator[Widening]:
        """Find accounts that are new, or whose posts or token go elsewhere."""
        for name in brand.accounts:
            was = _place(earlier, name) if earlier and name in earlier.accounts else "none"
            now = _place(brand, name)
            if was == now:
                continue
            ref = f"{brand.id}/{name}"
            freed = ordered(x for x in self._waiting(brand) if x.delivery.account == ref)
            doubt = self._distrusted.get(ref)
            yield Widening(
                brand.id,
                brand.path,
                f"accounts.{name}",
                was,
                now,
                freed,
                trust=ref if doubt else "",
                host=str(doubt.values["host"]) if doubt else "",
            )

    def _of_people(self, brand: Brand, earlier: Brand | None) -> Iterator[Widening]:
        """Find people whose mention leads to somebody else."""
        old = {post.path: post for post in self.before.posts}
        for slug, person in brand.people.items():
            known = earlier.people.get(slug) if earlier else None
            if known is None:
                continue
            handles = {**known.handles, "did": known.did or ""}
            for network, now in {**person.handles, "did": person.did or ""}.items():
                was = handles.get(network, "")
                if was and was != now:
                    freed = ordered(line for line in self._waiting(brand) if _altered(line, old))
                    yield Widening(
                        brand.id, brand.path, f"people.{slug}.{network}", was, now or "none", freed
                    )

    def _of_posts(self) -> Iterator[Widening]:
        """Find posts that may go out later than before."""
        old = self.before.workspace
        known = {
            delivery.key: bond_of(
                delivery, post, old.brands[post.brand], campaign_of(post, old.schedules)
            )
            for post in self.before.posts
            if not post.draft and post.brand in old.brands
            for delivery in post.deliveries
        }
        for post in self.posts:
            if post.draft or post.brand not in self.workspace.brands:
                continue
            brand = self.workspace.brands[post.brand]
            campaign = campaign_of(post, self.workspace.schedules)
            found: dict[str, tuple[str, str]] = {}
            for delivery in post.deliveries:
                if delivery.key in known:
                    then = known[delivery.key].terms
                    now = bond_of(delivery, post, brand, campaign).terms
                    for name in wider_terms(then, now):
                        found[name] = (then.get(name, "none"), now.get(name, "none"))
            waiting = [line for line in self._waiting(brand) if line.post.path == post.path]
            for name, (was, is_now) in found.items() if waiting else ():
                yield Widening(brand.id, post.path, name, was, is_now, ordered(waiting))


def _goes(line: Line) -> bool:
    return line.action in {Action.PUBLISH, Action.CHANGE}


def _day(line: Line, brand: Brand) -> str:
    due = line.delivery.due
    return due.to_tz(brand.zone).date().format_iso() if due else ""


def _place(brand: Brand, name: str) -> str:
    access: Iterable[tuple[str, str]] = access_of(brand, name).items()
    return ", ".join([brand.accounts[name].destination, *(f"{k} {v}" for k, v in access)])


def _altered(line: Line, old: Mapping[str, Examined]) -> bool:
    """Tell whether a post sends something else although its own files are what they were."""
    post = old.get(line.post.path)
    if post is None:
        return False
    mine = {path: blob for path, blob in line.post.inputs.items() if path.endswith(".md")}
    same = all(post.inputs.get(path) == blob for path, blob in mine.items())
    digests = {delivery.key: delivery.digest for delivery in post.deliveries}
    return same and digests.get(line.key) not in {None, line.delivery.digest}
