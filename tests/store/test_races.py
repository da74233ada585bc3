"""Runners that race, runners that die: real processes on real repositories."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

RACER = Path(__file__).with_name("racer.py")
LEDGER = "refs/heads/mimin/ledger"


def start(yard, clone, name, count, *, remote="origin", **env):
    return subprocess.Popen(
        [sys.executable, str(RACER), str(clone), remote, name, str(count)],
        env=yard.env | env, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def finish(racer):
    _, errors = racer.communicate(timeout=120)
    return racer.returncode, errors


def events_and_claims(yard, truth):
    claims = [line.split(" ")[0] for line in yard.lines(truth, "claims.jsonl")]
    return sorted(yard.lines(truth, "events.jsonl")), sorted(claims)


@pytest.mark.parametrize(
    "where", ["two clones of a remote", "one clone of a remote", "no remote at all"]
)
def test_racing_runners_lose_nothing_and_double_nothing(yard, where):
    """The first commit is raced for too: the branch does not exist yet."""
    remote = yard.remote()
    alone = where == "no remote at all"
    clones = [yard.clone(None if alone else remote)] * 2
    if where == "two clones of a remote":
        clones[1] = yard.clone(remote, "other")
    racers = [
        start(yard, clone, name, 8, remote="" if alone else "origin")
        for clone, name in zip(clones, "ab", strict=True)
    ]
    assert [finish(racer) for racer in racers] == [(0, "")] * 2
    truth = clones[0] if alone else remote
    events, claims = events_and_claims(yard, truth)
    assert events == sorted(f"{name}-{n}" for name in "ab" for n in range(8))
    assert claims == sorted(f"claim-{n}" for n in range(8))
    assert yard.git(truth, "rev-list", "--merges", LEDGER) == ""
    yard.git(truth, "fsck", "--strict")


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("remote", ["origin", ""], ids=["remote", "local"])
def test_a_runner_killed_at_any_git_command_leaves_a_branch_that_goes_on(yard, remote, moment):
    """The shim kills the runner at its n-th git command; the next runner finishes the work."""
    truth = yard.remote()
    clone = yard.clone(truth if remote else None)
    count = yard.folder / "count"
    path = yard.shim(
        f"""
        echo >> {count}
        if [ $(wc -l < {count}) -ne "$KILL_AT" ]; then exec "$REAL" "$@"; fi
        if [ "$MOMENT" = after ]; then "$REAL" "$@"; fi
        kill -9 $PPID
        """
    )
    killed = 0
    for number in range(1, 40):
        count.unlink(missing_ok=True)
        racer = start(
            yard,
            clone,
            f"r{number}",
            1,
            remote=remote,
            PATH=path,
            KILL_AT=str(number),
            MOMENT=moment,
        )
        code, _ = finish(racer)
        assert finish(start(yard, clone, f"r{number}", 1, remote=remote)) == (0, "")
        if remote:  # a kill in the middle of a push moves both refs or none
            heads = yard.git(truth, "for-each-ref", "--format=%(objectname)").split()
            assert len(heads) == 2
            assert len(set(heads)) == 1
        if code == 0:
            break
        killed += 1
    assert code == 0
    assert killed >= 4
    where = truth if remote else clone
    events, claims = events_and_claims(yard, where)
    assert events == sorted(f"r{n}-0" for n in range(1, number + 1))
    assert claims == ["claim-0"]
    yard.git(where, "fsck", "--strict")
    assert not list((clone / ".git").rglob("*.lock"))
    assert yard.git(clone, "for-each-ref", "refs/mimin/building") == ""


def test_a_git_killed_in_the_middle_of_a_push_is_no_loss(yard):
    """The push process itself dies after the remote took the commit."""
    remote = yard.remote()
    clone = yard.clone(remote)
    hook = remote / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n[ -e {yard.folder}/hit ] && exit 0\ntouch {yard.folder}/hit\n"
                    "kill -9 $PPID\n")  # fmt: skip
    hook.chmod(0o755)
    assert finish(start(yard, clone, "a", 3)) == (0, "")
    assert (yard.folder / "hit").exists()
    assert yard.lines(remote, "events.jsonl") == ["a-0", "a-1", "a-2"]
