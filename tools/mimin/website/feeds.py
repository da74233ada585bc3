"""Feeds: a brand's plan as a calendar that phones and office programs subscribe to.

A feed is a snapshot, as RFC 5545 has it: it names no METHOD. With one, RFC 5546 would ask every
event for an ORGANIZER, and office programs would take the file for a message about a meeting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import regex  # type: ignore[import-untyped]  # it ships no types
from whenever import Instant, TimeDelta

from mimin.model.brand import Brand
from mimin.planning.plan import Cause, Line
from mimin.printable import one_line, printable
from mimin.website import dates
from mimin.website.marks import FILE_CHANGED
from mimin.website.preview import Preview
from mimin.website.rendering import NETWORK_NAMES, show_handle
from mimin.website.scene import Scene

if TYPE_CHECKING:
    from icalendar import Component

_END = "END:VCALENDAR\r\n"
_LENGTH = timedelta(minutes=15)
_RENEWED = timedelta(hours=1)
"""How often to ask again; the site of this repository is built once an hour."""
_PAST = TimeDelta(hours=24 * 31)
_MOST = 1000
"""Deliveries in a feed: phones read it every hour."""
_TEXT = regex.compile(r"\X{0,500}")
"""How much of a post's text stands in its event; all of it is on its page."""
_GONE = frozenset({Cause.DROPPED, Cause.EXPIRED, Cause.MISSED, Cause.RETRACTED, Cause.CALLED_OFF})
_SURE = frozenset(
    {
        Cause.OUT,
        Cause.CHANGED,
        Cause.EDIT,
        Cause.RETRACT,
        Cause.LATER,
        Cause.DUE,
        Cause.LATE,
    }
)
_NEVER = Instant.from_timestamp(0)


Known = dict[str, tuple[str, str]]
"""Delivery key → what its event was made from, and the event as text."""


@dataclass(frozen=True)
class Choice:
    """The deliveries of a feed."""

    lines: tuple[Line, ...]
    """In the order in which they are due."""
    until: Instant | None = None
    """When the last of them is due, where later ones had no room; None when all are there."""


@dataclass(frozen=True)
class _Revision:
    """How an event has changed so far: the same in every clone that has the whole history."""

    number: int
    at: Instant


def choose(brand: Brand, scene: Scene) -> Choice:
    """Choose what a brand's feed holds: what comes next first, then the last month."""
    own = [line for line in scene.lines_by_brand.get(brand.id, ()) if line.delivery.due is not None]
    coming = [line for line in own if _due(line) >= scene.now]
    past = [line for line in own if scene.now - _PAST <= _due(line) < scene.now]
    shown = coming[:_MOST]
    room = _MOST - len(shown)
    until = _due(shown[-1]) if len(coming) > len(shown) else None
    return Choice((*past[max(len(past) - room, 0) :], *shown), until)


def feed_note(brand: Brand, scene: Scene) -> str:
    """Say what a feed does not hold; empty when all that is to come is there."""
    chosen = choose(brand, scene)
    if chosen.until is None:
        return ""
    words = scene.words
    number, day = words.number(_MOST), chosen.until.to_tz(brand.zone).date()
    return words("feed.cut", number=number, day=dates.long_day(day, words))


def brand_feed(brand: Brand, scene: Scene, known: Known, site_url: str = "") -> bytes:
    """Write the brand's deliveries of the last month and the next to come as iCalendar, in UTC.

    A delivery keeps its UID when it is moved, so that a subscriber's calendar moves it too. Each
    occurrence of a repetition is an event of its own, as each is published and moved by itself.
    What will not go out stays, as cancelled, until its time is a month ago; what is not planned
    any more, as its file was deleted, is not there, and programs that subscribe take it out.
    Campaigns are events of whole days. Events in *known* are used again; those of deliveries that
    had to be made are put there.
    """
    shared = _commits_of(brand, scene)
    events = [event.to_ical().decode() for event in _campaigns(brand, scene, site_url)]
    for line in choose(brand, scene).lines:
        revision = _revision(line, scene, shared)
        mark = _mark(line, scene, site_url, revision)
        if known.get(line.delivery.key, ("",))[0] != mark:
            event = _event(line, scene, site_url, revision)
            known[line.delivery.key] = (mark, event.to_ical().decode())
        events.append(known[line.delivery.key][1])
    head = _head(brand, scene).removesuffix(_END)  # a brand may be called like its end
    return f"{head}{''.join(events)}{_END}".encode()


def _head(brand: Brand, scene: Scene) -> str:
    from icalendar import Calendar, vText

    feed = Calendar()
    feed.add("prodid", "-//mimin//publishing plan//EN")
    feed.add("version", "2.0")
    # RFC 7986 has names for what was written with X- before; programs read one or the other.
    title = vText(one_line(scene.words("feed.title", brand=brand.name)))
    feed.add("name", title)
    feed.add("x-wr-calname", title)
    note = feed_note(brand, scene)
    if note:
        feed.add("description", vText(note))
        feed.add("x-wr-caldesc", vText(note))
    feed.add("x-wr-timezone", brand.zone)
    feed.add("refresh-interval", _RENEWED, parameters={"VALUE": "DURATION"})
    feed.add("x-published-ttl", "PT1H")
    head: str = feed.to_ical().decode()
    return head


def _campaigns(brand: Brand, scene: Scene, site_url: str) -> Iterator[Component]:
    from icalendar import Event

    schedule = scene.schedules.get(brand.id)
    commits = _commits((f"calendar/{brand.id}.yml",), scene)
    revision = _Revision(2 * len(commits), max(commits.values(), default=_NEVER))
    since = (scene.now - _PAST).to_tz(brand.zone).date().format_iso()
    for slug, campaign in (schedule.campaigns if schedule else {}).items():
        if campaign.ends < since:
            continue
        event = Event()
        event.add("uid", f"{brand.id}/campaign/{slug}")
        _add_revision(event, revision)
        event.add("dtstart", date.fromisoformat(campaign.starts))
        # The day after the last one (RFC 5545, section 3.6.1).
        event.add("dtend", date.fromisoformat(campaign.ends) + timedelta(days=1))
        event.add("summary", one_line(campaign.name))
        event.add("transp", "TRANSPARENT")
        if site_url:
            event.add("url", f"{site_url.rstrip('/')}/brands/{brand.id}.campaign.{slug}.html")
        yield event


def _add_revision(event: Component, revision: _Revision) -> None:
    # Not the time of the build: an unchanged plan gives an unchanged file. Without a METHOD,
    # DTSTAMP says the same as LAST-MODIFIED (RFC 5545, section 3.8.7.2).
    event.add("dtstamp", _utc(revision.at))
    event.add("last-modified", _utc(revision.at))
    event.add("sequence", revision.number)


def _due(line: Line) -> Instant:
    due = line.delivery.due
    assert due is not None  # noqa: S101 - `choose` asked
    return due


def _commits_of(brand: Brand, scene: Scene) -> dict[str, Instant]:
    """Name the commits that changed what all deliveries of a brand are planned by."""
    return _commits((brand.path, f"calendar/{brand.id}.yml"), scene)


def _commits(paths: Iterable[str], scene: Scene) -> dict[str, Instant]:
    return {commit.id: commit.at for path in paths for commit in scene.history.get(path, ())}


def _revision(line: Line, scene: Scene, shared: dict[str, Instant]) -> _Revision:
    """Count what has changed an event, and tell when it was changed last.

    Programs believe an event with a known UID only if its SEQUENCE is higher than before
    (RFC 5546, section 2.1.5; Google Calendar: OpenACalendar/OpenACalendar-Web-Core#176). Commits
    and events of the ledger are counted, as both only ever grow and are the same on all machines;
    the clock of an author is neither. What is not committed yet is not counted: such a site is for
    the one who builds it. That a delivery expires is no commit, so that counts half.
    """
    commits = shared | _commits((line.post.path,), scene)
    events = [event.at for event in scene.events_of.get(line.key, ())]
    changes = len(commits) + len(events)
    files = _commits(scene.files.get(line.post.path, ()), scene)
    latest = max([*commits.values(), *files.values(), *events], default=_NEVER)
    return _Revision(2 * changes + (line.cause in _GONE), latest)


def _mark(line: Line, scene: Scene, site_url: str, revision: _Revision) -> str:
    preview = _preview(line, scene)
    digest = preview.digest if preview else ""
    named = (line.delivery.due, line.cause, revision, line.post.title, digest)
    handle = scene.account_of(line).handle
    address = scene.addresses[line.post.path]
    text = repr((named, handle, site_url, address, scene.words.language, scene.public))
    return sha256(text.encode()).hexdigest()


def _preview(line: Line, scene: Scene) -> Preview | None:
    previews = scene.previews.get(line.post.path)
    return previews.accounts.get(line.delivery.account.partition("/")[2]) if previews else None


def _event(line: Line, scene: Scene, site_url: str, revision: _Revision) -> Component:
    from icalendar import Event

    due = _utc(_due(line))
    account = scene.account_of(line)
    network = NETWORK_NAMES.get(account.rules, account.rules)
    standing = scene.words(f"cause.{line.cause}")
    preview = _preview(line, scene)
    text = _shortened(preview.text if preview else "")
    # Google hides what is cancelled (shift-org/shift-docs#730), Apple strikes it out
    # (sabre-io/dav#969), Outlook shows it as any other (esrg-knights/Squire#215).
    title = f"{standing}: {line.post.title}" if line.cause in _GONE else line.post.title
    event = Event()
    event.add("uid", line.delivery.key)
    _add_revision(event, revision)
    event.add("dtstart", due)
    event.add("dtend", due + _LENGTH)
    event.add("summary", one_line(f"{title} · {network}"))
    if line.cause in FILE_CHANGED:
        text = f"{scene.words('post.changed')}\n\n{text}"
    event.add("description", printable(f"{standing}\n{show_handle(account)}\n\n{text}"))
    event.add("status", _status(line.cause))
    event.add("transp", "TRANSPARENT")
    if site_url:
        event.add("url", site_url.rstrip("/") + "/" + scene.addresses[line.post.path])
    return event


def _shortened(text: str) -> str:
    kept = str(_TEXT.match(text)[0])
    return text if len(kept) == len(text) else f"{kept.rstrip()}…"


def _utc(moment: Instant) -> datetime:
    return moment.to_stdlib().astimezone(UTC).replace(microsecond=0)


def _status(cause: Cause) -> str:
    if cause in _GONE:
        return "CANCELLED"
    return "CONFIRMED" if cause in _SURE else "TENTATIVE"
