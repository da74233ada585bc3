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
