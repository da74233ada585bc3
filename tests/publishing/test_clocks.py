"""Clocks that are off send nothing, whichever second source says so."""

from __future__ import annotations

import pytest
from publishing_fakes import NOW, delivery, payload
from whenever import Instant, TimeDelta, patch_current_time

from mimin.cli.shared import WallClock
from mimin.ledger.standing import Standing
from mimin.model.event import Kind
from mimin.publishing.clock import ClockError
from mimin.publishing.clocks import clock_fault
from mimin.publishing.deliver import Step


class Network:
    """A network whose clock is right, asked by ours, which is off by some seconds."""

    def __init__(self, off):
        self.off = off

    def server_time(self):
        return NOW, NOW + TimeDelta(seconds=self.off)


@pytest.mark.parametrize("off", [-60, 0, 60])
def test_a_minute_either_way_is_nothing(off):
    assert clock_fault(Network(off), None, NOW) == ""


@pytest.mark.parametrize(
    ("off", "said"),
    [(-61, "1 min behind"), (300, "5 min ahead of"), (72_000, "20 h ahead of")],
)
def test_more_is_said_with_the_way_out(off, said):
    fault = clock_fault(Network(off), None, NOW)
    assert f"{said} the network's" in fault
    assert "timedatectl set-ntp true" in fault


def test_where_the_network_says_nothing_the_newest_event_must_not_lie_ahead():
    assert "behind the ledger's newest event" in clock_fault(object(), NOW, NOW.subtract(minutes=2))
    assert clock_fault(object(), NOW, NOW.add(hours=99)) == ""


def test_the_network_is_believed_before_the_ledger():
    """A machine that was ahead has written to the ledger; those that are right must go on."""
    assert clock_fault(Network(0), NOW.add(hours=20), NOW) == ""


def test_nothing_is_claimed_by_a_clock_that_is_off(scene):
    scene.wall.server_time = Network(300).server_time
    with pytest.raises(ClockError):
        scene.courier().deliver(delivery(), payload(), Standing(delivery().key))
    assert (scene.wall.hanging, scene.kinds()) == ([], [])


def test_a_claim_that_another_run_has_closed_while_we_waited_is_not_used(scene):
    """Its clock is far ahead, so it took the claim for abandoned and found nothing there."""
    wanted = delivery(due=NOW.add(minutes=5))
    clock = scene.clock

    class Slow(type(clock)):
        def wait_until(self, moment):
            super().wait_until(moment)
            if moment >= NOW.add(minutes=4, seconds=50):
                absent = {"digest": wanted.digest, "run": "b", "at": clock.now()}
                scene.write(event_of(Kind.ABSENT, **absent))

    courier = scene.courier(clock=Slow(NOW))
    assert courier.deliver(wanted, payload(), Standing(wanted.key)) is Step.REFUSED
    assert scene.wall.hanging == []
    assert "not ours any more" in scene.told[-1][2]


def event_of(kind, **fields):
    from publishing_fakes import KEY, REF

    from mimin.model.event import Event

    return Event(kind=kind, account=REF, key=KEY, **fields)


@pytest.mark.parametrize(("step", "way"), [(3600, "forward"), (-3600, "back")])
def test_a_clock_that_is_set_while_it_is_waited_for_ends_the_wait_with_an_error(
    monkeypatch, step, way
):
    now = Instant.now()
    with patch_current_time(now, keep_ticking=False) as patched:

        def sleep(seconds):
            patched.shift(seconds=seconds + step)

        monkeypatch.setattr("time.sleep", sleep)
        monkeypatch.setattr("time.monotonic", lambda: 5.0)
        with pytest.raises(ClockError, match=f"went {way} by 3"):
            WallClock().wait_until(now.add(seconds=20))


def test_a_clock_that_stands_still_ends_the_wait_with_an_error(monkeypatch):
    passed = [0.0]

    def sleep(seconds):
        passed[0] += seconds

    with patch_current_time(Instant.now(), keep_ticking=False):
        monkeypatch.setattr("time.sleep", sleep)
        monkeypatch.setattr("time.monotonic", lambda: passed[0])
        with pytest.raises(ClockError, match="went back by 90"):
            WallClock().wait_until(Instant.now().add(hours=1))
