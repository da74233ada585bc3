"""A calendar entry: a row on its day, as months and weeks show it."""

from __future__ import annotations

from functools import cached_property

from markupsafe import Markup
from whenever import Instant

from mimin.website import dates, markup
from mimin.website.markup import text
from mimin.website.rows import Row
from mimin.website.scene import Scene


class Entry:
    """A row on its day, drawn when a page first needs it: months and weeks share the drawing."""

    def __init__(self, row: Row, due: Instant, scene: Scene) -> None:
        """Place *row*, which is *due* then."""
        self.row = row
        self.due = due
        self._scene = scene

    @cached_property
    def html(self) -> Markup:
        """The entry as it stands on a calendar page."""
        return Markup(_draw(self.row, self.due, self._scene))  # noqa: S704 - escaped there

    @property
    def mark(self) -> str:
        """Everything that the drawing depends on, cheaply."""
        row = self.row
        ids = "".join(row.account_ids)
        return f"{row.address}|{row.post.title}|{self.due.timestamp()}|{row.causes}|{ids}"


def _draw(row: Row, due: Instant, scene: Scene) -> str:
    local, post, brand = due.to_tz(row.brand.zone), row.post, row.brand.id
    campaign = f"{brand}/{text(post.campaign)}" if post.campaign else ""
    tone = markup.MARKS[row.cause].tone
    networks = "".join(markup.network(name) for name in row.rules)
    return (
        f'<li class="mimin-entry mimin-entry--{tone}" data-brand="{brand}" '
        f'data-account="{" ".join(row.account_ids)}" data-network="{text(" ".join(row.rules))}" '
        f'data-campaign="{campaign}" data-standing="{" ".join(row.causes)}">\n'
        f'<a href="../{text(row.address)}"><time datetime="{due.format_iso()}">'
        f"{dates.clock(local, scene.words)} "
        f'<span class="mimin-zone">{text(dates.zone_name(local))}</span></time> '
        f'<span class="mimin-entry__title">{text(post.title)}</span></a>\n'
        f'<span class="mimin-entry__foot">{markup.mark(row.cause, scene.words)} {networks}</span>\n'
        "</li>"
    )
