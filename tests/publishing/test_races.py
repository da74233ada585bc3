"""Publishers that start at the same second on clones of one remote: each delivery out once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

RACER = Path(__file__).with_name("racer.py")
NOW = "2026-12-01T09:01:30+07:00"
LATER = "2026-12-01T09:15+07:00"
# A clock of `--now` moves on only by waiting. All that a run waits for lies within the minute by
# which clocks may differ: else a racer that comes late would rightly call its own clock slow.
ACCOUNTS = ("satu", "dua")
POSTS = 2
BRAND = """\
name: Kopi Senja
zone: Asia/Jakarta
languages: [id]
spacing: 1m
accounts:
"""
POST = """\
---
at: 2026-12-01 09:0{number}
accounts: [satu, dua]
---
Pos {number}, bagian satu

---
Pos {number}, bagian dua

---
Pos {number}, bagian tiga
"""


class Yard:
    """Clones of one remote that share one network."""

    def __init__(self, folder, place_at, network):
        self.folder = folder
        brand = BRAND + "".join(
            f"  {name}:\n    network: {network}\n    handle: {name}\n" for name in ACCOUNTS
        )
        files = {"mkdocs.yml": "site_name: Test\n", "content/kopi-senja/brand.yml": brand}
        for number in range(1, POSTS + 1):
            files[f"content/kopi-senja/posts/p{number}.md"] = POST.format(number=number)
        self.first = place_at(folder / "first", files)
        self.first.commit()
        self.remote = folder / "remote.git"
        git = ("git", "clone", "-q")
        subprocess.run([*git, "--bare", str(self.first.root), str(self.remote)], check=True)
        (folder / "shared").mkdir()
        (folder / "start").mkdir()

    def clone(self, name):
        path = self.folder / name
        subprocess.run(["git", "clone", "-q", str(self.remote), str(path)], check=True)
        (path / ".mimin").symlink_to(self.folder / "shared")
        return path

    def start(self, clone, *arguments, pause_at="", wait=True):
        flag = self.folder / "start" / "go-all"
        if not wait:
            flag.touch()
        told = [*arguments, "--workspace", str(clone)]
        return subprocess.Popen(
            [sys.executable, str(RACER), str(flag), *told],
            env=os.environ | {"PAUSE_AT": pause_at},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def race(self, racers):
        """Let all go at once when all are ready; give what they said."""
        self.wait_until(lambda: len(list((self.folder / "start").glob("ready-*"))) == len(racers))
        (self.folder / "start" / "go-all").touch()
        return [self.finish(racer) for racer in racers]

    def finish(self, racer):
        said, _ = racer.communicate(timeout=120)
        return racer.returncode, said

    def run(self, clone, *arguments):
        return self.finish(self.start(clone, *arguments, wait=False))

    def wait_until(self, condition):
        end = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < end, "the racers did not come so far"
            time.sleep(0.002)

    def tokens(self):
        """List what is out as (token, parent), on the network without keys."""
        rows = (self.folder / "shared" / "wall.jsonl").read_text().splitlines()
        return [(row["token"], row["parent"]) for row in map(json.loads, rows)]


@pytest.fixture
def yard(tmp_path, place_at):
    return Yard(tmp_path, place_at, "wall")


def expected():
    return {
        (f"kopi-senja/p{number}@{name}/{part}",
         f"wall:kopi-senja/p{number}@{name}/{part - 1}" if part else None)
        for number in range(1, POSTS + 1)
        for name in ACCOUNTS
        for part in range(3)
    }  # fmt: skip


def assert_once(yard):
    out = yard.tokens()
    assert len(out) == len(set(out)), f"twice: {sorted(out)}"
    assert set(out) == expected()
    code, said = yard.run(yard.folder / "clone-0", "ledger", "verify")
    assert (code, said.splitlines()[-1].endswith(" 0 faults")) == (0, True), said


@pytest.mark.parametrize("count", [2, pytest.param(4, marks=pytest.mark.live)])
def test_publishers_that_start_at_once_post_everything_once(yard, count):
    clones = [yard.clone(f"clone-{number}") for number in range(count)]
    results = yard.race([yard.start(clone, "publish", "--now", NOW) for clone in clones])
    assert {code for code, _ in results} <= {0, 4}, results
    code, said = yard.run(clones[0], "publish", "--now", LATER)
    assert code == 0, said
    assert_once(yard)


def test_publishers_that_find_the_remains_of_a_dead_run_at_once_post_the_rest_once(yard):
    """Both look on the network, both find nothing there, and only one may send."""
    clones = [yard.clone(f"clone-{number}") for number in range(2)]
    dead = yard.start(clones[0], "publish", "--now", NOW, pause_at="2", wait=False)
    yard.wait_until((yard.folder / "start" / "paused").exists)
    dead.kill()
    dead.communicate()
    for flag in (yard.folder / "start").iterdir():
        flag.unlink()
    results = yard.race([yard.start(clone, "publish", "--now", LATER) for clone in clones])
    assert {code for code, _ in results} <= {0, 4}, results
    code, said = yard.run(clones[1], "publish", "--now", "2026-12-01T09:30+07:00")
    assert code == 0, said
    assert_once(yard)


def test_a_freeze_pushed_from_elsewhere_stops_a_run_between_two_parts(yard):
    running, other = yard.clone("clone-0"), yard.clone("clone-1")
    run = yard.start(running, "publish", "--now", NOW, pause_at="2", wait=False)
    yard.wait_until((yard.folder / "start" / "paused").exists)
    code, said = yard.run(other, "freeze", "--reason", "hacked", "--now", NOW, "--by", "Rara")
    assert code == 0, said
    (yard.folder / "start" / "go").touch()
    _, said = yard.finish(run)
    assert "hacked" in said
    assert len(yard.tokens()) == 2
    yard.run(running, "publish", "--now", LATER)
    assert len(yard.tokens()) == 2, "a frozen workspace sends nothing"
    yard.run(other, "resume", "--now", LATER)
    code, said = yard.run(running, "publish", "--now", LATER)
    assert code == 0, said
    assert_once(yard)
