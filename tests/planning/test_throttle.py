"""The throttle: a backlog goes out one by one, and what is on time keeps its time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishing_fakes import NOW, book, brand, delivery, event, examined
from whenever import TimeDelta

from mimin.model.brand import Late
from mimin.model.event import Kind
from mimin.planning.plan import Cause, Rules, make_plan
from mimin.planning.show import notable
from mimin.planning.throttle import spread

MINUTE = TimeDelta(minutes=1)


def plan(*minutes, events=(), spacing=None, lookahead=60, accounts=("bluesky",)):
    """Plan deliveries due *minutes* from now, negative ones in the past, on each account."""
    deliveries = [
        delivery(
            post=f"kopi-senja/p{number}",
            account=f"kopi-senja/{account}",
            due=NOW + minute * MINUTE,
        )
        for account in accounts
        for number, minute in enumerate(minutes)
    ]
    post = examined(*deliveries)
    rules = Rules(
        now=NOW,
        lookahead=TimeDelta(minutes=lookahead),
        brands={"kopi-senja": brand(late=Late.POST, spacing=spacing)},
        committed=post.inputs,
    )
    return make_plan([post], book(*events), rules)


def offsets(lines):
    return [None if line.start is None else (line.start - NOW).total("minutes") for line in lines]


def test_one_late_post_goes_out_at_once():
    (line,) = plan(-300)
    assert (line.cause, line.start) == (Cause.LATE, None)


def test_a_backlog_keeps_the_spacing_in_the_order_of_its_times():
    lines = plan(-300, -200, -100)
    assert offsets(lines) == [None, 10, 20]
    assert all(line.sends for line in lines)


def test_the_brand_says_how_far_apart():
    assert offsets(plan(-300, -200, spacing=25 * MINUTE)) == [None, 25]


def test_accounts_catch_up_side_by_side():
    lines = plan(-300, -200, accounts=("bluesky", "mastodon"))
    assert offsets(lines) == [None, None, 10, 10]


def test_what_went_out_just_now_counts():
    out = event(Kind.PUBLISHED, minutes=-4, key="kopi-senja/other@bluesky")
    assert offsets(plan(-300, events=[out])) == [6]


def test_what_may_have_gone_out_just_now_counts():
    for kind in (Kind.CLAIMED, Kind.UNKNOWN):
        events = [event(Kind.CLAIMED, minutes=-4, key="kopi-senja/other@bluesky")]
        events += [event(kind, minutes=-3, key="kopi-senja/other@bluesky")]
        assert offsets(plan(-300, events=events))[0] >= 6


def test_what_is_on_time_keeps_its_time_and_late_ones_go_around_it():
    lines = plan(-300, -200, 0, 15)
    assert offsets(lines) == [25, 35, None, None]


@pytest.mark.parametrize("minute", [15, -3])
def test_late_ones_keep_clear_of_what_is_blocked_and_may_still_keep_its_time(minute):
    """Somebody may approve or commit it a moment later, and it will not wait then."""
    late = examined(delivery(post="kopi-senja/late", due=NOW - 300 * MINUTE))
    blocked = examined(
        delivery(post="kopi-senja/p", due=NOW + minute * MINUTE), path="p.md", inputs={"p.md": "b2"}
    )
    rules = Rules(
        now=NOW,
        lookahead=TimeDelta(minutes=60),
        brands={"kopi-senja": brand(late=Late.POST, spacing=20 * MINUTE)},
        committed=late.inputs,
    )
    lines = make_plan([late, blocked], book(), rules)
    assert {line.cause for line in lines} == {Cause.LATE, Cause.UNCOMMITTED}
    (start,) = [line.start for line in lines if line.cause is Cause.LATE]
    assert start == max(NOW, NOW + minute * MINUTE) + 20 * MINUTE


def test_a_run_that_comes_a_little_late_holds_nothing_up():
    assert offsets(plan(-2, 1)) == [None, None]


def test_a_thread_that_has_begun_goes_on_at_once():
    parts = [event(Kind.PUBLISHED, minutes=-1, digest=delivery(2).digest)]
    post = examined(delivery(2, due=NOW - 60 * MINUTE))
    rules = Rules(now=NOW, lookahead=MINUTE, brands={"kopi-senja": brand()}, committed=post.inputs)
    (line,) = make_plan([post], book(*parts), rules)
    assert (line.cause, line.start, line.sends) == (Cause.RESUME, None, True)


def test_what_does_not_fit_into_this_run_is_left_to_a_later_one_and_shown():
    lines = plan(-300, -200, -100, lookahead=10)
    assert [line.cause for line in lines] == [Cause.LATE, Cause.LATE, Cause.LATER]
    assert not lines[-1].sends
    assert lines[-1] in notable(lines, until=NOW)
    assert "to keep posts apart" in lines[-1].note


moments = st.integers(-10_000, 10_000).map(lambda seconds: NOW + TimeDelta(seconds=seconds))


@given(
    count=st.integers(0, 8),
    taken=st.lists(moments, max_size=12),
    gap=st.integers(0, 2000).map(lambda seconds: TimeDelta(seconds=seconds)),
)
def test_order_and_gaps_are_kept_and_nothing_is_lost(count, taken, gap):
    starts = spread(count, taken=taken, gap=gap, now=NOW)
    assert len(starts) == count
    assert all(start >= NOW for start in starts)
    assert all(second - first >= gap for first, second in pairwise(starts))
    for start in starts:
        assert all(abs((start - moment).total("seconds")) >= gap.total("seconds")
                   for moment in taken)  # fmt: skip


@given(minutes=st.lists(st.integers(-600, 600), min_size=1, max_size=10, unique=True))
def test_the_plan_loses_nothing_and_moves_nothing_that_is_on_time(minutes):
    lines = plan(*minutes, lookahead=2000)
    assert len(lines) == len(minutes)
    for line in lines:
        assert line.sends
        if line.delivery.due >= NOW - 5 * MINUTE:
            assert line.start is None
    late = sorted(line.start or NOW for line in lines if line.delivery.due < NOW - 5 * MINUTE)
    assert all(b - a >= 10 * MINUTE for a, b in pairwise(late))
