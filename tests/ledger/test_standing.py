"""Standings: the fold of a delivery's events, for any events in any split."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishing_fakes import KEY, NOW, event
from whenever import TimeDelta

from mimin.ledger.standing import Standing, State, fold, frozen_by
from mimin.model.event import Event, Kind

OUTCOMES = [
    Kind.CLAIMED,
    Kind.PUBLISHED,
    Kind.REFUSED,
    Kind.UNKNOWN,
    Kind.HANDED,
    Kind.ABSENT,
    Kind.DROPPED,
    Kind.APPROVED,
]
any_event = st.builds(
    lambda kind, part, minute, run, key: event(kind, part=part, minutes=minute, run=run, key=key),
    st.sampled_from(OUTCOMES),
    st.integers(0, 2),
    st.integers(0, 9),
    st.sampled_from("ab"),
    st.sampled_from([KEY, f"{KEY}#2"]),
)
histories = st.lists(any_event, max_size=25)


@given(histories, histories)
def test_what_is_out_stays_out_whatever_comes_later(before, after):
    first = fold(before)
    out = {
        (key, index)
        for key, standing in first.items()
        for index, part in standing.parts.items()
        if part.state is State.PUBLISHED
    }
    later = fold(after, first)
    assert all(later[key].part(index).state is State.PUBLISHED for key, index in out)


@given(histories, st.none() | st.integers(1, 4))
def test_a_delivery_is_published_when_each_of_its_parts_is(history, parts):
    for standing in fold(history).values():
        maybe_out = [
            index + 1
            for index, part in standing.parts.items()
            if part.state not in {State.PLANNED, State.REFUSED}
        ]
        count = standing.total if parts is None else max(parts, *maybe_out, 1)
        every = all(standing.part(index).state is State.PUBLISHED for index in range(count))
        assert (standing.state(parts) is State.PUBLISHED) == every


@given(histories, st.integers(0, 25))
def test_folding_is_the_same_in_any_split(history, cut):
    whole = fold(history)
    split = fold(history[cut:], fold(history[:cut]))
    assert whole == split


@given(histories)
def test_an_open_claim_is_closed_only_by_its_own_run_or_by_an_answer_about_it(history):
    """A stranger's refusal proves nothing about the claimant's call."""
    standings = fold([*history, event(Kind.CLAIMED, run="mine"), event(Kind.REFUSED, run="other")])
    part = standings[KEY].part(0)
    assert part.state in {State.CLAIMED, State.PUBLISHED}


@pytest.mark.parametrize("open_kind", [Kind.UNKNOWN, Kind.HANDED])
def test_a_refusal_does_not_close_what_may_be_out(open_kind):
    part = fold([event(Kind.CLAIMED), event(open_kind), event(Kind.REFUSED)])[KEY].part(0)
    assert part.state is State[open_kind.name]


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ([], State.PLANNED),
        ([Kind.CLAIMED], State.CLAIMED),
        ([Kind.CLAIMED, Kind.REFUSED], State.REFUSED),
        ([Kind.CLAIMED, Kind.UNKNOWN], State.UNKNOWN),
        ([Kind.CLAIMED, Kind.HANDED], State.HANDED),
        ([Kind.CLAIMED, Kind.UNKNOWN, Kind.ABSENT], State.PLANNED),
        ([Kind.CLAIMED, Kind.UNKNOWN, Kind.ABSENT, Kind.CLAIMED], State.CLAIMED),
        ([Kind.CLAIMED, Kind.PUBLISHED, Kind.UNKNOWN], State.PUBLISHED),
        ([Kind.CLAIMED, Kind.PUBLISHED, Kind.ABSENT], State.PUBLISHED),
        ([Kind.DROPPED], State.DROPPED),
        ([Kind.CLAIMED, Kind.DROPPED], State.CLAIMED),
        ([Kind.CLAIMED, Kind.PUBLISHED, Kind.DROPPED], State.PUBLISHED),
    ],
)
def test_what_events_add_up_to(kinds, state):
    standing = fold(event(kind) for kind in kinds).get(KEY, Standing(KEY))
    assert standing.state() is state


def test_a_thread_is_out_when_all_its_parts_are():
    standing = fold([event(Kind.CLAIMED), event(Kind.PUBLISHED)])[KEY]
    assert standing.state(2) is State.PARTIAL
    assert standing.state(1) is State.PUBLISHED
    fold([event(Kind.UNKNOWN, part=1)], {KEY: standing})
    assert standing.state(2) is State.UNKNOWN
    assert standing.state(1) is State.UNKNOWN, "a part that may be out counts, though it was cut"


def test_a_part_that_was_refused_and_then_cut_is_not_missing():
    standing = fold([event(Kind.REFUSED, part=1), event(Kind.CLAIMED), event(Kind.PUBLISHED)])[KEY]
    assert standing.state(2) is State.REFUSED
    assert standing.state(1) is State.PUBLISHED


def test_a_second_receipt_with_another_name_is_kept_as_a_duplicate():
    again = event(Kind.PUBLISHED, remote_id="wall:second")
    part = fold([event(Kind.CLAIMED), event(Kind.PUBLISHED), again, event(Kind.PUBLISHED)])[
        KEY
    ].part(0)
    assert part.receipt.remote_id == f"wall:{KEY}/0"
    assert part.twice == [again]


def test_receipts_are_in_the_order_of_the_parts():
    standing = fold([event(Kind.PUBLISHED, part=part) for part in (2, 0, 1)])[KEY]
    assert [receipt.part for receipt in standing.receipts] == [0, 1, 2]


def test_what_a_run_dropped_may_go_out_at_another_time_and_what_a_person_dropped_may_not():
    moved = NOW + TimeDelta(hours=24)
    by_run = fold([event(Kind.DROPPED, due=NOW, run="a")])[KEY]
    by_person = fold([event(Kind.DROPPED, due=NOW, run="a", by="Rara")])[KEY]
    imported = fold([event(Kind.DROPPED, due=NOW, run="")])[KEY]
    assert by_run.drop_of(NOW) is not None
    assert by_run.drop_of(moved) is None
    assert by_person.drop_of(moved) is not None
    assert imported.drop_of(moved) is not None


def freeze(scope, kind=Kind.FROZEN):
    return Event(at=NOW, kind=kind, account=scope)


@pytest.mark.parametrize("scope", ["*", "kopi-senja/*", "kopi-senja/bluesky"])
def test_a_freeze_stops_all_that_it_covers(scope):
    assert frozen_by([freeze(scope)], "kopi-senja/bluesky").account == scope


@pytest.mark.parametrize("scope", ["daun-rumah/*", "kopi-senja/x", "kopi/*", "kopi-senja"])
def test_a_freeze_stops_nothing_else(scope):
    assert frozen_by([freeze(scope)], "kopi-senja/bluesky") is None


def test_each_scope_is_resumed_by_itself():
    resumed = Kind.RESUMED
    freezes = [freeze("*"), freeze("kopi-senja/bluesky"), freeze("*", resumed)]
    assert frozen_by(freezes, "kopi-senja/bluesky").account == "kopi-senja/bluesky"
    assert frozen_by(freezes, "kopi-senja/x") is None
    freezes += [freeze("kopi-senja/bluesky", resumed), freeze("kopi-senja/*")]
    assert frozen_by(freezes, "kopi-senja/bluesky").account == "kopi-senja/*"
