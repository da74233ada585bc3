"""One build of the site: from a scene to files, around the shells that the theme renders."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from whenever import Date

from mimin.checks.show import as_text
from mimin.planning.examined import Examined
from mimin.planning.plan import Line
from mimin.website import dates, still
from mimin.website.brand_pages import brand_pages, brands_index
from mimin.website.feeds import brand_feed
from mimin.website.gather import (
    Gathered,
    Keyed,
    Memory,
    Wish,
    gather,
    open_site_workspace,
    open_store,
)
from mimin.website.home import MADE, home_page, home_zone
from mimin.website.months import (
    Almanac,
    month_address,
    month_days,
    week_address,
    week_days,
    week_title,
)
from mimin.website.output import Output
from mimin.website.post_page import PostPages
from mimin.website.printing import Press, Printer, Sheet
from mimin.website.reporting import report_csv, report_page, reports_index
from mimin.website.rows import all_are
from mimin.website.scene import Scene
from mimin.website.search import extend_search, extend_sitemap, search_entry, write_entry
from mimin.website.shelf import Shelf, site_version
from mimin.website.shell import Shell, unlisted
from mimin.website.still import Still, quiet_until
from mimin.website.unpaused import unpaused
from mimin.workspace.workspace import Workspace

CALENDAR, BRANDS, REPORTS = "calendar/index.md", "brands/index.md", "reports/index.md"
POSTS = "posts/shell/index.md"
"""Two folders deep, as the posts' own pages are."""
SHELLS = frozenset({CALENDAR, BRANDS, REPORTS, POSTS})
HOME = "<!-- mimin:home -->"
_SAID = 10
"""Errors that a build says; `mimin check` shows the rest."""


class Build:
    """What one build knows, from reading the workspace to writing the last file."""

    def __init__(self, wish: Wish, site: Path, site_url: str, memory: Memory) -> None:
        """Build into *site*, which readers find at *site_url* if that is known."""
        self._wish = wish
        self._memory = memory
        self.site = site
        self._site_url = site_url
        self.workspace: Workspace = open_site_workspace(wish.root)
        self._store = open_store(self.workspace)
        self._name = f"still:{site.resolve()}"
        # What is served lies in a folder of its own, which no later process looks into.
        self._stamp = "" if memory.serving else still.stamp_of(wish, self.workspace, site_url)
        self._still = still.recall(self._store, self._name, self._stamp, wish.now)
        self._next = Still()
        self._shells: dict[str, Shell] = {}
        self._kept = 0

    def prepare(self) -> None:
        """Read what there is, unless all of it may stay as it is.

        Raises:
            MiminError: if it can not be read.
        """
        if self._still is None:
            with unpaused(once=not self._memory.serving):
                _ = self._gathered

    @cached_property
    def _gathered(self) -> Gathered:
        return gather(self._wish, self.workspace, self._memory)

    @cached_property
    def _almanac(self) -> Almanac:
        return Almanac(self.scene, self._memory.entries)

    @property
    def scene(self) -> Scene:
        """Everything the pages show, read when it is first asked for."""
        return self._gathered.scene

    @property
    def _shelf(self) -> Shelf:
        return self._gathered.shelf

    def faults(self) -> list[str]:
        """Say what a build must not be silent about: files in error, a ledger that is not read.

        What may stay as it is had none of it.
        """
        if self._still is not None:
            return []
        found = self._gathered
        unread = [f"the ledger can not be read: {found.unread}"] if found.unread else []
        said = as_text(found.errors[:_SAID]).splitlines()
        left = len(found.errors) - _SAID
        more = [f"and {left} more errors; `mimin check` shows them"] if left > 0 else []
        return [*unread, *said, *more]

    def sources(self) -> dict[str, str]:
        """Give the Markdown pages that MkDocs is to render for us, with their content."""
        own = dict.fromkeys(self.pages(), "")
        return {**own, POSTS: "", "index.md": f"# mimin\n\n{HOME}\n"}

    def pages(self) -> list[str]:
        """List our pages that may stand in the navigation; reports are not for everybody."""
        return [CALENDAR, BRANDS] if self._wish.public else [CALENDAR, BRANDS, REPORTS]

    def titles(self) -> dict[str, str]:
        """Name our pages."""
        words = self._wish.words
        return {
            "index.md": words("nav.home"),
            CALENDAR: words("nav.calendar"),
            BRANDS: words("nav.brands"),
            REPORTS: words("nav.reports"),
        }

    def networks(self) -> set[str]:
        """List the networks in use."""
        if self._still is not None:
            return set(self._still.networks)
        return {a.rules for brand in self.scene.brands.values() for a in brand.accounts.values()}

    def listed(self, html: str) -> str:
        """Keep a page of an internal site out of search engines, whoever wrote it."""
        return html if self._wish.public else unlisted(html)

    def embed(self, html: str, url: str) -> str:
        """Put the overview into a page's HTML, where it asks for it."""
        html = self.listed(html)
        if HOME not in html:
            return html
        base = "../" * url.count("/")
        kept = self._still
        if kept is not None and base in kept.homes:
            overview, zone = kept.homes[base], kept.zone
        else:
            overview, zone = home_page(self.scene, base), home_zone(self.scene)
        self._next.homes[base] = overview
        made = dates.full_time(self._wish.now, zone, self._wish.words)
        return html.replace(HOME, overview.replace(MADE, made, 1))

    def use(self, uri: str, shell: Shell) -> str:
        """Keep a shell, and fill it with the page that it was rendered as."""
        if not self._wish.public:
            shell = shell.unlisted()
        self._shells[uri] = shell
        self._next.shells[uri] = hashlib.sha256(shell.content.encode()).hexdigest()
        if uri == POSTS:
            return shell.html
        kept = self._still.bodies.get(uri) if self._still is not None else None
        title, body = kept or self._own_page(uri)
        self._next.bodies[uri] = (title, body)
        return self._fill(uri, title, body)

    def _own_page(self, uri: str) -> tuple[str, str]:
        words = self._wish.words
        if uri == CALENDAR:
            today = self._almanac.today
            title = dates.month_name(today.year, today.month, words)
            body = self._almanac.month_page(today.year, today.month)
            return words("calendar.title", month=title), body
        if uri == BRANDS:
            return words("brands.title"), brands_index(self.scene)
        return words("reports.title"), reports_index(self.scene)

    def finish(self) -> tuple[int, int]:
        """Write everything that MkDocs did not; say how many files were written and kept."""
        output = Output(self.site, self.workspace.private)
        (self.site / POSTS.replace(".md", ".html")).unlink(missing_ok=True)
        kept = self._still
        if kept is None or kept.shells != self._next.shells or not output.intact(self._theirs()):
            with unpaused():
                kept = self._write_all(output)
        extend_search(self.site, output, kept.docs)
        extend_sitemap(self.site, output, self._site_url, kept.addresses)
        return output.written, self._kept or len(kept.addresses)

    def _theirs(self) -> set[str]:
        """Name the files in our folders that MkDocs has written itself."""
        return {uri.replace(".md", ".html") for uri in self.pages()}

    def _write_all(self, output: Output) -> Still:
        scene, found = self.scene, self._next
        with Printer(self._press(), alone=self._memory.built) as printer:
            printer.start(self._sheets(output))
            addresses = [*self._calendar(output), *self._pages(output)]
            self._feeds(output)
            self._media(output)
            found.docs = ",".join(self._entries())
            for sheet, status, written in printer.results():
                output.note(sheet.address, sheet.key, status, written=written)
        found.addresses = [*addresses, *scene.addresses.values()]
        for address in self._theirs():
            output.keep(address)
        output.finish()
        self._memory.built = True
        found.networks = sorted(self.networks())
        found.zone = home_zone(scene)
        if self._stamp and not self._gathered.errors:
            found.since = scene.now.timestamp(unit="nanosecond") / 1e9
            found.until = quiet_until(self._gathered)
            still.remember(self._store, self._name, self._stamp, found)
        return found

    def _entries(self) -> Iterator[str]:
        """Write the entries of the search, using again those of posts that are as they were."""
        scene, known = self.scene, self._memory.found
        kept = {}
        for post in scene.posts:
            made_of = (post, scene.previews.get(post.path), scene.addresses[post.path])
            old = known.get(post.path)
            same = old is not None and old[0] is made_of[0] and old[1] is made_of[1]
            if old is None or not same or old[2] != made_of[2] or scene.public:
                old = (*made_of, write_entry(search_entry(post, scene)))
            kept[post.path] = old
            yield old[3]
        known.clear()
        known.update(kept)

    def _fill(self, uri: str, title: str, body: str, address: str = "") -> str:
        canonical = self._site_url.rstrip("/") + "/" + address if self._site_url and address else ""
        return self._shells[uri].fill(title, body, canonical)

    def _calendar(self, output: Output) -> Iterator[str]:
        """Write a page a month and a week, those anew whose days are not what they were."""
        words, almanac = self.scene.words, self._almanac
        for year, month in almanac.months():
            address = month_address(year, month)
            yield address
            key = self._calendar_key(month_days(year, month))
            if not output.fresh(address, key):
                title = words("calendar.title", month=dates.month_name(year, month, words))
                html = self._fill(CALENDAR, title, almanac.month_page(year, month), address)
                output.write(address, html.encode(), key)
        for monday in almanac.weeks():
            address = week_address(monday)
            yield address
            key = self._calendar_key(week_days(monday))
            if not output.fresh(address, key):
                title = week_title(monday, self.scene)
                html = self._fill(CALENDAR, title, almanac.week_page(monday), address)
                output.write(address, html.encode(), key)

    def _calendar_key(self, days: list[Date]) -> str:
        named = [
            site_version(),
            self._site_url,
            self._shells[CALENDAR].content,
            self._almanac.shared,
        ]
        return hashlib.sha256(json.dumps([*named, self._almanac.mark(days)]).encode()).hexdigest()

    def _pages(self, output: Output) -> Iterator[str]:
        for uri, address, title, body in self._small():
            yield address
            output.write(address, self._fill(uri, title, body, address).encode())

    def _small(self) -> Iterator[tuple[str, str, str, str]]:
        for address, (title, body) in brand_pages(self.scene, self._almanac).items():
            yield BRANDS, address, title, body
        for name, report in self.scene.reports.items():
            body = report_page(name, report, self.scene)
            yield REPORTS, f"reports/{name}.html", report.title, body

    def _sheets(self, output: Output) -> list[Sheet]:
        """List the pages of posts that are not there as they should be."""
        common, found = self._common(), []
        for index, post in enumerate(self.scene.posts):
            address = self.scene.addresses[post.path]
            key = self._key(post, common)
            if output.fresh(address, key):
                self._kept += 1
            else:
                found.append(Sheet(index, address, key))
        for path in self._memory.keys.keys() - self.scene.addresses.keys():
            del self._memory.keys[path]
        self._shelf.fetch([self.scene.posts[sheet.place].path for sheet in found])
        return found

    def _press(self) -> Press:
        scene, pages = self.scene, PostPages(self.scene)

        def make(sheet: Sheet) -> bytes:
            post = scene.posts[sheet.place]
            shown, drawn = scene.previews[post.path].accounts, self._shelf.drawings(post.path)
            body = pages.draw(post, {name: drawn[name] for name in shown})
            return self._fill(POSTS, post.title, body, sheet.address).encode()

        return Press(str(self.site), make)

    def _common(self) -> str:
        """Name everything that all pages of posts have in common."""
        scene = self.scene
        freezes = [event.model_dump_json() for event in scene.freezes]
        named = [site_version(), scene.public, scene.source, self._site_url, freezes]
        named += [self._shells[POSTS].content]
        return hashlib.sha256(json.dumps(named).encode()).hexdigest()

    def _key(self, post: Examined, common: str) -> str:
        """Name everything that a post's page is made from."""
        scene, path = self.scene, post.path
        lines, commits = scene.lines_of[path], scene.history.get(path, ())
        stamp, address = self._shelf.stamp(path), scene.addresses[path]
        known = self._memory.keys.get(path)
        if (
            known is not None
            and (known.common, known.stamp, known.address) == (common, stamp, address)
            and known.post is post
            and known.commits is commits
            and all_are(known.lines, lines)
        ):
            return known.key
        named = [common, stamp, address, [_named(line, scene) for line in lines]]
        named += [[commit.id for commit in commits]]
        key = hashlib.sha256(json.dumps(named).encode()).hexdigest()
        self._memory.keys[path] = Keyed(common, post, lines, commits, stamp, address, key)
        return key

    def _feeds(self, output: Output) -> None:
        for name, brand in self.scene.brands.items():
            known = self._shelf.recall(f"feed:{name}")
            before = dict(known)
            feed = brand_feed(brand, self.scene, known, self._site_url)
            output.write(f"feeds/{name}.ics", feed)
            if known != before:
                self._shelf.remember(f"feed:{name}", known)
        for name, report in self.scene.reports.items():
            output.write(f"reports/{name}.csv", report_csv(report, self.scene).encode("utf-8-sig"))

    def _media(self, output: Output) -> None:
        """Copy what is shown or will be fetched, under names that tell nothing."""
        shown = {
            address: (path, post)
            for post, previews in self.scene.previews.items()
            for preview in previews.accounts.values()
            for path, address in preview.media
        }
        for address, (path, post) in sorted(shown.items()):
            if not output.keep(address):
                content = self._shelf.read(path, post)
                if content is not None:
                    output.write(address, content)
        for hosted in self._gathered.hosted:
            if not output.keep(hosted.address):
                content = self._shelf.read(hosted.path, hosted.post)
                if content is not None:
                    output.write(hosted.address, content)


def _named(line: Line, scene: Scene) -> tuple[object, ...]:
    """Name everything that a line shows on its post's page."""
    due = line.delivery.due
    counts = (len(line.standing.approvals), len(scene.events_of.get(line.key, ())))
    return line.key, due and due.timestamp(), line.cause, line.note, _last(line), *counts


def _last(line: Line) -> tuple[object, ...]:
    """Name the last event of a delivery; with how many there are, that tells all of them apart."""
    last = line.standing.last
    if last is None:
        return ()
    digest, handles = last.digest, sorted(last.handles.items())
    named = (last.kind, last.at.timestamp(unit="nanosecond"), last.part, last.run, last.by)
    return *named, last.reason, last.url, last.remote_id, digest, handles
