"""Blackouts: nothing is published on such a day, and what is out may be taken down on it."""

from __future__ import annotations

import pytest
from publishing_fakes import KEY, NOW, REF, book, brand, delivery, event, examined
from whenever import TimeDelta

from mimin.model.brand import Late
from mimin.model.event import Kind
from mimin.model.schedule import Blackout, ScheduleFields
from mimin.planning.blackout import obstacles
from mimin.planning.difference import compare
from mimin.planning.plan import Action, Cause, Rules, make_plan

DAY = TimeDelta(hours=24)
TODAY, TOMORROW = "2026-12-01", "2026-12-02"  # of NOW, which is 09:00 in Jakarta


def dark(starts, ends=None, **fields):
    days = {"starts": starts, "ends": ends or starts, "reason": "Berkabung"}
    return ScheduleFields(blackouts=(Blackout(**days | fields),))


def plan(post, schedule, *events, after=0 * DAY, **fields):
    rules = Rules(
        now=NOW + after,
        lookahead=TimeDelta(minutes=10),
        brands={"kopi-senja": brand(**fields)},
        schedules={"kopi-senja": schedule},
        committed=post.inputs,
    )
    return make_plan([post], book(*events), rules)


@pytest.mark.parametrize("after", [-2 * DAY, TimeDelta(), TimeDelta(minutes=30)])
def test_what_is_planned_for_such_a_day_is_blocked_before_and_on_it(after):
    (line,) = plan(examined(), dark(TODAY), after=after)
    assert (line.action, line.cause) == (Action.BLOCKED, Cause.BLACKOUT)
    assert line.note == "2026-12-01 is blacked out (Berkabung); move it"


def test_it_is_not_sent_after_that_day_either():
    """`late: post` must not turn a day of mourning into a delay."""
    (line,) = plan(examined(), dark(TODAY), after=DAY, late=Late.POST)
    assert (line.action, line.cause) == (Action.BLOCKED, Cause.BLACKOUT)


def test_what_is_late_waits_until_such_a_day_is_over():
    late = {"late": Late.POST}
    (line,) = plan(examined(), dark(TOMORROW), after=DAY, **late)
    assert (line.action, line.cause) == (Action.BLOCKED, Cause.BLACKOUT)
    assert line.note == "2026-12-02 is blacked out (Berkabung); not before that is over"
    (line,) = plan(examined(), dark(TOMORROW), after=2 * DAY, **late)
    assert line.sends


def test_a_turn_that_comes_on_such_a_day_is_not_taken():
    """A backlog that begins at 23:55 goes on after midnight."""
    posts = [
        examined(delivery(post=f"kopi-senja/p{number}"), id=f"p{number}") for number in range(3)
    ]
    rules = Rules(
        now=NOW + TimeDelta(hours=14, minutes=55),
        lookahead=TimeDelta(minutes=30),
        brands={"kopi-senja": brand(late=Late.POST)},
        schedules={"kopi-senja": dark(TOMORROW)},
    )
    lines = make_plan(posts, book(), rules)
    assert [line.cause for line in lines] == [Cause.LATE, Cause.BLACKOUT, Cause.BLACKOUT]


def test_the_day_is_the_brands_own():
    """09:00 in Jakarta is the evening before in New York."""
    (line,) = plan(examined(), dark(TODAY), zone="America/New_York")
    assert line.sends
    (line,) = plan(examined(), dark("2026-11-30"), zone="America/New_York")
    assert line.cause is Cause.BLACKOUT


def test_it_may_hold_for_some_accounts_only():
    both = examined(delivery(), delivery(account="kopi-senja/x"))
    lines = plan(both, dark(TODAY, accounts=("x",)))
    assert {line.delivery.account: line.cause for line in lines} == {
        REF: Cause.DUE,
        "kopi-senja/x": Cause.BLACKOUT,
    }


def test_a_thread_that_is_half_out_stops_where_it_is():
    half = event(Kind.PUBLISHED, digest=delivery(2).digest, remote_id="1", parts=2)
    (line,) = plan(examined(delivery(2)), dark(TODAY), half)
    assert (line.action, line.cause) == (Action.BLOCKED, Cause.BLACKOUT)


def test_what_is_out_may_be_taken_down_on_such_a_day():
    out = event(Kind.PUBLISHED, digest=delivery().digest, remote_id="1")
    (line,) = plan(examined(retract=True), dark(TODAY), out)
    assert line.retracts
    assert line.key == KEY


def test_a_calendar_that_blacks_a_day_out_changes_what_merging_does():
    """The post is as it was, and yet it does not go out any more."""
    post, brands = examined(), {"kopi-senja": brand()}
    free, kept = obstacles(brands, {}), obstacles(brands, {"kopi-senja": dark(TODAY)})
    assert compare([post], [post], book(), (free, free)) == []
    (change,) = compare([post], [post], book(), (free, kept))
    assert change.action is Action.BLOCKED
    assert "2026-12-01 is blacked out (Berkabung)" in change.note
    assert compare([post], [post], book(), (kept, kept)) == []


def test_a_blackout_that_is_taken_out_frees_what_waited_behind_it():
    post, brands = examined(), {"kopi-senja": brand()}
    free, kept = obstacles(brands, {}), obstacles(brands, {"kopi-senja": dark(TODAY)})
    (change,) = compare([post], [post], book(), (kept, free))
    assert change.action is Action.PUBLISH
    assert change.note.startswith("goes out again (was: 2026-12-01 is blacked out")
