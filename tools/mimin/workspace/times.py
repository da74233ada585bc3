"""Local times → instants. Times that do not exist, or exist twice, are refused with the way out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from whenever import (
    SYSTEM_TZ,
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

from mimin.model.post import OCCURRENCES, Every, Repeat
from mimin.model.written import read_clock, read_day, read_day_without_year, read_written
from mimin.workspace.zones import places_of, zone_hint

_SHAPE = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[ Tt](?P<time>\d\d:\d\d(:\d\d(?P<fraction>[.,]\d+)?)?)"
    r"( ?(?P<rest>[Zz]|[+-]\d\d:?\d\d))?(?P<zone>\[[^\]]+\])?",
    re.ASCII,
)
"""RFC 3339, section 5.6, with a fraction of nothing; a blank before the offset is Jekyll's."""
_LONGEST = 60
"""So much of what is no time is shown."""
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SHORT_ZONE = re.compile(r"(?<![A-Za-z])([A-Za-z]{2,5})\)?\Z", re.ASCII)
_LONGEST_SHORT = 8
"""Signs at the end of a time among which the short name of a zone is looked for."""
_SOME_CLOCK = re.compile(r"(?<![\d.:])\d{1,2}[:.]\d\d(?![\d.:])", re.ASCII)
_WORDS = ("besok", "lusa", "hari ini", "nanti", "tomorrow", "today", "tonight", "malam ini")


class TimeFault(ValueError):  # noqa: N818 - becomes a problem at its line
    """A time that can not be used; the message says why and what to write instead."""

    def __init__(self, code: str, message: str, field: tuple[str | int, ...] = ("at",)) -> None:
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
        message = f"{zone!r} is not a zone of the IANA database{zone_hint(zone)}"
        raise TimeFault("zone-unknown", message, ("zone",)) from None


def parse_time(text: str, zone: str, *, of_a_day: str = "09:00") -> Instant:
    """Read `2026-12-01 10:30` in *zone*; an offset or a zone in brackets in the text itself wins.

    What people write is read, too, as long as it can mean one thing: `1/12/2026 10.30 WIB` can mean
    two, and is refused with both of them.

    Args:
        text: What the file says.
        zone: The zone of its local times.
        of_a_day: The time of day to offer where there is a day only.

    Raises:
        TimeFault: `time-invalid`, `time-skipped`, `time-ambiguous` or `zone-unknown`.
    """
    match = _match(text, of_a_day)
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


def parse_moment(text: str, zone: str | None) -> Instant:
    """Read a time, or a day, which stands for its first moment.

    Args:
        text: What somebody gave.
        zone: The zone of local times; this machine's when None.

    Raises:
        TimeFault: as `parse_time`.
    """
    local = f"{day} 00:00" if _DAY.fullmatch(day := str(read_written_day(text))) else text
    if zone is not None:
        return parse_time(local, zone)
    match = _match(local, "09:00")
    if match["rest"] or match["zone"]:
        return parse_time(local, "UTC")
    parse_time(local, "UTC")  # says what is wrong with it
    plain = PlainDateTime.parse_iso(f"{match['date']}T{match['time'].partition('.')[0]}")
    return plain.assume_tz(SYSTEM_TZ, disambiguation="compatible").to_instant()


def names_its_zone(text: str) -> bool:
    """Tell whether a moment has its own offset or zone.

    Raises:
        TimeFault: if it is none.
    """
    day = str(read_written_day(text))
    match = None if _DAY.fullmatch(day) else _match(text, "09:00")
    return match is not None and bool(match["rest"] or match["zone"])


def read_written_day(text: str) -> object:
    """Give a day as `2026-12-25`; what is none is left as it is.

    Raises:
        TimeFault: if it may be one of two.
    """
    try:
        return read_day(text.strip())
    except ValueError as error:
        raise TimeFault("time-invalid", str(error)) from None


def _match(text: str, of_a_day: str) -> re.Match[str]:
    """Find the parts of a time, also of one that is written as people do."""
    match = _SHAPE.fullmatch(text.strip())
    if match:
        return match
    try:
        written = read_written(text)
    except ValueError as error:
        raise TimeFault("time-invalid", str(error)) from None
    shown = repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
    if written is None:
        raise TimeFault("time-invalid", _nothing(text, shown))
    if not written.clock:
        message = f"{shown} has no time of day; write it as {written.day} {of_a_day}"
        raise TimeFault("time-invalid", message)
    match = _SHAPE.fullmatch(written.text)
    if match is None or not written.sure:
        message = f"{shown} is not a time as files have it; write it as {written.text}"
        raise TimeFault("time-invalid", message)
    return match


def _nothing(text: str, shown: str) -> str:
    """Say what is wrong with a text that is no time.

    What is not known of it is a placeholder: a day that is filled in would be taken as it is.
    """
    whole = text.strip()
    if found := _SHORT_ZONE.search(whole[-_LONGEST_SHORT:]):
        head, name = whole[: -len(found[0])].rstrip(" ("), found[1]
        written = read_written(head) if name.isupper() or places_of(name) else None
        if written is not None and written.clock and not written.zone:
            return f"{shown}: {_which_zone(name, written.text)}"
    plain = text.strip().lower()
    clock = found[0] if (found := _SOME_CLOCK.search(plain)) else ""
    if clock and plain.removeprefix("jam ").removeprefix("pukul ") == clock:
        return f"{shown} has no day; write it like YYYY-MM-DD {read_clock(clock)}"
    if month := read_day_without_year(plain):
        return f"{shown} has no year; write it like YYYY-{month} {read_clock(clock) or 'HH:MM'}"
    if plain.startswith(_WORDS):
        how = f"YYYY-MM-DD {read_clock(clock) or 'HH:MM'}"
        return f"{shown} means another day every day; write the day itself, like {how}"
    return f"{shown} is not a time; write it like YYYY-MM-DD HH:MM (year, month, day, time of day)"


def _which_zone(name: str, time: str) -> str:
    """Lead from a short name of a zone to the places that it may mean; no offset is guessed."""
    places = places_of(name)
    if not places:
        return (
            f"{name} is no zone that can stand here; write the offset from UTC behind the time, "
            f"like {time}+HH:MM, or a place whose clocks show it, like {time}[Area/City]"
        )
    meant = " or ".join(f"{time}[{place}]" for place in places)
    which = " can be more than one zone" if len(places) > 1 else " is the short name of a zone"
    return f"{name}{which}; write {meant}"


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


def occurrences(
    text: str, zone: str, repeat: Repeat | None, moved_in: str | None = None
) -> tuple[Instant | None, ...]:
    """Give the instants of a post and its repetitions, in local calendar steps.

    Nine in the morning stays nine in the morning when the clocks change. The number of each is its
    place here, so one that is skipped leaves a None.

    Args:
        text: When the first is due.
        zone: The zone of local times.
        repeat: The repetition, if it is one.
        moved_in: The zone of the times to which some are moved, if it is another one.

    Raises:
        TimeFault: as `parse_time`, for whichever occurrence first can not be.
    """
    first = parse_time(text, zone)
    if repeat is None:
        return (first,)
    home = (_match(text, "")["zone"] or f"[{zone}]")[1:-1]
    start = first.to_tz(home).to_plain()
    found: list[Instant | None] = []
    for number, local in enumerate((start, *_steps(start, repeat)), 1):
        try:
            found.append(_due(number, local, home, repeat, moved_in or zone))
        except TimeFault as fault:
            if fault.field != ("at",):
                raise
            raise TimeFault(fault.code, _way_out(fault, start, repeat, number, home)) from None
    if 1 not in {*repeat.skip, *repeat.move}:
        found[0] = first  # an offset in the text tells which of two it is
    _check_numbers(repeat, found)
    return tuple(found)


def _due(
    number: int, local: PlainDateTime, home: str, repeat: Repeat, moved_in: str
) -> Instant | None:
    if number in repeat.skip:
        return None
    moved = repeat.move.get(number)
    if moved is None:
        if number == 1:
            return local.assume_tz(home, disambiguation="compatible").to_instant()
        return local_to_instant(local, home)
    try:
        return parse_time(moved, moved_in)
    except TimeFault as fault:
        raise TimeFault(fault.code, str(fault), ("repeat", "move", number)) from None


def _check_numbers(repeat: Repeat, found: list[Instant | None]) -> None:
    """Refuse numbers that no occurrence has, and times that another one has.

    Raises:
        TimeFault: with code `repeat-number`.
    """
    for field, numbers in (("skip", repeat.skip), ("move", tuple(repeat.move))):
        for number in numbers:
            if number > len(found):
                message = f"there is no occurrence {number}: the last is {len(found)}; mend it"
                raise TimeFault("repeat-number", message, ("repeat", field))
    for number in repeat.move:
        due = found[number - 1]
        others = [other for other, moment in enumerate(found, 1) if moment == due]
        if len(others) > 1:
            other = next(each for each in others if each != number)
            message = f"occurrence {number} is moved onto occurrence {other}; skip one of them"
            raise TimeFault("repeat-number", message, ("repeat", "move", number))
    if not any(found):
        message = "all occurrences are skipped; write `draft: true` if none is to go out"
        raise TimeFault("repeat-number", message, ("repeat", "skip"))


def _steps(start: PlainDateTime, repeat: Repeat) -> Iterator[PlainDateTime]:
    """Give the local times of all occurrences but the first."""
    last = _last_day(repeat, start)
    for number in range(1, repeat.times or OCCURRENCES + 1):
        local = _step(start, repeat, number)
        if last is not None and local.date() > last:
            return
        if number == OCCURRENCES:
            message = f"until {repeat.until} makes more than {OCCURRENCES} occurrences; end earlier"
            raise TimeFault("time-invalid", message, ("repeat", "until"))
        yield local


def _way_out(fault: TimeFault, start: PlainDateTime, repeat: Repeat, number: int, zone: str) -> str:
    """Say which occurrence meets a change of the clocks, how to move it, or all of them."""
    meets = f"occurrence {number} of the repetition: {str(fault).partition(';')[0]}"
    here = _step(start, repeat, number - 1).assume_tz(zone, disambiguation="later")
    written = _offset(here) if fault.code == "time-ambiguous" else _show(here.to_plain())
    moves = {each: moment for each, moment in repeat.move.items() if each != number}
    shown = ", ".join(f"{each}: {moment}" for each, moment in [*moves.items(), (number, written)])
    way_out = f"move it: `move: {{{shown}}}` below `repeat:`; or let all of them be at another time"
    for minutes in (*range(15, 181, 15), *range(-15, -181, -15)):
        other = start.add(minutes=minutes, naive_arithmetic_ok=True)
        if other.date() == start.date() and _all_exist(other, repeat, zone):
            return f"{meets}; {way_out} of day: `at: {_show(other)}`"
    return f"{meets}; {way_out} of day"


def _all_exist(start: PlainDateTime, repeat: Repeat, zone: str) -> bool:
    elsewhere = {*repeat.skip, *repeat.move}
    try:
        for number, local in enumerate((start, *_steps(start, repeat)), 1):
            if number not in elsewhere:
                local_to_instant(local, zone)
    except TimeFault:
        return False
    return True


def _last_day(repeat: Repeat, start: PlainDateTime) -> Date | None:
    if repeat.until is None:
        return None
    place = ("repeat", "until")
    try:
        last = Date.parse_iso(str(read_written_day(repeat.until)))
    except TimeFault as fault:
        raise TimeFault("time-invalid", str(fault), place) from None
    except ValueError:
        message = f"{repeat.until!r} is not a day; write it like YYYY-MM-DD"
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
