"""The calendar: a page a month and a page a week, that are tables without any script."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from whenever import Date

from mimin.model.brand import Account
from mimin.website import dates
from mimin.website.balance import FreeTime, balances, free_times
from mimin.website.entry import Entry, EntryMemory, entries_of
from mimin.website.home import home_zone
from mimin.website.rendering import NETWORK_NAMES, render
from mimin.website.scene import Scene

Link = tuple[str, str]


@dataclass
class Day:
    """What one day holds."""

    date: Date
    long: str
    outside: bool = False
    entries: list[Entry] = field(default_factory=list)
    observances: list[tuple[str, str]] = field(default_factory=list)
    """Name, and what one should know about it."""
    blackouts: list[tuple[str, str]] = field(default_factory=list)
    campaigns: list[tuple[str, str, str, bool]] = field(default_factory=list)
    """Brand, campaign, its name, and whether this is a day to say it: its first, or a Monday."""
    free: list[FreeTime] = field(default_factory=list)


class Almanac:
    """All days of a scene, for drawing months and weeks from."""

    def __init__(self, scene: Scene, memory: EntryMemory | None = None) -> None:
        """Sort what the scene holds by day, each post on the day of its own brand's zone."""
        self.scene = scene
        self.today = scene.now.to_tz(home_zone(scene)).date()
        self.entries: dict[Date, list[Entry]] = {}
        for entry in entries_of(scene, memory or EntryMemory()):
            self.entries.setdefault(entry.day, []).append(entry)
        self.observances = _observances(scene)
        self.filters = self._filters()
        self.zones = ", ".join(
            f"{brand.name} {dates.zone_name(scene.now.to_tz(brand.zone))}"
            for brand in scene.brands.values()
        )

    def months(self) -> list[tuple[int, int]]:
        """List the months that have a page: those with posts, and this one with its neighbours."""
        first, last = self._ends()
        count = (last.year - first.year) * 12 + last.month - first.month
        steps = [(first.month - 1 + number) for number in range(count + 1)]
        return [(first.year + step // 12, step % 12 + 1) for step in steps]

    def weeks(self) -> list[Date]:
        """List the Mondays of the weeks that have a page."""
        months = self.months()
        first, last = months[0], months[-1]
        monday = _monday(Date(first[0], first[1], 1))
        end = Date(last[0], last[1], 1).add(months=1)
        found = []
        while monday < end:
            found.append(monday)
            monday = monday.add(days=7)
        return found

    def month_page(self, year: int, month: int, base: str = "../") -> str:
        """Draw one month."""
        days = [self._day(day, month) for day in month_days(year, month)]
        name = dates.month_name(year, month, self.scene.words)
        pages = self.months()
        place = pages.index((year, month))
        mondays = sorted({_monday(day.date) for day in days})
        first = Date(year, month, 1)
        return self._draw(
            balances=balances(self.scene, first, first.add(months=1).subtract(days=1), name),
            base=base,
            title=name,
            days=days,
            week=False,
            previous=self._month_link(pages[place - 1]) if place else None,
            next=self._month_link(pages[place + 1]) if place + 1 < len(pages) else None,
            links=[(week_address(monday), _week_range(monday, self.scene)) for monday in mondays],
        )

    def week_page(self, monday: Date, base: str = "../") -> str:
        """Draw one week."""
        words = self.scene.words
        days = [self._day(day, None) for day in week_days(monday)]
        mondays = self.weeks()
        place = mondays.index(monday)
        months = sorted({(day.date.year, day.date.month) for day in days} & set(self.months()))
        return self._draw(
            base=base,
            title=week_title(monday, self.scene),
            days=days,
            week=True,
            balances=[],
            previous=_week_link(mondays[place - 1], self.scene) if place else None,
            next=_week_link(mondays[place + 1], self.scene) if place + 1 < len(mondays) else None,
            links=[
                (month_address(year, month), dates.month_name(year, month, words))
                for year, month in months
            ],
        )

    def months_of(self, brand: str) -> list[Link]:
        """List the months in which a brand has posts."""
        found = {
            (day.year, day.month)
            for day, entries in self.entries.items()
            if any(entry.row.brand.id == brand for entry in entries)
        }
        return [self._month_link(month) for month in sorted(found)]

    def mark(self, days: Iterable[Date]) -> str:
        """Name what a page of these days is made from, beside what all pages share."""
        listed = list(days)
        marks = [entry.mark for day in listed for entry in self.entries.get(day, ())]
        marks += [repr(self.free.get(day)) for day in listed]
        return hashlib.sha256("\n".join(marks).encode()).hexdigest()

    @cached_property
    def free(self) -> dict[Date, list[FreeTime]]:
        """Give what is free on each day from today to the last that has a page."""
        year, month = self.months()[-1]
        return free_times(self.scene, self.today, Date(year, month, 1).add(months=1, days=6))

    @cached_property
    def shared(self) -> str:
        """Name what all pages of the calendar are made from, beside their entries."""
        scene = self.scene
        named = [
            self.today,
            self.scene.pretended,
            self.months(),
            self.filters,
            self.zones,
            self.observances,
        ]
        brands = [brand.model_dump_json() for brand in scene.brands.values()]
        schedules = [schedule.model_dump_json() for schedule in scene.schedules.values()]
        freezes = [event.model_dump_json() for event in scene.freezes]
        text = repr([named, brands, schedules, freezes, scene.words.language])
        return hashlib.sha256(text.encode()).hexdigest()

    def _ends(self) -> tuple[Date, Date]:
        around = [self.today.subtract(months=1), self.today.add(months=1)]
        days = [*self.entries, *around]
        return min(days), max(days)

    def _month_link(self, month: tuple[int, int]) -> Link:
        return month_address(*month), dates.month_name(*month, self.scene.words)

    def _day(self, date: Date, month: int | None) -> Day:
        day = Day(date, dates.long_day(date, self.scene.words), month not in {None, date.month})
        day.entries = self.entries.get(date, [])
        day.free = self.free.get(date, [])
        day.observances = self.observances.get(date.format_iso(), [])
        for brand, schedule in self.scene.schedules.items():
            iso = date.format_iso()
            day.blackouts += [
                (brand, blackout.reason)
                for blackout in schedule.blackouts
                if blackout.starts <= iso <= blackout.ends
            ]
            day.campaigns += [
                (brand, slug, campaign.name, campaign.starts == iso or _monday(date) == date)
                for slug, campaign in schedule.campaigns.items()
                if campaign.starts <= iso <= campaign.ends
            ]
        return day

    def _filters(self) -> dict[str, list[tuple[str, str]]]:
        scene = self.scene
        accounts = [
            (f"{brand.id}/{name}", f"{brand.name}: {_called(account)}")
            for brand in scene.brands.values()
            for name, account in brand.accounts.items()
        ]
        rules = sorted(
            {a.rules for brand in scene.brands.values() for a in brand.accounts.values()}
        )
        causes = sorted({line.cause for line in scene.lines})
        return {
            "brand": [(brand.id, brand.name) for brand in scene.brands.values()],
            "account": accounts,
            "network": [(name, NETWORK_NAMES.get(name, name)) for name in rules],
            "campaign": [
                (f"{brand}/{slug}", campaign.name)
                for brand, schedule in scene.schedules.items()
                for slug, campaign in schedule.campaigns.items()
            ],
            "standing": [(cause, scene.words(f"cause.{cause}")) for cause in causes],
        }

    def _draw(self, **values: object) -> str:
        days = values["days"]
        assert isinstance(days, list)  # noqa: S101 - the two pages above pass it
        return render(
            "calendar.html",
            scene=self.scene,
            words=self.scene.words,
            weekdays=dates.weekday_names(self.scene.words, short=True),
            today=self.today,
            home="calendar/index.html",
            filters=self.filters,
            zones=self.zones,
            any=any(day.entries for day in days),
            **values,
        )


def _called(account: Account) -> str:
    """Name an account so that it is told from those of the same name on other networks."""
    network = NETWORK_NAMES.get(account.rules, account.rules)
    return f"{account.name or account.handle} ({network})"


def month_days(year: int, month: int) -> list[Date]:
    """List the days that a month's page shows: whole weeks."""
    first = Date(year, month, 1)
    monday, end = _monday(first), first.add(months=1)
    found: list[Date] = []
    while monday < end:
        found += week_days(monday)
        monday = monday.add(days=7)
    return found


def week_days(monday: Date) -> list[Date]:
    """List the days of a week."""
    return [monday.add(days=step) for step in range(7)]


def month_address(year: int, month: int) -> str:
    """Give the address of a month's page."""
    return f"calendar/{year:04}-{month:02}.html"


def week_address(monday: Date) -> str:
    """Give the address of a week's page."""
    year, week = _iso_week(monday)
    return f"calendar/{year:04}-w{week:02}.html"


def week_title(monday: Date, scene: Scene) -> str:
    """Name a week by its number."""
    year, week = _iso_week(monday)
    return scene.words("calendar.week", week=week, year=year)


def _week_link(monday: Date, scene: Scene) -> Link:
    return week_address(monday), week_title(monday, scene)


def _week_range(monday: Date, scene: Scene) -> str:
    end = monday.add(days=6)
    start = (
        str(monday.day) if monday.month == end.month else dates.plain_day(monday, scene.words)[:-5]
    )
    return f"{start}–{dates.plain_day(end, scene.words)[:-5]}"  # noqa: RUF001 - a range takes an en dash


def _iso_week(monday: Date) -> tuple[int, int]:
    year, week, _ = monday.to_stdlib().isocalendar()
    return year, week


def _monday(day: Date) -> Date:
    return day.subtract(days=day.day_of_week().value - 1)


def _observances(scene: Scene) -> dict[str, list[tuple[str, str]]]:
    """Sort the days of all collections; one that several name stands there once, with all said."""
    said: dict[tuple[str, str], list[str]] = {}
    for collection in scene.observances.values():
        if collection.brands and not set(collection.brands) & scene.brands.keys():
            continue
        for each in collection.days:
            about = f"{collection.name}: {each.about}" if each.about else collection.name
            said.setdefault((each.day, each.name), []).append(about)
    found: dict[str, list[tuple[str, str]]] = {}
    for (day, name), abouts in said.items():
        found.setdefault(day, []).append((name, "; ".join(abouts)))
    return found
