"""Days and times as people write them → the one form that files are documented to have.

Only what can mean one thing is read: `25 Desember 2026 pukul 10.00 WIB`, `25/12/2026`, `7:00`. What
can mean two things (`12-11-2026`, `jam 10`), or needs a habit to be understood (`jam 10 pagi`), is
refused with the form to write, so that a person decides.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from whenever import Date

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february feb pebruari",
            "maret march mar",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu aug agt ags",
            "september sep sept",
            "oktober october okt oct",
            "november nopember nov nop",
            "desember december des dec",
        ),
        1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "senin monday mon sen",
            "selasa tuesday tue tues sel",
            "rabu wednesday wed rab",
            "kamis thursday thu thur thurs kam",
            "jumat jum'at friday fri jum",
            "sabtu saturday sat sab",
            "minggu ahad sunday sun min",
        ),
        1,
    )
    for name in names.split()
}
_INDONESIAN = {"wib": "+07:00", "wita": "+08:00", "wit": "+09:00"}
"""None of them has summer time."""

_DAY = re.compile(
    r"(?:(?P<weekday>[a-z']+)\.?,? +)?"
    r"(?:(?P<iso>\d{4}(?P<mark>[-/.])\d{1,2}(?P=mark)\d{1,2})"
    r"|(?P<numbers>\d{1,2}(?P<sign>[-/.])\d{1,2}(?P=sign)\d{4})"
    r"|(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[ -](?P<month>[a-z]{3,9})\.?,?[ -](?P<year>\d{4})"
    r"|(?P<month2>[a-z]{3,9})\.? (?P<day2>\d{1,2})(?:st|nd|rd|th)?,? (?P<year2>\d{4}))",
    re.ASCII,
)
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d))?)?"
    r"(?: ?(?P<part>pagi|siang|sore|malam|[ap]\.?m\.?)(?![a-z]))?",
    re.ASCII,
)
_BETWEEN = re.compile(r"[ ,;]+(?:(?:pukul|pkl\.?|jam|at|um) +)?|t(?=\d)|")
_ZONE = re.compile(
    r"(?P<name>wib|wita|wit|z|(?:utc|gmt)(?! ?[+-]))"
    r"|(?:utc|gmt)? ?(?P<sign>[+-])(?P<hours>\d{1,2})(?:[:.]?(?P<minutes>\d\d))?",
    re.ASCII,
)
_PLACE = re.compile(r"[A-Za-z_]+(?:/[A-Za-z_+-]+)+")
_NO_YEAR = re.compile(r"(?P<day>\d{1,2})[ -](?P<month>[a-z]{3,9})(?![a-z])(?!\.?,?[ -]\d{4})")
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_QUOTES = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u00ab\u00bb\"'` "


class Written(NamedTuple):
    """What a text says."""

    day: str
    """As `2026-12-25`."""
    clock: str = ""
    """As `10:00` or `10:00:30`; empty when there is a day only."""
    zone: str = ""
    """As `+07:00`, `Z` or `[Asia/Jakarta]`; empty when there is none."""
    sure: bool = True
    """Whether it can mean only this."""
    bare: bool = False
    """Whether there is an hour only, as in `jam 10`."""

    @property
    def text(self) -> str:
        """The form that files have."""
        return f"{self.day} {self.clock}".rstrip() + self.zone


class TwoReadingsError(ValueError):
    """A date that may be one of two; the message shows both."""


def read_written(text: str) -> Written | None:
    """Read a day, or a day and a time; None when it is neither.

    Raises:
        TwoReadingsError: if it is `12-11-2026`, in November or in December.
        ValueError: if the parts of it contradict each other.
    """
    plain = text.translate(_BLANKS).strip(_QUOTES)
    lowered = plain.lower()
    found = _DAY.match(lowered)
    if found is None or len(text) > _LONGEST:
        return None
    rest = lowered[found.end() :]
    days = _days(found)
    written = _with_clock(rest, plain[found.end() :]) if rest else Written("")
    if written is None or days is None:
        return None
    if not days:
        message = f"{text!r}: there is no such day; mend it"
        raise ValueError(message)
    readings = [reading._replace(day=day) for day in days for reading in _halves(written)]
    if len(readings) > 1:
        both = " or ".join(reading.text for reading in readings)
        message = f"{text!r} can be read two ways; write {both}"
        raise TwoReadingsError(message)
    if found["weekday"] and _WEEKDAYS[found["weekday"]] != _weekday(days[0]):
        right = _NAMES[_weekday(days[0]) - 1]
        message = f"{text!r}: {days[0]} is a {right}, no {found['weekday']}; mend one of them"
        raise ValueError(message)
    return readings[0]


def read_day(value: object) -> object:
    """Give the day that *value* names as `2026-12-25`; what names none is left as it is.

    Raises:
        ValueError: if it may be one of two days.
    """
    if not isinstance(value, str) or _ISO.fullmatch(value):
        return value
    found = read_written(value)
    return found.day if found is not None and not found.clock and not found.zone else value


def read_clock(value: object) -> object:
    """Give the time of day that *value* names as `09:30`; what names none is left as it is."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"(?:pukul |jam )?(\d{1,2})[:.](\d\d)", value.strip(_QUOTES).lower())
    return f"{int(found[1]):02}:{found[2]}" if found else value


_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LONGEST = 80
_BLANKS = {ord(blank): " " for blank in "\u00a0\u202f\u2009"} | {0xFF1A: ":"}


def read_weekday(value: object) -> object:
    """Give a day of the week, in Indonesian or English, as `mon`; what is none stays as it is."""
    if not isinstance(value, str):
        return value
    number = _WEEKDAYS.get(value.strip(f"{_QUOTES}.").lower())
    return _NAMES[number - 1][:3].lower() if number else value


def read_day_without_year(text: str) -> str:
    """Give `12-25` of a text that begins with `25 des` and has no year; empty for another."""
    found = _NO_YEAR.match(text)
    month = _MONTHS.get(found["month"], 0) if found else 0
    return f"{month:02}-{int(found['day']):02}" if found and month else ""


def _halves(written: Written) -> list[Written]:
    """Give the times that `jam 10` can be: before noon and after it."""
    hour = int(written.clock[:2]) if written.bare else 0
    later = [written._replace(clock=f"{hour + 12}:00")] if 0 < hour < 12 else []
    return [written, *later]


def _days(found: re.Match[str]) -> list[str] | None:
    """Give the days that a date may be: one, two, or none when there is no such day.

    None for what is no date at all.
    """
    if found["weekday"] and found["weekday"] not in _WEEKDAYS:
        return None
    if found["iso"]:
        year, month, day = map(int, re.split(r"[-/.]", found["iso"]))
        return _real((year, month, day))
    if found["numbers"]:
        first, second, year = map(int, re.split(r"[-/.]", found["numbers"]))
        return _real((year, second, first), (year, first, second))
    month = _MONTHS.get(found["month"] or found["month2"], 0)
    if not month:
        return None
    return _real((int(found["year"] or found["year2"]), month, int(found["day"] or found["day2"])))


def _real(*days: tuple[int, int, int]) -> list[str]:
    found = []
    for year, month, day in days:
        try:
            found.append(Date(year, month, day).format_iso())
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _weekday(day: str) -> int:
    return Date.parse_iso(day).day_of_week().value


def _with_clock(rest: str, plain: str) -> Written | None:
    between = _BETWEEN.match(rest)
    at = between.end() if between else 0
    found = _CLOCK.match(rest, at)
    if found is None or at == 0:
        return None
    clock, sure = _clock(found)
    zone = _zone(plain[found.end() :].strip(" ()"))
    if clock is None or zone is None:
        return None
    return Written("", clock, zone, sure, bare=not found["minute"] and not found["part"])


def _clock(found: re.Match[str]) -> tuple[str | None, bool]:
    """Give the time of day, and whether it can mean only that."""
    hour, part = int(found["hour"]), (found["part"] or "").replace(".", "")
    if not found["minute"] and not part:
        return (f"{hour:02}:00", False) if hour < 24 else (None, False)
    if part and hour <= 12:
        spoken = _SPOKEN[part].get(hour)
        if spoken is None:
            return None, False
        hour = spoken
    seconds = f":{found['second']}" if found["second"] else ""
    return f"{hour:02}:{found['minute'] or '00'}{seconds}", not part


_SPOKEN = {
    "am": {hour: hour % 12 for hour in range(1, 13)},
    "pm": {hour: hour % 12 + 12 for hour in range(1, 13)},
    "pagi": {hour: hour for hour in range(1, 12)},
    "siang": {10: 10, 11: 11, 12: 12, 1: 13, 2: 14, 3: 15},
    "sore": {hour: hour + 12 for hour in range(1, 7)},
    "malam": {hour: hour + 12 for hour in range(6, 12)},
}
"""Part of the day → the hour that is said → the hour that is meant, where there is one."""


def _zone(text: str) -> str | None:
    """Give the offset or zone behind a time; None when it is neither."""
    if not text:
        return ""
    if _PLACE.fullmatch(text.strip("[]")):
        return f"[{text.strip('[]')}]"
    found = _ZONE.fullmatch(text.lower())
    if found is None:
        return None
    if found["name"]:
        return _INDONESIAN.get(found["name"], "Z")
    return f"{found['sign']}{int(found['hours']):02}:{found['minutes'] or '00'}"
