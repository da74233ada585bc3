"""What waits for a person: nothing that is due stays behind in silence."""

from __future__ import annotations

import pytest
from publishing_fakes import NOW, book, delivery, examined
from whenever import TimeDelta

from mimin.ledger.standing import Standing, State
from mimin.planning.plan import Action, Cause, Line
from mimin.planning.waiting import waiting

SOON = NOW + TimeDelta(minutes=10)
QUIET = {
    Cause.DUE,
    Cause.LATE,
    Cause.RESUME,
    Cause.RETRY,
    Cause.LATER,
    Cause.OUT,
    Cause.DRAFT,
    Cause.UNSCHEDULED,
    Cause.EXPIRED,
    Cause.MISSED,
    Cause.DROPPED,
    Cause.CHANGED,
    Cause.EDIT,
    Cause.RETRACTED,
}
ALWAYS = {
    *(Cause.UNKNOWN, Cause.CLAIMED, Cause.WAITING, Cause.HELD, Cause.RETRACT),
    Cause.HALF_OUT,
}


def line(cause, due=NOW):
    one = delivery(due=due)
    state = book().standing(one.key).state()
    assert state is State.PLANNED
    return Line(Action.BLOCKED, cause, "", one, examined(one), Standing(one.key), state)


@pytest.mark.parametrize("cause", Cause)
def test_what_is_due_and_does_not_go_out_is_named(cause):
    assert bool(waiting([line(cause)], SOON)) is (cause not in QUIET)


@pytest.mark.parametrize("cause", Cause)
def test_what_is_not_due_yet_is_named_only_if_something_may_be_out(cause):
    later = SOON + TimeDelta(seconds=1)
    assert bool(waiting([line(cause, later)], SOON)) is (cause in ALWAYS)
    assert bool(waiting([line(cause, None)], SOON)) is (cause in ALWAYS)
