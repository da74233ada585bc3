"""The networks in memory: a fair stand-in for real ones, that forgives the engine nothing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from whenever import Instant

from mimin.model.brand import Account
from mimin.model.payload import Part, Payload
from mimin.networks.protocol import Absent, Access, HandedOver, Job, NotPublished, Receipt
from simulator.networks import AFTER, BEFORE, COMMIT_FAULTS, NETWORKS
from simulator.runner import Runner
from simulator.wall import Wall

AT = Instant.parse_iso("2026-12-01T02:00:00Z")
REF = "kopi-senja/akun"


class Judge:
    """Sees what the audit would see."""

    def __init__(self):
        self.seen = []

    def sending(self, job, real, runner):
        self.seen.append("sending")

    def hung(self, hung, job, runner):
        self.seen.append("hung")


@pytest.fixture
def bench(schedule):
    """Run calls on one account of a network, in simulated time."""

    class Bench:
        def __init__(self):
            size = SimpleNamespace(tick=0)
            self.world = SimpleNamespace(
                schedule=schedule,
                wall=Wall(),
                audit=Judge(),
                tally={"kills": 0} | {f"fault: commit {f}": 0 for f in COMMIT_FAULTS},
                script=SimpleNamespace(size=size),
            )

        def job(self, index=0, sent=()):
            parts = (Part(text="Satu"), Part(text="Dua"))
            payload = Payload(account=REF, network="sim", parts=parts)
            return Job(
                key="kopi-senja/halo@akun", payload=payload, index=index, due=AT, at=AT, sent=sent
            )

        def call(self, mode, name, job, *faults, kill_at=None):
            account = Account(network=f"sim-{mode}", handle="kopisenja")
            access = Access(
                ref=REF,
                account=account,
                secret=None,
                folder=Path(),
                clock=schedule.now,
                read=lambda path: b"",
            )
            connection = NETWORKS[f"sim-{mode}"].connect(access)
            runner = Runner(
                self.world, "run", 0, "1", faults=[*faults], kill_at=kill_at, person=False
            )
            task = schedule.spawn(lambda: getattr(connection, name)(job), runner)
            schedule.run()
            return task.error or task.result

    return Bench()


def test_preparing_hangs_nothing_up(bench):
    assert bench.call("keyed", "prepare", bench.job())["upload"] == "0"
    assert bench.world.wall.posts == {}


def test_a_receipt_names_what_is_found_later(bench):
    receipt = bench.call("keyed", "commit", bench.job())
    assert isinstance(receipt, Receipt)
    assert bench.call("keyed", "find", bench.job()) == receipt
    assert bench.world.audit.seen == ["sending", "hung"]


def test_what_is_sent_twice_is_there_twice(bench):
    bench.call("keyed", "commit", bench.job())
    bench.call("keyed", "commit", bench.job())
    assert len(bench.world.wall.posts[bench.job().token]) == 2


@pytest.mark.parametrize("fault", sorted(BEFORE))
def test_faults_before_leave_nothing_out(bench, fault):
    error = bench.call("keyed", "commit", bench.job(), ("commit", 1, fault, 60.0))
    assert isinstance(error, Exception)
    assert bench.world.wall.posts == {}
    proven = fault not in {"broken", "timeout"}
    assert isinstance(error, NotPublished) is proven


@pytest.mark.parametrize("fault", sorted(AFTER))
def test_faults_after_never_claim_that_nothing_is_out(bench, fault):
    error = bench.call("keyed", "commit", bench.job(), ("commit", 1, fault, 60.0))
    assert isinstance(error, Exception)
    assert not isinstance(error, NotPublished)
    assert len(bench.world.wall.posts[bench.job().token]) == 1


def test_what_is_not_visible_yet_is_not_called_absent(bench, schedule):
    bench.call("keyed", "commit", bench.job(), ("commit", 1, "late", 9000.0))
    assert bench.call("keyed", "find", bench.job()) is None
    schedule.spawn(lambda: schedule.sleep(9000))
    schedule.run()
    assert isinstance(bench.call("keyed", "find", bench.job()), Receipt)


def test_only_a_network_with_keys_proves_absence(bench):
    answers = {mode: bench.call(mode, "find", bench.job()) for mode in ("keyed", "listed", "blind")}
    assert answers == {"keyed": Absent.PROVEN, "listed": None, "blind": None}


def test_a_network_by_hand_hands_over(bench):
    assert isinstance(bench.call("hand", "commit", bench.job()), HandedOver)
    assert bench.world.wall.posts == {}
