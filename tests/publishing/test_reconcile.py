"""Reconcile: close by proof, and leave everything else as it is."""

from __future__ import annotations

import pytest
from publishing_fakes import KEY, NOW, REF, delivery, event
from whenever import TimeDelta

from mimin.errors import UsageError
from mimin.ledger.standing import State
from mimin.ledger.verify import verify
from mimin.model.event import Kind
from mimin.publishing.deliver import Step
from mimin.publishing.reconcile import reconcile

SAFE = TimeDelta(minutes=10)


class Connections(dict):
    """Connections of which one can not be made."""

    broken = ""

    def get(self, ref, default=None):
        if ref == self.broken:
            raise UsageError(f"{ref}: no such server")
        return super().get(ref, default)


def look(scene, run="r", accounts=None, connections=None, now=NOW + SAFE, book=None):
    scene.clock.wait_until(now)
    return reconcile(
        book or scene.ledger.read(),
        connections=Connections({REF: scene.wall}) if connections is None else connections,
        ledger=scene.ledger,
        clock=scene.clock,
        run=run,
        accounts=accounts,
    )


def lost(scene, *, is_out=True, count=1):
    """A run that got no answer for its last part."""
    (scene.wall.losses if is_out else scene.wall.refusals)[count - 1] = TimeoutError()
    assert scene.deliver(count) is Step.UNKNOWN


def test_what_is_on_the_network_gets_its_receipt(scene):
    lost(scene)
    (finding,) = look(scene)
    assert (finding.answer, finding.note) == (State.PUBLISHED, f"https://wall.invalid/{KEY}/0")
    assert scene.state() == "published"
    assert scene.deliver(run="b") is Step.PUBLISHED
    assert len(scene.wall.hanging) == 1


def test_what_is_proven_absent_may_be_tried_again(scene):
    lost(scene, is_out=False)
    (finding,) = look(scene)
    assert finding.answer is State.PLANNED
    assert scene.state() == "planned"
    assert scene.deliver(run="b") is Step.PUBLISHED
    assert len(scene.wall.hanging) == 1
    assert verify(scene.ledger.events()) == []


def test_what_nobody_can_tell_stays_unknown_and_is_written_once(scene):
    scene.wall.blind = True
    scene.write(event(Kind.CLAIMED))
    for _ in range(3):
        (finding,) = look(scene)
        assert finding.answer is State.UNKNOWN
        assert "a person has to look" in finding.note
    assert scene.kinds() == ["claimed", "unknown"]


def test_a_claim_whose_run_may_be_at_work_is_left_alone(scene):
    scene.write(event(Kind.CLAIMED))
    (finding,) = look(scene, now=NOW + TimeDelta(minutes=5))
    assert finding.answer is State.CLAIMED
    assert scene.wall.calls == []
    (finding,) = look(scene, now=NOW + TimeDelta(minutes=5, seconds=1))
    assert finding.answer is State.PLANNED


def test_a_look_that_fails_changes_nothing_but_the_words(scene):
    lost(scene)

    def break_off(_job):
        raise ConnectionResetError("reset by peer")

    scene.wall.find = break_off
    (finding,) = look(scene)
    assert (finding.answer, finding.note) == (
        State.UNKNOWN,
        "ConnectionResetError: reset by peer",
    )
    assert scene.state() == "unknown"


@pytest.mark.parametrize("broken", ["", REF])
def test_an_account_that_can_not_be_connected_to_is_said_and_holds_up_no_other(scene, broken):
    other = "kopi-senja/x"
    key = "kopi-senja/gajian@x"
    scene.write(event(Kind.CLAIMED), event(Kind.CLAIMED, account=other, key=key))
    connections = Connections({other: scene.wall})
    connections.broken = broken
    findings = {found.account: found for found in look(scene, connections=connections)}
    assert findings[REF].answer is State.UNKNOWN
    assert findings[REF].note in {
        "there is no connection to this account",
        f"{REF}: no such server",
    }
    assert findings[other].answer is State.PLANNED


def test_a_hundred_findings_are_written_with_one_push(scene):
    keys = [f"kopi-senja/p{number}@bluesky" for number in range(100)]
    scene.write(*(event(Kind.CLAIMED, key=key) for key in keys))
    before = scene.branch.written
    findings = look(scene)
    assert {finding.answer for finding in findings} == {State.PLANNED}
    assert [finding.key for finding in findings] == keys
    assert scene.kinds()[100:] == ["absent"] * 100
    assert scene.branch.written == before + 1


def test_only_the_accounts_that_were_asked_for_are_looked_at(scene):
    scene.write(event(Kind.CLAIMED))
    assert look(scene, accounts=["kopi-senja/x"]) == []
    assert len(look(scene, accounts=[REF])) == 1


def test_the_next_part_hangs_on_what_was_found(scene):
    lost(scene, count=2)
    look(scene)
    assert scene.deliver(3, run="b") is Step.PUBLISHED
    assert scene.wall.texts == ["Bagian 1", "Bagian 2", "Bagian 3"]
    assert scene.wall.hanging[2][2] == f"wall:{KEY}/1"


def test_the_slower_of_two_looks_does_not_free_what_the_faster_run_is_sending(scene):
    """Both found nothing; when the second writes it down, the first has a claim of its own."""
    lost(scene, is_out=False)
    early = scene.ledger.read()
    moment = NOW + SAFE
    look(scene, "b", now=moment)
    scene.write(event(Kind.CLAIMED, run="b", minutes=11))
    (finding,) = look(scene, "c", now=moment, book=early)
    assert finding.note == "another run has closed it meanwhile"
    assert scene.state() == "claimed"
    assert verify(scene.ledger.events()) == []


def test_a_job_is_found_by_its_key_though_its_file_is_gone(scene):
    lost(scene)
    seen = []
    find = scene.wall.find
    scene.wall.find = lambda job: (seen.append(job), find(job))[1]
    look(scene)
    (job,) = seen
    assert (job.token, job.due, dict(job.handles)) == (
        f"{KEY}/0",
        NOW,
        {"upload": f"{KEY}/0"},
    )
    assert delivery().key == KEY
