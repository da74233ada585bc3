"""What is public is judged by real accounts and by what people mean, whatever things are called."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest

from simulator.content import House, Login, Spec
from simulator.mainline import Snapshot
from simulator.public import Public
from simulator.wall import Hung, Wall

REAL = "sim-keyed @kopi"
DAY = 86400.0


class Main:
    """Commits, as far as the audit asks."""

    def __init__(self, **heads):
        self.heads = heads

    def age(self, commit):
        return sorted(self.heads).index(commit)


@pytest.fixture
def world():
    """Give a world with one post on one account."""
    house = House("kopi", {"a": Login("keyed", "kopi")}, "merge", "post", "1h", None)
    spec = Spec("halo", "kopi", ("a",), due=int(DAY))
    old = Snapshot({"halo": spec}, {"kopi": house})
    new = Snapshot({"halo": spec.corrected()}, {"kopi": house})
    return SimpleNamespace(
        main=Main(a=old, b=new),
        wall=Wall(),
        tally=Counter(),
        schedule=SimpleNamespace(seconds=DAY),
    )


@pytest.fixture
def broken(world):
    """Judge in that world; give the names of the promises that were broken."""
    rules = []
    world.public = Public(world, lambda rule, _: rules.append(rule))
    return rules


def runner(head, main="b", offset=0.0):
    clock = None if not offset else object()
    fields = {"head": head, "main": main, "offset": offset, "clock": clock, "name": "run"}
    return SimpleNamespace(**fields, started=DAY, last_due={})


def job(text, key="kopi/halo@a", account="kopi/a", index=0):
    part = SimpleNamespace(text=text)
    payload = SimpleNamespace(account=account, parts=[part], digest="d")
    return SimpleNamespace(key=key, index=index, part=part, payload=payload)


def hang(world, text, token, real=REAL, head="a"):
    hung = Hung(f"sim:{token}", token, real, text, DAY, DAY, None, "run", head)
    world.wall.hang(hung)
    key, _, index = token.rpartition("/")
    world.public.hung(hung, job(text, key=key, index=int(index)), runner("a"))
    return hung


def text_of(world, head):
    return world.main.heads[head].specs["halo"].texts[0]


def test_the_same_part_under_another_name_is_a_duplicate(world, broken):
    hang(world, text_of(world, "a"), "kopi/halo@a/0")
    hang(world, text_of(world, "a"), "kopi/halo-baru@b/0")
    assert broken == ["duplicate"]


def test_a_mended_text_is_still_the_same_part(world, broken):
    hang(world, text_of(world, "a"), "kopi/halo@a/0")
    hang(world, text_of(world, "b"), "kopi/lain@a/0")
    assert broken == ["duplicate"]


def test_another_real_account_may_say_the_same(world, broken):
    hang(world, text_of(world, "a"), "kopi/halo@a/0")
    hang(world, text_of(world, "a"), "kopi/halo@b/0", real="sim-keyed @teh")
    assert broken == []


def test_what_was_taken_down_may_be_said_again(world, broken):
    hang(world, text_of(world, "a"), "kopi/halo@a/0").gone = True
    hang(world, text_of(world, "a"), "kopi/halo-lagi@a/0")
    assert broken == []


def test_an_older_text_is_not_sent_once_a_newer_commit_counts(world, broken):
    text = text_of(world, "a")
    world.public.sending(job(text), REAL, runner("a"), law="b", approved=True)
    assert broken == ["stale"]


def test_nothing_is_sent_before_its_time_by_a_clock_that_is_far_ahead(world, broken):
    world.schedule.seconds = DAY - 50
    sent = (job(text_of(world, "b")), REAL)
    world.public.sending(*sent, runner("b", offset=50.0), law="b", approved=True)
    assert broken == []
    world.schedule.seconds = DAY - 3600
    world.public.sending(*sent, runner("b", offset=3600.0), law="b", approved=True)
    assert broken == ["early"]


def test_nothing_is_sent_on_a_day_that_is_blacked_out(world, broken):
    old = world.main.heads["b"]
    house = old.houses["kopi"].changed(blackouts=(("1970-01-02", "1970-01-02"),))
    world.main.heads["b"] = Snapshot(old.specs, {"kopi": house})
    text = text_of(world, "b")
    world.public.sending(job(text), REAL, runner("b"), law="b", approved=True)
    assert set(broken) == {"blackout"}


def test_a_checkout_that_is_behind_does_not_set_a_text_back(world, broken):
    hung = hang(world, text_of(world, "b"), "kopi/halo@a/0", head="b")
    world.public.changing(hung, job(text_of(world, "a")), runner("a"))
    assert broken == ["stale"]


def test_a_part_answers_the_one_that_stands_before_it_in_the_file(world, broken):
    first = hang(world, "Kiriman halo bagian 1 versi 1", "kopi/halo@a/0")
    second = Hung("sim:2", "kopi/halo@a/1", REAL, "x", DAY, DAY, first.id, "run", "a")
    world.wall.hang(second)
    sent = job("x", index=1)
    sent.payload.parts = [SimpleNamespace(text="sisipan"), sent.part]
    world.public.hung(second, sent, runner("a"))
    assert broken == ["thread"]


def test_nobody_takes_down_what_nobody_asked_to(world, broken):
    hung = hang(world, text_of(world, "a"), "kopi/halo@a/0")
    world.public.retracting(hung, runner("a"))
    assert broken == ["retract"]
