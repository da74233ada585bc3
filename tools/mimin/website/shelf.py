"""The shelf: previews of all posts, drawn once and kept by the bytes they were drawn from."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import mimin
from mimin.checks.examine import compose_post
from mimin.checks.library import Library
from mimin.checks.version import code_version
from mimin.planning.examined import Examined
from mimin.website.preview import Previews, draw
from mimin.website.words import Words
from mimin.workspace.cache import Cache
from mimin.workspace.workspace import Workspace

_MANY = 400
"""From so many posts on, starting more processes pays."""
_CHUNK = 100
_FACTS = "facts:"
_DRAWN = "drawn:"

Entry = tuple[str, str, str, str]
"""Path, stamp, facts, drawings."""
Open = Callable[[Path], Workspace]


class Shelf:
    """Previews by path. Facts are held, drawings are fetched when a page has to be made."""

    def __init__(self, workspace: Workspace, cache: Cache, words: Words) -> None:
        """Use *cache*, which may have been lost since the last time."""
        self._workspace = workspace
        self._cache = cache
        self._words = words
        self._grounds = grounds_of(workspace, words.language)
        self._stamps: dict[str, str] = {}
        self._drawn: dict[str, str] = {}
        self._library: Library | None = None
        self.previews: dict[str, Previews] = {}

    def fill(self, open_workspace: Open, examine: Callable[[], Iterable[Examined]]) -> None:
        """Draw what is missing, with more processes when it is much, while *examine* runs here."""
        known = self._cache.load(_FACTS)
        paths = [p for p in self._workspace.layout.posts if self._has_brand(p)]
        missing = [path for path in paths if _FACTS + path not in known]
        if len(missing) < _MANY:
            posts = examine()
            entries: Iterable[Entry] = ()
        else:
            with _pool() as pool:
                job = _spread(pool, missing, self._workspace.root, self._words, open_workspace)
                posts = examine()
                entries = list(job)
        self._take(posts, known, {entry[0]: entry for entry in entries})

    def stamp(self, path: str) -> str:
        """Name everything that the previews of a post were drawn from."""
        return self._stamps.get(path, "")

    def drawings(self, path: str) -> Mapping[str, str]:
        """Give account → HTML of a post's previews."""
        text = self._drawn.get(path)
        if text is None:
            stamp, text = self._cache.load(_DRAWN + path).get(_DRAWN + path, ("", ""))
            if stamp != self.stamp(path):
                library = open_library(self._workspace)
                entry = draw_post(self._workspace, path, library, self._words, self._grounds)
                self._save([entry], ())
                text = entry[3]
        found: dict[str, str] = json.loads(text)
        return found

    def read(self, path: str, post: str) -> bytes | None:
        """Read a media file that *post* shows; None when it is not there any more."""
        library = open_library(self._workspace) if self._library is None else self._library
        self._library = library
        try:
            return library.read(path)
        except OSError:
            # A card whose picture was deleted: composing its post tells how it is drawn.
            compose_post(self._workspace, post, library)
        try:
            return library.read(path)
        except OSError:
            return None

    def recall(self, name: str) -> dict[str, tuple[str, str]]:
        """Give small things that another build remembered."""
        stamp, value = self._cache.load(name).get(name, ("", "{}"))
        fits = stamp == site_version()
        return {
            key: (mark, text) for key, (mark, text) in json.loads(value if fits else "{}").items()
        }

    def remember(self, name: str, entries: Mapping[str, tuple[str, str]]) -> None:
        """Keep small things for the next build."""
        self._cache.save([(name, site_version(), json.dumps(entries, ensure_ascii=False))])

    def _has_brand(self, path: str) -> bool:
        return self._workspace.brand_of(path) in self._workspace.brands

    def _take(
        self,
        posts: Iterable[Examined],
        known: Mapping[str, tuple[str, str]],
        drawn: Mapping[str, Entry],
    ) -> None:
        library = open_library(self._workspace)
        fresh = []
        names = set()
        for post in posts:
            names.add(_FACTS + post.path)
            stamp = stamp_of(self._grounds[post.brand], post.inputs)
            old, facts = known.get(_FACTS + post.path, ("", ""))
            if old != stamp:
                entry = drawn.get(post.path)
                if entry is None or entry[1] != stamp:
                    entry = draw_post(
                        self._workspace, post.path, library, self._words, self._grounds
                    )
                fresh.append(entry)
                facts, self._drawn[post.path] = entry[2], entry[3]
            self._stamps[post.path] = stamp
            self.previews[post.path] = Previews.load(facts)
        gone = known.keys() - names
        self._save(fresh, gone)

    def _save(self, fresh: list[Entry], gone: Iterable[str]) -> None:
        rows = [(_FACTS + path, stamp, facts) for path, stamp, facts, _ in fresh]
        rows += [(_DRAWN + path, stamp, drawn) for path, stamp, _, drawn in fresh]
        paths = [name.removeprefix(_FACTS) for name in gone]
        self._cache.save(rows, [prefix + path for prefix in (_FACTS, _DRAWN) for path in paths])


def draw_post(
    workspace: Workspace, path: str, library: Library, words: Words, grounds: Mapping[str, str]
) -> Entry:
    """Compose one post and draw its previews."""
    draft = compose_post(workspace, path, library)
    brand = workspace.brand_of(path)
    previews, drawings = draw(draft, workspace.brands[brand], words)
    stamp = stamp_of(grounds[brand], draft.inputs)
    return path, stamp, previews.dump(), json.dumps(drawings, ensure_ascii=False)


def stamp_of(ground: str, inputs: Mapping[str, str]) -> str:
    """Name the bytes that previews are drawn from, on the ground of their brand."""
    return hashlib.sha256(json.dumps([ground, *sorted(inputs.items())]).encode()).hexdigest()


def grounds_of(workspace: Workspace, language: str) -> dict[str, str]:
    """Name, brand by brand, the code and the files that all of its posts are read against."""
    layout, blobs = workspace.layout, workspace.tree.blobs
    cards = sorted(f"{p}={blobs[p]}" for p in blobs if p.startswith("templates/cards/"))
    shared = [code_version(), site_version(), language, *cards]
    found = {}
    for name, path in layout.brands.items():
        own = [blobs.get(path, ""), blobs.get(layout.schedules.get(name, ""), "")]
        found[name] = hashlib.sha256(json.dumps([*shared, *own]).encode()).hexdigest()
    return found


def open_library(workspace: Workspace) -> Library:
    """Open the media library with what checks have found out about files already."""
    store = Cache(workspace.private / "cache.sqlite3")
    return Library(workspace.tree, store, code_version(), workspace.private)


@cache
def site_version() -> str:
    """Name the code of the site: any change of it makes pages stale."""
    root = Path(mimin.__file__).parent / "website"
    digest = hashlib.sha256()
    for source in sorted(root.rglob("*")):
        if source.suffix in {".py", ".html"}:
            digest.update(source.name.encode() + source.read_bytes())
    return digest.hexdigest()


def _pool() -> ProcessPoolExecutor:
    # A fork of a process with threads (MkDocs' live reload) may hang; a fresh one can not.
    return ProcessPoolExecutor(min(os.cpu_count() or 1, 8), mp_context=get_context("spawn"))


def _spread(
    pool: Executor, paths: list[str], root: Path, words: Words, open_workspace: Open
) -> Iterator[Entry]:
    chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
    jobs = [pool.submit(_draw_some, root, chunk, words, open_workspace) for chunk in chunks]
    return (entry for job in jobs for entry in job.result())


_OPENED: dict[Path, tuple[Workspace, Library, dict[str, str]]] = {}
"""What a worker process has opened: once, not once a chunk."""


def _draw_some(root: Path, paths: list[str], words: Words, open_workspace: Open) -> list[Entry]:
    if root not in _OPENED:
        workspace = open_workspace(root)
        _OPENED[root] = workspace, open_library(workspace), grounds_of(workspace, words.language)
    workspace, library, grounds = _OPENED[root]
    return [draw_post(workspace, path, library, words, grounds) for path in paths]
