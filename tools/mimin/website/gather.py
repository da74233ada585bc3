"""Gather: files, ledger and history → the scene that all pages are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from whenever import Instant, TimeDelta

from mimin.approval.jury import open_jury
from mimin.approval.policies import in_force
from mimin.checks import check
from mimin.checks.check import survey
from mimin.checks.holding import errors_of, hold_back
from mimin.errors import MiminError
from mimin.git import Repository
from mimin.ledger.ledger import BRANCH, Book, Ledger
from mimin.ledger.lines import is_record
from mimin.model.event import Event
from mimin.model.problem import Problem
from mimin.networks.known import LIMITS
from mimin.networks.registry import NAMES
from mimin.planning.examined import Examined
from mimin.planning.identity import NoRenames
from mimin.planning.plan import Line, Rules
from mimin.planning.replan import PlanMemory, replan
from mimin.store import Branch
from mimin.website import shelf
from mimin.website.entry import EntryMemory
from mimin.website.history import Commit, read_history
from mimin.website.hosting import Hosted, hosted_media
from mimin.website.preview import Previews
from mimin.website.privacy import make_public
from mimin.website.scene import Scene
from mimin.website.shelf import Shelf, open_library
from mimin.website.words import Words
from mimin.workspace.cache import Cache
from mimin.workspace.renames import GitRenames
from mimin.workspace.workspace import Workspace, open_workspace

_LOOKAHEAD = TimeDelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the site is asked to be."""

    root: Path
    now: Instant
    words: Words
    pretended: bool = False
    """Whether `now` was asked for, and is not the moment of the build."""
    public: bool = False
    fetch: bool = False
    """Whether the remote is asked for its ledger first."""
    source: str = ""
    media_days: int = 7
    """How many days before it is due media lies where networks can fetch it."""


@dataclass(frozen=True)
class Read:
    """The ledger as it was read."""

    book: Book
    events: list[Event]
    how: str
    """In words."""
    unread: str = ""
    """Why it could not be read; empty when it was."""

    @property
    def sure(self) -> bool:
        """Whether it could be read."""
        return not self.unread


class Keyed(NamedTuple):
    """The key of a post's page, and the objects that it was made from."""

    common: str
    post: Examined
    lines: list[Line]
    commits: Sequence[Commit]
    stamp: str
    address: str
    key: str


@dataclass
class Memory:
    """What a process that builds again and again, as `mkdocs serve` does, need not find twice.

    Whatever is kept here is used again only while the very objects it was made from are in use.
    """

    serving: bool = False
    """Whether the process stays: then the output is a folder that no later process will see."""
    built: bool = False
    """Whether a site was built before; since then the process may have threads."""
    examined: check.Memory = field(default_factory=dict)
    drawn: shelf.Memory = field(default_factory=dict)
    plan: PlanMemory = field(default_factory=PlanMemory)
    entries: EntryMemory = field(default_factory=EntryMemory)
    keys: dict[str, Keyed] = field(default_factory=dict)
    """Path → what the key of a post's page was made from."""
    ledger: tuple[str, Read] | None = None
    history: tuple[str, Mapping[str, list[Commit]]] | None = None
    found: dict[str, tuple[Examined, Previews | None, str, str]] = field(default_factory=dict)
    """Path → post, previews and address, and the entry of the search that was made of them."""


@dataclass(frozen=True)
class Gathered:
    """A scene, and where its drawings are kept."""

    scene: Scene
    shelf: Shelf
    workspace: Workspace
    sure: bool = True
    """Whether all of it could be read."""
    hosted: tuple[Hosted, ...] = ()
    """Media that networks will fetch from the site."""
    errors: tuple[Problem, ...] = ()
    """Every error that `mimin check` finds, also where the scene is for everybody."""
    unread: str = ""
    """Why the ledger could not be read."""


def gather(
    wish: Wish, workspace: Workspace | None = None, memory: Memory | None = None
) -> Gathered:
    """Read everything there is."""
    workspace = workspace or open_site_workspace(wish.root)
    memory = memory or Memory()
    store = open_store(workspace)
    shelf = Shelf(workspace, store, wish.words)
    found = survey(workspace, sketch=shelf.sketch, memory=memory.examined)
    shelf.fill(found, memory.drawn)
    read = _read_ledger(workspace, wish, memory)
    history = _history(workspace, store, memory)
    # Whoever builds once has no use for how long each line would hold.
    plan = memory.plan if memory.serving else None
    problems = check.check(found, wish.now, settled=lambda: check.settled_in(read.book))
    scene = _scene(wish, found, problems, shelf, read, history, plan)
    library = open_library(workspace)
    hosted = hosted_media(scene.lines, workspace, library, wish.now, wish.media_days)
    shown = make_public(scene) if wish.public else scene
    return Gathered(shown, shelf, workspace, read.sure, hosted, scene.errors, scene.unread)


def open_site_workspace(root: Path) -> Workspace:
    """Open the workspace with the networks that exist."""
    return open_workspace(root, NAMES, frozenset(LIMITS))


def open_store(workspace: Workspace) -> Cache:
    """Open what the site remembers from build to build."""
    return Cache(workspace.private / "site.sqlite3")


def ledger_state(repository: Repository | None) -> str:
    """Name what the ledger is now, here and as the remote had it; empty when there is none."""
    if repository is None:
        return ""
    refs = (f"refs/heads/{BRANCH}", f"refs/mimin/seen/{BRANCH}")
    return repository.text("for-each-ref", "--format=%(refname) %(objectname)", *refs)


def _scene(  # noqa: PLR0913, PLR0917 - the one place where all of it meets
    wish: Wish,
    found: check.Survey,
    problems: list[Problem],
    shelf: Shelf,
    read: Read,
    history: Mapping[str, list[Commit]],
    plan: PlanMemory | None,
) -> Scene:
    workspace = found.workspace
    repository = workspace.tree.repository
    posts = hold_back(found.posts, problems, workspace)
    judged_by = in_force(workspace, read.book, wish.now)
    rules = Rules(
        now=wish.now,
        lookahead=_LOOKAHEAD,
        brands={**workspace.all_brands, **judged_by.brands},
        schedules=judged_by.schedules,
        committed=workspace.tree.committed(),
        renames=GitRenames(repository) if repository else NoRenames(),
        pending=judged_by.pending,
        votes=open_jury(workspace, wish.now, judged_by),
    )
    return Scene(
        now=wish.now,
        words=wish.words,
        pretended=wish.pretended,
        brands=workspace.all_brands,
        schedules=workspace.schedules,
        observances=workspace.observances,
        reports=workspace.reports,
        posts=posts,
        lines=tuple(replan(posts, read.book, rules, plan)),
        previews=shelf.previews,
        events=tuple(read.events),
        book=read.book,
        history=history,
        ledger=read.how,
        errors=tuple(errors_of(problems)),
        unread=read.unread,
        files=_files(workspace),
        source=wish.source,
    )


def _read_ledger(workspace: Workspace, wish: Wish, memory: Memory) -> Read:
    repository = workspace.tree.repository
    if repository is None:
        return Read(Book({}), [], wish.words("run.nogit"))
    remote = "origin" if wish.fetch and "origin" in repository.remotes() else None
    state = "" if remote else ledger_state(repository)
    if memory.ledger is not None and state and memory.ledger[0] == state:
        return memory.ledger[1]
    read = _fresh_ledger(repository, wish)
    memory.ledger = (state, read) if read.sure else None
    return read


def _fresh_ledger(repository: Repository, wish: Wish) -> Read:
    words = wish.words
    try:
        remote = "origin" if "origin" in repository.remotes() else None
        fetch = wish.fetch and remote is not None
        ledger = Ledger(Branch(repository, BRANCH, remote=remote, keeps=is_record))
        book = ledger.read(fetch=fetch)
        events = ledger.events(fetch=False)
    except MiminError as error:
        return Read(Book({}), [], words("run.unread", reason=error), str(error))
    return Read(book, events, words("run.fetched" if fetch else "run.local"))


def _history(workspace: Workspace, store: Cache, memory: Memory) -> Mapping[str, list[Commit]]:
    repository = workspace.tree.repository
    head = (repository.head() if repository else None) or ""
    if memory.history is None or memory.history[0] != head:
        memory.history = (head, read_history(repository, store))
    return memory.history[1]


def _files(workspace: Workspace) -> Mapping[str, tuple[str, ...]]:
    return {
        main: (main, *files.variants.values(), *([files.card] if files.card else []))
        for main, files in workspace.layout.posts.items()
    }
