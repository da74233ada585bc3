"""`publish`, `watch` and the home page agree on what waits for a person, whatever the cause."""

from __future__ import annotations

import pytest
from publishing_fakes import NOW, book, brand, delivery, event, examined
from whenever import TimeDelta

from mimin.ledger.standing import State
from mimin.model.event import Kind
from mimin.planning.plan import Action, Cause, Line
from mimin.planning.waiting import waiting
from mimin.watch.alarm import Look
from mimin.watch.watch import find_alarms
from mimin.website.home import group_of

BY_ITSELF = {
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
    Cause.EDIT,
    Cause.RETRACTED,
    Cause.CALLED_OFF,
}
"""What a run deals with by itself, or nobody."""
EVENTS = {
    Cause.CLAIMED: [event(Kind.CLAIMED, until=NOW - TimeDelta(minutes=60), minutes=-61)],
    Cause.UNKNOWN: [event(Kind.CLAIMED), event(Kind.UNKNOWN, reason="time-out")],
    Cause.WAITING: [event(Kind.CLAIMED), event(Kind.HANDED, due=NOW)],
    Cause.REFUSED: [event(Kind.CLAIMED), event(Kind.REFUSED, reason="429")],
}
TOLD_AHEAD = {"draft", "idle", "salvo", "token", "version"}


def a_line(cause, events=None):
    one = delivery()
    standing = book(*(EVENTS.get(cause, ()) if events is None else events)).standing(one.key)
    action = Action.BLOCKED if cause not in BY_ITSELF else Action.PUBLISH
    return Line(action, cause, "", one, examined(one), standing, standing.state())


def alarms_about(line, now=NOW):
    look = Look(
        lines=(line,),
        book=book(*EVENTS.get(line.cause, ())),
        brands={"kopi-senja": brand()},
        now=now,
    )
    return [alarm for alarm in find_alarms(look) if alarm.code not in TOLD_AHEAD]


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause not in BY_ITSELF])
def test_what_publish_says_waits_is_an_alarm_and_on_the_home_page(cause):
    line = a_line(cause)
    assert waiting([line], now=NOW, until=NOW) == [line]
    assert any(line.key in alarm.deliveries for alarm in alarms_about(line))
    assert group_of(line, NOW)


def test_what_another_run_is_sending_is_no_alarm_either():
    claim = event(Kind.CLAIMED, until=NOW + TimeDelta(minutes=4))
    line = a_line(Cause.CLAIMED, [claim])
    assert line.state is State.CLAIMED
    assert waiting([line], now=NOW, until=NOW) == []
    look = Look(lines=(line,), book=book(claim), brands={"kopi-senja": brand()}, now=NOW)
    assert find_alarms(look) == []
    assert group_of(line, NOW) == "due"


@pytest.mark.parametrize("cause", [Cause.DUE, Cause.LATE, Cause.RESUME, Cause.RETRY, Cause.LATER])
def test_what_is_due_and_not_out_is_on_the_home_page(cause):
    """A run that comes five minutes late leaves no hole in which a post is nowhere."""
    assert group_of(a_line(cause, []), NOW + TimeDelta(minutes=5)) == "due"
