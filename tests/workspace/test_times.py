"""Local times become one instant or a refusal that says what to write instead."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from whenever import SYSTEM_TZ, Instant, PlainDateTime

from mimin.model.post import Repeat
from mimin.workspace.times import (
    OCCURRENCES,
    TimeFault,
    check_zone,
    occurrences,
    parse_moment,
    parse_time,
)
from mimin.workspace.zones import reversed_zone

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


def test_an_occurrence_that_is_skipped_or_moved_leaves_the_others_as_they_are():
    whole = occurrences("2026-12-07 09:00", "Asia/Jakarta", Repeat(every="week", times=4))
    changed = Repeat(
        every="week", times=4, skip=(3,), move={2: "2026-12-15 16:00", 1: "2026-12-08"}
    )
    with pytest.raises(TimeFault, match="has no time of day"):
        occurrences("2026-12-07 09:00", "Asia/Jakarta", changed)
    changed = changed.model_copy(update={"move": {2: "2026-12-15 16:00"}})
    found = occurrences("2026-12-07 09:00", "Asia/Jakarta", changed)
    assert found == (whole[0], Instant.from_utc(2026, 12, 15, 9), None, whole[3])


def test_a_moved_occurrence_has_the_posts_zone_also_for_a_variant_in_another():
    repeat = Repeat(every="week", times=2, move={2: "2026-12-15 16:00"})
    found = occurrences("2026-12-07 09:00", "Asia/Makassar", repeat, "Asia/Jakarta")
    assert found == (Instant.from_utc(2026, 12, 7, 1), Instant.from_utc(2026, 12, 15, 9))


def test_until_includes_its_day():
    found = occurrences("2026-12-01 23:30", "Asia/Jakarta", Repeat(every="day", until="2026-12-03"))
    assert len(found) == 3


def test_no_occurrence_is_lost_because_there_are_many():
    whole = occurrences("2027-01-01 09:00", "Asia/Jakarta", Repeat(every="day", until="2028-01-01"))
    assert len(whole) == OCCURRENCES
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


TEN_IN_JAKARTA = Instant.from_utc(2026, 12, 25, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-25 10.00",
        "2026-12-25, 10:00",
        "2026/12/25 10:00",
        "25-12-2026 10.00",
        "25/12/2026 10:00",
        "25.12.2026 10:00",
        "12/25/2026 10:00",
        "25 Desember 2026 10:00",
        "25 Des 2026 pukul 10.00",
        "Jumat, 25 Desember 2026 pukul 10.00 WIB",
        "December 25, 2026 10:00",
        "Friday, 25 December 2026, 10:00",
        "2026-12-25 10:00 WIB",
        "2026-12-25 11:00 WITA",
        "2026-12-25 12:00 (WIT)",
        "2026-12-25 10:00 GMT+7",
        "2026-12-25 10:00 UTC+07:00",
        "2026-12-25 10:00 +7",
        "2026-12-25 3:00 UTC",
        "2026-12-25 10:00 Asia/Jakarta",
        "\u201c2026-12-25 10:00\u201d",
        "\u20182026-12-25\u00a010:00\u2019",
        "2026-12-25 10:00:00  +0700",
    ],
)
def test_what_people_write_is_read_when_it_can_mean_one_thing(text):
    assert parse_time(text, "Asia/Jakarta") == TEN_IN_JAKARTA
    if any(zone in text for zone in ("WI", "+", "UTC", "/Jakarta")):
        assert parse_time(text, "America/New_York") == TEN_IN_JAKARTA


@pytest.mark.parametrize(
    ("text", "offers"),
    [
        ("2026-12-25", ["2026-12-25 09:00"]),
        ("25 Desember 2026", ["2026-12-25 09:00"]),
        ("25 Desember 2026 jam 10 pagi", ["2026-12-25 10:00"]),
        ("2026-12-25 7 malam", ["2026-12-25 19:00"]),
        ("2026-12-25 19.30 malam", ["2026-12-25 19:30"]),
        ("2026-12-25 12:15 am", ["2026-12-25 00:15"]),
        ("2026-12-25 3:00 PM WIB", ["2026-12-25 15:00+07:00"]),
        ("12-11-2026 10.00", ["2026-11-12 10:00", "2026-12-11 10:00"]),
        ("25 Desember 2026 jam 10", ["2026-12-25 10:00", "2026-12-25 22:00"]),
        ("25 Desember 2026 pukul 19 WIB", ["2026-12-25 19:00+07:00"]),
        ("2026-12-25 10:00 CET", ["2026-12-25 10:00[Europe/Berlin]"]),
        ("25 Des 2026 10.00 (SGT)", ["2026-12-25 10:00[Asia/Singapore]"]),
    ],
)
def test_what_needs_a_person_is_refused_with_the_form_to_write(text, offers):
    with pytest.raises(TimeFault) as caught:
        parse_time(text, "Asia/Jakarta")
    shown = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d(?:[+-]\d\d:\d\d|\[[^]]+\])?", str(caught.value))
    assert shown[-len(offers) :] == offers
    assert all(parse_time(offer, "Asia/Jakarta") for offer in offers)


@pytest.mark.parametrize(
    "text", ["9.30", "besok 10.00", "25 Des 10.00", "31 Februari 2026 10.00", "nanti", "10:00 QQT"]
)
def test_a_message_fills_in_nothing_that_the_text_does_not_say(text):
    with pytest.raises(TimeFault) as caught:
        parse_time(text, "Asia/Jakarta")
    said = str(caught.value).removeprefix(repr(text))
    assert not re.search(r"\d{4}|[+-]\d\d:", said)


@pytest.mark.parametrize(
    "text",
    [
        "25-12-26 10:00",
        "Senin, 25 Desember 2026 10:00",
        "31/02/2026 10:00",
        "2026-12-25 12 malam",
        "2026-12-25 10:60",
        "2026-12-25 25.00",
        "2026-12-25 10:00 besok",
        "2026-12-25 10:00[Etc/GMT+7] WIB",
        "2026-12-25 10:00 Etc/GMT+7",
    ],
)
def test_what_contradicts_itself_or_leaves_a_doubt_is_no_time(text):
    with pytest.raises(TimeFault):
        parse_time(text, "Asia/Jakarta")


@given(moment=TIMES)
def test_every_day_is_read_alike_in_all_its_forms_or_offered(moment):
    wanted = moment.strftime("%Y-%m-%d %H:%M")
    forms = ["%d/%m/%Y %H.%M", "%d-%m-%Y %H:%M", "%d %B %Y %H:%M", "%A, %B %d, %Y %I:%M %p"]
    for form in forms:
        found = parsed(moment.strftime(form), "UTC")
        assert wanted in str(found) or found == parse_time(wanted, "UTC")


def test_a_day_alone_is_a_moment_for_whoever_tries_things_out():
    assert parse_moment("2026-12-25", "Asia/Jakarta") == Instant.from_utc(2026, 12, 24, 17)
    assert parse_moment("2026-12-25T10:00+07:00", None) == TEN_IN_JAKARTA
    here = parse_moment("2026-12-25 10:00", None).to_tz(SYSTEM_TZ).to_plain()
    assert here == PlainDateTime(2026, 12, 25, 10)
    with pytest.raises(TimeFault, match="two ways"):
        parse_moment("11-12-2026", "UTC")


@given(
    hours=st.integers(-12, 14),
    form=st.sampled_from(["GMT{:+d}", "UTC{:+d}", "{:+03d}:00", "gmt {:+d}", "UTC{:+03d}.00"]),
)
def test_no_hint_for_a_zone_changes_the_hour(hours, form):
    zone = form.format(hours)
    if parsed("2026-12-01 10:30", zone) == Instant.from_utc(2026, 12, 1, 10, 30):
        assert hours == 0  # `GMT+0` is a zone
        return
    with pytest.raises(TimeFault) as caught:
        check_zone(zone)
    for name in re.findall(r"did you mean '([^']+)'", str(caught.value)):
        for month in range(1, 13):
            moment = Instant.from_utc(2026, month, 15).to_tz(name)
            assert moment.offset.total("minutes") == hours * 60


@pytest.mark.parametrize(
    ("zone", "meant"),
    [
        ("WIB", "Asia/Jakarta"),
        ("wita", "Asia/Makassar"),
        ("Jakarta", "Asia/Jakarta"),
        ("Asia/Jakrta", "Asia/Jakarta"),
        ("GMT+7", "Asia/Jakarta"),
        ("+07:00", "Asia/Jakarta"),
        ("new york", "America/New_York"),
    ],
)
def test_a_zone_that_people_name_leads_to_its_place(zone, meant):
    with pytest.raises(TimeFault, match=f"did you mean '{meant}'"):
        check_zone(zone)


def test_a_zone_whose_sign_is_the_other_way_round_is_told_with_both_meanings():
    told = reversed_zone("Etc/GMT+7")
    assert "Asia/Jakarta" in told
    assert "America/Phoenix" in told
    assert not any(map(reversed_zone, ["Asia/Jakarta", "Etc/GMT", "Etc/GMT+0", "UTC"]))


@given(
    day=st.dates(min_value=datetime(2026, 1, 1).date(), max_value=datetime(2027, 12, 31).date()),  # noqa: DTZ001 - local days
    minute=st.integers(0, 1439),
    every=st.sampled_from(["day", "week", "month"]),
    zone=st.sampled_from(ZONES),
)
def test_a_repetition_that_meets_a_clock_change_has_a_way_out(day, minute, every, zone):
    text = f"{day.isoformat()} {minute // 60:02}:{minute % 60:02}"
    repeat = Repeat(every=every, times=30)
    try:
        occurrences(text, zone, repeat)
    except TimeFault as fault:
        if not str(fault).startswith("occurrence"):
            return
        offer = re.search(r"`at: ([^`]+)`", str(fault))[1]
        assert len(occurrences(offer, zone, repeat)) == 30
        moved, last = _moved(text, zone, repeat, fault)
        kept = set(range(1, 31)) - set(last.move)
        assert kept
        assert len(set(moved)) == 30


def _moved(text, zone, repeat, fault):
    """Do what the message says of one occurrence, until nothing is wrong any more."""
    for _ in range(3):
        written = re.search(r"`move: ([^`]+)`", str(fault))[1]
        repeat = Repeat(
            **repeat.model_dump(exclude={"move"}), move=yaml.safe_load(_quoted(written))
        )
        try:
            return occurrences(text, zone, repeat), repeat
        except TimeFault as another:
            fault = another
    pytest.fail(f"{text} in {zone}: {fault}")


def _quoted(written):
    """Keep times as text, as the workspace does."""
    return re.sub(r": ([^,}]+)", r': "\1"', written)


def test_the_way_out_of_a_clock_change_is_the_next_time_that_all_days_have():
    with pytest.raises(TimeFault, match="another time of day: `at: 2026-03-01 03:00`"):
        occurrences("2026-03-01 02:30", "America/New_York", Repeat(every="week", times=3))
