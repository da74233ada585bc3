"""What waits for a person: nothing that is due stays behind in silence."""

from __future__ import annotations

import pytest
from publishing_fakes import NOW, book, delivery, event, examined
from whenever import TimeDelta

from mimin.ledger.standing import Standing, State
from mimin.model.event import Kind
from mimin.planning.plan import Action, Cause, Line
from mimin.planning.waiting import waiting

MINUTE = TimeDelta(minutes=1)
SOON = NOW + 10 * MINUTE
ACTS = {
    Cause.DUE: Action.PUBLISH,
    Cause.LATE: Action.PUBLISH,
    Cause.RESUME: Action.PUBLISH,
    Cause.RETRY: Action.PUBLISH,
    Cause.LATER: Action.PUBLISH,
    Cause.OUT: Action.NONE,
    Cause.DRAFT: Action.NONE,
    Cause.UNSCHEDULED: Action.NONE,
    Cause.EXPIRED: Action.DELETE,
    Cause.MISSED: Action.DELETE,
    Cause.DROPPED: Action.NONE,
    Cause.EDIT: Action.CHANGE,
    Cause.RETRACTED: Action.NONE,
    Cause.CALLED_OFF: Action.NONE,
}
"""Causes that a run deals with by itself, or that nobody has to deal with; others block."""
ALWAYS = {
    Cause.UNKNOWN,
    Cause.CLAIMED,
    Cause.WAITING,
    Cause.HELD,
    Cause.RETRACT,
    Cause.CHANGED,
    Cause.HALF_OUT,
}


def line(cause, due=NOW, action=None, events=()):
    one = delivery(due=due)
    standing = book(*events).standing(one.key)
    action = action or ACTS.get(cause, Action.BLOCKED)
    return Line(action, cause, "", one, examined(one), standing, standing.state())


def named(one, now=NOW):
    return bool(waiting([one], now=now, until=SOON))


@pytest.mark.parametrize("cause", Cause)
def test_what_is_due_and_does_not_go_out_is_named(cause):
    assert named(line(cause)) is (cause not in ACTS)


@pytest.mark.parametrize("cause", Cause)
def test_what_is_not_due_yet_is_named_only_if_something_may_be_out(cause):
    assert named(line(cause, SOON + TimeDelta(seconds=1))) is (cause in ALWAYS)
    assert named(line(cause, None)) is (cause in ALWAYS)


@pytest.mark.parametrize("cause", [Cause.CHANGED, Cause.RETRACT])
def test_what_is_out_as_it_should_be_waits_for_nobody(cause):
    assert not named(line(cause, action=Action.NONE))


@pytest.mark.parametrize(("minutes", "waits"), [(1, False), (8, True)])
def test_what_another_run_holds_waits_for_a_person_only_when_its_claim_is_over(minutes, waits):
    """The loser of a race must not call somebody to what the winner is sending."""
    claim = event(Kind.CLAIMED, digest=delivery().digest, until=NOW + 4 * MINUTE)
    one = line(Cause.CLAIMED, events=[claim])
    assert one.state is State.CLAIMED
    assert named(one, NOW + minutes * MINUTE) is waits


def test_a_line_without_a_claim_is_no_running_one():
    assert Standing("kopi-senja/gajian@bluesky").parts == {}
    assert named(line(Cause.CLAIMED))
