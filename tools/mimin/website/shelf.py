"""The shelf: previews of all posts, drawn once and kept by the bytes they were drawn from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import mimin
from mimin.checks.check import Survey
from mimin.checks.examine import Draft, RuleBook, compose_post
from mimin.checks.library import Library
from mimin.checks.team import examine_all
from mimin.checks.version import code_version
from mimin.foreign import read_json
from mimin.planning.examined import Examined
from mimin.website.preview import Previews, draw
from mimin.website.words import Words
from mimin.workspace.cache import Cache
from mimin.workspace.workspace import Workspace

_FACTS = "facts:"
_DRAWN = "drawn:"
_SEAM = "\0"
_FEW = 50
"""Up to so many entries are read one by one."""

Entry = tuple[str, str, str, str]
"""Path, stamp, facts, drawings."""
Memory = dict[str, tuple[Examined, str, str, Previews]]
"""Path → post, ground, stamp and facts, as the same process held them before."""


class Shelf:
    """Previews by path. Facts are held, drawings are fetched when a page has to be made."""

    def __init__(self, workspace: Workspace, cache: Cache, words: Words) -> None:
        """Use *cache*, which may have been lost since the last time."""
        self._workspace = workspace
        self._cache = cache
        self._words = words
        self._rules = RuleBook()
        self._grounds = grounds_of(workspace, words.language)
        self._stamps: dict[str, str] = {}
        self._drawn: dict[str, str] = {}
        self._library: Library | None = None
        self.previews: dict[str, Previews] = {}

    def fill(self, survey: Survey, memory: Memory) -> None:
        """Take the drawings that the survey made, and make those that are missing still."""
        stamps, mine = self._stamps, {}
        for post in survey.posts:
            old = memory.get(post.path)
            if old is not None and old[0] is post and old[1] == self._grounds[post.brand]:
                mine[post.path] = old
                stamps[post.path] = old[2]
            else:
                stamps[post.path] = stamp_of(self._grounds[post.brand], self._marks(post))
        others = [post for post in survey.posts if post.path not in mine]
        known = self._cache.load(_FACTS) if len(others) > len(survey.sketches) else {}
        drawn = dict(survey.sketches)
        missing = [
            post.path
            for post in others
            if post.path not in drawn
            and known.get(_FACTS + post.path, ("",))[0] != stamps[post.path]
        ]
        library = open_library(self._workspace)
        found = examine_all(self._workspace, missing, library, self.sketch, alone=bool(memory))
        drawn.update((path, sketch) for path, _, _, sketch in found)
        fresh = []
        for post in others:
            path, facts = post.path, known.get(_FACTS + post.path, ("", ""))[1]
            if path in drawn:
                facts, _, self._drawn[path] = drawn[path].partition(_SEAM)
                fresh.append((path, stamps[path], facts, self._drawn[path]))
            mine[path] = (post, self._grounds[post.brand], stamps[path], Previews.load(facts))
        self.previews = {post.path: mine[post.path][3] for post in survey.posts}
        self._save(fresh, (known.keys() | {_FACTS + path for path in memory}) - self._names())
        memory.clear()
        memory.update(mine)

    def _marks(self, post: Examined) -> Mapping[str, str]:
        """Name the bytes of a post's files as they lie here."""
        tree = self._workspace.tree
        return {path: tree.mark(path) for path in post.inputs} if tree.pointers else post.inputs

    def sketch(self, draft: Draft) -> str:
        """Draw a post's previews while its draft is there."""
        brand = self._workspace.brand_for(self._workspace.brand_of(draft.read.path))
        previews, drawings = draw(draft, brand, self._words, self._rules.of)
        # Neither JSON nor HTML holds a zero byte, so this is where all of it is parted again.
        drawn = [piece for pair in drawings.items() for piece in pair]
        return _SEAM.join([previews.dump(), *[piece.replace(_SEAM, "\ufffd") for piece in drawn]])

    def _names(self) -> set[str]:
        return {_FACTS + path for path in self._stamps}

    def stamp(self, path: str) -> str:
        """Name everything that the previews of a post were drawn from."""
        return self._stamps.get(path, "")

    def fetch(self, paths: Sequence[str]) -> None:
        """Have the drawings of these posts at hand; those that the cache lost are made again."""
        wanted = [path for path in paths if path not in self._drawn]
        known = self._cache.load(_DRAWN) if len(wanted) > _FEW else {}
        for path in wanted:
            name = _DRAWN + path
            stamp, text = (known or self._cache.load(name)).get(name, ("", ""))
            if stamp != self.stamp(path):
                draft = compose_post(self._workspace, path, open_library(self._workspace))
                facts, _, text = self.sketch(draft).partition(_SEAM)
                self._save([(path, self.stamp(path), facts, text)], ())
            self._drawn[path] = text

    def drawings(self, path: str) -> Mapping[str, str]:
        """Give account → HTML of the previews of a post that was fetched."""
        pieces = self._drawn[path].split(_SEAM)
        return dict(zip(pieces[::2], pieces[1::2], strict=False))

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
            key: (mark, text) for key, (mark, text) in read_json(value if fits else "{}").items()
        }

    def remember(self, name: str, entries: Mapping[str, tuple[str, str]]) -> None:
        """Keep small things for the next build."""
        self._cache.save([(name, site_version(), json.dumps(entries, ensure_ascii=False))])

    def _save(self, fresh: list[Entry], gone: Iterable[str]) -> None:
        rows = [(_FACTS + path, stamp, facts) for path, stamp, facts, _ in fresh]
        rows += [(_DRAWN + path, stamp, drawn) for path, stamp, _, drawn in fresh]
        paths = [name.removeprefix(_FACTS) for name in gone]
        self._cache.save(rows, [prefix + path for prefix in (_FACTS, _DRAWN) for path in paths])


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
