"""The media library: files and cards of a workspace, known by their bytes, looked at once."""

from __future__ import annotations

from pathlib import Path

from mimin.checks.cards import CardShelf
from mimin.compose.media import MediaFacts, inspect
from mimin.compose.remark import Remark
from mimin.model.media import Media, MediaFields
from mimin.model.problem import Severity
from mimin.workspace.cache import Cache
from mimin.workspace.tree import Tree, blob_id

_PREFIX = "media:"
CARD = "card:"
"""How the path of a rendered card begins."""


class Library:
    """Finds media for composing, and remembers what each set of bytes is."""

    def __init__(self, tree: Tree, cache: Cache, version: str, private: Path) -> None:
        """Look into *tree*; what *cache* holds counts as long as *version* is the same."""
        self._tree = tree
        self.cards = CardShelf(tree, private / "cards")
        self._cache = cache
        self._version = version
        self._known = cache.load(_PREFIX)
        self._fresh: list[tuple[str, str, str]] = []
        self.used: set[str] = set()
        """Paths that some post has asked for."""

    def resolve(self, name: str, post: str) -> str | None:
        """Find the path of a media file that a post at path *post* names."""
        brand = "/".join(post.split("/")[:2])
        folder = post.rpartition("/")[0]
        for candidate in (f"{folder}/{name}", f"{brand}/media/{name}"):
            if candidate in self._tree.blobs:
                return candidate
        return None

    def find(
        self, fields: MediaFields, post: str, brand: str
    ) -> tuple[Media | Remark | None, list[str]]:
        """Find what an entry of a post names, with the paths that the answer rests on.

        Args:
            fields: The entry.
            post: Path of the post.
            brand: The brand's name, for cards that show it.
        """
        if fields.card is not None and fields.file is None:
            return self._card(fields.card, fields, brand), []
        if fields.file is None or fields.card is not None:
            message = "an entry of `media` needs one of `file:` and `card:`"
            return Remark(0, "media-missing", message), []
        path = self.resolve(fields.file, post)
        if path is None:
            folder = post.rpartition("/")[0]
            return self._missing(fields.file, post), [f"{folder}/{fields.file}"]
        self.used.add(path)
        try:
            facts = self.facts(path)
        except OSError as error:
            why = error.strerror or type(error).__name__
            message = (
                f"{fields.file} can not be read ({why}); links are not followed, put the file here"
            )
            return Remark(0, "media-unreadable", message), [path]
        fatal = [remark for remark in facts.remarks if remark.severity is Severity.ERROR]
        return (fatal[0] if fatal else _media(path, facts, fields.alt)), [path]

    def _card(self, name: str, fields: MediaFields, brand: str) -> Media | Remark:
        values = self.cards.complete(name, fields.values, brand)
        key = f"{_PREFIX}card:{self.cards.key(name, values)}"
        stamp, value = self._known.get(key, ("", ""))
        if stamp == self._version:
            facts = MediaFacts.model_validate_json(value)
            self.cards.remember(facts.sha256, name, values)
        else:
            drawn = self.cards.draw(name, values)
            if isinstance(drawn, Remark):
                return drawn
            facts = drawn
            self._remember(key, facts)
        return _media(f"{CARD}{facts.sha256}", facts, fields.alt)

    def facts(self, path: str) -> MediaFacts:
        """Tell what the bytes of a file are.

        Raises:
            OSError: if it can not be read.
        """
        suffix = path.rpartition(".")[2].lower()
        name = f"{_PREFIX}{self._tree.blobs.get(path, '')}.{suffix}"
        stamp, value = self._known.get(name, ("", ""))
        if stamp == self._version:
            return MediaFacts.model_validate_json(value)
        facts = inspect(path.rpartition("/")[2], self._tree.read(path))
        self._remember(name, facts)
        return facts

    def _remember(self, name: str, facts: MediaFacts) -> None:
        row = (name, self._version, facts.model_dump_json())
        self._known[name] = row[1:]
        self._fresh.append(row)

    def read(self, path: str) -> bytes:
        """Read a media file for sending; only the very bytes that were examined.

        Raises:
            OSError: if it can not be read, or is not what it was.
        """
        if path.startswith(CARD):
            return self.cards.read(path.removeprefix(CARD))
        content = self._tree.read(path)
        if blob_id(content) != self._tree.blobs.get(path):
            raise OSError(f"{path} was changed while this run was under way; run again")
        return content

    def keep(self) -> None:
        """Write what was found out into the cache."""
        self._cache.save(self._fresh)
        self._fresh = []

    def _missing(self, name: str, post: str) -> Remark:
        message = f"{name!r} is neither beside the post nor in the brand's media/ folder"
        folder = post.rpartition("/")[0]
        ignored = (self._tree.root / folder / name).exists()
        why = "; git ignores it, so nobody else would have it" if ignored else "; add it"
        return Remark(0, "media-missing", message + why)


def _media(path: str, facts: MediaFacts, alt: str | None) -> Media:
    return Media(
        path=path,
        sha256=facts.sha256,
        mime=facts.mime,
        size=facts.size,
        width=facts.width,
        height=facts.height,
        alt=alt or "",
    )
