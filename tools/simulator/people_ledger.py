"""What people do to the ledger's branch that nobody should, and how they put it right again."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from simulator.actions import Action
from simulator.mainline import run_git
from simulator.schedule import outside

if TYPE_CHECKING:
    from simulator.world import World

_WHO = ("-c", "user.name=Joko", "-c", "user.email=joko@mimin.invalid", "-c", "gc.auto=0")
_SEEN = "refs/mimin/seen/mimin/ledger"


def rewind_ledger(world: World, action: Action) -> None:
    """Force the ledger back, or away, and put it right after a runner has come and said so."""
    _renew(world, action)
    with outside():
        world.audit.catch_up()
        head = world.ledger_head()
        if not head:
            return
        roots = run_git(world.remote, "rev-list", "--max-count=3", head).split()
        if len(roots) < 3:
            return
        wrong = "" if action.get("deleted") else roots[-1]
    _spoil(world, action, head, wrong)


def drop_from_ledger(world: World, action: Action) -> None:
    """Lose a file, some lines or a last newline by a plain commit, as a careless merge does."""
    _renew(world, action)
    with outside():
        world.audit.catch_up()
        head = world.ledger_head()
        if not head:
            return
        wrong = _commit_without(world, head, action["what"])
    if wrong and action["what"] == "newline":
        world.move_ledger(wrong)  # no line is lost: whoever goes on must lose none either
        world.remote_moved = True
    elif wrong:
        _spoil(world, action, head, wrong)


def _renew(world: World, action: Action) -> None:
    """Give the runner that is to come a new machine, before anything is looked at."""
    if action.get("fresh"):
        world.wipe(action.get("clone", 0))


def _spoil(world: World, action: Action, head: str, wrong: str) -> None:
    """Let a runner meet a wrong ledger: it must say so loudly, and send nothing.

    The runner has seen the ledger as it was, or is as new as a machine of CI.
    """
    clone = action.get("clone", 0)
    with outside():
        if not action.get("fresh"):
            folder = world.clone(clone % world.script.clones)
            run_git(folder, "fetch", "-q", "origin", f"+mimin/ledger:{_SEEN}")
        world.move_ledger(wrong)
        world.audit.expect(wrong)
    before = len(list(world.wall.all()))
    run = {"do": "run", "at": 0, "n": f"{action['n']}-spoiled", "clone": clone, "faults": []}
    runner = world.publish(run)
    with outside():
        now = world.ledger_head()
        sent = len(list(world.wall.all())) - before
        world.move_ledger(head)
        world.remote_moved = True
    _renew_all_that_saw(world, wrong)
    if sent:
        world.audit.fail("rewind", f"{runner.name} sent {sent} by a ledger that had lost lines")
    elif runner.code == 0 or now != wrong:
        world.audit.fail("rewind", f"{runner.name} took a ledger that had lost lines for the truth")


def _renew_all_that_saw(world: World, wrong: str) -> None:
    """Give machines that met the wrong ledger new clones: theirs ask for `mimin ledger restore`."""
    for number in range(world.script.clones):
        if world.seen_ledger(number) == wrong:
            world.wipe(number)


def _commit_without(world: World, head: str, what: str) -> str:
    """Commit the ledger without its newest lines; give the commit, or nothing if it has none."""
    names = run_git(world.remote, "ls-tree", "-r", "--name-only", head).splitlines()
    files = [name for name in names if name.startswith("events/")]
    if not files:
        return ""
    path = max(files, key=lambda name: (len(_show(world, head, name)), name))
    text = _show(world, head, path)
    lines = text.splitlines(keepends=True)
    left = {"file": "", "lines": "".join(lines[: len(lines) // 2]), "newline": text.rstrip("\n")}
    with_index = _Plumbing(world)
    with_index.run("read-tree", head)
    if what == "file":
        with_index.run("update-index", "--index-info", stdin=f"0 {'0' * 40}\t{path}\n")
    else:
        blob = with_index.run("hash-object", "-w", "--stdin", stdin=left[what])
        with_index.run("update-index", "--cacheinfo", f"100644,{blob},{path}")
    tree = with_index.run("write-tree")
    return with_index.run(*_WHO, "commit-tree", tree, "-p", head, "-m", "Merge")


class _Plumbing:
    """Git on the remote with an index of its own, so that nothing is checked out."""

    def __init__(self, world: World) -> None:
        self._remote = world.remote
        index = world.folder / "spoiled.index"
        index.unlink(missing_ok=True)
        self._environment = {**os.environ, "GIT_INDEX_FILE": str(index)}

    def run(self, *args: str, stdin: str = "") -> str:
        """Run one command."""
        command = ["git", "-C", str(self._remote), *args]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=True,
            env=self._environment,
            input=stdin,
        )
        return done.stdout.strip()


def _show(world: World, commit: str, path: str) -> str:
    return run_git(world.remote, "show", f"{commit}:{path}") + "\n"
