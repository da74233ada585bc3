"""Troubles: each kind comes from the seed, alone, and does what its name says."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from whenever import Instant

from mimin.model.payload import Part, Payload
from mimin.networks.matching import TEXT, text_hash
from mimin.networks.protocol import Absent, Job, Known, Receipt
from simulator.actions import DAY, Size, write_script
from simulator.clocks import Fault, SimulatedClock
from simulator.command import main
from simulator.content import Spec, read_piece
from simulator.doings import DOINGS
from simulator.looks import LAG, Look
from simulator.people_editing import renamed
from simulator.troubles import KINDS
from simulator.wall import Hung, Wall

PLAIN = Size(accounts=4, days=5, trouble=3.0)
REAL = "sim-dated @kopi"
NOON = Instant.parse_iso("2026-12-01T12:00:00Z")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_changes_nothing_of_the_plain_world(kind):
    plain = write_script(7, PLAIN)
    script = write_script(7, replace(PLAIN, kinds=frozenset({kind})))
    moments = {(action["do"], action["at"]) for action in script.actions}
    assert {(action["do"], action["at"]) for action in plain.actions} <= moments
    assert [spec.id for spec in script.posts] == [spec.id for spec in plain.posts]


def test_whatever_a_kind_draws_can_be_done():
    script = write_script(7, replace(PLAIN, kinds=frozenset(KINDS), days=60))
    drawn = {action["do"] for action in script.actions} - {"run", "outage"}
    assert drawn <= DOINGS.keys()
    wanted = {"rename-alias", "merge-brand", "insert-part", "drop-from-ledger", "clock"}
    assert wanted <= drawn


def test_a_kind_that_is_not_known_is_refused():
    with pytest.raises(SystemExit, match="no trouble called hujan"):
        main(["--kinds", "clocks,hujan"])


def test_a_renamed_post_keeps_its_words_and_its_lineage():
    spec = Spec("halo", "kopi", ("a",), due=0)
    assert renamed(spec).id != spec.id
    assert renamed(spec).texts == spec.texts
    assert renamed(spec).corrected().lineage == "halo"
    assert read_piece(spec.corrected().texts[0]).rev == 2


def clock(fault, jump=None, true=100.0):
    waits = []
    schedule = SimpleNamespace(seconds=true, sleep=waits.append)
    runner = SimpleNamespace(clock=fault, jump=jump, steps=5, step=lambda _: None)
    runner.world = SimpleNamespace(schedule=schedule, tally={"fault: clock jumped": 0})
    return SimulatedClock(runner), waits


def test_a_clock_that_is_ahead_waits_less():
    ours, waits = clock(Fault(30.0))
    assert ours.now().timestamp() == 130
    ours.wait_until(Instant.from_timestamp(140))
    assert waits == [pytest.approx(10, abs=0.01)]


def test_a_clock_jumps_once_at_its_step():
    ours, _ = clock(Fault(0.0), jump=(5, -20.0))
    assert [ours.now().timestamp() for _ in range(2)] == [80, 80]


def test_a_clock_that_stands_still_shows_one_moment():
    fault = Fault(stands=50.0)
    assert {fault.read(true) for true in (100.0, 200.0, DAY)} == {50.0}


@pytest.fixture
def wall():
    """Give an account with a post of yesterday, one of an hour ago, and another account."""
    wall = Wall()
    for number, (real, age) in enumerate(((REAL, DAY), (REAL, 3600.0), ("sim-dated @teh", 7200.0))):
        at = NOON.timestamp() - age
        wall.hang(Hung(f"sim:{number}", f"k/{number}@a/0", real, f"t{number}", at, at, None, "run"))
    return wall


def looked(wall, fault, known, text="t1", ago=3600.0):
    at = Instant.from_timestamp(NOON.timestamp() - ago)
    payload = Payload(account="kopi/a", network="", parts=(Part(text=""),))
    handles = {TEXT: text_hash(text)}
    job = Job(key="k", payload=payload, index=0, due=at, at=at, handles=handles, known=known)
    names = {each.remote_id for each in known}
    return Look(wall, REAL, NOON.timestamp(), fault, lambda hung: hung.id in names).by_list(job)


KNOWN = (Known("sim:0", Instant.from_timestamp(NOON.timestamp() - DAY)),)


def test_a_true_list_shows_what_is_out_and_proves_what_is_not(wall):
    assert isinstance(looked(wall, "", KNOWN), Receipt)
    assert looked(wall, "", KNOWN, text="tidak ada", ago=1800.0) is Absent.PROVEN


@pytest.mark.parametrize("lie", ["empty", "stranger"])
def test_a_list_without_what_is_known_proves_nothing(wall, lie):
    assert looked(wall, lie, KNOWN) is None


def test_a_list_that_lacks_something_lacks_what_the_ledger_knows(wall):
    newest = (*KNOWN, Known("sim:1", Instant.from_timestamp(NOON.timestamp() - 3600)))
    assert looked(wall, "lacking", newest, text="tidak ada", ago=1800.0) is None
    # A list as it was an hour ago, that shows all that is known, would be taken for a true one.
    assert looked(wall, "lacking", KNOWN, text="tidak ada", ago=1800.0) is None


def test_a_list_that_lags_lacks_only_the_newest(wall):
    assert isinstance(looked(wall, "lagging", KNOWN), Receipt)
    at = NOON.timestamp() - LAG / 2
    wall.hang(Hung("sim:9", "k/9@a/0", REAL, "t9", at, at, None, "run"))
    assert looked(wall, "lagging", KNOWN, text="t9", ago=LAG / 2) is None
