"""Local times → instants. Times that do not exist, or exist twice, are refused with the way out."""

from __future__ import annotations

import re
from difflib import get_close_matches
from zoneinfo import available_timezones

from whenever import (
    Date,
    Instant,
    InvalidOffsetError,
    OffsetDateTime,
    PlainDateTime,
    RepeatedTime,
    SkippedTime,
    TimeZoneNotFoundError,
    ZonedDateTime,
)

from mimin.model.post import Every, Repeat

_SHAPE = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[ Tt](?P<time>\d\d:\d\d(:\d\d(?P<fraction>[.,]\d+)?)?)"
    r"( ?(?P<rest>[Zz]|[+-]\d\d:?\d\d))?(?P<zone>\[[^\]]+\])?",
    re.ASCII,
)
"""RFC 3339, section 5.6, with a fraction of nothing; a blank before the offset is Jekyll's."""
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
MAX_OCCURRENCES = 366


_INDONESIAN = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


class TimeFault(ValueError):  # noqa: N818 - becomes a problem at its line
    """A time that can not be used; the message says why and what to write instead."""

    def __init__(self, code: str, message: str, field: tuple[str, ...] = ("at",)) -> None:
        """Keep the problem's *code* and the *field* that is to blame beside its message."""
        super().__init__(message)
        self.code = code
        self.field = field


def check_zone(zone: str) -> None:
    """Refuse a zone that the IANA database does not know.

    Raises:
        TimeFault: with code `zone-unknown`.
    """
    try:
        PlainDateTime(2026, 1, 1).assume_tz(zone, disambiguation="compatible")
    except (TimeZoneNotFoundError, ValueError):
        message = f"{zone!r} is not a zone of the IANA database"
        near = _INDONESIAN.get(zone.upper()) or next(
            iter(get_close_matches(zone, available_timezones(), n=1, cutoff=0.8)), None
        )
        hint = f"; did you mean {near!r}?" if near else "; write one such as Asia/Jakarta"
        raise TimeFault("zone-unknown", message + hint, ("zone",)) from None


def parse_time(text: str, zone: str) -> Instant:
    """Read `2026-12-01 10:30` in *zone*; an offset or a zone in brackets in the text itself wins.

    Raises:
        TimeFault: `time-invalid`, `time-skipped`, `time-ambiguous` or `zone-unknown`.
    """
    match = _SHAPE.fullmatch(text.strip())
    if not match:
        message = f"{text!r} is not a time; write it as 2026-12-01 09:30"
        raise TimeFault("time-invalid", message)
    if not _FIRST_YEAR <= int(match["date"][:4]) <= _LAST_YEAR:
        message = f"{text!r} is not in the years {_FIRST_YEAR} to {_LAST_YEAR}; mend the year"
        raise TimeFault("time-invalid", message)
    fraction, rest, bracket = match["fraction"] or "", match["rest"], match["zone"]
    if fraction.strip(".,0"):
        message = f"{text!r} has parts of a second, and posts go out at whole ones; take them out"
        raise TimeFault("time-invalid", message)
    local = f"{match['date']}T{match['time'].removesuffix(fraction)}"
    if rest:
        return _exact(text, local + rest.upper() + (bracket or ""))
    return local_to_instant(_plain(text, local), bracket[1:-1] if bracket else zone)


def local_to_instant(local: PlainDateTime, zone: str) -> Instant:
    """Find the one instant at which the clocks of *zone* show *local*.

    Raises:
        TimeFault: if there is none, or if there are two.
    """
    try:
        return local.assume_tz(zone, disambiguation="raise").to_instant()
    except SkippedTime:
        after = local.assume_tz(zone, disambiguation="later").to_plain()
        message = (
            f"{_show(local)} does not exist in {zone}: the clocks are put forward over it; "
            f"write {_show(after)} or another time"
        )
        raise TimeFault("time-skipped", message) from None
    except RepeatedTime:
        first = local.assume_tz(zone, disambiguation="earlier")
        second = local.assume_tz(zone, disambiguation="later")
        message = (
            f"{_show(local)} exists twice in {zone}: the clocks are put back over it; "
            f"say which by its offset: {_offset(first)} or {_offset(second)}"
        )
        raise TimeFault("time-ambiguous", message) from None
    except TimeZoneNotFoundError:
        check_zone(zone)
        raise


def occurrences(text: str, zone: str, repeat: Repeat | None) -> tuple[Instant, ...]:
    """Give the instants of a post and its repetitions, in local calendar steps.

    Nine in the morning stays nine in the morning when the clocks change.

    Raises:
        TimeFault: as `parse_time`, for whichever occurrence first can not be.
    """
    first = parse_time(text, zone)
    if repeat is None:
        return (first,)
    match = _SHAPE.fullmatch(text.strip())
    home = match["zone"][1:-1] if match and match["zone"] else zone
    start = first.to_tz(home).to_plain()
    last = _last_day(repeat, start)
    found = [first]
    for number in range(1, repeat.times or MAX_OCCURRENCES + 1):
        local = _step(start, repeat, number)
        if last is not None and local.date() > last:
            break
        if number == MAX_OCCURRENCES:
            message = (
                f"until {repeat.until} makes more than {MAX_OCCURRENCES} occurrences; end earlier"
            )
            raise TimeFault("time-invalid", message, ("repeat", "until"))
        try:
            found.append(local_to_instant(local, home))
        except TimeFault as fault:
            raise TimeFault(fault.code, f"occurrence {number + 1}: {fault}") from None
    return tuple(found)


def _last_day(repeat: Repeat, start: PlainDateTime) -> Date | None:
    if repeat.until is None:
        return None
    place = ("repeat", "until")
    try:
        last = Date.parse_iso(repeat.until)
    except ValueError:
        message = f"{repeat.until!r} is not a day; write it as 2027-01-31"
        raise TimeFault("time-invalid", message, place) from None
    if last < start.date():
        message = f"the repetition ends on {repeat.until}, before it begins on {start.date()}"
        raise TimeFault("time-invalid", f"{message}; mend one of them", place)
    return last


def _step(start: PlainDateTime, repeat: Repeat, number: int) -> PlainDateTime:
    count = number * repeat.interval
    if repeat.every is Every.MONTH:
        return start.date().add(months=count).at(start.time())
    days = count * (7 if repeat.every is Every.WEEK else 1)
    return start.date().add(days=days).at(start.time())


def _plain(text: str, local: str) -> PlainDateTime:
    try:
        return PlainDateTime.parse_iso(local)
    except ValueError:
        message = f"{text!r}: there is no such day or hour; mend it"
        raise TimeFault("time-invalid", message) from None


def _exact(text: str, iso: str) -> Instant:
    try:
        if iso.endswith("]"):
            return ZonedDateTime.parse_iso(iso).to_instant()
        if iso.endswith("Z"):
            return Instant.parse_iso(iso)
        return OffsetDateTime.parse_iso(iso).to_instant()
    except InvalidOffsetError:
        message = (
            f"{text!r}: the zone does not have this offset at that time; write only one of them"
        )
        raise TimeFault("time-invalid", message) from None
    except TimeZoneNotFoundError:
        message = f"{text!r}: the zone in brackets is not in the IANA database; mend its name"
        raise TimeFault("zone-unknown", message) from None
    except ValueError:
        message = f"{text!r}: there is no such day, hour or offset; mend it"
        raise TimeFault("time-invalid", message) from None


def _show(local: PlainDateTime) -> str:
    return local.format_iso().replace("T", " ")[:16]


def _offset(moment: ZonedDateTime) -> str:
    return (
        moment.format_iso()
        .partition("[")[0]
        .replace("T", " ")
        .replace(":00+", "+")
        .replace(":00-", "-")
    )
