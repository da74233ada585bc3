"""A calendar entry: a row on its day, as months and weeks show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from markupsafe import Markup
from whenever import Date, Instant

from mimin.model.brand import Brand
from mimin.website import dates, markup
from mimin.website.marks import MARKS
from mimin.website.markup import text
from mimin.website.rows import Row, all_are, groups_of, row_of
from mimin.website.scene import Scene
from mimin.website.words import Words


class Entry:
    """A row on its day, drawn when a page first needs it: months and weeks share the drawing."""

    def __init__(self, row: Row, due: Instant, words: Words) -> None:
        """Place *row*, which is *due* then."""
        self.row = row
        self.due = due
        self._words = words

    @cached_property
    def html(self) -> Markup:
        """The entry as it stands on a calendar page."""
        return Markup(_draw(self.row, self.due, self._words))  # noqa: S704 - escaped there

    @cached_property
    def day(self) -> Date:
        """The day in the brand's own zone."""
        return self.due.to_tz(self.row.brand.zone).date()

    @cached_property
    def mark(self) -> str:
        """Everything that the drawing depends on, cheaply."""
        row = self.row
        ids = "".join(row.account_ids)
        post = f"{row.address}|{row.post.title}|{row.post.pillar}"
        return f"{post}|{self.due.timestamp()}|{row.causes}|{ids}"


@dataclass
class EntryMemory:
    """Entries that were made before, for as long as their lines are the same objects."""

    brands: Mapping[str, Brand] = field(default_factory=dict)
    words: Words | None = None
    entries: dict[tuple[str, Instant], Entry] = field(default_factory=dict)


def entries_of(scene: Scene, memory: EntryMemory) -> list[Entry]:
    """Make an entry of every post and time, in the order in which they are due."""
    if (memory.brands, memory.words) != (scene.brands, scene.words):
        memory.entries.clear()
    kept = {}
    for path, due, lines in groups_of(scene.lines):
        if due is None:
            continue
        known = memory.entries.get((path, due))
        if (
            known is None
            or known.row.address != scene.addresses[path]
            or not all_are(known.row.lines, lines)
        ):
            known = Entry(row_of(lines, scene), due, scene.words)
        kept[path, due] = known
    memory.brands, memory.words, memory.entries = scene.brands, scene.words, kept
    return list(kept.values())


def _draw(row: Row, due: Instant, words: Words) -> str:
    local, post, brand = due.to_tz(row.brand.zone), row.post, row.brand.id
    campaign = f"{brand}/{text(post.campaign)}" if post.campaign else ""
    tone = MARKS[row.cause].tone
    networks = "".join(markup.network(name) for name in row.rules)
    foot = f"{markup.mark(row.cause, words)} {networks}"
    if row.simulated:
        foot += f" {markup.simulated(words, row.simulated)}"
    return (
        f'<li class="mimin-entry mimin-entry--{tone}" data-brand="{brand}" '
        f'data-account="{" ".join(row.account_ids)}" data-network="{text(" ".join(row.rules))}" '
        f'data-campaign="{campaign}" data-standing="{" ".join(row.causes)}">\n'
        f'<a href="../{text(row.address)}"><time datetime="{due.format_iso()}">'
        f"{dates.clock(local, words)} "
        f'<span class="mimin-zone">{text(dates.zone_name(local))}</span></time> '
        f'<span class="mimin-entry__title">{text(post.title)}</span></a>\n'
        f'<span class="mimin-entry__foot">{foot}</span>\n'
        "</li>"
    )
