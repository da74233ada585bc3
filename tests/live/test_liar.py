"""Runs that are killed, against a server that ignores `Idempotency-Key` and lies.

In the promise, nothing twice and nothing lost in silence, are all lies of `lies.ABOUT_*`: errors
and broken answers whatever was done, what is done or shown late but within the time for which the
documentation says that an adapter waits, lists that fail, that are somebody else's, or that lack a
post of which the ledger has a receipt, and clocks that are off.

These lies can not be noticed, and `UNNOTICED` says what comes of each:

* `now, 429`, `403`, `422`, `404`: the status is stored, and the server says with the words of its
  documentation that it is not. A refusal is proof; it is what allows a second try at all. Before
  that second try the network is asked once more, so that 429 and 403 are found out there.
* `no, success`: a whole status is answered, with an id and an address, and nothing was stored.
  A receipt is proof; nobody looks whether what was answered is there.
* `ours missing`: after an answer that says nothing, the account's list lacks just that status and
  shows every other one, before and after it.
* `long lag`: the list lacks all of the last 20 minutes, and no other receipt is that young.
"""

from __future__ import annotations

import io
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

if "liar" not in sys.modules:
    sys.modules["liar"] = ModuleType("liar")
    sys.modules["liar"].__path__ = [str(Path(__file__).parent / "liar")]

from liar import lies, world

pytestmark = pytest.mark.live

BATCHES = 8
KILLS = 26
"""In a batch; 208 in all."""
FINE = {"whole", "named", "named, all is out"}
CALLS = (8, 4, 3, 3)
"""How many calls each killed run makes for an account, about."""


@pytest.fixture(scope="module")
def server():
    made = world.Server()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def template(tmp_path_factory, server):
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "#6f4e37").save(picture, "PNG")
    return world.Template(tmp_path_factory.mktemp("template"), server, picture.getvalue())


@pytest.fixture
def make(tmp_path, template):
    def make(name):
        (tmp_path / name).mkdir()
        return world.World(template, tmp_path / name, name)

    return make


@pytest.fixture(scope="module")
def length(tmp_path_factory, template):
    """How long a run takes in which all goes well, in seconds."""
    calm = world.World(template, tmp_path_factory.mktemp("calm"), "calm")
    ran = calm.run(15)
    assert set(calm.judge(calm.settle(45)).values()) == {"whole"}, calm.told()
    return ran.seconds


def live_through(one, seed, length):
    """Let runs be lied to and killed, then let the truth come out; count what happened."""
    dice, counts = world.dice_of(seed), Counter()
    for number, calls in enumerate(CALLS):
        date = dice.choice(lies.ABOUT_TIME) if dice.random() < 0.08 else 0
        rules, kill = world.draw_rules(dice), world.draw_kill(dice, length, calls)
        ran = one.run(15 + 15 * number, rules=rules, date=date, **kill)
        moment = kill["kill"][1]["when"] if "kill" in kill else "at random"
        counts[f"killed {moment}"] += ran.killed
        counts["a clock 2 h off"] += bool(date)
    last = one.settle(15 * len(CALLS) + 15)
    judged = one.judge(last)
    assert set(judged.values()) <= FINE, f"seed {seed}: {judged}\n{one.told()}"
    assert_in_order(one.out(), one)
    counts.update(f"delivery {outcome}" for outcome in judged.values())
    return counts + Counter({f"lie to {lie}": n for lie, n in one.lied().items()})


def assert_in_order(out, one):
    """Each part of a thread answers the part before, and has its own picture."""
    after = dict(zip(world.THREAD, (None, *world.THREAD), strict=False))
    pictures = {world.THREAD[0]: 1, world.THREAD[2]: 1, "Dengan gambar": 1}
    for rows in out.values():
        for words, parent, shown in rows:
            assert (parent, shown) == (after.get(words), pictures.get(words, 0)), one.told()


@pytest.mark.parametrize("batch", range(BATCHES))
def test_killed_runs_against_a_liar_post_nothing_twice_and_lose_nothing(
    batch, make, length, record_property
):
    counts, seed = Counter(), batch * 1000
    while sum(n for name, n in counts.items() if name.startswith("killed")) < KILLS:
        counts += live_through(make(f"seed-{seed}"), seed, length)
        seed += 1
    record_property("counts", dict(counts))


@pytest.mark.parametrize("seed", range(4))
def test_what_is_changed_and_taken_down_is_so_in_the_end(seed, make, record_property):
    one, dice = make(f"change-{seed}"), world.dice_of(seed)
    for minutes in (15, 30, 45):
        one.run(minutes)
    at, accounts, _ = world.POSTS["tunggal"]
    one.change({"tunggal": (at, accounts, ("Satu saja, diubah",))})
    one.change({"gambar": world.POSTS["gambar"]}, retract="true")
    lie = {"nth": 0, "lie": dice.choice(lies.ABOUT_CHANGES)}
    rules = {"satu": [lie | {"on": "edit"}], "dua": [lie | {"on": "delete"}]}
    kill = {"nth": 1, "when": dice.choice(("before", "stored", "answered")), "group": False}
    one.run(60, rules=rules, kill=(dice.choice(world.ACCOUNTS), kill))
    one.run(75, rules=rules)
    last, thread = one.settle(90), list(world.THREAD)
    words = {account: [row[0] for row in rows] for account, rows in one.out().items()}
    assert words["satu"] == ["Selamat pagi", *thread, "Satu saja, diubah"], one.told()
    assert words["dua"] == ["Selamat pagi", *thread], one.told()
    # A second answer that is broken may keep a person wondering whether the post is gone.
    named = "waits for a person: kopi-senja/gambar@dua" in last.said
    assert last.code == (4 if named else 0), one.told()
    counts = {f"lie to {lie}": number for lie, number in one.lied().items()}
    record_property("counts", counts | {"change and taking down after lies": 2})


UNNOTICED = {
    "now, 429": "whole",
    "now, 403": "whole",
    "now, 422": "named, all is out",
    "now, 404": "named, all is out",
    "no, success": "lost",
    "ours missing": "twice",
    "long lag": "twice",
}
"""Lie → what comes of a post of one part."""


def test_every_lie_that_can_not_be_noticed_is_named():
    assert set(UNNOTICED) == set(lies.UNNOTICED)


@pytest.mark.parametrize("lie", lies.UNNOTICED)
def test_a_lie_that_can_not_be_noticed_does_what_is_said_of_it(lie, make, record_property):
    one = make(lie.replace(" ", "-").replace(",", "").replace("'", ""))
    about_list = lie in {"ours missing", "long lag"}
    first = "now, 500" if about_list else lie
    one.run(15)
    one.run(30, rules={"satu": [{"on": "create", "nth": 1, "lie": first}]})
    if about_list:
        one.run(45, rules={"satu": [{"on": "list", "nth": 0, "lie": lie}]})
    outcome = one.judge(one.settle(60))["kopi-senja/tunggal@satu"]
    record_property("counts", {f"not to be noticed: {lie}: {outcome}": 1})
    assert outcome == UNNOTICED[lie], one.told()
