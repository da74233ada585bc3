"""Gather: files, ledger and history → the scene that all pages are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from whenever import Instant, TimeDelta

from mimin.approval.jury import open_jury
from mimin.checks.check import survey
from mimin.errors import MiminError
from mimin.ledger.ledger import BRANCH, Book, Ledger
from mimin.model.event import Event
from mimin.networks.known import LIMITS
from mimin.networks.registry import ADAPTERS
from mimin.planning.examined import Examined
from mimin.planning.plan import Rules, make_plan
from mimin.store import Branch
from mimin.website.history import read_history
from mimin.website.privacy import make_public
from mimin.website.scene import Scene
from mimin.website.shelf import Shelf
from mimin.website.words import Words
from mimin.workspace.cache import Cache
from mimin.workspace.workspace import Workspace, open_workspace

_LOOKAHEAD = TimeDelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the site is asked to be."""

    root: Path
    now: Instant
    words: Words
    public: bool = False
    fetch: bool = False
    """Whether the remote is asked for its ledger first."""
    source: str = ""


@dataclass(frozen=True)
class Gathered:
    """A scene, and where its drawings are kept."""

    scene: Scene
    shelf: Shelf
    workspace: Workspace


def gather(wish: Wish) -> Gathered:
    """Read everything there is."""
    workspace = open_site_workspace(wish.root)
    store = Cache(workspace.private / "site.sqlite3")
    shelf = Shelf(workspace, store, wish.words)
    examined: list[Examined] = []

    def examine() -> list[Examined]:
        examined.extend(survey(workspace).posts)
        return examined

    shelf.fill(open_site_workspace, examine)
    book, events, how = _read_ledger(workspace, wish)
    rules = Rules(
        now=wish.now,
        lookahead=_LOOKAHEAD,
        brands=workspace.brands,
        schedules=workspace.schedules,
        committed=workspace.tree.committed(),
        votes=open_jury(workspace, wish.now),
    )
    scene = Scene(
        now=wish.now,
        words=wish.words,
        brands=workspace.brands,
        schedules=workspace.schedules,
        observances=workspace.observances,
        reports=workspace.reports,
        posts=tuple(examined),
        lines=tuple(make_plan(examined, book, rules)),
        previews=shelf.previews,
        events=tuple(events),
        book=book,
        history=read_history(workspace.tree.repository, store),
        ledger=how,
        files=_files(workspace),
        source=wish.source,
    )
    return Gathered(make_public(scene) if wish.public else scene, shelf, workspace)


def open_site_workspace(root: Path) -> Workspace:
    """Open the workspace with the networks that exist."""
    return open_workspace(root, frozenset(ADAPTERS), frozenset(LIMITS))


def _read_ledger(workspace: Workspace, wish: Wish) -> tuple[Book, list[Event], str]:
    words = wish.words
    if workspace.tree.repository is None:
        return Book({}), [], words("run.nogit")
    try:
        remote = "origin" if "origin" in workspace.tree.repository.remotes() else None
        fetch = wish.fetch and remote is not None
        ledger = Ledger(Branch(workspace.tree.repository, BRANCH, remote=remote))
        book = ledger.read(fetch=fetch)
        events = ledger.events(fetch=False)
    except MiminError as error:
        return Book({}), [], words("run.unread", reason=error)
    return book, events, words("run.fetched" if fetch else "run.local")


def _files(workspace: Workspace) -> Mapping[str, tuple[str, ...]]:
    return {
        main: (main, *files.variants.values(), *([files.card] if files.card else []))
        for main, files in workspace.layout.posts.items()
    }
