"""Feeds, read as programs that subscribe read them (RFC 5545, RFC 5546, RFC 7986)."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mimin.model.event import Event, Kind
from mimin.printable import one_line, printable
from mimin.website.feeds import _MOST, _shortened, brand_feed, choose, feed_note
from mimin.website.gather import Wish, gather
from mimin.website.words import words_for

POST = "content/toko/posts/2026/12/hari-h.md"
KEY = "toko/hari-h@bluesky"
ADDRESS = "https://calendar.example.com/"
PERSON = ("-c", "user.name=Sari", "-c", "user.email=a@example.com")


@pytest.fixture
def scene(site, at):
    def look(now="2026-12-10T02:00:00Z", *, root=None, language="id", public=False):
        words = words_for(language)
        return gather(Wish(root=root or site.root, now=at(now), words=words, public=public)).scene

    return look


def read(scene, *, campaigns: bool = False) -> dict[str, icalendar.Event]:
    """Read a feed: UID → event of a delivery, or of a campaign."""
    feed = icalendar.Calendar.from_ical(brand_feed(scene.brands["toko"], scene, {}, ADDRESS))
    events = {str(event["uid"]): event for event in feed.walk("VEVENT")}
    assert len(events) == len(feed.walk("VEVENT"))
    assert [event.errors for event in events.values() if event.errors] == []
    return {uid: event for uid, event in events.items() if ("/campaign/" in uid) is campaigns}


def moments(event) -> list[datetime]:
    return [event[name].dt for name in ("dtstart", "dtend", "dtstamp", "last-modified")]


def commit(site, message: str, when: str) -> None:
    """Commit everything as somebody whose clock says *when*."""
    site.git("add", "-A")
    site.git(*PERSON, "commit", "-qm", message, "--date", when)


def test_an_event_blocks_nobodys_time_and_is_no_invitation(site, scene):
    site.commit()
    found = scene()
    text = brand_feed(found.brands["toko"], found, {}, ADDRESS).decode()
    assert not re.search(r"^(METHOD|ORGANIZER|ATTENDEE|BEGIN:VALARM)", text, re.MULTILINE)
    event = read(found)[KEY]
    assert event["transp"] == "TRANSPARENT"
    start, end, *_ = moments(event)
    assert (start, end - start) == (datetime(2026, 12, 12, 3, tzinfo=UTC), timedelta(minutes=15))
    assert "DTSTART:20261212T030000Z" in text
    assert event["url"] == f"{ADDRESS}posts/toko/hari-h.html"


def test_a_feed_says_its_name_in_both_ways_and_how_often_to_ask_again(site, scene):
    site.write(
        "content/toko/brand.yml",
        (site.root / "content/toko/brand.yml").read_text().replace("Toko Uji", r'"A; B, C\\D\nE"'),
    )
    site.commit()
    found = scene(language="en")
    feed = brand_feed(found.brands["toko"], found, {}).decode()
    title = r"A\; B\, C\\D\\nE: publishing plan"
    assert f"\r\nNAME:{title}\r\n" in feed
    assert f"\r\nX-WR-CALNAME:{title}\r\n" in feed
    assert "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in feed
    assert "\r\nX-PUBLISHED-TTL:PT1H\r\n" in feed


def test_a_moved_post_keeps_its_uid_and_is_a_later_revision_in_every_clone(site, scene, tmp_path):
    site.commit()
    before = read(scene())[KEY]
    text = (site.root / POST).read_text()
    site.write(POST, text.replace("2026-12-12 10:00", "2026-12-14 19:30"))
    commit(site, "Tunda", "2026-12-09T08:00:00Z")
    after = read(scene())[KEY]
    assert after["dtstart"].dt == datetime(2026, 12, 14, 12, 30, tzinfo=UTC)
    assert after["sequence"] > before["sequence"]
    assert after["dtstamp"].dt == after["last-modified"].dt
    site.git("clone", "-q", str(site.root), str(tmp_path / "klon"))
    there = scene()
    here = scene(root=tmp_path / "klon")
    assert read(here)[KEY].to_ical() == read(there)[KEY].to_ical() == after.to_ical()


def test_dtstamp_is_when_the_post_was_written_last_and_not_when_it_is_due(site, scene):
    site.git("init", "-q", "-b", "main")
    commit(site, "Isi", "2026-11-01T08:00:00Z")
    site.write(POST, (site.root / POST).read_text() + "\nLagi.\n")
    commit(site, "Ubah", "2026-11-05T09:10:11Z")
    *_, stamp, modified = moments(read(scene())[KEY])
    assert stamp == modified == datetime(2026, 11, 5, 9, 10, 11, tzinfo=UTC)


def test_what_was_written_earlier_and_merged_later_is_a_later_revision(site, scene):
    site.git("init", "-q", "-b", "main")
    commit(site, "Isi", "2026-12-01T08:00:00Z")
    site.git("checkout", "-qb", "tunda")
    text = (site.root / POST).read_text()
    site.write(POST, text.replace("10:00", "16:00"))
    commit(site, "Tunda", "2026-12-02T08:00:00Z")
    site.git("checkout", "-q", "main")
    site.write(POST, text.replace("#Harbolnas", "#Harbolnas2026"))
    commit(site, "Ejaan", "2026-12-03T08:00:00Z")
    before = read(scene())[KEY]
    site.git(*PERSON, "merge", "-q", "tunda", "-m", "Gabung")
    after = read(scene())[KEY]
    assert after["dtstart"].dt != before["dtstart"].dt
    assert after["sequence"] > before["sequence"]
    assert after["dtstamp"].dt >= before["dtstamp"].dt


class Team:
    """People who change what a delivery is planned by, each in one commit."""

    def __init__(self, site, seed: int) -> None:
        self.site, self.chance = site, random.Random(seed)
        self.branches = 0

    def act(self) -> str:
        """Do one thing, and say which."""
        acts = (self.move, self.write, self.carry, self.zone, self.black_out, self.merge)
        act = self.chance.choice(acts)
        act()
        self.site.git("add", "-A")
        self.site.git(*PERSON, "commit", "-q", "--allow-empty", "-m", "Ubah")
        return act.__name__

    def post(self):
        return next(self.site.root.glob("content/toko/posts/**/hari-h.md"))

    def change(self, path, old: str, new: str) -> None:
        path.write_text(re.sub(old, new, path.read_text(), count=1))

    def move(self) -> None:
        day, hour = self.chance.randrange(11, 29), self.chance.randrange(24)
        self.change(self.post(), r"at: .*", f"at: 2026-12-{day} {hour:02}:00")

    def write(self) -> None:
        self.change(self.post(), r"Sudah mulai!.*", f"Sudah mulai! {self.chance.random()}")

    def carry(self) -> None:
        folder = self.chance.choice(("2026/12", "2027", "lain/lagi"))
        target = self.site.root / "content/toko/posts" / folder / "hari-h.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        self.post().rename(target)

    def zone(self) -> None:
        name = self.chance.choice(("Asia/Jakarta", "Asia/Jayapura", "Asia/Makassar"))
        self.change(self.site.root / "content/toko/brand.yml", r"zone: .*", f"zone: {name}")

    def black_out(self) -> None:
        day = f"2026-12-{self.chance.randrange(11, 29)}"
        new = f"starts: {day}, ends: {day}, reason"
        self.change(self.site.root / "calendar/toko.yml", r"starts: \S+, ends: \S+, reason", new)

    def merge(self) -> None:
        """Merge what was written a month ago."""
        self.branches += 1
        self.site.git("checkout", "-qb", f"cabang{self.branches}")
        self.move()
        commit(self.site, "Cabang", "2026-11-01T00:00:00Z")
        self.site.git("checkout", "-q", "main")
        named = ("merge", "-q", "--no-ff", f"cabang{self.branches}", "-m", "Gabung")
        self.site.git(*PERSON, *named)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_a_revision_never_falls_and_rises_when_time_or_standing_change(
    site, scene, at, seed
):
    site.commit()
    team, now = Team(site, seed), at("2026-12-10T02:00:00Z")
    before = read(scene())[KEY]
    for _ in range(8):
        told = team.act()
        now = now.add(hours=team.chance.randrange(90))
        after = read(scene(now.format_iso())).get(KEY)
        if after is None:  # its time is a month ago
            return
        moved = after["dtstart"].dt != before["dtstart"].dt
        gone = (after["status"] == "CANCELLED") != (before["status"] == "CANCELLED")
        assert after["sequence"] >= before["sequence"] + (moved or gone), told
        before = after


def test_a_file_that_is_moved_to_another_folder_keeps_its_uid_and_its_revisions(site, scene):
    site.commit()
    before = read(scene())[KEY]
    (site.root / "content/toko/posts/2027").mkdir()
    (site.root / POST).rename(site.root / "content/toko/posts/2027/hari-h.md")
    site.commit("Pindah")
    assert read(scene())[KEY]["sequence"] > before["sequence"]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("content/toko/brand.yml", "Asia/Jakarta", "Asia/Jayapura"),
        ("calendar/toko.yml", "2026-12-25, ends: 2026-12-25", "2026-12-12, ends: 2026-12-12"),
    ],
)
def test_what_a_brand_changes_for_all_its_posts_is_a_later_revision(site, scene, path, old, new):
    site.commit()
    before = read(scene())[KEY]
    site.write(path, (site.root / path).read_text().replace(old, new))
    site.commit("Merek")
    after = read(scene())[KEY]
    assert (after["dtstart"].dt, after["status"]) != (before["dtstart"].dt, before["status"])
    assert after["sequence"] > before["sequence"]


def test_a_post_that_will_not_go_out_is_cancelled_in_its_title_too_for_a_month(site, scene, at):
    site.commit()
    before = read(scene())[KEY]
    site.record(
        Event(
            at=at("2026-12-10T01:00:00Z"),
            kind=Kind.DROPPED,
            account="toko/bluesky",
            key=KEY,
            reason="Batal",
        )
    )
    after = read(scene())[KEY]
    assert after["status"] == "CANCELLED"
    assert str(after["summary"]).startswith("Dibatalkan: Hari-H")
    assert after["sequence"] > before["sequence"]
    assert after["dtstamp"].dt == max(before["dtstamp"].dt, datetime(2026, 12, 10, 1, tzinfo=UTC))
    assert KEY in read(scene("2027-01-11T02:00:00Z"))
    assert KEY not in read(scene("2027-01-13T02:00:00Z"))


def test_a_post_that_expires_is_a_later_revision_and_so_is_the_one_that_is_mended(site, scene):
    text = (site.root / POST).read_text()
    site.write(POST, text.replace("campaign:", "expires: 2026-12-12 12:00\ncampaign:"))
    site.commit()
    before = read(scene())[KEY]
    gone = read(scene("2026-12-12T06:00:00Z"))[KEY]
    assert (before["status"], gone["status"]) == ("CONFIRMED", "CANCELLED")
    site.write(POST, text.replace("2026-12-12 10:00", "2026-12-15 10:00"))
    site.commit("Lagi")
    mended = read(scene("2026-12-12T06:00:00Z"))[KEY]
    assert mended["status"] == "CONFIRMED"
    assert before["sequence"] < gone["sequence"] < mended["sequence"]


def test_what_was_taken_down_is_cancelled_and_what_is_to_be_taken_down_is_not_yet(site, scene, at):
    site.commit()
    digest = next(line.delivery.digest for line in scene().lines if line.key == KEY)
    known = {"account": "toko/bluesky", "key": KEY, "remote_id": "1", "digest": digest}
    out = at("2026-12-12T03:01:00Z")
    site.record(Event(at=out, kind=Kind.PUBLISHED, url="https://b.example/1", **known))
    later = "2026-12-12T06:00:00Z"
    site.write(
        POST, (site.root / POST).read_text().replace("campaign:", "retract: true\ncampaign:")
    )
    site.commit("Tarik")
    assert read(scene(later))[KEY]["status"] == "CONFIRMED"
    site.record(Event(at=at("2026-12-12T05:00:00Z"), kind=Kind.RETRACTED, **known))
    assert read(scene(later))[KEY]["status"] == "CANCELLED"


def test_a_post_whose_file_is_deleted_is_not_in_the_feed(site, scene):
    site.commit()
    assert KEY in read(scene())
    (site.root / POST).unlink()
    site.commit("Hapus")
    assert read(scene()) == {}


def test_each_occurrence_is_an_event_and_a_skip_or_a_move_changes_that_one_alone(site, scene):
    repeat = "at: 2026-12-12 10:00\nrepeat:\n  every: week\n  times: 4\n"
    text = (site.root / POST).read_text().replace("at: 2026-12-12 10:00\n", repeat)
    site.write(POST, text)
    site.commit()
    keys = [KEY, f"{KEY}#2", f"{KEY}#3", f"{KEY}#4"]
    before = read(scene())
    assert {key: before[key]["dtstart"].dt.day for key in keys} == dict(
        zip(keys, (12, 19, 26, 2), strict=True)
    )
    changed = text.replace("times: 4", "times: 4\n  skip: [2]\n  move: {3: 2026-12-27 08:00}")
    site.write(POST, changed)
    site.commit("Libur")
    after = read(scene())
    assert "rrule" not in after[KEY]
    assert [key for key in keys if key not in after or after[key]["status"] == "CANCELLED"] == [
        f"{KEY}#2"
    ]
    assert after[f"{KEY}#3"]["dtstart"].dt == datetime(2026, 12, 27, 1, tzinfo=UTC)
    assert after[f"{KEY}#3"]["sequence"] > before[f"{KEY}#3"]["sequence"]
    assert [after[key]["dtstart"].dt for key in (KEY, f"{KEY}#4")] == [
        before[key]["dtstart"].dt for key in (KEY, f"{KEY}#4")
    ]


@pytest.mark.parametrize("language", ["id", "en"])
def test_of_ten_thousand_what_comes_next_is_there_and_the_page_says_where_it_ends(
    site, scene, language
):
    site.commit()
    found = scene(language=language)
    brand, line = found.brands["toko"], next(line for line in found.lines if line.key == KEY)

    def moved(hours):
        due = found.now.add(hours=hours)
        delivery = replace(line.delivery, due=due, occurrence=2 + hours + 5000)
        return replace(line, delivery=delivery)

    many = replace(found, lines=tuple(moved(hours) for hours in range(-5000, 5000)))
    chosen = choose(brand, many)
    assert chosen.lines[0].delivery.due == found.now
    assert len(chosen.lines) == _MOST
    assert chosen.until == found.now.add(hours=_MOST - 1)
    assert ("21 Januari 2027" if language == "id" else "21 January 2027") in feed_note(brand, many)
    feed = brand_feed(brand, many, {}, ADDRESS)
    assert len(feed) < 1_000_000
    read_again = icalendar.Calendar.from_ical(feed)
    assert str(read_again["description"]) == feed_note(brand, many)
    few = replace(found, lines=tuple(moved(hours) for hours in range(-5000, 10)))
    assert len(choose(brand, few).lines) == 31 * 24 + 10
    assert feed_note(brand, few) == ""


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("id", "Isinya 1 kiriman, sampai Sabtu, 12 Desember 2026; yang sesudahnya menyusul"),
        ("en", "It holds 1 deliveries, up to Saturday, 12 December 2026; later ones follow"),
    ],
)
def test_the_brands_page_says_where_its_feed_ends(site, monkeypatch, language, said):
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    monkeypatch.setattr("mimin.website.feeds._MOST", 1)
    site.configure("language: id", f"language: {language}")
    site.commit()
    site.build()
    assert 'href="../feeds/toko.ics"' in site.page("brands/toko.html")
    assert said in site.page("brands/toko.html")


def test_a_campaign_is_an_event_of_whole_days_that_ends_the_day_after_its_last(site, scene):
    site.commit()
    before = read(scene(), campaigns=True)["toko/campaign/harbolnas"]
    assert (before["dtstart"].dt, before["dtend"].dt) == (date(2026, 12, 8), date(2026, 12, 14))
    assert b"DTSTART;VALUE=DATE:20261208\r\n" in before.to_ical()
    assert (before["summary"], before["transp"]) == ("Harbolnas", "TRANSPARENT")
    assert before["url"] == f"{ADDRESS}brands/toko.campaign.harbolnas.html"
    text = (site.root / "calendar/toko.yml").read_text()
    site.write("calendar/toko.yml", text.replace("ends: 2026-12-13", "ends: 2026-12-12"))
    site.commit("Lebih pendek")
    after = read(scene(), campaigns=True)["toko/campaign/harbolnas"]
    assert after["dtend"].dt == date(2026, 12, 13)
    assert after["sequence"] > before["sequence"]
    assert read(scene("2027-01-12T02:00:00Z"), campaigns=True) != {}
    assert read(scene("2027-01-14T02:00:00Z"), campaigns=True) == {}


def test_a_public_feed_tells_nothing_but_what_is_out(site, scene, at):
    site.commit()
    digest = next(line.delivery.digest for line in scene().lines if line.key == KEY)
    known = {"account": "toko/bluesky", "key": KEY, "remote_id": "1", "digest": digest}
    site.record(
        Event(
            at=at("2026-12-12T03:01:00Z"), kind=Kind.PUBLISHED, url="https://b.example/1", **known
        )
    )
    shown = scene("2026-12-13T06:00:00Z", public=True)
    assert read(shown, campaigns=True) == {}
    events = read(shown)
    assert list(events) == [KEY]
    assert events[KEY]["dtstamp"].dt == datetime(2026, 12, 12, 3, 1, tzinfo=UTC)


def unfolded(feed: bytes) -> list[str]:
    """Undo the folding as RFC 5545, section 3.1, has it, and hold every line to it."""
    assert feed.endswith(b"\r\n")
    physical = feed.removesuffix(b"\r\n").split(b"\r\n")
    for line in physical:
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode("utf-8")
    return feed.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def test_any_words_are_folded_and_escaped_so_that_they_are_read_back(site, scene):
    site.commit()
    found = scene()
    brand, line = found.brands["toko"], next(line for line in found.lines if line.key == KEY)
    path, name = line.post.path, line.delivery.account.partition("/")[2]
    preview = found.previews[path].accounts[name]
    letters = st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Cn", "Co"))
    words = st.text(letters | st.sampled_from(",;:\\\"'\n\t \u200d👨‍👩‍👧ก็កាအ"), max_size=400)

    @settings(max_examples=150, deadline=None)
    @given(title=words, text=words, called=words)
    def holds(title, text, called):
        post = replace(line.post, title=title)
        previews = replace(
            found.previews[path], accounts={name: replace(preview, text=text, digest="x")}
        )
        one = replace(
            found,
            posts=(post,),
            lines=(replace(line, post=post),),
            previews={path: previews},
            brands={"toko": brand.model_copy(update={"name": called})},
        )
        feed = brand_feed(one.brands["toko"], one, {}, ADDRESS)
        lines = unfolded(feed)
        assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2
        event = icalendar.Calendar.from_ical(feed).walk("VEVENT")[-1]
        shown = printable(_shortened(text))
        assert str(event["description"]).endswith(f"@uji.example.com\n\n{shown}")
        assert str(event["summary"]) == one_line(f"{title} · Bluesky")
        name_line = next(shown for shown in lines if shown.startswith("NAME:"))
        assert not re.search(r"(?<!\\)[,;]", name_line)

    holds()


def test_a_long_text_is_shortened_between_letters_as_people_see_them():
    family = "👨‍👩‍👧‍👦"
    assert _shortened("a" * 499 + family + family) == "a" * 499 + family + "…"
    assert _shortened("a" * 500) == "a" * 500


def test_a_feed_without_git_is_read_too(site, scene):
    event = read(scene())[KEY]
    assert event["sequence"] == 0
