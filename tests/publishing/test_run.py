"""A run: accounts side by side, none held up by another; order kept within each."""

from __future__ import annotations

import pytest
from publishing_fakes import NOW, Wall, brand, delivery, examined, payload
from whenever import TimeDelta

from mimin.errors import MiminError, UsageError
from mimin.model.brand import Late
from mimin.networks.protocol import NotPublished
from mimin.planning.plan import Rules, make_plan
from mimin.publishing.deliver import Step
from mimin.publishing.run import Publisher

NAMES = ("bluesky", "mastodon", "x")
REFS = [f"kopi-senja/{name}" for name in NAMES]


class Connections(dict):
    """Connections of which some can not be made."""

    broken = frozenset()

    def get(self, ref, default=None):
        if ref in self.broken:
            raise UsageError(f"{ref}: `like: vine` is not a network")
        return super().get(ref, default)


class Stage:
    """Three accounts, each with a wall."""

    def __init__(self, scene):
        self.scene = scene
        self.walls = Connections({ref: Wall() for ref in REFS})
        self.payload = lambda line: payload(account=line.delivery.account)

    def lines(self, *deliveries, now=NOW, **fields):
        given = deliveries or [
            delivery(account=ref, post=f"kopi-senja/p{number}", due=NOW + TimeDelta(seconds=number))
            for ref in REFS
            for number in range(3)
        ]
        post = examined(*given, **fields)
        rules = Rules(
            now=now, lookahead=TimeDelta(minutes=10), brands={"kopi-senja": brand()},
            committed=post.inputs,
        )  # fmt: skip
        return make_plan([post], self.scene.ledger.read(), rules)

    def publish(self, lines=None, *, workers=8, run="a", tell=lambda *_: None):
        publisher = Publisher(
            ledger=self.scene.ledger,
            connections=self.walls,
            payload=self.payload,
            clock=self.scene.clock,
            run=run,
            tell=tell,
            workers=workers,
        )
        return publisher.publish(self.lines() if lines is None else lines)

    def sent(self, ref):
        return [token.split("/")[1] for token, _, _ in self.walls[ref].hanging]


@pytest.fixture
def stage(scene):
    return Stage(scene)


def whole(name):
    return [f"p{number}@{name}" for number in range(3)]


@pytest.mark.parametrize("workers", [1, 8])
def test_everything_due_goes_out_in_the_order_of_its_time(stage, workers):
    outcome = stage.publish(workers=workers)
    assert outcome.count(Step.PUBLISHED) == 9
    assert outcome.errors == []
    assert [stage.sent(ref) for ref in REFS] == [whole(name) for name in NAMES]


def test_running_again_sends_nothing(stage):
    stage.publish()
    assert stage.publish().sent == []
    assert [len(wall.hanging) for wall in stage.walls.values()] == [3, 3, 3]


def test_an_old_plan_sends_nothing_again_either(stage):
    lines = stage.lines()
    stage.publish(lines)
    outcome = stage.publish(lines)
    assert [len(wall.hanging) for wall in stage.walls.values()] == [3, 3, 3]
    assert outcome.errors == []


@pytest.mark.parametrize("workers", [1, 8])
@pytest.mark.parametrize(
    "error", [NotPublished("no"), TimeoutError("no answer"), RuntimeError("a bug")]
)
def test_one_account_s_failure_holds_up_no_other(stage, workers, error):
    stage.walls[REFS[0]].refusals[0] = error
    outcome = stage.publish(workers=workers)
    assert outcome.count(Step.PUBLISHED) == 8
    assert [stage.sent(ref) for ref in REFS] == [whole("bluesky")[1:], whole("mastodon"),
                                                 whole("x")]  # fmt: skip


@pytest.mark.parametrize("workers", [1, 8])
def test_an_account_that_can_not_be_connected_to_holds_up_no_other(stage, workers):
    stage.walls.broken = frozenset({REFS[0]})
    outcome = stage.publish(workers=workers)
    assert outcome.count(Step.PUBLISHED) == 6
    (error,) = outcome.errors
    assert error.startswith(f"{REFS[0]}: nothing was sent: ")
    assert "vine" in error


def test_an_account_without_a_connection_is_an_error_and_not_silence(stage):
    del stage.walls[REFS[1]]
    outcome = stage.publish()
    assert outcome.errors == [f"{REFS[1]}: no connection"]
    assert outcome.count(Step.PUBLISHED) == 6


@pytest.mark.parametrize("workers", [1, 8])
def test_a_bug_in_one_account_s_thread_is_told_and_holds_up_no_other(stage, workers):
    def tell(one, _part, step, _note):
        if one.account == REFS[0] and step is Step.CLAIM:
            raise BrokenPipeError("stdout is closed")

    outcome = stage.publish(workers=workers, tell=tell)
    assert outcome.count(Step.PUBLISHED) == 6
    (error,) = outcome.errors
    assert "BrokenPipeError" in error


def test_a_post_that_can_not_be_composed_is_told_and_the_next_one_goes_out(stage):
    def compose(line):
        if line.delivery.post.endswith("p1"):
            raise MiminError("p1.md can not be composed")
        return payload(account=line.delivery.account)

    stage.payload = compose
    outcome = stage.publish()
    assert [sent.note for sent in outcome.sent if sent.step is Step.SKIPPED] == [
        "p1.md can not be composed"
    ] * 3
    assert outcome.count(Step.PUBLISHED) == 6


def test_what_is_not_what_was_planned_is_not_sent(stage):
    """The file was changed between the plan and the call: nobody has approved that."""
    stage.payload = lambda line: payload(text="Lain", account=line.delivery.account)
    outcome = stage.publish()
    assert outcome.count(Step.SKIPPED) == 9
    assert all("not the one that was planned" in sent.note for sent in outcome.sent)
    assert [len(wall.calls) for wall in stage.walls.values()] == [0, 0, 0]


def test_an_account_stops_when_its_receipt_could_not_be_written(stage):
    wall = stage.walls[REFS[0]]

    def fall_deaf(_job):
        stage.scene.branch.deaf = True

    wall.on_commit = fall_deaf
    lines = stage.lines(*(delivery(post=f"kopi-senja/p{number}") for number in range(3)))
    outcome = stage.publish(lines)
    (error,) = outcome.errors
    assert '"kind":"published"' in error
    assert len(wall.hanging) == 1


def test_what_is_too_late_to_be_true_is_recorded_as_dropped(stage):
    late = NOW + TimeDelta(hours=3)
    lines = stage.lines(delivery(), now=late, late=Late.DROP)
    outcome = stage.publish(lines)
    assert [line.cause for line in outcome.dropped] == ["missed"]
    assert stage.scene.state() == "dropped"
    assert stage.walls[REFS[0]].calls == []
    assert stage.publish(stage.lines(delivery(), now=late, late=Late.DROP)).dropped == []


def test_a_drop_that_can_not_be_recorded_is_told(stage):
    lines = stage.lines(delivery(), now=NOW + TimeDelta(hours=3), late=Late.DROP)
    stage.scene.branch.deaf = True
    outcome = stage.publish(lines)
    assert outcome.dropped == []
    assert len(outcome.errors) == 1


def test_only_what_the_plan_sends_is_sent(stage):
    later = delivery(due=NOW + TimeDelta(hours=1))
    assert stage.publish(stage.lines(later)).sent == []
    assert stage.publish(stage.lines(delivery(), draft=True)).sent == []
    assert stage.walls[REFS[0]].calls == []


def test_a_run_with_an_older_checkout_does_not_send_what_a_newer_one_claimed_under_a_new_name(
    stage,
):
    """The file was renamed between the two checkouts, and its id with it."""
    older = stage.lines(delivery(post="kopi-senja/gajian-lama"))
    newer = stage.lines(delivery(post="kopi-senja/gajian"))
    stage.publish(newer)
    outcome = stage.publish(older)
    assert outcome.count(Step.SKIPPED) == 1
    assert sum(len(wall.hanging) for wall in stage.walls.values()) == 1


def test_what_is_late_keeps_its_distance_from_when_the_one_before_really_went_out(stage):
    """The plan puts ten minutes between them; the first call takes seven."""
    posts = [delivery(post=f"kopi-senja/p{each}", text=f"{each}") for each in range(2)]
    stage.payload = lambda line: payload(text=line.delivery.post[-1])
    late = NOW + TimeDelta(minutes=30)
    stage.scene.clock.wait_until(late)
    went = []

    def slow(_job):
        went.append(stage.scene.clock.now() + TimeDelta(minutes=7))
        stage.scene.clock.wait_until(went[-1])

    stage.walls[posts[0].account].on_commit = slow
    assert stage.publish(stage.lines(*posts, now=late)).count(Step.PUBLISHED) == 2
    assert went[1] - went[0] >= TimeDelta(minutes=10 + 7)


def test_two_runs_that_each_plan_another_late_post_do_not_send_both_at_once(stage):
    """One of them had a file that was not committed; both began in the same second."""
    posts = [
        delivery(post=f"kopi-senja/p{each}", text=f"{each}", due=NOW.add(seconds=each))
        for each in range(2)
    ]
    stage.payload = lambda line: payload(text=line.delivery.post[-1])
    late = {"now": NOW + TimeDelta(minutes=30)}
    stage.scene.clock.wait_until(late["now"])
    lines = [stage.lines(one, **late) for one in posts]
    assert [line.start for (line,) in lines] == [None, None]
    told = []
    assert stage.publish(lines[0], run="a").count(Step.PUBLISHED) == 1
    second = stage.publish(lines[1], run="b", tell=lambda *said: told.append(said))
    assert second.count(Step.SKIPPED) == 1
    assert "a later run keeps them apart" in told[-1][3]
