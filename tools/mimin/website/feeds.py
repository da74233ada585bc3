"""Feeds: a brand's plan as a calendar that phones and office programs subscribe to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from whenever import Instant, TimeDelta

from mimin.model.brand import Brand
from mimin.planning.plan import Cause, Line
from mimin.website.rendering import NETWORK_NAMES
from mimin.website.scene import Scene

if TYPE_CHECKING:
    from icalendar import Component

_LENGTH = timedelta(minutes=15)
_PAST = TimeDelta(hours=24 * 90)
_GONE = frozenset({Cause.DROPPED, Cause.EXPIRED, Cause.MISSED})
_SURE = frozenset({Cause.OUT, Cause.CHANGED, Cause.LATER, Cause.DUE, Cause.LATE})


def brand_feed(brand: Brand, scene: Scene, site_url: str = "") -> bytes:
    """Write the brand's deliveries of the last ninety days and the future as iCalendar, in UTC.

    A delivery keeps its UID when it is moved, so that a subscriber's calendar moves it too.
    """
    from icalendar import Calendar

    feed = Calendar()
    feed.add("prodid", "-//mimin//publishing plan//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", scene.words("feed.title", brand=brand.name))
    feed.add("x-wr-timezone", brand.zone)
    for line in scene.lines:
        due = line.delivery.due
        if line.post.brand == brand.id and due is not None and due >= scene.now - _PAST:
            feed.add_component(_event(line, due, scene, site_url))
    return bytes(feed.to_ical())


def _event(line: Line, due: Instant, scene: Scene, site_url: str) -> Component:
    from icalendar import Event

    account = scene.account_of(line)
    network = NETWORK_NAMES.get(account.rules, account.rules)
    standing = scene.words(f"cause.{line.cause}")
    previews = scene.previews.get(line.post.path)
    preview = previews.accounts.get(line.delivery.account.partition("/")[2]) if previews else None
    text = preview.text if preview else ""
    last = line.standing.last
    event = Event()
    event.add("uid", line.delivery.key)
    # Not the time of the build: an unchanged plan gives an unchanged file.
    event.add("dtstamp", _utc(last.at if last else due))
    event.add("dtstart", _utc(due))
    event.add("dtend", _utc(due) + _LENGTH)
    event.add("summary", f"{line.post.title} · {network}")
    event.add("description", f"{standing}\n@{account.handle}\n\n{text}")
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
