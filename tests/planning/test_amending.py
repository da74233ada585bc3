"""What is out and was changed or is to be taken down: done where the network can, else said."""

from __future__ import annotations

import pytest
from publishing_fakes import NOW, book, brand, delivery, event, examined
from whenever import TimeDelta

from mimin.model.brand import Account, Approval
from mimin.model.event import Event, Kind
from mimin.model.problem import Problem, Severity
from mimin.planning.plan import Action, Cause, Rules, make_plan

PATH = "content/kopi-senja/posts/gajian.md"
URL = "https://sandbox.invalid/kopisenja/1"


def rules(*, like=None, network="sandbox", committed=None, now=NOW, **fields):
    account = Account(network=network, like=like, handle="kopisenja.example.com")
    return Rules(
        now=now,
        lookahead=TimeDelta(minutes=10),
        brands={"kopi-senja": brand(accounts={"bluesky": account}, **fields)},
        committed={PATH: "b1"} if committed is None else committed,
    )


def out(*, part=0, digest="old", **fields):
    return event(Kind.PUBLISHED, part=part, digest=digest, url=URL, **fields)


def plan_one(*events, of=None, freezes=(), retract=False, draft=False, problems=(), **given):
    post = examined(of or delivery(), retract=retract, draft=draft, problems=problems)
    (line,) = make_plan([post], book(*events, freezes=freezes), rules(**given))
    return line


# Changed


def test_a_post_that_was_changed_after_it_went_out_is_changed_there_too():
    line = plan_one(out())
    assert (line.action, line.cause, line.edits) == (Action.CHANGE, Cause.EDIT, True)
    assert URL in line.note


def test_a_change_that_was_made_is_not_made_again():
    done = event(Kind.EDITED, digest=delivery().digest, minutes=1)
    line = plan_one(out(), done)
    assert (line.action, line.cause) == (Action.NONE, Cause.OUT)


def test_a_change_taken_back_is_made_again():
    edited = event(Kind.EDITED, digest="newer", minutes=1)
    assert plan_one(out(digest=delivery().digest), edited).edits


@pytest.mark.parametrize(
    ("like", "words"),
    [("bluesky", "bluesky can not change what is out")],
)
def test_where_a_network_can_not_change_it_the_plan_says_so(like, words):
    line = plan_one(out(), like=like)
    assert (line.action, line.cause) == (Action.NONE, Cause.CHANGED)
    assert words in line.note


def test_a_person_is_never_asked_to_change_what_they_posted():
    line = plan_one(out(), network="manual", like="whatsapp")
    assert (line.action, line.cause) == (Action.NONE, Cause.CHANGED)


def test_a_thread_of_another_length_stays_as_it_was():
    line = plan_one(out(parts=1), of=delivery(2))
    assert line.cause is not Cause.EDIT
    line = plan_one(out(), out(part=1), of=delivery(1))
    assert (line.cause, line.action) == (Cause.CHANGED, Action.NONE)
    assert "went out in 2 parts and has 1 now" in line.note


def test_what_went_out_long_ago_stays_as_it_was():
    month = TimeDelta(hours=24 * 31)
    line = plan_one(out(), now=NOW + month)
    assert (line.cause, line.action) == (Cause.CHANGED, Action.NONE)
    assert "`edits:`" in line.note
    assert plan_one(out(), now=NOW + month, edits=TimeDelta(hours=24 * 40)).edits
    assert not plan_one(out(), edits=TimeDelta()).edits


def test_a_draft_or_a_broken_file_changes_nothing():
    assert plan_one(out(), draft=True).action is Action.NONE
    fault = Problem(path=PATH, line=1, code="x", message="m", severity=Severity.ERROR)
    line = plan_one(out(), problems=(fault,))
    assert (line.action, line.cause) == (Action.BLOCKED, Cause.PROBLEMS)


def test_a_change_needs_the_same_yes_as_the_post():
    assert plan_one(out(), committed={PATH: "b2"}).cause is Cause.UNCOMMITTED
    assert plan_one(out(), approval=Approval.REVIEW).cause is Cause.UNAPPROVED


def test_a_freeze_stops_changes_and_retractions():
    stop = Event(at=NOW, kind=Kind.FROZEN, account="*", reason="audit")
    assert plan_one(out(), freezes=[stop]).cause is Cause.FROZEN
    assert plan_one(out(), freezes=[stop], retract=True).cause is Cause.FROZEN


def test_a_change_that_was_refused_for_good_is_not_asked_for_again():
    kept = event(Kind.KEPT, digest=delivery().digest, permanent=True, reason="too old", minutes=1)
    line = plan_one(out(), kept)
    assert (line.action, line.cause) == (Action.NONE, Cause.CHANGED)
    assert "too old" in line.note
    other = event(Kind.KEPT, digest="another", permanent=True, reason="too old", minutes=1)
    assert plan_one(out(), other).edits


def test_a_change_that_was_refused_for_a_while_waits():
    later = NOW + TimeDelta(minutes=5)
    kept = event(Kind.KEPT, digest=delivery().digest, retry_at=later, reason="limit")
    assert not plan_one(out(), kept).edits
    assert plan_one(out(), kept, now=later).edits


# Taken down


def test_a_post_to_be_retracted_is_taken_down():
    line = plan_one(out(digest=delivery().digest), retract=True)
    assert (line.action, line.cause, line.retracts) == (Action.DELETE, Cause.RETRACT, True)
    assert not line.drops


def test_a_post_to_be_retracted_that_is_not_out_never_goes_out():
    line = plan_one(retract=True)
    assert (line.action, line.cause) == (Action.NONE, Cause.CALLED_OFF)


def test_what_may_be_out_is_looked_for_before_it_is_taken_down():
    claimed = event(Kind.CLAIMED)
    line = plan_one(claimed, event(Kind.UNKNOWN), retract=True)
    assert (line.action, line.cause) == (Action.BLOCKED, Cause.UNKNOWN)


def test_what_was_taken_down_stays_down_whatever_the_file_says():
    gone = event(Kind.RETRACTED, minutes=1)
    line = plan_one(out(), gone, retract=True)
    assert (line.action, line.cause) == (Action.NONE, Cause.RETRACTED)
    line = plan_one(out(), gone)
    assert (line.action, line.cause) == (Action.NONE, Cause.RETRACTED)
    assert "`was: none`" in line.note


def test_a_thread_half_taken_down_is_taken_down_to_its_beginning():
    gone = event(Kind.RETRACTED, part=1, minutes=1)
    line = plan_one(out(), out(part=1), gone, of=delivery(2), retract=True)
    assert line.retracts
    assert line.standing.standing_out == [0]


def test_where_a_network_can_not_take_it_down_a_person_is_told_how():
    line = plan_one(out(), network="manual", like="whatsapp", retract=True)
    assert (line.action, line.cause) == (Action.BLOCKED, Cause.RETRACT)
    assert "`mimin done kopi-senja/gajian@bluesky --retracted`" in line.note


def test_a_retraction_that_is_not_committed_waits():
    line = plan_one(out(), retract=True, committed={PATH: "b2"})
    assert line.cause is Cause.UNCOMMITTED


def test_a_retraction_needs_no_approval_of_its_own():
    assert plan_one(out(), retract=True, approval=Approval.REVIEW).retracts
