"""The desk: a workspace, its ledger and its accounts' connections, put together for one command."""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from whenever import Instant, TimeDelta

from mimin.approval.jury import open_jury
from mimin.approval.policies import in_force
from mimin.checks.check import Progress, Survey, check, settled_in, survey
from mimin.checks.examine import Draft, compose_post
from mimin.checks.holding import hold_back
from mimin.checks.library import Library
from mimin.checks.version import code_version
from mimin.errors import MiminError, UsageError, WorkspaceError
from mimin.ledger.ledger import BRANCH, Book, Ledger
from mimin.ledger.lines import is_record
from mimin.ledger.tokens import Token
from mimin.model.brand import Account
from mimin.model.event import Event, Kind
from mimin.model.media import Media
from mimin.model.payload import Payload
from mimin.model.problem import Problem
from mimin.networks.address import base_address, server_of, token_host
from mimin.networks.hosting import host_of
from mimin.networks.protocol import Access, Connection
from mimin.networks.registry import find_network
from mimin.planning.account_names import find_account_names
from mimin.planning.costs import Cost, add_up
from mimin.planning.identity import NoRenames, Renames
from mimin.planning.plan import Line, Rules, make_plan
from mimin.planning.secret_names import SecretFault, secret_faults
from mimin.planning.trust import holders, token_doubts, token_of_account
from mimin.publishing.checkout import Checkout, begin, go_on
from mimin.publishing.clock import Clock
from mimin.publishing.destination import Destinations
from mimin.publishing.selection import select
from mimin.security.vault import BRANCH as VAULT
from mimin.security.vault import KEY, Vault, check_key
from mimin.store import Branch
from mimin.workspace.cache import Cache
from mimin.workspace.renames import GitRenames
from mimin.workspace.validation import suggest
from mimin.workspace.workspace import Workspace

Secrets = Callable[[str | None], str | None]
"""Environment variable → its value; None when it is not set or none is named."""


@dataclass(frozen=True)
class Desk:
    """What the commands that plan and publish work with."""

    workspace: Workspace
    remote: str | None
    """Where the ledger lives; None keeps it in this repository."""
    progress: Progress | None = None
    stale: dict[str, str] = field(default_factory=dict)
    """Brand → a commit with newer files than those here, as far as `begin` has found."""
    _composing: threading.Lock = field(default_factory=threading.Lock)
    _drafts: dict[str, Draft] = field(default_factory=dict)

    @cached_property
    def survey(self) -> Survey:
        """All posts, examined."""
        return survey(self.workspace, self.progress)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger.

        Raises:
            WorkspaceError: if the workspace is not in git.
        """
        repository = self.workspace.tree.repository
        if repository is None:
            raise WorkspaceError(self.workspace.tree.why_no_git)
        return Ledger(Branch(repository, BRANCH, remote=self.remote, keeps=is_record))

    def vault(self, key: str | None, clock: Clock) -> Vault | None:
        """Open the vault with its key; without a key, or without git, there is none."""
        repository = self.workspace.tree.repository
        if key is None or repository is None:
            return None
        branch = Branch(repository, VAULT, remote=self.remote)
        return Vault(branch=branch, key=check_key(key), clock=clock.now)

    def book(self, *, fetch: bool = True) -> Book:
        """Read the ledger; without git it is empty.

        Raises:
            WorkspaceError: if the workspace lies below the top of a git repository.
        """
        tree = self.workspace.tree
        return self.ledger.read(fetch=fetch) if tree.repository or tree.top else Book({})

    @cached_property
    def library(self) -> Library:
        """Media for composing."""
        cache = Cache(self.workspace.private / "cache.sqlite3")
        return Library(self.workspace.tree, cache, code_version(), self.workspace.private)

    def problems(self, book: Book, now: Instant, new: Iterable[str] | None = None) -> list[Problem]:
        """Find all that `mimin check` finds at this moment.

        Args:
            book: The ledger.
            now: The moment.
            new: Paths of new posts; those that are not committed when not given.
        """
        return check(self.survey, now, new, settled=lambda: settled_in(book))

    def plan(
        self, book: Book, clock: Clock, lookahead: TimeDelta, accounts: Iterable[str] | None = None
    ) -> list[Line]:
        """Plan all deliveries, or only those of *accounts*."""
        problems = self.problems(book, clock.now())
        posts = hold_back(self.survey.posts, problems, self.workspace)
        lines = make_plan(posts, book, self._rules(book, clock, lookahead))
        if accounts is None:
            return lines
        wanted = set(accounts)
        return [line for line in lines if line.delivery.account in wanted]

    @cached_property
    def renames(self) -> Renames:
        """What git knows of renamed files."""
        repository = self.workspace.tree.repository
        return GitRenames(repository) if repository else NoRenames()

    def begin(self, at: Instant, run: str) -> Checkout:
        """Note the commit that a run works from; brands with newer files are blocked in its plan.

        Raises:
            StoreError: if the ledger can not be read or written.
        """
        repository = self.workspace.tree.repository
        if repository is None:
            return Checkout()
        event = Event(at=at, kind=Kind.RAN, account="*", run=run)
        found = begin(repository, self.remote, self.ledger, self.workspace.brands, event)
        self.stale.update(found.stale)
        return found

    def go_on(self, at: Instant, run: str, by: str, reason: str) -> str:
        """Note that runs go on from the files here; see `mimin.publishing.checkout.go_on`."""
        repository = self.workspace.tree.repository
        if repository is None:
            raise WorkspaceError(self.workspace.tree.why_no_git)
        said = Event(at=at, kind=Kind.RAN, account="*", run=run, by=by, reason=reason)
        return go_on(repository, self.remote, self.ledger, self.workspace.brands, said)

    def destinations(self, book: Book) -> Destinations:
        """Give what tells whom a connection leads to."""
        brands = self.workspace.brands
        files = {ref: self.account(ref).destination for ref in self.accounts()}
        return Destinations(files, find_account_names(brands, book), book.owners)

    def refused_secrets(self, book: Book) -> dict[str, str]:
        """Say whose secret must not be sent: `brand/account` → why, and the way out."""
        brands = self.workspace.brands
        names = find_account_names(brands, book)
        faults = {fault.ref: fault.note for fault in self._secret_faults(book)}
        return {**token_doubts(brands, book, names), **faults}

    def _secret_faults(self, book: Book) -> Iterator[SecretFault]:
        brands = self.workspace.brands
        held = holders(brands, book, find_account_names(brands, book))
        return secret_faults(brands, self.workspace.all_brands, held)

    def tokens(self, accounts: Iterable[str]) -> dict[str, Token]:
        """Name the secret of each account that has one, and where it is sent."""
        found = {ref: token_of_account(ref, self.account(ref)) for ref in accounts}
        return {ref: token for ref, token in found.items() if token is not None}

    def token_to_trust(self, ref: str, host: str, book: Book) -> Token:
        """Give an account's token for a person to say that it may be sent where its file says.

        Args:
            ref: The account.
            host: The server that the person has looked at. The file may have been changed since.
            book: The ledger.

        Raises:
            UsageError: if its file is in error or names another server, or its secret is not its
                brand's, or is sent nowhere.
        """
        if self.fault(ref):
            raise UsageError(f"{ref}: {self.fault(ref)}")
        for fault in self._secret_faults(book):
            if fault.ref == ref:
                raise UsageError(f"{ref}: {fault.note}")
        token = token_of_account(ref, self.account(ref))
        if token is None:
            raise UsageError(f"{ref} sends no secret anywhere, so there is nothing to trust")
        account = self.account(ref)
        server = server_of(account.network, account.server or "", account.handle)
        try:
            base_address(server or "localhost")
        except ValueError as error:
            raise UsageError(f"{ref}: {error}") from None
        if token.host != (token_host("", host, "") if server else host):
            raise UsageError(
                f"{ref} sends {token.secret} to {token.host} now, and not to {host!r}; look at "
                "brand.yml, and name that server if it is the right one"
            )
        return token

    def costs(self, lines: Iterable[Line], book: Book, clock: Clock) -> list[Cost]:
        """Add up what the accounts of *lines* cost."""
        return add_up(lines, book, self._rules(book, clock, TimeDelta()))

    def _rules(self, book: Book, clock: Clock, lookahead: TimeDelta) -> Rules:
        rules = in_force(self.workspace, book, clock.now())
        return Rules(
            now=clock.now(),
            lookahead=lookahead,
            brands={**self.workspace.all_brands, **rules.brands},
            schedules=rules.schedules,
            committed=self.workspace.tree.committed(),
            stale=self.stale,
            renames=self.renames,
            pending=rules.pending,
            votes=open_jury(self.workspace, clock.now(), rules),
        )

    def payload(self, line: Line) -> Payload:
        """Compose what a delivery sends, from the files as they are.

        Raises:
            MiminError: if the post has problems.
        """
        composed = self.draft(line.post.path).payloads.get(line.delivery.account.partition("/")[2])
        if composed is None or composed.payload is None:
            path, blame = line.post.path, line.post.blame
            raise MiminError(f"{path} can not be composed; `mimin check {blame}` says why")
        return composed.payload

    def draft(self, path: str) -> Draft:
        """Compose the post at *path* for all its accounts, once."""
        with self._composing:
            draft = self._drafts.get(path)
            if draft is None:
                draft = compose_post(self.workspace, path, self.library)
                self._drafts[path] = draft
        return draft

    def accounts(self, names: Iterable[str] = (), brands: Iterable[str] = ()) -> list[str]:
        """Resolve the accounts that a command is asked about (`select`); all by default.

        Those of brands that can not be read are among them, as far as they can be told: a plan
        shows them, and a freeze may be meant for them. Nobody can connect to them.

        Raises:
            UsageError: if a name fits nothing, or more than one account.
        """
        return select(self.workspace.all_brands, names, brands)

    def fault(self, ref: str) -> str:
        """Say why nobody can connect to an account: its brand is in error; empty when it is not."""
        brand = self.workspace.unreadable.get(ref.partition("/")[0])
        return f"{brand.path} is in error; `mimin check {brand.path}`" if brand else ""

    def scope(self, name: str | None, frozen: Container[str] = ()) -> str:
        """Resolve what is to be frozen: everything, a brand, or an account.

        Args:
            name: What somebody named; everything when None.
            frozen: Scopes that are frozen, which may have other names in the files now.

        Raises:
            UsageError: if there is no such brand or account.
        """
        if name is None:
            return "*"
        if name in self.workspace.all_brands:
            return f"{name}/*"
        if name in self.accounts() or name in frozen:
            return name
        if f"{name}/*" in frozen:
            return f"{name}/*"
        hint = suggest(name, [*self.workspace.all_brands, *self.accounts()])
        hint = hint or f"; there are {', '.join([*self.workspace.all_brands, *self.accounts()])}"
        raise UsageError(f"{name!r} is no brand and no brand/account{hint}")

    def account(self, ref: str) -> Account:
        """Give an account by its `brand/account`."""
        brand, _, name = ref.partition("/")
        return self.workspace.brand_for(brand).accounts[name]


class Connections(Mapping[str, Connection]):
    """Connections to a desk's accounts, made when first asked for."""

    def __init__(
        self, desk: Desk, accounts: Iterable[str], secrets: Secrets, clock: Clock, book: Book
    ) -> None:
        """Connect to *accounts*, with their secrets from *secrets*.

        No secret is read that its brand may not name, or that *book*, the ledger, knows to belong
        elsewhere.

        Raises:
            UsageError: if the vault's key is none.
        """
        self._vault = desk.vault(secrets(KEY), clock)
        self._desk = desk
        self._secrets = secrets
        self._clock = clock
        self._made: dict[str, Connection] = {}
        refused = desk.refused_secrets(book)
        readable = [ref for ref in accounts if not desk.fault(ref)]
        self.refused = {ref: refused[ref] for ref in readable if ref in refused}
        """Accounts whose secret must not be sent → why, and the way out."""
        readable = [ref for ref in readable if ref not in self.refused]
        self._refs = [ref for ref in readable if not self._lacks_secret(ref)]
        self.missing = {
            ref: str(desk.account(ref).secret) for ref in readable if self._lacks_secret(ref)
        }
        """Accounts whose secret is not in the environment → the variable's name."""

    def __getitem__(self, ref: str) -> Connection:
        """Give the connection of an account."""
        if ref not in self._refs:
            raise KeyError(ref)
        if ref not in self._made:
            self._made[ref] = self._connect(ref)
        return self._made[ref]

    def __iter__(self) -> Iterator[str]:
        """Name the accounts that can be connected to."""
        return iter(self._refs)

    def __len__(self) -> int:
        """Count them."""
        return len(self._refs)

    def _lacks_secret(self, ref: str) -> bool:
        name = self._desk.account(ref).secret
        return name is not None and self._secrets(name) is None

    def _connect(self, ref: str) -> Connection:
        account = self._desk.account(ref)
        access = Access(
            ref=ref,
            account=account,
            secret=self._secrets(account.secret),
            folder=self._desk.workspace.private,
            clock=self._clock.now,
            read=self._desk.library.read,
            keep=self._vault.keep(ref) if self._vault else None,
            host=self._host(ref.partition("/")[0]),
        )
        return find_network(account.network).connect(access)

    def _host(self, brand: str) -> Callable[[Media], str] | None:
        workspace = self._desk.workspace
        salt = workspace.tree.blobs.get(workspace.brands[brand].path, "")
        return host_of(workspace.brands[brand], salt, self._desk.library.read, self._secrets)
