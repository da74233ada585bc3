"""The scene: everything the pages are made from, gathered at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from whenever import Instant

from mimin.ledger.ledger import Book
from mimin.ledger.standing import frozen_scopes, resuming
from mimin.model.brand import Account, Brand
from mimin.model.event import Event
from mimin.model.problem import Problem
from mimin.model.report import ReportFields
from mimin.model.schedule import ObservanceFields, ScheduleFields
from mimin.planning.examined import Examined
from mimin.planning.plan import Line
from mimin.website.history import Commit
from mimin.website.preview import Previews
from mimin.website.words import Words


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What the site shows. A public scene simply does not hold what is not public."""

    now: Instant
    words: Words
    pretended: bool = False
    """Whether `now` is another moment than that of the build."""
    public: bool = False
    brands: Mapping[str, Brand]
    schedules: Mapping[str, ScheduleFields] = field(default_factory=dict)
    observances: Mapping[str, ObservanceFields] = field(default_factory=dict)
    reports: Mapping[str, ReportFields] = field(default_factory=dict)
    posts: tuple[Examined, ...] = ()
    lines: tuple[Line, ...] = ()
    """In the order in which they are due."""
    previews: Mapping[str, Previews] = field(default_factory=dict)
    """Path of the post → its previews."""
    events: tuple[Event, ...] = ()
    """Oldest first."""
    book: Book = field(default_factory=lambda: Book({}))
    history: Mapping[str, list[Commit]] = field(default_factory=dict)
    errors: tuple[Problem, ...] = ()
    """Every error that `mimin check` finds."""
    unread: str = ""
    """Why the ledger could not be read."""
    ledger: str = ""
    """How the ledger was read, in words."""
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Path of the post → its own files."""
    source: str = ""
    """Address that a file's path is added to, to see it; empty when there is none."""

    @cached_property
    def lines_of(self) -> Mapping[str, list[Line]]:
        """Path of a post → its lines."""
        found: dict[str, list[Line]] = {post.path: [] for post in self.posts}
        for line in self.lines:
            found[line.post.path].append(line)
        return found

    @cached_property
    def lines_by_brand(self) -> Mapping[str, list[Line]]:
        """Brand → its lines, in the order in which they are due."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.post.brand, []).append(line)
        return found

    @cached_property
    def newest(self) -> list[Line]:
        """Lines of which something is out, the newest first."""
        out = [(line.standing.receipts, line) for line in self.lines if line.standing.parts]
        out = [(receipts, line) for receipts, line in out if receipts]
        out.sort(key=lambda pair: pair[0][0].at, reverse=True)
        return [line for _, line in out]

    @cached_property
    def events_of(self) -> Mapping[str, list[Event]]:
        """Delivery key → its events."""
        found: dict[str, list[Event]] = {}
        for event in self.events:
            found.setdefault(event.key, []).append(event)
        return found

    @cached_property
    def addresses(self) -> Mapping[str, str]:
        """Path of a post → address of its page; two posts with one id keep two pages."""
        found: dict[str, str] = {}
        taken: set[str] = set()
        for post in self.posts:
            stem = f"posts/{post.brand}/{post.id}"
            number = 1
            # An id holds no dot, so a numbered name can not be another post's.
            while (address := stem + (f".{number}" if number > 1 else "") + ".html") in taken:
                number += 1
            taken.add(address)
            found[post.path] = address
        return found

    @cached_property
    def freezes(self) -> list[Event]:
        """Freezes that hold now."""
        return list(frozen_scopes(self.book.freezes).values())

    def resuming(self, freeze: Event) -> str:
        """Give the command that ends a freeze."""
        return resuming(freeze.account)

    def scope(self, account: str) -> str:
        """Name what a freeze stops: everything, a brand, or one account."""
        if account == "*":
            return self.words("freeze.all")
        brand, _, name = account.partition("/")
        title = self.brands[brand].name if brand in self.brands else brand
        return title if name == "*" else f"{title}, {name}"

    def brand_of(self, line: Line) -> Brand:
        """Give the brand of a line."""
        return self.brands[line.post.brand]

    def account_of(self, line: Line) -> Account:
        """Give the account of a line."""
        return self.brand_of(line).accounts[line.delivery.account.partition("/")[2]]
