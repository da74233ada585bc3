"""Feeds: a brand's plan as a calendar that phones and office programs subscribe to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING

from whenever import Instant, TimeDelta

from mimin.model.brand import Brand
from mimin.planning.plan import Cause, Line
from mimin.printable import printable
from mimin.website.preview import Preview
from mimin.website.rendering import NETWORK_NAMES
from mimin.website.scene import Scene

if TYPE_CHECKING:
    from icalendar import Component

_END = "END:VCALENDAR\r\n"
_LENGTH = timedelta(minutes=15)
_PAST = TimeDelta(hours=24 * 31)
_MOST = 1000
"""Deliveries in a feed: phones read it every hour."""
_GONE = frozenset({Cause.DROPPED, Cause.EXPIRED, Cause.MISSED})
_SURE = frozenset({Cause.OUT, Cause.CHANGED, Cause.LATER, Cause.DUE, Cause.LATE})


Known = dict[str, tuple[str, str]]
"""Delivery key → what its event was made from, and the event as text."""


def brand_feed(brand: Brand, scene: Scene, known: Known, site_url: str = "") -> bytes:
    """Write the brand's deliveries of the last month and the next to come as iCalendar, in UTC.

    A delivery keeps its UID when it is moved, so that a subscriber's calendar moves it too.
    Events in *known* are used again; those that had to be made are put there.
    """
    from icalendar import Calendar

    feed = Calendar()
    feed.add("prodid", "-//mimin//publishing plan//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", printable(scene.words("feed.title", brand=brand.name)))
    feed.add("x-wr-timezone", brand.zone)
    events = []
    for line in _wanted(brand, scene):
        mark = _mark(line, scene, site_url)
        if known.get(line.delivery.key, ("",))[0] != mark:
            known[line.delivery.key] = (mark, _event(line, scene, site_url).to_ical().decode())
        events.append(known[line.delivery.key][1])
    head = feed.to_ical().decode().removesuffix(_END)  # a brand may be called like its end
    return f"{head}{''.join(events)}{_END}".encode()


def _wanted(brand: Brand, scene: Scene) -> Iterator[Line]:
    own = (
        line
        for line in scene.lines
        if line.post.brand == brand.id
        and line.delivery.due is not None
        and line.delivery.due >= scene.now - _PAST
    )
    return islice(own, _MOST)


def _mark(line: Line, scene: Scene, site_url: str) -> str:
    preview = _preview(line, scene)
    digest = preview.digest if preview else ""
    named = (line.delivery.due, line.cause, line.standing.last, line.post.title, digest)
    handle = scene.account_of(line).handle
    address = scene.addresses[line.post.path]
    text = repr((named, handle, site_url, address, scene.words.language, scene.public))
    return sha256(text.encode()).hexdigest()


def _preview(line: Line, scene: Scene) -> Preview | None:
    previews = scene.previews.get(line.post.path)
    return previews.accounts.get(line.delivery.account.partition("/")[2]) if previews else None


def _event(line: Line, scene: Scene, site_url: str) -> Component:
    from icalendar import Event

    due = line.delivery.due
    assert due is not None  # noqa: S101 - `_wanted` asked
    account = scene.account_of(line)
    network = NETWORK_NAMES.get(account.rules, account.rules)
    standing = scene.words(f"cause.{line.cause}")
    preview = _preview(line, scene)
    text = preview.text if preview else ""
    last = line.standing.last
    event = Event()
    event.add("uid", line.delivery.key)
    # Not the time of the build: an unchanged plan gives an unchanged file.
    event.add("dtstamp", _utc(last.at if last else due))
    event.add("dtstart", _utc(due))
    event.add("dtend", _utc(due) + _LENGTH)
    event.add("summary", printable(f"{line.post.title} · {network}"))
    event.add("description", printable(f"{standing}\n@{account.handle}\n\n{text}"))
    event.add("status", _status(line.cause))
    event.add("transp", "TRANSPARENT")
    if site_url:
        event.add("url", site_url.rstrip("/") + "/" + scene.addresses[line.post.path])
    return event


def _utc(moment: Instant) -> datetime:
    return moment.to_stdlib().astimezone(UTC).replace(microsecond=0)


def _status(cause: Cause) -> str:
    if cause in _GONE:
        return "CANCELLED"
    return "CONFIRMED" if cause in _SURE else "TENTATIVE"
