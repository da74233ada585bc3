"""Advice works: what a note or an alarm says to do ends it, and changes nothing else."""

from __future__ import annotations

import re

import pytest

from mimin.watch.alarm import Alarm, Code
from mimin.watch.words import describe

P = "content/kopi-senja/posts/"
SERIES = """\
---
accounts: [bluesky, mastodon]
at: 2026-12-07 09:00
repeat:
  every: week
  times: 4
---
Selamat Senin!
"""


@pytest.fixture
def series(place):
    """A weekly post whose first is out, and whose second was missed and is held."""
    place.write({f"{P}senin.md": SERIES})
    place.commit()
    assert place.run("publish", "--now", "2026-12-07T09:01+07:00").code == 0
    place.run("publish", "--now", "2026-12-15T15:00+07:00")
    return place


def planned(place, now="2026-12-15T15:01+07:00"):
    told = place.run("plan", "--all", "--now", now).out
    return {
        line.split("kopi-senja/")[1].split()[0]: line for line in told.splitlines() if "/" in line
    }


@pytest.mark.parametrize(
    ("way", "left"),
    [("skip: [2]", 6), ("move: {2: 2026-12-15 16:00}", 8)],
)
def test_what_is_said_of_one_occurrence_that_is_held_ends_it_and_moves_no_other(series, way, left):
    before = planned(series)
    held = [line for line in before.values() if "held" in line]
    assert len(held) == 2
    field = way.partition(":")[0]
    assert all(re.search(rf"`{field}: [\[{{]2", line) for line in held), held
    assert "set a new `at:`" not in series.run("watch", "--now", "2026-12-15T15:01+07:00").out
    series.write({f"{P}senin.md": SERIES.replace("times: 4\n", f"times: 4\n  {way}\n")})
    series.commit("Take the advice")
    after = planned(series)
    assert len(after) == left
    assert not [line for line in after.values() if "held" in line]
    others = {key for key in before if "#2" not in key}
    assert {key: after[key] for key in others} == {key: before[key] for key in others}
    out = series.run("publish", "--now", "2026-12-15T16:00+07:00").out
    assert re.findall(r"published (\S+)", out) == (
        ["kopi-senja/senin@bluesky#2", "kopi-senja/senin@mastodon#2"] if left == 8 else []
    )


def test_the_alarm_of_a_held_occurrence_tells_its_number_and_both_ways(series):
    told = series.run("watch", "--now", "2026-12-15T15:01+07:00").out
    assert "number 2 of it" in told
    assert "`skip: [2]`" in told
    assert "`move: {2: …}`" in told


@pytest.mark.parametrize("code", [Code.HELD, Code.DROPPED])
@pytest.mark.parametrize("language", ["en", "id"])
def test_of_a_series_no_alarm_says_to_change_the_beginning(code, language):
    details = {"due": "2026-12-14 09:00 WIB", "numbers": "2, 3", "number": "2"}
    told = describe(Alarm(code=code, subject="kopi-senja/senin", details=details), language)
    assert "`at:`" not in told
    assert "`move: {2: …}`" in told


POST = "---\naccounts: [bluesky]\nat: 2026-12-01 09:05\n---\nHalo.\n"
EARLY = "2026-12-01T09:00+07:00"
CALENDAR = "blackouts: [{starts: 2026-12-01, ends: 2026-12-01, reason: Duka}]\n"
NOTES = {
    "draft": (POST.replace("at:", "draft: true\nat:"), POST, EARLY, {}),
    "unscheduled": (POST.replace("at: 2026-12-01 09:05\n", ""), POST, EARLY, {}),
    "problems": (POST.replace("[bluesky]", "[blusky, bluesky]"), POST, EARLY, {}),
    "held": (POST, POST.replace("09:05", "15:05"), "2026-12-01T15:00+07:00", {}),
    "expired": (
        POST.replace("at:", "expires: 2026-12-01 09:10\nat:"),
        POST.replace("09:05", "15:05"),
        "2026-12-01T15:00+07:00",
        {},
    ),
    "blackout": (
        POST,
        POST.replace("12-01", "12-02"),
        EARLY,
        {"calendar/kopi-senja.yml": CALENDAR},
    ),
}
"""Cause → a post for which it is told, the post with the way out taken, the moment, more files."""


@pytest.mark.parametrize("cause", NOTES)
def test_what_a_note_of_the_plan_says_to_do_lets_the_post_go(cause, place):
    before, after, now, files = NOTES[cause]
    place.write({f"{P}a.md": before, **files})
    place.commit()
    told = place.run("plan", "--all", "--lookahead", "2d", "--now", now).out
    assert re.search(rf"kopi-senja/a@bluesky +{cause}", told), told
    place.write({f"{P}a.md": after})
    assert "uncommitted" in place.run("plan", "--lookahead", "2d", "--now", now).out
    place.commit("Take the advice")
    told = place.run("plan", "--lookahead", "2d", "--now", now).out
    assert re.search(r"\+ .*kopi-senja/a@bluesky +due", told), told


def test_late_post_lets_what_is_held_go(place):
    place.write({f"{P}a.md": POST})
    place.commit()
    now = "2026-12-01T15:00+07:00"
    assert "held" in place.run("plan", "--now", now).out
    place.write({f"{P}a.md": POST.replace("at:", "late: post\nat:")})
    place.commit("Take the advice")
    assert place.run("publish", "--now", now).out.count("published") == 1
    assert "held" not in place.run("watch", "--now", now).out


def test_a_pack_that_waits_is_closed_as_its_alarm_says(place):
    media = "media: [{file: a.jpg, alt: A}]"
    text = POST.replace("[bluesky]", "instagram").replace("at:", f"{media}\nat:")
    place.write({f"{P}a.md": text, f"{P}a.jpg": {"image": "800x800 jpeg"}})
    place.commit()
    place.run("publish", "--now", "2026-12-01T09:06+07:00")
    later = "2026-12-01T12:00+07:00"
    told = place.run("watch", "--now", later).out
    way = re.search(r"`mimin (done \S+)` with --url or --out", told)[1].split()
    assert place.run(*way, "--out", "--now", later).code == 0
    assert place.run("watch", "--now", later).code == 0
