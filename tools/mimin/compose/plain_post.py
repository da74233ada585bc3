"""Posts of nothing but text: their parts are made once for all accounts that they go to.

Most posts are like this: the accounts differ only in what their networks allow, and the text is
far from it. What is not as simple is left to the long way; a test compares both.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mimin.compose.composed import Composed, Wish, close, places
from mimin.compose.hashtags import hashtags, with_line
from mimin.compose.parts import passages
from mimin.compose.rules import surely_fits
from mimin.model.payload import Part

if TYPE_CHECKING:
    from mimin.model.limits import Links


def compose_plain(wish: Wish) -> Composed | None:
    """Compose a post that is sure to fit and gives no reason for a remark; None for any other."""
    chosen, rules = wish.chosen, wish.rules
    if chosen.media or chosen.link or chosen.warning or chosen.asks:
        return None
    if rules.limits.headline_required:
        return None
    parts = _parts(chosen.body, rules.limits.links, chosen.tags)
    if not parts or (len(parts) > 1 and not rules.limits.threads):
        return None
    for part in parts:
        if not surely_fits(part, rules):
            return None
    payload = close(wish, parts, None)
    found, _ = passages(chosen.body, rules.limits.links)
    return Composed(payload, (), payload, places(wish, found))


@lru_cache(maxsize=64)
def _parts(body: str, links: Links, tags: tuple[str, ...]) -> tuple[Part, ...]:
    """Make the parts of a body that is the same for all accounts; none of any other."""
    found, remarks = passages(body, links)
    if remarks or any(
        passage.spans or passage.pictures or "@{" in passage.text for passage in found
    ):
        return ()
    if links == "bare" and found is passages(body, "facet")[0]:
        return _parts(body, "facet", tags)
    line, malformed = hashtags(found[0].text, tags) if tags else ("", ())
    if malformed:
        return ()
    texts = [with_line(found[0].text, line), *(passage.text for passage in found[1:])]
    return tuple([Part(text=text) for text in texts])
