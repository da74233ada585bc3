"""One delivery: prepare, claim, commit, receipt; the order is the guarantee."""

from __future__ import annotations

import dataclasses
import json

import pytest
from publishing_fakes import KEY, NOW, REF, delivery, event, payload
from whenever import TimeDelta

from mimin.errors import GitError, MiminError
from mimin.ledger.ledger import Ledger
from mimin.ledger.standing import Standing
from mimin.ledger.verify import verify
from mimin.model.event import Event, Kind
from mimin.networks.protocol import HandedOver, NotPublished
from mimin.publishing.clock import FixedClock
from mimin.publishing.deliver import CLAIM_AHEAD, LEASE, Step, UnrecordedError
from mimin.publishing.destination import Destination
from mimin.store import UnreachableError


def test_a_post_is_prepared_claimed_sent_and_recorded_in_this_order(scene):
    seen = []
    scene.wall.on_prepare = lambda _job: seen.append(("prepare", scene.kinds()))
    scene.wall.on_commit = lambda _job: seen.append(("commit", scene.kinds()))
    assert scene.deliver() is Step.PUBLISHED
    assert seen == [("prepare", []), ("commit", ["claimed"])]
    assert scene.kinds() == ["claimed", "published"]
    receipt = scene.ledger.read().standing(KEY).part(0).receipt
    assert receipt.remote_id == f"wall:{KEY}/0"


def test_the_claim_keeps_what_a_later_look_needs(scene):
    scene.wall.losses[0] = TimeoutError()
    scene.deliver()
    claim = scene.ledger.read().standing(KEY).part(0).claim
    assert claim.handles == {"upload": f"{KEY}/0"}
    assert (claim.due, claim.until, claim.run) == (NOW, NOW + LEASE, "a")
    assert claim.digest == payload().digest


def test_a_part_is_claimed_shortly_before_its_time_and_sent_at_it(scene):
    scene.clock = FixedClock(NOW - TimeDelta(minutes=8))
    times = []
    scene.wall.on_commit = lambda _job: times.append(scene.clock.now())
    scene.deliver()
    claim = scene.ledger.read().standing(KEY).part(0).claim
    assert claim.at == NOW - CLAIM_AHEAD
    assert claim.until == NOW + LEASE
    assert times == [NOW]


def test_the_parts_of_a_thread_hang_together(scene):
    assert scene.deliver(3) is Step.PUBLISHED
    tokens = [f"{KEY}/{index}" for index in range(3)]
    assert [(token, parent) for token, _, parent in scene.wall.hanging] == [
        (tokens[0], None),
        (tokens[1], f"wall:{tokens[0]}"),
        (tokens[2], f"wall:{tokens[1]}"),
    ]
    assert scene.kinds() == ["claimed", "published"] * 3


def test_all_parts_are_prepared_before_the_first_is_claimed(scene):
    scene.wall.unprepared[2] = NotPublished("picture refused")
    assert scene.deliver(3) is Step.REFUSED
    assert scene.wall.hanging == []
    assert scene.kinds() == ["refused"]


def test_proof_that_nothing_went_out_allows_a_second_try(scene):
    scene.wall.refusals[0] = NotPublished("no connection")
    assert scene.deliver() is Step.REFUSED
    assert scene.deliver(run="b") is Step.PUBLISHED
    assert len(scene.wall.hanging) == 1


def test_a_refusal_keeps_whether_and_when_another_try_can_help(scene):
    moment = NOW + TimeDelta(minutes=7)
    scene.wall.refusals[0] = NotPublished("429", retry_at=moment)
    scene.deliver()
    last = scene.ledger.read().standing(KEY).part(0).last
    assert (last.reason, last.retry_at, last.permanent) == ("429", moment, False)
    assert scene.deliver(run="b") is Step.SKIPPED
    scene.later(minutes=7)
    scene.wall.refusals[0] = NotPublished("too long", permanent=True)
    assert scene.deliver(run="b") is Step.REFUSED
    assert scene.deliver(run="c") is Step.SKIPPED, "the same payload is not tried again"
    assert scene.deliver(run="c", text="Lain") is Step.PUBLISHED


@pytest.mark.parametrize(
    "error", [TimeoutError("no answer"), OSError(5, "reset"), ValueError("not JSON"), KeyError(0)]
)
@pytest.mark.parametrize("is_out", [True, False])
def test_an_unexplained_failure_is_never_sent_again(scene, error, is_out):
    (scene.wall.losses if is_out else scene.wall.refusals)[0] = error
    assert scene.deliver() is Step.UNKNOWN
    assert scene.state() == "unknown"
    for run in "bcd":
        scene.later(hours=1)
        assert scene.deliver(run=run) is Step.SKIPPED
    assert len(scene.wall.hanging) == is_out


def test_what_waits_for_a_person_is_not_handed_over_twice(scene, tmp_path):
    scene.wall.refusals[0] = HandedOver(tmp_path / "pack-1")
    assert scene.deliver() is Step.HANDED
    assert scene.state() == "handed"
    assert scene.deliver(run="b") is Step.SKIPPED
    assert len(scene.wall.calls) == 3  # prepare, commit, prepare


def test_a_claim_that_another_run_got_first_is_left_to_it(scene):
    other = scene.ledger
    scene.branch.interfere.append(lambda: other.record([event(Kind.CLAIMED, run="b")]))
    assert scene.deliver() is Step.SKIPPED
    assert scene.wall.hanging == []
    assert scene.told[-1][2].startswith("claimed by run b")


def test_a_failed_preparation_says_nothing_about_a_call_that_another_run_has_claimed(scene):
    """Else a third run would send what the second one is just sending."""
    other = scene.ledger
    scene.wall.unprepared[0] = NotPublished("picture refused")
    scene.wall.on_prepare = lambda _job: other.record([event(Kind.CLAIMED, run="b")])
    assert scene.deliver() is Step.SKIPPED
    scene.wall.on_prepare = None
    assert scene.state() == "claimed"
    assert scene.deliver(run="c") is Step.SKIPPED
    assert scene.wall.hanging == []


def test_a_call_is_not_started_after_its_claim_has_ended(scene):
    """The push of the claim took long, or the machine slept."""
    clock = FixedClock(NOW)
    scene.branch.interfere.append(lambda: clock.wait_until(NOW + LEASE + TimeDelta(seconds=1)))
    scene.clock = clock
    assert scene.deliver() is Step.REFUSED
    assert scene.wall.hanging == []
    assert "before the call" in scene.told[-1][2]
    assert scene.deliver(run="b") is Step.PUBLISHED


def test_nothing_is_sent_when_the_ledger_can_not_be_asked(scene):
    standing = scene.ledger.read().standing(KEY)
    scene.branch.deaf = True
    with pytest.raises(UnreachableError):
        scene.courier().deliver(delivery(), payload(), standing)
    assert scene.wall.hanging == []


def gone_deaf(scene, error=None):
    def fall_deaf(_job):
        scene.branch.deaf = True
        if error:

            def fail(*_args, **_options):
                raise error

            scene.branch.transact = fail

    return fall_deaf


@pytest.mark.parametrize("error", [None, GitError("no space left on device"), RuntimeError("bug")])
def test_what_is_out_but_could_not_be_recorded_is_told_with_its_whole_event(scene, error):
    scene.wall.on_commit = gone_deaf(scene, error)
    with pytest.raises(UnrecordedError) as told:
        scene.deliver()
    line = json.loads(str(told.value)[str(told.value).index("{") :])
    assert (line["kind"], line["key"], line["remote_id"]) == ("published", KEY, f"wall:{KEY}/0")


def test_an_unknown_that_could_not_be_recorded_is_told_too(scene):
    scene.wall.losses[0] = TimeoutError("no answer")
    scene.wall.on_commit = gone_deaf(scene)
    with pytest.raises(UnrecordedError, match=r'"kind":"unknown".*no answer'):
        scene.deliver()


def test_what_could_not_be_recorded_keeps_its_claim_and_is_not_sent_again(scene):
    scene.wall.on_commit = gone_deaf(scene)
    with pytest.raises(UnrecordedError):
        scene.deliver()
    scene.branch.deaf, scene.wall.on_commit = False, None
    scene.later(days=0, hours=2)
    assert scene.deliver(run="b") is Step.SKIPPED
    assert len(scene.wall.hanging) == 1


@pytest.mark.parametrize("how", ["refusals", "losses", "unprepared"])
def test_half_a_character_in_a_server_s_words_can_be_recorded(scene, how):
    getattr(scene.wall, how)[0] = (ValueError if how == "losses" else NotPublished)("bad \ud83d")
    scene.deliver()
    assert scene.ledger.read().standing(KEY).part(0).last.reason.endswith("bad ?")


def test_a_thread_goes_on_after_a_refusal_with_the_part_that_is_missing(scene):
    scene.wall.refusals[1] = NotPublished("busy")
    assert scene.deliver(3) is Step.REFUSED
    assert scene.wall.texts == ["Bagian 1"]
    assert scene.state(3) == "refused"
    assert scene.deliver(3, run="b") is Step.PUBLISHED
    assert scene.wall.texts == ["Bagian 1", "Bagian 2", "Bagian 3"]
    assert [parent for _, _, parent in scene.wall.hanging] == [
        None,
        f"wall:{KEY}/0",
        f"wall:{KEY}/1",
    ]
    prepared = [index for what, index in scene.wall.calls if what == "prepare"]
    assert prepared == [0, 1, 2, 1, 2], "what is out is not uploaded again"


def test_a_thread_stops_at_a_part_that_may_be_out(scene):
    scene.wall.losses[1] = TimeoutError()
    assert scene.deliver(3) is Step.UNKNOWN
    assert scene.deliver(3, run="b") is Step.SKIPPED
    assert scene.wall.texts == ["Bagian 1", "Bagian 2"]


@pytest.mark.parametrize("scope", ["*", "kopi-senja/*", REF])
def test_a_freeze_is_obeyed_between_two_parts_of_a_thread(scene, scope):
    def freeze(job):
        if job.index == 1:
            scene.write(Event(at=NOW, kind=Kind.FROZEN, account=scope, reason="hacked"))

    scene.wall.on_commit = freeze
    assert scene.deliver(4) is Step.SKIPPED
    assert scene.wall.texts == ["Bagian 1", "Bagian 2"]
    assert scene.told[-1][2].endswith("hacked")
    assert scene.deliver(4, run="b") is Step.SKIPPED
    scene.write(Event(at=NOW, kind=Kind.RESUMED, account=scope))
    assert scene.deliver(4, run="c") is Step.PUBLISHED
    assert scene.wall.texts == [f"Bagian {number}" for number in range(1, 5)]
    assert verify(scene.ledger.events()) == []


def test_a_freeze_that_comes_while_a_claim_waits_for_its_second_is_obeyed(scene):
    scene.clock = FixedClock(NOW - TimeDelta(minutes=1))
    courier = scene.courier()
    standing = scene.ledger.read().standing(KEY)
    original = Ledger.claim

    def claim_then_freeze(ledger, claim, terms=None):
        original(ledger, claim, terms)
        scene.write(Event(at=NOW, kind=Kind.FROZEN, account="*", reason="hacked"))

    ledger = scene.ledger
    ledger.claim = claim_then_freeze.__get__(ledger)
    late = dataclasses.replace(courier, ledger=ledger)
    assert late.deliver(delivery(), payload(), standing) is Step.REFUSED
    assert scene.wall.texts == []
    assert scene.state() == "refused"


def test_what_is_out_is_not_touched(scene):
    scene.deliver(2)
    before = list(scene.wall.calls)
    assert scene.deliver(2, run="b") is Step.PUBLISHED
    assert scene.wall.calls == before


def test_a_delivery_without_a_time_is_not_sent(scene):
    standing = scene.ledger.read().standing(KEY)
    with pytest.raises(MiminError, match="has no time"):
        scene.courier().deliver(delivery(due=None), payload(), standing)
    assert scene.wall.calls == []


def test_every_step_is_told(scene):
    scene.clock = FixedClock(NOW - TimeDelta(minutes=1))
    scene.deliver()
    assert [step for _, step, _ in scene.told] == [
        Step.PREPARE,
        Step.WAIT,
        Step.CLAIM,
        Step.WAIT,
        Step.WAIT,
        Step.COMMIT,
        Step.PUBLISHED,
    ]


def test_what_a_network_refused_and_carried_out_is_found_before_it_is_sent_again(scene):
    """Some answer with a limit of the application though the post is live."""
    scene.wall.losses[0] = NotPublished("limit reached")
    assert scene.deliver() is Step.REFUSED
    assert scene.deliver(run="b") is Step.PUBLISHED
    assert len(scene.wall.hanging) == 1
    assert scene.state() == "published"


def test_a_failed_look_before_another_try_changes_nothing(scene):
    scene.wall.refusals[0] = NotPublished("busy")
    assert scene.deliver() is Step.REFUSED
    scene.wall.find = lambda _job: 1 / 0
    assert scene.deliver(run="b") is Step.PUBLISHED
    assert len(scene.wall.hanging) == 1


def test_a_look_before_another_try_is_told_what_else_is_out(scene):
    other = "kopi-senja/lain@bluesky"
    scene.write(event(Kind.CLAIMED, key=other), event(Kind.PUBLISHED, key=other))
    scene.wall.refusals[0] = NotPublished("busy")
    assert scene.deliver() is Step.REFUSED
    seen = []
    scene.wall.find = seen.append
    assert scene.deliver(run="b") is Step.PUBLISHED
    assert [known.remote_id for known in seen[0].known] == [f"wall:{other}/0"]


def test_a_look_before_another_try_asks_no_other_account_than_the_one_that_refused(scene):
    there = Destination(name="wall @lama", author="1")
    refused = dataclasses.replace(scene.courier(), destination=there)
    scene.wall.losses[0] = NotPublished("limit reached")
    assert refused.deliver(delivery(), payload(), Standing(KEY)) is Step.REFUSED
    here = dataclasses.replace(
        scene.courier("b"), destination=Destination(name="wall @baru", author="2")
    )
    standing = scene.ledger.read().standing(KEY)
    assert here.deliver(delivery(), payload(), standing) is Step.PUBLISHED
    assert ("find", 0) not in scene.wall.calls


class SetBack(FixedClock):
    """A clock that somebody sets back by a day when so many questions were asked of it."""

    def __init__(self, now, after):
        super().__init__(now)
        self.left = after

    def now(self):
        self.left -= 1
        if self.left == 0:
            self._now -= TimeDelta(hours=24)
        return super().now()


@pytest.mark.parametrize("after", range(1, 11))
def test_nothing_is_sent_by_a_clock_that_went_back_since_the_claim(scene, after):
    """It would wait for the due time again, long after the claim has ended."""
    scene.clock = SetBack(NOW + TimeDelta(minutes=1), after)
    calls = []
    scene.wall.on_commit = lambda _job: calls.append(scene.clock.now())
    scene.deliver()
    claim = scene.ledger.read().standing(KEY).part(0).claim
    assert all(moment >= claim.at for moment in calls)
