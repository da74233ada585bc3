"""What is out is changed or taken down: again and again is as good as once, and all is noted."""

from __future__ import annotations

import pytest
from publishing_fakes import KEY, NOW, Wall, delivery, event, payload

from mimin.errors import StoreError, UsageError
from mimin.model.event import Event, Kind
from mimin.networks.protocol import NotPublished, Receipt
from mimin.publishing.amend import Amender
from mimin.publishing.decide import Person, is_retracted
from mimin.publishing.deliver import Step


class Changeable(Wall):
    """A wall whose posters can be painted over and torn down."""

    def __init__(self):
        super().__init__()
        self.failures = []
        self.done = []

    def edit(self, job, receipt):
        self._fail()
        self.done.append(("edit", receipt.remote_id, job.part.text))
        return receipt

    def retract(self, job, receipt):
        self._fail()
        self.done.append(("retract", receipt.remote_id))

    def _fail(self):
        if self.failures:
            raise self.failures.pop(0)


class Chained(Wall):
    """A wall where an answer can only be prepared when what it answers hangs."""

    def __init__(self):
        super().__init__()
        self.broken = None

    def chain(self, job):
        self.calls.append(("chain", job.index))
        if self.broken:
            raise self.broken
        return {"container": f"under {job.sent[-1].remote_id}"}

    def commit(self, job):
        if job.index:
            assert job.handles["container"] == f"under {job.sent[-1].remote_id}"
        return super().commit(job)


@pytest.fixture
def changeable(scene):
    scene.wall = Changeable()
    return scene


def amender(scene):
    return Amender(
        connection=scene.wall,
        ledger=scene.ledger,
        clock=scene.clock,
        run="b",
        tell=lambda _delivery, part, step, note: scene.told.append((part, step, note)),
    )


def edit(scene, count=1, text="Baru"):
    wanted = delivery(count, text=text)
    standing = scene.ledger.read().standing(KEY)
    return amender(scene).edit(wanted, payload(count, text), standing)


def retract(scene, count=1):
    standing = scene.ledger.read().standing(KEY)
    return amender(scene).retract(delivery(count), payload(count), standing)


def test_every_part_is_changed_and_the_ledger_says_to_what(changeable):
    changeable.deliver(2)
    assert edit(changeable, 2) is Step.EDITED
    assert changeable.wall.done == [
        ("edit", f"wall:{KEY}/0", "Baru 1"),
        ("edit", f"wall:{KEY}/1", "Baru 2"),
    ]
    standing = changeable.ledger.read().standing(KEY)
    assert {part.shown.digest for part in standing.parts.values()} == {payload(2, "Baru").digest}
    assert {part.receipt.digest for part in standing.parts.values()} == {payload(2).digest}


def test_a_run_that_died_between_two_parts_is_taken_up_where_it_ended(changeable):
    changeable.deliver(2)
    changeable.wall.failures = [RuntimeError("killed")]
    changeable.write(event(Kind.EDITED, part=0, digest=payload(2, "Baru").digest))
    assert edit(changeable, 2) is Step.KEPT
    assert edit(changeable, 2) is Step.EDITED
    assert changeable.wall.done == [("edit", f"wall:{KEY}/1", "Baru 2")]


def test_a_refused_change_is_noted_with_its_reason_and_what_it_was_about(changeable):
    changeable.deliver()
    changeable.wall.failures = [NotPublished("422 too old", permanent=True)]
    assert edit(changeable) is Step.KEPT
    kept = changeable.ledger.read().standing(KEY).part(0).kept
    assert (kept.reason, kept.permanent) == ("422 too old", True)
    assert kept.digest == payload(1, "Baru").digest
    assert changeable.state() == "published"


def test_a_lost_answer_keeps_nobody_from_trying_again(changeable):
    changeable.deliver()
    changeable.wall.failures = [TimeoutError("no answer")]
    assert edit(changeable) is Step.KEPT
    assert not changeable.ledger.read().standing(KEY).part(0).kept.permanent


def test_what_is_taken_down_is_gone_in_the_ledger_last_part_first(changeable):
    changeable.deliver(3)
    assert retract(changeable, 3) is Step.RETRACTED
    assert changeable.wall.done == [("retract", f"wall:{KEY}/{part}") for part in (2, 1, 0)]
    assert changeable.state() == "retracted"
    assert retract(changeable, 3) is Step.RETRACTED
    assert len(changeable.wall.done) == 3


def test_a_retraction_that_broke_off_goes_on_with_what_is_left(changeable):
    changeable.deliver(2)
    changeable.write(event(Kind.RETRACTED, part=1))
    retract(changeable, 2)
    assert changeable.wall.done == [("retract", f"wall:{KEY}/0")]


def test_what_was_taken_down_is_never_claimed_again(changeable):
    changeable.deliver()
    retract(changeable)
    assert changeable.deliver(text="Bagian") is Step.PUBLISHED  # there is nothing left to do
    changeable.wall.done.clear()
    assert len(changeable.wall.hanging) == 1
    assert changeable.kinds().count("claimed") == 1


def test_a_freeze_is_obeyed_between_two_parts(changeable):
    changeable.deliver(2)
    stop = Event(at=NOW, kind=Kind.FROZEN, account="*", reason="audit")
    painted = changeable.wall.edit

    def freeze_then(job, receipt):
        changeable.write(stop)
        return painted(job, receipt)

    changeable.wall.edit = freeze_then
    assert edit(changeable, 2) is Step.SKIPPED
    assert len(changeable.wall.done) == 1


def test_without_the_ledger_nothing_is_changed(changeable):
    changeable.deliver()
    standing = changeable.ledger.read().standing(KEY)
    changeable.branch.deaf = True
    with pytest.raises(StoreError):
        amender(changeable).edit(delivery(text="Baru"), payload(1, "Baru"), standing)
    assert changeable.wall.done == []


def test_an_edit_may_give_another_receipt_and_the_next_goes_by_that(changeable):
    changeable.deliver()
    changeable.wall.edit = lambda _job, _receipt: Receipt(
        remote_id="wall:2", url="https://b.invalid"
    )
    edit(changeable)
    retract(changeable)
    assert changeable.wall.done == [("retract", "wall:2")]


def test_a_person_can_say_that_it_was_taken_down(scene):
    scene.deliver(2)
    person = Person("Rani", NOW, "cli")
    is_retracted(scene.ledger, scene.ledger.read(), KEY, person)
    assert scene.state() == "retracted"
    with pytest.raises(UsageError, match="is not out"):
        is_retracted(scene.ledger, scene.ledger.read(), KEY, person)


# What is prepared when the part before is out


def test_an_answer_is_prepared_when_what_it_answers_is_out_and_the_claim_has_it(scene):
    scene.wall = Chained()
    assert scene.deliver(2) is Step.PUBLISHED
    order = [call for call in scene.wall.calls if call[0] != "find"]
    assert order == [("prepare", 0), ("prepare", 1), ("commit", 0), ("chain", 1), ("commit", 1)]
    claim = scene.ledger.read().standing(KEY).part(1).claim
    assert claim.handles["container"] == f"under wall:{KEY}/0"


def test_an_answer_that_can_not_be_prepared_is_refused_and_the_rest_of_the_thread_waits(scene):
    scene.wall = Chained()
    scene.wall.broken = NotPublished("9007 not ready")
    assert scene.deliver(3) is Step.REFUSED
    assert scene.state(3) == "refused"
    assert scene.wall.texts == ["Bagian 1"]
    scene.wall.broken = None
    scene.later(minutes=10)
    assert scene.deliver(3) is Step.PUBLISHED
    assert scene.wall.texts == ["Bagian 1", "Bagian 2", "Bagian 3"]


# What it costs


def test_each_receipt_says_what_it_cost(scene):
    wanted = delivery(2)
    courier = scene.courier()
    object.__setattr__(courier, "price", lambda sent: 15 * len(sent.parts))
    courier.deliver(wanted, payload(2), scene.ledger.read().standing(KEY))
    receipts = scene.ledger.read().standing(KEY).receipts
    assert [receipt.cost for receipt in receipts] == [15, 15]
