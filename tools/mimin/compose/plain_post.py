"""Posts of nothing but text: their parts are made once for all accounts that they go to.

Most posts are like this: the accounts differ only in what their networks allow, and the text is
far from it. What is not as simple is left to the long way; a test compares both.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from mimin.compose.composed import Composed, Place, Wish, close, places
from mimin.compose.hashtags import hashtags, with_line
from mimin.compose.parts import passages
from mimin.compose.rules import surely_fits
from mimin.compose.variant import WISHES
from mimin.model.payload import Part

if TYPE_CHECKING:
    from mimin.model.limits import Links


_MORE = WISHES | {"media", "link", "warning"}
"""Fields that make a post more than text."""


class _Plain(NamedTuple):
    """A text that is the same wherever it goes."""

    parts: tuple[Part, ...]
    """None of any other text."""
    places: tuple[Place, ...]


_OTHER = _Plain((), ())


def compose_plain(wish: Wish) -> Composed | None:
    """Compose a post that is sure to fit and gives no reason for a remark; None for any other."""
    chosen, rules = wish.chosen, wish.rules
    limits = rules.limits
    if not _MORE.isdisjoint(chosen.said) or limits.headline_required:
        return None
    plain = _plain(chosen.body, limits.links, chosen.tags, chosen.body_path, chosen.body_line)
    parts = plain.parts
    if not parts or (len(parts) > 1 and not limits.threads):
        return None
    for part in parts:
        if not surely_fits(part, rules) or ("@" in part.text and rules.network == "bluesky"):
            return None
    payload = close(wish, parts, None)
    return Composed(payload, (), payload, plain.places)


@lru_cache(maxsize=64)
def _plain(body: str, links: Links, tags: tuple[str, ...], path: str, first: int) -> _Plain:
    """Make the parts of a body that is the same for all accounts; none of any other.

    The body stands in *path*, from line *first* on.
    """
    found, remarks = passages(body, links)
    if remarks or any(
        passage.spans or passage.pictures or "@{" in passage.text for passage in found
    ):
        return _OTHER
    if links == "bare" and found is passages(body, "facet")[0]:
        return _plain(body, "facet", tags, path, first)
    line, malformed = hashtags(found[0].text, tags) if tags else ("", ())
    if malformed:
        return _OTHER
    texts = [with_line(found[0].text, line), *(passage.text for passage in found[1:])]
    return _Plain(tuple([Part(text=text) for text in texts]), places(path, first, found))
