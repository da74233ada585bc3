"""A run that is killed at any moment: what is out is out once, and later runs finish the rest."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

KILLER = Path(__file__).with_name("killer.py")
KEY = "kopi-senja/utas@akun"
POST = "content/kopi-senja/posts/utas.md"
BRAND = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
accounts:
  akun:
    network: {network}
    handle: kopisenja
"""
THREAD = """\
---
at: 2026-12-01 09:05
accounts: [akun]
---
Bagian satu ☕

![Kotak teal](satu.png)

---
Bagian dua

![Kotak emas](dua.jpg)

---
Bagian tiga

---
Bagian empat

![Kotak cokelat](empat.png)
"""
TEXTS = ["Bagian satu ☕", "Bagian dua", "Bagian tiga", "Bagian empat"]
MOMENTS = [f"2026-12-01T09:{minute:02}+07:00" for minute in (0, 15, 30, 45)]
WORKERS = 2


@pytest.fixture
def template(tmp_path, place_at):
    """Make a workspace with a thread of four parts and three pictures, and a remote if wanted."""

    def make(network, *, remote=False):
        folder = tmp_path / "template"
        place = place_at(folder / "workspace")
        place.write(
            {
                "content/kopi-senja/brand.yml": BRAND.format(network=network),
                POST: THREAD,
                "content/kopi-senja/posts/satu.png": {"image": "40x30 png", "colour": "teal"},
                "content/kopi-senja/posts/dua.jpg": {"image": "30x40 jpeg", "colour": "gold"},
                "content/kopi-senja/posts/empat.png": {"image": "40x40 png", "colour": "brown"},
            }
        )
        place.commit()
        if remote:
            bare = folder / "remote.git"
            subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
            place.git("remote", "add", "origin", str(bare))
        return folder

    return make


@pytest.fixture
def kill(tmp_path):
    """Run the killer on some steps, in two processes at once."""

    def run(template, steps, name="k", *, hit=False):
        def portion(index):
            plan = {
                "template": str(template),
                "folder": str(tmp_path),
                "name": f"{name}{index}",
                "steps": steps[index::WORKERS],
                "moments": MOMENTS,
                "key": KEY,
                "hit": hit,
            }
            path = tmp_path / f"plan-{name}{index}.json"
            path.write_text(json.dumps(plan))
            done = subprocess.run(
                [sys.executable, str(KILLER), str(path)], capture_output=True, text=True,
                timeout=900, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            return [json.loads(line) for line in done.stdout.splitlines()]

        with ThreadPoolExecutor(WORKERS) as pool:
            found = [case for part in pool.map(portion, range(WORKERS)) for case in part]
        return sorted(found, key=lambda case: case["number"])

    return run


@pytest.fixture
def count(kill):
    """Count the steps of a run that nobody kills."""

    def run(template):
        (case,) = kill(template, [10**9], "dry")
        assert case["codes"] == [0, 0], case["output"]
        assert_whole(case)
        return case["steps"]

    return run


def assert_whole(case):
    """Exactly the four parts, once, in order, each an answer to the one before."""
    told = f"killed {case['died_at']} (step {case['number']}), codes {case['codes']}"
    assert [row["text"] for row in case["out"]] == TEXTS, told
    assert [row["token"] for row in case["out"]] == [f"{KEY}/{n}" for n in range(4)], told
    ids = [row["id"] for row in case["out"]]
    assert [row["parent"] for row in case["out"]] == [None, *ids[:3]], told
    assert [len(row["media"]) for row in case["out"]] == [1, 1, 0, 1], told
    assert case["verified"], told
    assert [part["state"] for part in case["parts"]] == ["published"] * 4, told
    assert [part["remote_id"] for part in case["parts"]] == ids, told


def assert_finished(case):
    assert case["codes"][0] == -9, case
    assert case["codes"][-1] == 0, case
    assert_whole(case)


def sample(total, step):
    """Take every *step*-th moment and the last; `make test-live` takes every single one."""
    return sorted({*range(1, total + 1, step), total})


@pytest.mark.parametrize(("network", "step"), [("sandbox", 19), ("wall", 11)])
def test_a_thread_killed_at_many_steps_goes_out_whole_and_once(
    template, count, kill, network, step
):
    made = template(network)
    for case in kill(made, sample(count(made), step)):
        assert_finished(case)


def test_a_thread_killed_while_it_pushes_goes_out_whole_and_once(template, count, kill):
    made = template("wall", remote=True)
    for case in kill(made, sample(count(made), 41)):
        assert_finished(case)


def test_where_nobody_can_look_a_killed_run_is_at_most_once_and_loudly_unknown(
    template, count, kill
):
    """Either all is out, or what may be out waits for a person, at every run."""
    made = template("blindwall")
    cases = kill(made, sample(count(made), 11))
    assert_at_most_once(cases)


def assert_at_most_once(cases):
    waiting = 0
    for case in cases:
        out = [row["text"] for row in case["out"]]
        assert out == TEXTS[: len(out)], case
        assert case["verified"], case
        if case["codes"][-1] == 0:
            assert_whole(case)
            continue
        waiting += 1
        assert case["codes"] == [-9, 4, 4, 4], case
        assert f"waits for a person: {KEY}" in case["output"]
        states = [part["state"] for part in case["parts"]]
        assert states[-1] == "unknown", case
        assert set(states[:-1]) <= {"published"}, case
    assert 0 < waiting < len(cases)


HOOKS = {
    "the answer is lost": ("post-receive", "kill -9 $PPID", 1),
    # Twice: after the first refusal the branch is pushed without its copy.
    "the push is declined": ("pre-receive", "echo not now; exit 1", 2),
    "the remote is gone": ("post-receive", "mv ../remote.git ../gone.git", 1),
}
PUSHES = 9
"""The commit that the run works from, then a claim and a receipt for each of four parts."""


def harm(template, how):
    """Let the remote do harm at the push whose number is in HIT."""
    name, deed, times = HOOKS[how]
    hook = template / "remote.git" / "hooks" / name
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f'#!/bin/sh\ncat > /dev/null\n[ -n "$HIT" ] || exit 0\necho push >> pushes\n'
        f"past=$(( $(wc -l < pushes) - HIT ))\n"
        f"[ $past -ge 0 ] && [ $past -lt {times} ] || exit 0\n{deed}\n"
    )
    hook.chmod(0o755)


def assert_harmless(cases, how):
    for case in cases:
        code = case["codes"][0]
        if how == "the answer is lost":
            assert (code, case["codes"]) == (0, [0, 0]), case
        elif how == "the push is declined" or case["number"] < PUSHES:
            assert code != 0, case
            who = "mimin/ledger" if case["number"] == 1 else "kopi-senja/akun"
            assert f"mimin: {who}: " in case["first"], case
        assert case["codes"][-1] == 0, case
        assert_whole(case)


@pytest.mark.parametrize("how", HOOKS)
def test_harm_on_the_remote_never_posts_twice_and_is_never_silent(template, kill, how):
    made = template("wall", remote=True)
    harm(made, how)
    assert_harmless(kill(made, [2, 7], hit=True), how)


@pytest.mark.live
@pytest.mark.parametrize("how", HOOKS)
@pytest.mark.parametrize("network", ["sandbox", "wall"])
def test_harm_at_every_push_never_posts_twice_and_is_never_silent(template, kill, network, how):
    made = template(network, remote=True)
    harm(made, how)
    assert_harmless(kill(made, list(range(1, PUSHES + 1)), hit=True), how)


@pytest.mark.live
@pytest.mark.parametrize("remote", [False, True], ids=["local", "remote"])
@pytest.mark.parametrize("network", ["sandbox", "wall"])
def test_a_thread_killed_at_every_step_goes_out_whole_and_once(
    template, count, kill, network, remote
):
    made = template(network, remote=remote)
    total = count(made)
    cases = kill(made, list(range(1, total + 1)))
    assert len(cases) == total
    for case in cases:
        assert_finished(case)
    print(f"{network}, remote={remote}: {total} kill points, 0 twice, 0 lost")


@pytest.mark.live
def test_where_nobody_can_look_every_kill_is_at_most_once(template, count, kill):
    made = template("blindwall")
    total = count(made)
    cases = kill(made, list(range(1, total + 1)))
    assert_at_most_once(cases)
    unknown = sum(case["codes"][-1] == 4 for case in cases)
    print(f"blind: {total} kill points, 0 twice, {unknown} loudly unknown")
