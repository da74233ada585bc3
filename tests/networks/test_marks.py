"""What networks may take for a hashtag, a cashtag, a mention or a link."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimin.networks.marks import find_marks


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#kopi #susu", ("kopi", "susu")),
        ("#kopi#susu", ("kopi", "susu")),
        ("(#kopi)", ("kopi",)),
        ("\uff03コーヒー", ("コーヒー",)),
        ("#2026", ()),
        ("#1212sale", ("1212sale",)),
        ("nomor#satu", ()),
        ("C# dan #", ()),
        ("https://kopi.example.com/#atas", ()),
        ("&#39;", ()),
    ],
)
def test_hashtags_are_found(text, tags):
    assert find_marks(text).hashtags == tags


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("@rina dan @budi_kopi.id.", ("rina", "budi_kopi.id")),
        ("@rina@sosial.example", ("rina@sosial.example",)),
        ("halo@kopi.example.com", ()),
        ("https://sosial.example/@rina", ()),
        ("(@rina)", ("rina",)),
    ],
)
def test_mentions_are_found(text, mentions):
    assert find_marks(text).mentions == mentions


def test_links_are_found_with_and_without_their_scheme():
    found = find_marks("https://a.example.com/x dan b.example.com.")
    assert found.links == ("https://a.example.com/x", "https://b.example.com")


def test_cashtags_are_no_prices():
    assert find_marks("$KOPI naik $5").cashtags == ("$KOPI",)


@given(st.text(alphabet="#\uff03@$.:/ ak1", max_size=30))
def test_no_text_has_more_marks_than_its_signs_allow(text):
    found = find_marks(text)
    assert len(found.hashtags) <= text.count("#") + text.count("\uff03")
    assert len(found.mentions) <= text.count("@")
    assert len(found.cashtags) <= text.count("$")
    assert len(found.links) <= text.count(".") + text.count("://")
