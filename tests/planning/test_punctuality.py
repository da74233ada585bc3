"""Punctuality: lateness of each delivery, and the median, p95 and worst of many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishing_fakes import NOW, book, delivery, event, examined
from whenever import TimeDelta

from mimin.model.event import Kind
from mimin.planning.plan import Line, Rules, make_plan
from mimin.planning.punctuality import Punctuality, lateness, measure


def line_of(*events, **fields) -> Line:
    from publishing_fakes import brand

    post = examined(delivery(**fields))
    rules = Rules(now=NOW, lookahead=TimeDelta(minutes=10), brands={"kopi-senja": brand()})
    return make_plan([post], book(*events), rules)[0]


def test_lateness_is_the_receipt_against_the_time_it_was_planned_for_then():
    """Moving a post afterwards does not make it punctual."""
    out = event(Kind.PUBLISHED, minutes=7, due=NOW)
    assert lateness(line_of(out, due=NOW + TimeDelta(minutes=7))) == 420


def test_what_was_early_by_a_clock_that_differs_was_not_late():
    assert lateness(line_of(event(Kind.PUBLISHED, minutes=-0.1, due=NOW))) == 0


def test_a_thread_counts_with_its_first_part():
    parts = [event(Kind.PUBLISHED, part=part, minutes=part * 5, due=NOW) for part in range(3)]
    assert lateness(line_of(*parts, count=3)) == 0


def test_nothing_published_has_no_punctuality():
    assert measure([]) == Punctuality(None, None, None)


@pytest.mark.parametrize(
    ("seconds", "found"),
    [([3], (3, 3, 3)), ([9, 1], (5, 9, 9)), (range(1, 101), (50.5, 95, 100))],
)
def test_median_p95_and_worst(seconds, found):
    assert measure(seconds) == Punctuality(*found)


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_the_p95_did_occur_and_lies_between_median_and_worst(seconds):
    found = measure(seconds)
    assert found.p95 in seconds
    assert min(seconds) <= found.median <= found.worst == max(seconds)
    assert found.p95 <= found.worst
