"""Pages say what is out, who is meant and what is wrong so that nobody takes them the wrong way."""

from __future__ import annotations

import pytest

from mimin.model.brand import Account
from mimin.model.event import Event, Kind
from mimin.watch.alarm import Alarm, Code
from mimin.watch.words import describe

POST = "content/toko/posts/2026/12/hari-h.md"
PAGE = "posts/toko/hari-h.html"
LATE = "2026-12-12T11:00+07:00"
DAYS = "2026-12-10T09:00+07:00"


def language(site, name):
    site.configure("language: id", f"language: {name}")


def publish(site, at):
    """Record that the post is out on Bluesky as the file said something else."""
    site.commit()
    known = {"account": "toko/bluesky", "key": "toko/hari-h@bluesky"}
    site.record(
        Event(
            at=at("2026-12-12T03:01:00Z"),
            kind=Kind.PUBLISHED,
            remote_id="1",
            digest="0" * 64,
            url="https://b.example/1",
            **known,
        )
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("id", "Isi berkas sekarang, bukan yang sudah terbit:"),
        ("en", "What the file says now, not what is out:"),
    ],
)
def test_words_that_are_not_out_are_marked_on_the_page_and_in_the_feed(site, at, name, words):
    language(site, name)
    publish(site, at)
    site.configure(DAYS, LATE)
    site.build()
    assert site.page(PAGE).count(words) == 1  # Mastodon has nothing out
    feed = site.page("feeds/toko.ics").replace("\n ", "").replace("\\,", ",")
    assert feed.count(words) == 1


@pytest.mark.parametrize(("name", "words"), [("id", "Batal terbit"), ("en", "Will not go out")])
def test_what_was_never_out_is_not_called_taken_down(site, name, words):
    language(site, name)
    site.write(POST, (site.root / POST).read_text().replace("---\n", "---\nretract: true\n", 1))
    site.commit()
    site.build()
    for page in ("calendar/2026-12.html", PAGE):
        assert words in site.page(page)
        assert '"mimin-mark mimin-mark--quiet" data-icon="cross">Sudah ditarik' not in site.page(
            page
        )
    feed = site.page("feeds/toko.ics")
    assert f"SUMMARY:{words}: Hari-H" in feed
    assert "STATUS:CANCELLED" in feed


def test_accounts_of_one_name_are_told_apart_and_networks_write_their_own_names(site):
    brand = (site.root / "content/toko/brand.yml").read_text()
    brand = brand.replace("handle: uji.example.com", "handle: uji")
    brand = brand.replace(
        "approval:", "  video: {network: sandbox, like: tiktok, handle: uji}\napproval:"
    )
    site.write("content/toko/brand.yml", brand)
    site.build()
    calendar = site.page("calendar/2026-12.html")
    for network in ("Bluesky", "Mastodon", "TikTok"):
        assert f">Toko Uji: uji ({network})</option>" in calendar
    assert '<option value="tiktok">TikTok</option>' in calendar


@pytest.mark.parametrize(
    ("name", "urgent", "heading"),
    [("id", "Mendesak:", "Peringatan"), ("en", "Urgent:", "Warnings")],
)
def test_alarms_are_in_one_language_and_warnings_are_not_called_problems(
    site, name, urgent, heading
):
    language(site, name)
    site.write("content/toko/posts/tanpa-alt.md", WARNED)
    site.commit()
    site.configure(DAYS, LATE)
    site.build()
    home = site.page("index.html")
    assert f"<strong>{urgent}</strong>" in home
    assert "<code>mimin publish</code>" in home
    assert "missed:" not in home
    page = site.page("posts/toko/tanpa-alt.html")
    assert f'<section class="mimin-problems mimin-problems--warnings">\n<h2>{heading}</h2>' in page


WARNED = """\
---
accounts: [bluesky]
at: 2026-12-14 10:00
---
Lihat https:/toko.example.com/1
"""


def test_the_day_that_is_pretended_is_today_for_the_script_too(site):
    site.build()
    assert 'data-now="2026-12-10"' in site.page("calendar/2026-12.html")
    assert "data-ago" not in site.page("index.html")
    site.configure('mimin: {now: "2026-12-10T09:00+07:00"}', "mimin")
    site.build()
    assert "data-now" not in site.page("calendar/index.html")


@pytest.mark.parametrize(
    ("handle", "shown"),
    [
        ("batikayu", "@batikayu"),
        ("rara@musik.social", "@rara@musik.social"),
        ("Batik Ayu Jogja", "Batik Ayu Jogja"),
        ("+62812345678", "+62812345678"),
        ("628123", "628123"),
    ],
)
def test_a_name_or_a_number_is_no_handle_with_an_at(handle, shown):
    assert Account(network="manual", handle=handle).shown == shown


def test_an_alarm_about_taking_down_does_not_say_that_it_was_not_sent():
    details = {"retract": "*", "due": "today", "why": "take it down there"}
    alarm = Alarm(code=Code.BLOCKED, subject="toko/a", details=details)
    assert describe(alarm) == "toko/a is to be taken down and is still out: take it down there"
    assert "masih terlihat di luar" in describe(alarm, "id")
