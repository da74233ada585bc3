"""Catching up and expiring: what a run waits for, and what it gives up at the last moment."""

from __future__ import annotations

from publishing_fakes import NOW, delivery, payload
from whenever import TimeDelta

from mimin.publishing.clock import FixedClock
from mimin.publishing.deliver import LEASE, Step

MINUTE = TimeDelta(minutes=1)


def deliver(scene, wanted, **options):
    standing = scene.ledger.read().standing(wanted.key)
    return scene.courier().deliver(wanted, payload(wanted.parts), standing, **options)


def test_a_late_delivery_waits_for_its_start_and_its_lease_begins_there(scene):
    start = NOW + 20 * MINUTE
    assert deliver(scene, delivery(due=NOW - 60 * MINUTE), start=start) is Step.PUBLISHED
    claim, receipt = scene.ledger.events()
    assert receipt.at == start
    assert start - TimeDelta(seconds=15) <= claim.at <= start
    assert claim.until == start + LEASE
    assert claim.due == NOW - 60 * MINUTE, "the ledger keeps the time it was planned for"


def test_a_start_before_its_time_changes_nothing(scene):
    deliver(scene, delivery(due=NOW + 5 * MINUTE), start=NOW)
    assert scene.ledger.events()[-1].at == NOW + 5 * MINUTE


def test_what_expires_while_it_waits_for_its_turn_is_never_sent(scene):
    wanted = delivery(due=NOW - 60 * MINUTE, expires=NOW + 10 * MINUTE)
    assert deliver(scene, wanted, start=NOW + 20 * MINUTE) is Step.DROPPED
    assert scene.wall.texts == []
    assert scene.kinds() == ["dropped"]
    assert scene.state() == "dropped"


class SlowClock(FixedClock):
    """A clock that wakes up late: a machine that slept."""

    def wait_until(self, moment):
        super().wait_until(moment)
        if moment >= NOW + 5 * MINUTE:
            super().wait_until(moment + 3 * MINUTE)


def test_what_expires_between_claim_and_commit_is_never_sent(scene):
    """The claim is given back, and the delivery dropped, in one entry."""
    scene.clock = SlowClock(NOW)
    wanted = delivery(due=NOW + 5 * MINUTE, expires=NOW + 6 * MINUTE)
    assert deliver(scene, wanted) is Step.DROPPED
    assert scene.wall.texts == []
    assert scene.kinds() == ["claimed", "refused", "dropped"]
    assert scene.state() == "dropped"
    assert "expired" in scene.ledger.events()[-1].reason


def test_a_thread_that_expires_on_its_way_sends_no_further_part(scene):
    wanted = delivery(3, expires=NOW + MINUTE)
    scene.wall.on_commit = lambda job: scene.later(minutes=job.index * 5 + 1)
    assert deliver(scene, wanted) is Step.DROPPED
    assert len(scene.wall.texts) == 1
    assert scene.state(3) == "dropped"


def test_what_has_not_expired_goes_out_to_the_last_second(scene):
    wanted = delivery(expires=NOW + TimeDelta(seconds=1))
    assert deliver(scene, wanted) is Step.PUBLISHED
