"""The media library: files and cards of a workspace, known by their bytes, looked at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mimin.checks.cards import FOLDER, CardShelf
from mimin.checks.fitting import FIT, FitShelf
from mimin.checks.media_places import missing_way_out
from mimin.checks.video_choice import VideoChoice
from mimin.compose.media import MediaFacts, inspect
from mimin.compose.remark import Remark
from mimin.compose.rules import Fitted, Rules
from mimin.compose.transcode import kept_names
from mimin.isolated import Budget, within
from mimin.model.media import Media, MediaFields
from mimin.workspace.cache import Cache
from mimin.workspace.ordinary import why_not_ordinary
from mimin.workspace.tree import Tree

_PREFIX = "media:"
_LONG = 100
_POST_SECONDS = 60
_BRAND_SECONDS = 240
"""Of opening and fitting media, beyond what ordinary files take (`isolated.Budget`); then the rest
of the post, or of the brand, is not read, and other brands go on."""
CARD = "card:"
"""How the path of a rendered card begins."""

Row = tuple[str, str, str]
"""Name, stamp and value, as the cache keeps them."""


class Library:
    """Finds media for composing, and remembers what each set of bytes is."""

    def __init__(self, tree: Tree, cache: Cache, version: str, private: Path) -> None:
        """Look into *tree*; what *cache* holds counts as long as *version* is the same."""
        self._tree = tree
        self.cards = CardShelf(tree, private / "cards")
        self.fits = FitShelf(private / "fits", self.read, self._recall, self._remember)
        self.videos = VideoChoice(tree, self.facts)
        self._facts: dict[str, MediaFacts] = {}
        self._cache = cache
        self._version = version
        self._known = cache.load(_PREFIX)
        self._fresh: list[Row] = []
        self._budgets: dict[str, Budget] = {}
        self.used: set[str] = set()
        """Paths that some post has asked for."""

    @contextmanager
    def limited(self, brand: str) -> Iterator[None]:
        """Limit what opening media may take inside, for one post and with all of its brand."""
        of_brand = self._budgets.setdefault(brand, Budget("this brand", _BRAND_SECONDS))
        with within(Budget("this post", _POST_SECONDS), of_brand):
            yield

    def resolve(self, name: str, post: str) -> str | None:
        """Find the path of a media file that a post at path *post* names."""
        found = (path for path in self._candidates(name, post) if path in self._tree.blobs)
        return next(found, None)

    @staticmethod
    def _candidates(name: str, post: str) -> list[str]:
        brand = "/".join(post.split("/")[:2])
        return [f"{post.rpartition('/')[0]}/{name}", f"{brand}/media/{name}"]

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
            return self._card(fields.card, fields, brand), [f"{FOLDER}/{fields.card}.yml"]
        if fields.file is None or fields.card is not None:
            message = "an entry of `media` needs one of `file:` and `card:`"
            return Remark(0, "media-missing", message), []
        path = self.resolve(fields.file, post)
        asked = self._candidates(fields.file, post)
        if path is None:
            return self._missing(fields.file, asked), asked
        self.used.add(path)
        # A file that turns up beside the post goes before one in media/.
        rests_on = asked[: asked.index(path) + 1]
        try:
            facts = self.facts(path)
        except OSError as error:
            place = self._tree.root / path
            why = why_not_ordinary(place) or error.strerror or type(error).__name__
            message = f"{fields.file} can not be read: {why}; put the file itself here"
            return Remark(0, "media-unreadable", message), rests_on
        if facts.video is not None:
            rests_on += kept_names(path, facts.sha256)
        # Of a still image a copy is made that does not tell where it was taken.
        fatal = [] if facts.fittable else facts.remarks
        return (fatal[0] if fatal else self._media(path, facts, fields.alt)), rests_on

    def fit(self, media: Media, fields: MediaFields, rules: Rules, first: Media | None) -> Fitted:
        """Make of what `find` gave the form that a network takes."""
        facts = self._facts.get(media.sha256)
        if facts is not None and facts.video is not None:
            return self.videos.fit(media, facts, rules)
        return self.fits.fit(media, facts, fields, rules, first)

    def _media(self, path: str, facts: MediaFacts, alt: str | None) -> Media:
        self._facts[facts.sha256] = facts
        return _media(path, facts, alt)

    def _card(self, name: str, fields: MediaFields, brand: str) -> Media | Remark:
        values = self.cards.complete(name, fields.values, brand)
        key = f"card:{self.cards.key(name, values)}"
        known = self._recall(key)
        if known is not None:
            facts = known
            self.cards.remember(facts.sha256, name, values)
        else:
            drawn = self.cards.draw(name, values)
            if isinstance(drawn, Remark):
                return drawn
            facts = drawn
            self._remember(key, facts)
        if facts.remarks:
            return facts.remarks[0]
        return self._media(f"{CARD}{facts.sha256}", facts, fields.alt)

    def facts(self, path: str) -> MediaFacts:
        """Tell what the bytes of a file are.

        Raises:
            OSError: if it can not be read.
        """
        suffix = path.rpartition(".")[2].lower()
        name = f"{self._tree.mark(path)}.{suffix}"
        known = self._recall(name)
        if known is not None:
            return known
        facts = inspect(path.rpartition("/")[2], self._tree.read(path))
        self._remember(name, facts)
        return facts

    def _recall(self, name: str) -> MediaFacts | None:
        stamp, value = self._known.get(_PREFIX + name, ("", ""))
        return _recalled(value) if stamp == self._version else None

    def _remember(self, name: str, facts: MediaFacts) -> None:
        if facts.unsure:
            return
        row = (_PREFIX + name, self._version, facts.model_dump_json())
        self._known[row[0]] = row[1:]
        self._fresh.append(row)

    def read(self, path: str) -> bytes:
        """Read a media file for sending; only the very bytes that were examined.

        Raises:
            OSError: if it can not be read, or is not what it was.
        """
        if path.startswith(CARD):
            return self.cards.read(path.removeprefix(CARD))
        if path.startswith(FIT):
            return self.fits.read(path.removeprefix(FIT))
        content = self._tree.read(path)
        if not self._tree.is_blob(path, content):
            raise OSError(f"{path} was changed while this run was under way; run again")
        return content

    def called(self, path: str) -> str:
        """Name what lies at *path* as a person knows it: the picture or card that it is made of."""
        if path.startswith(FIT):
            return self.called(self.fits.original(path.removeprefix(FIT)))
        if path.startswith(CARD):
            return self.cards.called(path.removeprefix(CARD))
        return path

    def take_fresh(self) -> list[Row]:
        """Hand over what was found out and not kept yet, for another library to learn."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def learn(self, rows: list[Row]) -> None:
        """Take over what another library found out."""
        self._known.update({name: (stamp, value) for name, stamp, value in rows})
        self._fresh += rows

    def keep(self) -> None:
        """Write what was found out into the cache."""
        self._cache.save(self.take_fresh())

    def _missing(self, name: str, asked: list[str]) -> Remark:
        shown = name if len(name) <= _LONG else f"{name[:_LONG]}…"
        message = f"{shown!r} is neither beside the post nor in the brand's media/ folder"
        folders = [path.removesuffix(name) for path in asked]
        return Remark(0, "media-missing", message + missing_way_out(name, folders, self._tree))


def _recalled(value: str) -> MediaFacts | None:
    try:
        return MediaFacts.model_validate_json(value)
    except ValueError:  # damaged, so as good as none
        return None


def _media(path: str, facts: MediaFacts, alt: str | None) -> Media:
    return Media(
        path=path,
        sha256=facts.sha256,
        mime=facts.mime,
        size=facts.size,
        width=facts.width,
        height=facts.height,
        alt=alt or "",
        seconds=facts.video.seconds if facts.video else 0,
        moves=facts.animated,
    )
