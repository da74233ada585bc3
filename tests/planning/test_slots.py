"""Slots and mix: which times of a calendar are free, and how posts are spread over pillars."""

from __future__ import annotations

from dataclasses import replace

import pytest
from publishing_fakes import NOW, book, brand, delivery, examined
from whenever import Date, Instant, TimeDelta, ZonedDateTime

from mimin.model.schedule import ScheduleFields
from mimin.planning.month import as_rows, as_text, month_of
from mimin.planning.plan import Rules, make_plan
from mimin.planning.slots import free_slots, gaps, shares

FIRST, LAST = Date(2026, 12, 1), Date(2026, 12, 31)
PATH = "content/kopi-senja/posts/gajian.md"
TUESDAYS = {"days": ["tue"], "at": "12:00", "accounts": ["bluesky"], "pillar": "kopi"}


def calendar(*slots, **fields):
    return ScheduleFields.model_validate({"slots": slots, "pillars": {"kopi": "Kopi"}} | fields)


def local(day, clock="12:00"):
    return ZonedDateTime.parse_iso(f"2026-12-{day:02}T{clock}:00+07:00[Asia/Jakarta]").to_instant()


def planned(*dues, account="bluesky", pillar="kopi", **fields):
    """Plan one post a time."""
    posts = []
    for number, due in enumerate(dues):
        name = f"p{number}-{account}-{pillar}"
        of = delivery(account=f"kopi-senja/{account}", post=f"kopi-senja/{name}", due=due)
        path = f"content/kopi-senja/posts/{name}.md"
        posts.append(examined(of, path=path, id=name, pillar=pillar, inputs={path: "b"}, **fields))
    committed = {post.path: "b" for post in posts}
    rules = Rules(NOW, TimeDelta(hours=1), brands={"kopi-senja": brand()}, committed=committed)
    return make_plan(posts, book(), rules)


def free_days(lines, schedule):
    found = free_slots(brand(), schedule, lines, FIRST, LAST)
    return [slot.at.to_tz("Asia/Jakarta").day for slot in found]


def test_a_slot_is_free_on_each_of_its_days_that_has_no_post():
    schedule = calendar(TUESDAYS)
    assert free_days([], schedule) == [1, 8, 15, 22, 29]
    assert free_days(planned(local(8), local(22)), schedule) == [1, 15, 29]


@pytest.mark.parametrize(
    ("clock", "fills"), [("11:00", False), ("11:01", True), ("12:59", True), ("13:00", False)]
)
def test_a_post_fills_the_slot_that_is_less_than_an_hour_from_it(clock, fills):
    assert (8 not in free_days(planned(local(8, clock)), calendar(TUESDAYS))) is fills


def test_a_post_fills_one_slot_the_nearest_and_only_of_its_own_account():
    near = {**TUESDAYS, "at": "12:30"}
    found = free_slots(
        brand(), calendar(TUESDAYS, near), planned(local(8, "12:20")), Date(2026, 12, 8),
        Date(2026, 12, 8),
    )  # fmt: skip
    assert [slot.at for slot in found] == [local(8)]
    assert free_days(planned(local(8), account="x"), calendar(TUESDAYS)) == [1, 8, 15, 22, 29]


def test_two_posts_beside_two_slots_fill_both():
    near = {**TUESDAYS, "at": "12:30"}
    lines = planned(local(8, "12:10"), local(8, "12:15"))
    assert 8 not in free_days(lines, calendar(TUESDAYS, near))


def test_a_draft_with_a_time_fills_its_slot_and_what_never_goes_out_does_not():
    assert 8 not in free_days(planned(local(8), draft=True), calendar(TUESDAYS))
    assert 8 in free_days(planned(local(8), retract=True), calendar(TUESDAYS))


def test_a_day_that_is_blacked_out_for_the_account_has_no_slot():
    blackout = {"starts": "2026-12-08", "ends": "2026-12-08", "reason": "Libur"}
    assert 8 not in free_days([], calendar(TUESDAYS, blackouts=[blackout]))
    other = {**blackout, "accounts": ["x"]}
    assert 8 in free_days([], calendar(TUESDAYS, blackouts=[other]))


def test_a_slot_in_an_hour_that_the_clock_skips_is_after_the_change():
    schedule = calendar({**TUESDAYS, "days": ["sun"], "at": "02:30"})
    day = Date(2027, 3, 14)
    (slot,) = free_slots(brand(zone="America/New_York"), schedule, [], day, day)
    assert slot.at == Instant.from_utc(2027, 3, 14, 7, 30)


def test_free_slots_one_after_the_other_are_a_gap():
    schedule = calendar(TUESDAYS)
    lines = planned(local(8), local(15))
    free = free_slots(brand(), schedule, lines, FIRST, LAST)
    (gap,) = gaps(brand(), schedule, free, FIRST, LAST)
    assert (gap.first, gap.last, gap.slots) == (local(22), local(29), 2)


def test_a_share_counts_a_post_once_for_each_time_whatever_the_number_of_accounts():
    schedule = calendar(mix={"kopi": 70})
    both = [
        replace(line, post=replace(line.post, path=PATH))
        for account in ("bluesky", "x")
        for line in planned(local(8), account=account)
    ]
    lines = [*both, *planned(local(9), pillar=""), *planned(local(10), local(11), pillar="lain")]
    found = [
        (s.pillar, s.posts, s.percent, s.target)
        for s in shares(brand(), schedule, lines, FIRST, LAST)
    ]
    assert found == [("kopi", 1, 25, 70), ("lain", 2, 50, None), ("", 1, 25, None)]
    assert [s.posts for s in shares(brand(), schedule, lines, Date(2026, 11, 1), FIRST)] == [0]


def test_a_month_says_its_slots_gaps_and_mix_of_the_accounts_asked_about():
    schedule = calendar(TUESDAYS, {**TUESDAYS, "accounts": ["x"]}, mix={"kopi": 70})
    lines = planned(local(8), local(8, "20:00"))
    given = (lines, {"kopi-senja": brand()}, {"kopi-senja": schedule}, {"kopi-senja/bluesky"})
    month = month_of(FIRST, *given, local(10))
    said = as_text(month, {"kopi-senja": brand()})
    assert said == (
        "free slot: Tue 15 Dec 2026 12:00 WIB on kopi-senja/bluesky for kopi\n"
        "free slot: Tue 22 Dec 2026 12:00 WIB on kopi-senja/bluesky for kopi\n"
        "free slot: Tue 29 Dec 2026 12:00 WIB on kopi-senja/bluesky for kopi\n"
        "gap: no slot of kopi-senja/bluesky is filled from Tue 15 Dec 2026 12:00 WIB to "
        "Tue 29 Dec 2026 12:00 WIB, 3 slots\n"
        "mix of kopi-senja: kopi 100 % (2 posts, target 70 %)\n"
    )
    assert as_rows(month)["free_slots"][0] == {
        "account": "kopi-senja/bluesky", "at": "2026-12-15T05:00:00Z", "pillar": "kopi",
    }  # fmt: skip
