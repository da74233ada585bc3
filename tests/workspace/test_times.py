"""Local times become one instant or a refusal that says what to write instead."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whenever import Instant, PlainDateTime

from mimin.model.post import Repeat
from mimin.workspace.times import MAX_OCCURRENCES, TimeFault, occurrences, parse_time

ZONES = [
    *("Asia/Jakarta", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"),
    *("Africa/Casablanca", "America/St_Johns", "Pacific/Apia"),
]
TIMES = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2099, 12, 31))  # noqa: DTZ001 - local times


@given(moment=TIMES, zone=st.sampled_from(ZONES))
def test_a_time_is_what_the_clock_on_the_wall_shows_or_is_refused(moment, zone):
    text = moment.strftime("%Y-%m-%d %H:%M")
    instant = parsed(text, zone)
    if isinstance(instant, TimeFault):
        assert instant.code in {"time-skipped", "time-ambiguous"}
        assert instant.code != "time-ambiguous" or both_offers_work(str(instant), zone, text)
    else:
        assert instant.to_tz(zone).to_plain().format_iso()[:16].replace("T", " ") == text


def parsed(text, zone):
    try:
        return parse_time(text, zone)
    except TimeFault as fault:
        return fault


def both_offers_work(message, zone, text):
    first, second = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d[+-][\d:]+", message)
    instants = [parse_time(first, zone), parse_time(second, zone)]
    shown = [moment.to_tz(zone).to_plain() for moment in instants]
    return instants[0] < instants[1] and shown[0] == shown[1] and first[:16] == text


@given(text=st.text(max_size=30))
def test_any_text_is_a_time_or_a_fault(text):
    assert str(parsed(text, "Asia/Jakarta"))


@given(zone=st.text(max_size=20))
def test_any_text_is_a_zone_or_a_fault(zone):
    found = parsed("2026-12-01 10:30", zone)
    assert isinstance(found, Instant) or found.code == "zone-unknown"


def test_nine_in_the_morning_stays_nine_when_the_clocks_change():
    found = occurrences("2026-10-19 09:00", "Europe/Berlin", Repeat(every="week", times=3))
    plain = [moment.to_tz("Europe/Berlin").to_plain() for moment in found]
    assert plain == [PlainDateTime(2026, 10, day, 9) for day in (19, 26)] + [
        PlainDateTime(2026, 11, 2, 9)
    ]
    assert found[0] == Instant.from_utc(2026, 10, 19, 7)
    assert found[1] == Instant.from_utc(2026, 10, 26, 8)


def test_the_last_day_of_the_month_comes_back_after_february():
    found = occurrences("2027-01-31 09:00", "Asia/Jakarta", Repeat(every="month", times=3))
    days = [moment.to_tz("Asia/Jakarta").date().format_iso() for moment in found]
    assert days == ["2027-01-31", "2027-02-28", "2027-03-31"]


def test_until_includes_its_day():
    found = occurrences("2026-12-01 23:30", "Asia/Jakarta", Repeat(every="day", until="2026-12-03"))
    assert len(found) == 3


def test_no_occurrence_is_lost_because_there_are_many():
    whole = occurrences("2027-01-01 09:00", "Asia/Jakarta", Repeat(every="day", until="2028-01-01"))
    assert len(whole) == MAX_OCCURRENCES
    with pytest.raises(TimeFault, match="more than 366"):
        occurrences("2027-01-01 09:00", "Asia/Jakarta", Repeat(every="day", until="2028-01-02"))


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-20T20:57:00.000+07:00",
        "2026-12-20T13:57:00.000Z",
        "2026-12-20t13:57:00z",
        "2026-12-20T13:57:00,0Z",
        "2026-12-20 20:57:00 +0700",
        "2026-12-20 20:57:00.000 +07:00",
        "2026-12-20 20:57 +0700",
        "2026-12-20T20:57:00.0",
    ],
)
def test_what_other_programs_write_is_read_exactly(text):
    """A fraction that says nothing (JavaScript, Decap CMS), and Jekyll's own form."""
    assert parse_time(text, "Asia/Jakarta") == Instant.from_utc(2026, 12, 20, 13, 57)


@pytest.mark.parametrize("text", ["2026-12-20T13:57:00.5Z", "2026-12-20 13:57:00.001"])
def test_parts_of_a_second_are_refused_and_not_cut(text):
    with pytest.raises(TimeFault, match="parts of a second"):
        parse_time(text, "Asia/Jakarta")


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-20 20:57.0",
        "2026-12-20 20:57:00.",
        "2026-12-20 20:57:00  +0700",
        "2026-12-20 +0700",
    ],
)
def test_what_is_nearly_a_time_is_none(text):
    with pytest.raises(TimeFault, match="is not a time"):
        parse_time(text, "Asia/Jakarta")


def test_a_repetition_starts_at_a_time_with_a_fraction_too():
    found = occurrences(
        "2026-12-20T20:57:00.000+07:00", "Asia/Jakarta", Repeat(every="day", times=2)
    )
    assert [moment.to_tz("Asia/Jakarta").to_plain().hour for moment in found] == [20, 20]
