"""A simulated world: a remote, its clones, and everything that happens to them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import mimin.cli.publish
from mimin.errors import MiminError
from simulator.actions import START, Action, Script
from simulator.audit import Audit
from simulator.clocks import Fault, clock_of
from simulator.doings import DOINGS
from simulator.mainline import Main, run_git, write
from simulator.runner import Runner
from simulator.schedule import Killed, Lock, Schedule, outside
from simulator.settling import settle
from simulator.wall import Wall

if TYPE_CHECKING:
    from collections.abc import Callable

LEDGER = "refs/heads/mimin/ledger"


class World:
    """One world, from its script to its end."""

    def __init__(self, script: Script, folder: Path, off: frozenset[str] = frozenset()) -> None:
        """Lay the files and repositories out in *folder*."""
        self.script = script
        self.folder = folder
        self.remote = folder / "remote.git"
        self.desk = folder / "desk"
        self.schedule = Schedule(START)
        self.wall = Wall()
        self.tally: Counter[str] = Counter(
            {f"fault: cron {name}": count for name, count in script.cron.items()}
        )
        self.remote_moved = False
        self.audit = Audit(self, off)
        self.clocks: dict[int, Fault] = {}
        """Clone → what is wrong with its machine's clock."""
        self._outages: list[tuple[float, float, int | None]] = []
        self.runners: dict[str, Runner] = {}
        """Every process that ever ran, by its name."""
        self._locks = [Lock() for _ in range(script.clones)]
        self._checked_out: dict[int, str] = {}
        self._found()
        self.main = Main(self.desk, script.houses.values(), script.posts)
        for number in range(script.clones):
            self._clone(number)

    # Laying out

    def _found(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        run_git(self.folder, "init", "-q", "--bare", "-b", "main", str(self.remote))
        run_git(self.remote, "config", "receive.autogc", "false")
        run_git(self.remote, "config", "uploadpack.allowAnySHA1InWant", "true")
        run_git(self.folder, "init", "-q", "-b", "main", str(self.desk))
        run_git(self.desk, "remote", "add", "origin", str(self.remote))

    def _clone(self, number: int) -> None:
        """Give a runner a clone of its own; where history is short, only the newest commit."""
        depth = ("--depth", "1", "--no-single-branch") if number in self.script.shallow else ()
        source = f"file://{self.remote}" if depth else str(self.remote)
        run_git(self.folder, "clone", "-q", *depth, source, str(self.clone(number)))
        self._checked_out[number] = self.main.head

    def clone(self, number: int) -> Path:
        """Name the folder of a runner's clone."""
        return self.folder / f"clone{number}"

    def ledger_head(self) -> str:
        """Find the head of the ledger on the remote; empty before its first line."""
        ref = self.remote / LEDGER
        return ref.read_text().strip() if ref.is_file() else ""

    def seen_ledger(self, clone: int) -> str:
        """Read which commit of the ledger a clone has seen last; empty if none."""
        seen = self.clone(clone) / ".git/refs/mimin/seen/mimin/ledger"
        return seen.read_text().strip() if seen.is_file() else ""

    def move_ledger(self, commit: str) -> None:
        """Do by force what nobody should: move the ledger's branch, or delete it."""
        run_git(self.remote, "update-ref", *([LEDGER, commit] if commit else ["-d", LEDGER]))

    # Happening

    def live(self) -> None:
        """Let everything of the script happen, and then everything settle."""
        start = START.timestamp()
        for action in self.script.actions:
            self.schedule.spawn(self._happening(action), at=start + action["at"])
        self._run()
        if not self.audit.violations:
            self._outages.clear()
            self.schedule.spawn(lambda: settle(self))
            self._run()
        if self.schedule.failure is not None:
            raise self.schedule.failure

    def _run(self) -> None:
        self.schedule.run()

    def _happening(self, action: Action) -> Callable[[], None]:
        def happen() -> None:
            if self.audit.violations:
                return
            kind = action["do"]
            if kind == "run":
                self.publish(action)
            elif kind == "outage":
                now = self.schedule.seconds
                self._outages.append((now, now + action["seconds"], action["clone"]))
            else:
                self.tally[f"people: {kind}"] += 1
                DOINGS[kind](self, action)

        return happen

    def is_down(self, runner: Runner) -> bool:
        """Tell whether the remote can not be reached from there now."""
        now = self.schedule.seconds
        return not runner.person and any(
            begin <= now < end and clone in {None, runner.clone}
            for begin, end, clone in self._outages
        )

    def runner(self, name: str, clone: int, action: Action) -> Runner:
        """Start a process."""
        clock, jump = clock_of(self, clone, action)
        runner = Runner(
            world=self,
            name=name,
            clone=clone,
            seed=f"{self.script.seed} {name}",
            kill_at=action.get("kill"),
            faults=[(kind, int(n), fault, s) for kind, n, fault, s in action.get("faults", ())],
            person=clone < 0,
            clock=clock,
            jump=jump,
            main=self.main.head,
        )
        self.runners[name] = runner
        return runner

    def publish(self, action: Action) -> Runner:
        """Let a runner check main out and run `mimin publish`."""
        clone = action["clone"] % self.script.clones
        if action.get("fresh"):
            self.wipe(clone)
        runner = self.runner(f"run-{action['n']}", clone, action)
        with self._locks[clone]:
            runner.head = self._check_out(clone, action)
            task = self.schedule.spawn(lambda: self._command(runner, action), runner)
            self.schedule.join(task)
            self.audit.left_behind(runner)
        if task.error is not None and not isinstance(task.error, Killed):
            self.audit.fail("traceback", f"{runner.name} ended with {task.error!r}")
        if self.audit.violations:
            for other in self.runners.values():
                other.dead = True
        return runner

    def _command(self, runner: Runner, action: Action) -> None:
        started = runner.started = self.schedule.seconds
        arguments = ["--workspace", str(self.clone(runner.clone))]
        arguments += ["--lookahead", action.get("lookahead", "10m")]
        arguments += ["--brand", action["only"]] if action.get("only") else []
        self.tally["runs"] += 1
        self._count_conditions(runner)
        try:
            mimin.cli.publish.command.main(arguments, standalone_mode=False)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except MiminError as error:
            code = error.exit_code
        self.tally[f"exit: {code}"] += 1
        runner.code = code
        if not action.get("only"):
            self.audit.run_ended(runner, code, started)

    def _count_conditions(self, runner: Runner) -> None:
        if abs(runner.offset) >= 1 or runner.jump is not None:
            self.tally["fault: clock wrong"] += 1
        self.tally["fault: checkout behind main"] += runner.head != runner.main

    def _check_out(self, clone: int, action: Action) -> str:
        """Check main out, or the commit that a runner is stuck at; give the commit."""
        folder, line = self.clone(clone), self.main.line
        wanted = line[max(-len(line), -1 - action.get("behind", 0))]
        with outside():
            if self._checked_out[clone] != wanted:
                depth = ("--depth", "1") if clone in self.script.shallow else ()
                run_git(folder, "fetch", "-q", *depth, "origin", "+main:refs/remotes/origin/main")
                if wanted != self.main.head:  # as a checkout of a commit by its name does
                    run_git(folder, "fetch", "-q", *depth, "origin", wanted)
                self._checked_out[clone] = wanted
            if (folder / ".dirty").exists() or run_git(folder, "rev-parse", "HEAD") != wanted:
                run_git(folder, "reset", "-q", "--hard", wanted)
                (folder / ".dirty").unlink(missing_ok=True)
            spec = self.main.heads[wanted].specs.get(action.get("dirty") or "")
            if spec is not None:
                write(folder, spec.path, spec.changed(scribble=" coretan").file())
                write(folder, ".dirty", "")
        return wanted

    def wipe(self, clone: int) -> None:
        """Give a runner a machine that has never seen the ledger, nor commits that are gone."""
        number = clone % self.script.clones
        with self._locks[number], outside():
            shutil.rmtree(self.clone(number))
            self._clone(number)


def scratch() -> tempfile.TemporaryDirectory[str]:
    """Make a folder in memory where there is one: git's speed is all that counts here."""
    memory = Path("/dev/shm")  # noqa: S108 - only where to put a fresh folder
    place = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    return tempfile.TemporaryDirectory(prefix="mimin-simulator-", dir=place)
