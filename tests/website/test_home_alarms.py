"""Alarms on the home page: the watchdog's findings, in the site's language, for the team alone."""

from __future__ import annotations

import pytest

EARLY, LATE = "2026-12-10T09:00+07:00", "2026-12-12T11:00+07:00"


def at(site, moment):
    site.configure(EARLY, moment)
    return site.build().page("index.html")


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("id", "Alarm", "proses tidak datang: toko/hari-h@bluesky, toko/hari-h@mastodon"),
        ("en", "Alarms", "no run came: toko/hari-h@bluesky, toko/hari-h@mastodon"),
    ],
)
def test_a_run_that_did_not_come_is_an_alarm_in_the_sites_language(site, language, title, words):
    site.configure("language: id", f"language: {language}")
    site.commit()
    home = at(site, LATE)
    assert f'<h2 id="alarms">{title}' in home
    assert words in home
    assert home.index('id="alarms"') < home.index('id="needs"')


def test_where_nothing_waits_there_is_no_section(site):
    site.commit()
    assert 'id="alarms"' not in site.build().page("index.html")


def test_a_public_site_shows_no_alarm(site):
    site.configure("mimin: {", "mimin: {visibility: public, ")
    site.commit()
    home = at(site, LATE)
    assert 'id="alarms"' not in home
    assert "hari-h" not in home


def test_an_alarm_that_only_time_brings_ends_the_stillness(site):
    """Half an hour after its time nothing in the files has changed, and yet no run came."""
    site.commit()
    assert "proses tidak datang" not in at(site, "2026-12-12T10:20+07:00")
    site.configure("2026-12-12T10:20+07:00", "2026-12-12T10:31+07:00")
    assert "proses tidak datang" in site.build().page("index.html")
