"""What people decide: it is out, it is not out; and what they can not know yet."""

from __future__ import annotations

import pytest
from publishing_fakes import KEY, NOW, event
from whenever import TimeDelta

from mimin.errors import UsageError
from mimin.ledger.verify import verify
from mimin.model.event import Kind
from mimin.networks.protocol import NotPublished
from mimin.publishing.decide import Person, freeze, is_left, is_not_out, is_out
from mimin.publishing.deliver import Step

URL = "https://wall.invalid/by-hand"


def person(minutes=10):
    return Person("Rara", NOW + TimeDelta(minutes=minutes), "hand")


def say_out(scene, key=KEY, **given):
    return is_out(scene.ledger, scene.ledger.read(), key, URL, person(**given))


def say_not_out(scene, key=KEY, **given):
    return is_not_out(scene.ledger, scene.ledger.read(), key, person(**given))


@pytest.mark.parametrize("kind", [Kind.HANDED, Kind.UNKNOWN])
def test_what_a_person_saw_is_out_with_its_address_and_name(scene, kind):
    scene.write(event(Kind.CLAIMED, digest="d1"), event(kind))
    (told,) = say_out(scene)
    assert (told.url, told.by, told.digest) == (URL, "Rara", "d1")
    assert scene.state() == "published"
    assert scene.deliver(run="b") is Step.PUBLISHED
    assert scene.wall.hanging == []
    assert verify(scene.ledger.events()) == []


def test_what_a_person_did_not_find_may_be_tried_again(scene):
    scene.write(event(Kind.CLAIMED), event(Kind.UNKNOWN))
    say_not_out(scene)
    assert scene.state() == "planned"
    assert scene.deliver(run="b") is Step.PUBLISHED


@pytest.mark.parametrize("say", [say_out, say_not_out])
def test_nobody_can_know_about_a_call_that_may_still_be_made(scene, say):
    scene.write(event(Kind.CLAIMED))
    with pytest.raises(UsageError, match=r"run a may still be at it; try again after 2026-12-01T"):
        say(scene, minutes=5)
    assert scene.kinds() == ["claimed"]
    assert say(scene, minutes=6)


@pytest.mark.parametrize("say", [say_out, say_not_out])
def test_what_waits_for_nobody_can_not_be_decided(scene, say):
    scene.write(event(Kind.CLAIMED), event(Kind.PUBLISHED))
    with pytest.raises(UsageError, match="waits for nobody: it is published"):
        say(scene)


def test_a_person_s_no_does_not_close_what_another_run_claimed_meanwhile(scene):
    scene.write(event(Kind.CLAIMED, run="dead"), event(Kind.UNKNOWN, run="dead"))
    book = scene.ledger.read()
    scene.write(event(Kind.ABSENT, run="r"), event(Kind.CLAIMED, run="b", minutes=9))
    with pytest.raises(UsageError, match="has moved on since you looked"):
        is_not_out(scene.ledger, book, KEY, person())
    assert scene.state() == "claimed"


def test_an_unknown_key_is_answered_with_one_that_is_alike(scene):
    scene.write(event(Kind.CLAIMED), event(Kind.UNKNOWN))
    with pytest.raises(UsageError, match=f"did you mean '{KEY}'"):
        say_out(scene, key="kopi-senja/gajan@bluesky")


def test_a_freeze_names_who_and_why_and_is_obeyed_by_the_next_claim(scene):
    freeze(scene.ledger, "*", "hacked", person(), resume=False)
    assert scene.deliver() is Step.SKIPPED
    assert scene.told[-1][2].endswith("hacked")
    freeze(scene.ledger, "*", "", person(), resume=True)
    assert scene.deliver() is Step.PUBLISHED


def test_a_thread_that_is_half_out_can_be_left_as_it_is(scene):
    scene.wall.refusals[1] = NotPublished("too long", permanent=True)
    assert scene.deliver(3) is Step.REFUSED
    (told,) = is_left(scene.ledger, scene.ledger.read(), KEY, person())
    assert (told.kind, told.by) == (Kind.DROPPED, "Rara")
    assert scene.state(3) == "dropped"
    assert scene.deliver(3, run="b") is Step.SKIPPED
    assert len(scene.wall.hanging) == 1


def test_what_may_be_out_can_not_be_left(scene):
    scene.write(event(Kind.CLAIMED), event(Kind.UNKNOWN))
    with pytest.raises(UsageError, match="nothing to leave: it is unknown"):
        is_left(scene.ledger, scene.ledger.read(), KEY, person())


def test_what_a_person_saw_is_kept_as_what_it_was_and_where_it_went(scene):
    whole = {"content": "c1", "destination": "wall @rara", "author": "id-1", "commit": "abc"}
    scene.write(event(Kind.CLAIMED, **whole, simulated=True), event(Kind.UNKNOWN))
    (told,) = say_out(scene)
    assert {name: getattr(told, name) for name in whole} == whole
    assert told.simulated
