"""The site's words are complete in both languages, and dates are written as each writes them."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from whenever import Date, Instant, TimeDelta

from mimin.model.event import Kind
from mimin.planning.notes import SENTENCES, note
from mimin.planning.plan import Cause
from mimin.website import dates
from mimin.website.marks import MARKS
from mimin.website.saying import say
from mimin.website.words import CATALOGUES, words_for

PLACES = re.compile(r"{(\w+)}")


def test_both_catalogues_have_the_same_words_with_the_same_places():
    indonesian, english = CATALOGUES["id"], CATALOGUES["en"]
    assert list(indonesian) == list(english)
    for key, text in indonesian.items():
        assert sorted(PLACES.findall(text)) == sorted(PLACES.findall(english[key])), key
        assert text.strip(), key


def test_every_word_that_a_template_or_a_module_asks_for_is_there():
    sources = [*files("mimin.website").joinpath("templates").iterdir()]
    sources += [path for path in files("mimin.website").iterdir() if path.name.endswith(".py")]
    asked = 0
    for source in sources:
        for key in re.findall(r"""words\(["']([\w.]+)["'][,)]""", source.read_text("utf-8")):
            assert key in CATALOGUES["id"], f"{source.name}: {key}"
            asked += 1
    assert asked > 100


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("id", "telat 2 jam 5 mnt, batasnya 30 mnt; kalau tetap mau dikirim, beri `at:` baru"),
        ("en", "2 h 5 min late, 30 min allowed; to send it all the same, set a new `at:`"),
    ],
)
def test_a_note_of_the_plan_is_said_in_the_sites_language(language, expected):
    made = note("missed", behind=TimeDelta(minutes=125), grace=TimeDelta(minutes=30))
    assert made.startswith("2 h 5 min late, 30m allowed; ")
    assert say(made, "Asia/Jakarta", words_for(language)) == expected


@pytest.mark.parametrize("language", sorted(CATALOGUES))
@pytest.mark.parametrize("sentence", sorted(SENTENCES))
def test_every_note_can_be_said_in_every_language_whatever_its_places_are_called(
    sentence, language
):
    values = {name: f"<{name}>" for name in PLACES.findall(SENTENCES[sentence])}
    made = note(sentence, **values)
    told = say(made, "Asia/Jakarta", words_for(language))
    assert "{" not in made + told
    assert set(re.findall(r"<\w+>", told)) == set(values.values())


def test_a_moment_in_a_note_is_told_in_the_brands_zone():
    made = note("expired", moment=Instant.from_utc(2026, 12, 12, 3))
    assert made.startswith("expired at 2026-12-12T03:00:00Z; ")
    told = say(made, "Asia/Jakarta", words_for("id"))
    assert told.startswith("kedaluwarsa sejak Sab 12 Des 2026, 10.00 WIB; ")


def test_what_a_person_wrote_is_not_translated():
    assert say("Tidak jadi", "UTC", words_for("en")) == "Tidak jadi"


def test_every_cause_and_event_has_words_and_a_mark():
    for cause in Cause:
        assert f"cause.{cause}" in CATALOGUES["en"]
        assert cause in MARKS
    for kind in Kind:
        assert f"event.{kind}" in CATALOGUES["en"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [("id", "Sab 12 Des 2026, 10.00 WIB"), ("en", "Sat 12 Dec 2026, 10:00 WIB")],
)
def test_times_are_written_in_the_brands_zone_and_the_sites_language(language, expected):
    moment = Instant.from_utc(2026, 12, 12, 3)
    assert dates.full_time(moment, "Asia/Jakarta", words_for(language)) == expected


@pytest.mark.parametrize(
    ("zone", "month", "name"),
    [("America/New_York", 7, "EDT"), ("America/New_York", 1, "EST"), ("Asia/Dubai", 1, "UTC+04")],
)
def test_a_zone_is_named_as_its_people_do(zone, month, name):
    assert dates.zone_name(Instant.from_utc(2026, month, 5).to_tz(zone)) == name


def test_days_are_written_out():
    assert dates.long_day(Date(2026, 12, 7), words_for("id")) == "Senin, 7 Desember 2026"
    assert dates.long_day(Date(2026, 12, 13), words_for("en")) == "Sunday, 13 December 2026"


@pytest.mark.parametrize(
    ("seconds", "indonesian", "english"),
    [
        (0, "0 dtk", "0 s"),
        (59, "1 mnt", "1 min"),
        (3700, "1 jam 2 mnt", "1 h 2 min"),
        (90000, "1 hr 1 jam", "1 d 1 h"),
    ],
)
def test_spans_name_their_two_largest_units(seconds, indonesian, english):
    assert words_for("id").span(seconds) == indonesian
    assert words_for("en").span(seconds) == english


def test_numbers_are_grouped_as_the_language_does():
    assert words_for("id").number(1234567) == "1.234.567"
    assert words_for("id").number(1.5) == "1,5"
    assert words_for("en").number(1234567) == "1,234,567"


def test_a_language_without_a_catalogue_gets_english():
    assert words_for("fr-CA").language == "en"
    assert words_for("id-ID").language == "id"
