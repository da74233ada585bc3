"""Dates and times as people read them: in the brand's zone, in the site's language."""

from __future__ import annotations

from whenever import Date, Instant, ZonedDateTime

from mimin.website.words import Words

_MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}
_DAYS = {
    "id": "Senin Selasa Rabu Kamis Jumat Sabtu Minggu",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
_SHORT_MONTHS = {
    "id": "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des",
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}
_SHORT_DAYS = {"id": "Sen Sel Rab Kam Jum Sab Min", "en": "Mon Tue Wed Thu Fri Sat Sun"}


def month_name(year: int, month: int, words: Words) -> str:
    """Write a month, as `Desember 2026`."""
    return f"{_MONTHS[words.language].split()[month - 1]} {year}"


def weekday_names(words: Words, *, short: bool = False) -> list[str]:
    """List the days of the week from Monday."""
    return (_SHORT_DAYS if short else _DAYS)[words.language].split()


def long_day(day: Date, words: Words) -> str:
    """Write a day in full, as `Sabtu, 12 Desember 2026`."""
    weekday = weekday_names(words)[day.day_of_week().value - 1]
    return f"{weekday}, {day.day} {month_name(day.year, day.month, words)}"


def short_day(day: Date, words: Words) -> str:
    """Write a day briefly, as `Sab 12 Des`."""
    weekday = weekday_names(words, short=True)[day.day_of_week().value - 1]
    return f"{weekday} {day.day} {_SHORT_MONTHS[words.language].split()[day.month - 1]}"


def plain_day(day: Date, words: Words) -> str:
    """Write a day without its weekday, as `12 Des 2026`."""
    return f"{day.day} {_SHORT_MONTHS[words.language].split()[day.month - 1]} {day.year}"


def clock(moment: ZonedDateTime, words: Words) -> str:
    """Write the time of day: Indonesian puts a point where English puts a colon."""
    mark = "." if words.language == "id" else ":"
    return f"{moment.hour:02}{mark}{moment.minute:02}"


def zone_name(moment: ZonedDateTime) -> str:
    """Name the zone as its people do (WIB, EST); by its offset where it has no letters."""
    name = moment.tz_abbrev()
    return f"UTC{name}" if name[:1] in {"+", "-"} else name


def full_time(moment: Instant, zone: str, words: Words) -> str:
    """Write an instant in full with its zone, as `Sab 12 Des 2026, 10.00 WIB`."""
    local = moment.to_tz(zone)
    return (
        f"{short_day(local.date(), words)} {local.year}, {clock(local, words)} {zone_name(local)}"
    )


def short_time(moment: Instant, zone: str, words: Words) -> str:
    """Write an instant briefly, as `Sab 12 Des, 10.00 WIB`."""
    local = moment.to_tz(zone)
    return f"{short_day(local.date(), words)}, {clock(local, words)} {zone_name(local)}"


def utc_time(moment: Instant, words: Words) -> str:
    """Write an instant in UTC, as `12 Des 2026, 03.00 UTC`."""
    local = moment.to_tz("UTC")
    return f"{plain_day(local.date(), words)}, {clock(local, words)} UTC"
