"""A simulated world: a remote, its clones, and everything that happens to them."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import mimin.cli.publish
from mimin.errors import MiminError
from simulator.actions import START, Action, Script
from simulator.audit import Audit
from simulator.content import Spec
from simulator.people import PEOPLE, settle
from simulator.runner import Runner
from simulator.schedule import Killed, Lock, Schedule, outside
from simulator.wall import Wall

if TYPE_CHECKING:
    from collections.abc import Callable

LEDGER = "refs/heads/mimin/ledger"
_WHO = ("-c", "user.name=Rara", "-c", "user.email=rara@mimin.invalid", "-c", "gc.auto=0")


class World:
    """One world, from its script to its end."""

    def __init__(self, script: Script, folder: Path, off: frozenset[str] = frozenset()) -> None:
        """Lay the files and repositories out in *folder*."""
        self.script = script
        self.folder = folder
        self.remote = folder / "remote.git"
        self.desk = folder / "desk"
        self.houses = script.houses
        self.schedule = Schedule(START)
        self.wall = Wall()
        self.tally: Counter[str] = Counter(
            {f"fault: cron {name}": count for name, count in script.cron.items()}
        )
        self.remote_moved = False
        self.audit = Audit(self, off)
        self.specs: dict[str, Spec] = {}
        self.heads: dict[str, dict[str, Spec]] = {}
        self.main = ""
        self._outages: list[tuple[float, float, int | None]] = []
        self._runners: list[Runner] = []
        self._locks = [Lock() for _ in range(script.clones)]
        self._checked_out: dict[int, str] = {}
        self._found(script.posts)

    # Laying out

    def _found(self, posts: list[Spec]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._git(self.folder, "init", "-q", "--bare", "-b", "main", str(self.remote))
        self._git(self.remote, "config", "receive.autogc", "false")
        self._git(self.folder, "init", "-q", "-b", "main", str(self.desk))
        self._git(self.desk, "remote", "add", "origin", str(self.remote))
        write(self.desk, "mkdocs.yml", "site_name: Simulasi\n")
        write(self.desk, ".gitignore", ".mimin/\n")
        for house in self.houses.values():
            write(self.desk, f"content/{house.id}/brand.yml", house.file())
        for spec in posts:
            self.put(spec)
        self.publish_main("Begin")
        for number in range(self.script.clones):
            self._git(self.folder, "clone", "-q", str(self.remote), str(self.clone(number)))
            self._checked_out[number] = self.main

    def clone(self, number: int) -> Path:
        """Name the folder of a runner's clone."""
        return self.folder / f"clone{number}"

    def called(self, name: str) -> Spec | None:
        """Find a post by the id that it was written with, whatever it is called now."""
        return next((spec for spec in self.specs.values() if name in {spec.id, spec.named}), None)

    def put(self, spec: Spec) -> None:
        """Write a post at the desk, over what it was."""
        before = self.specs.get(spec.id)
        if before is not None and before.path != spec.path:
            (self.desk / before.path).unlink()
        self.specs[spec.id] = spec
        write(self.desk, spec.path, spec.file())

    def drop(self, name: str) -> None:
        """Delete a post at the desk."""
        (self.desk / self.specs.pop(name).path).unlink()

    def publish_main(self, message: str) -> None:
        """Commit what lies on the desk, and push it to main."""
        self._git(self.desk, "add", "-A")
        self._git(self.desk, *_WHO, "commit", "-q", "--allow-empty", "-m", message)
        self.push_main()

    def push_main(self) -> None:
        """Make the desk's commit the head of main, whatever was there."""
        self._git(self.desk, "push", "-q", "--force", "origin", "HEAD:refs/heads/main")
        self.main = self._git(self.desk, "rev-parse", "HEAD")
        self.heads.setdefault(self.main, dict(self.specs))

    def rewind_main(self) -> None:
        """Throw the last commit of main away, by force."""
        with suppress(subprocess.CalledProcessError):
            self._git(self.desk, "reset", "-q", "--hard", "HEAD~1")
            self.specs = dict(self.heads[self._git(self.desk, "rev-parse", "HEAD")])
            self.push_main()

    def revert_main(self) -> None:
        """Take the last commit of main back with another one."""
        with suppress(subprocess.CalledProcessError):
            before = self._git(self.desk, "rev-parse", "HEAD~1")
            self._git(self.desk, "checkout", "-q", before, "--", "content")
            self._git(self.desk, *_WHO, "rm", "-rq", "--cached", "content")
            self.specs = {}
            shutil.rmtree(self.desk / "content")
            for house in self.houses.values():
                write(self.desk, f"content/{house.id}/brand.yml", house.file())
            for spec in self.heads[before].values():
                self.put(spec)
            self.publish_main("Revert")

    def ledger_head(self) -> str:
        """Find the head of the ledger on the remote; empty before its first line."""
        ref = self.remote / LEDGER
        return ref.read_text().strip() if ref.is_file() else ""

    def seen_ledger(self, clone: int) -> str:
        """Read which commit of the ledger a clone has seen last; empty if none."""
        seen = self.clone(clone) / ".git/refs/mimin/seen/mimin/ledger"
        return seen.read_text().strip() if seen.is_file() else ""

    def move_ledger(self, commit: str) -> None:
        """Do by force what nobody should: move the ledger's branch."""
        self._git(self.remote, "update-ref", LEDGER, commit)

    def git_at(self, folder: Path, *args: str) -> str:
        """Run git as a person would, outside what is simulated."""
        return self._git(folder, *args)

    def _git(self, folder: Path, *args: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(folder), *args], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

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
                PEOPLE[kind](self, action)

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
        runner = Runner(
            world=self,
            name=name,
            clone=clone,
            seed=f"{self.script.seed} {name}",
            kill_at=action.get("kill"),
            faults=[(kind, int(n), fault, s) for kind, n, fault, s in action.get("faults", ())],
            person=clone < 0,
        )
        self._runners.append(runner)
        return runner

    def publish(self, action: Action) -> Runner:
        """Let a runner check main out and run `mimin publish`."""
        clone = action["clone"] % self.script.clones
        runner = self.runner(f"run-{action['n']}", clone, action)
        with self._locks[clone]:
            self._check_out(clone, action.get("dirty"))
            runner.head = self._checked_out[clone]
            task = self.schedule.spawn(lambda: self._command(runner, action), runner)
            self.schedule.join(task)
            self.audit.left_behind(runner)
        if task.error is not None and not isinstance(task.error, Killed):
            raise task.error
        if self.audit.violations:
            for other in self._runners:
                other.dead = True
        return runner

    def _command(self, runner: Runner, action: Action) -> None:
        started = runner.started = self.schedule.seconds
        arguments = ["--workspace", str(self.clone(runner.clone))]
        arguments += ["--lookahead", action.get("lookahead", "10m")]
        arguments += ["--account", action["only"]] if action.get("only") else []
        self.tally["runs"] += 1
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

    def _check_out(self, clone: int, dirty: str | None) -> None:
        folder = self.clone(clone)
        with outside():
            if self._checked_out[clone] != self.main:
                self._git(folder, "fetch", "-q", "origin", "+main:refs/remotes/origin/main")
                self._checked_out[clone] = self.main
            if (folder / ".dirty").exists() or self._git(folder, "rev-parse", "HEAD") != self.main:
                self._git(folder, "reset", "-q", "--hard", self.main)
                (folder / ".dirty").unlink(missing_ok=True)
            spec = self.specs.get(dirty or "")
            if spec is not None:
                write(folder, spec.path, spec.changed(rev=f"{spec.rev}-coretan").file())
                write(folder, ".dirty", "")

    def wipe(self, clone: int) -> None:
        """Give a runner a machine that has never seen the ledger."""
        folder = self.clone(clone % self.script.clones)
        shutil.rmtree(folder / ".mimin", ignore_errors=True)
        with suppress(subprocess.CalledProcessError):
            for ref in ("seen/mimin/ledger", "copied/mimin/ledger/head", "verified/mimin/ledger"):
                self._git(folder, "update-ref", "-d", f"refs/mimin/{ref}")


def write(root: Path, path: str, text: str) -> None:
    """Write a file, with its folders."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


def scratch() -> tempfile.TemporaryDirectory[str]:
    """Make a folder in memory where there is one: git's speed is all that counts here."""
    memory = Path("/dev/shm")  # noqa: S108 - only where to put a fresh folder
    place = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    return tempfile.TemporaryDirectory(prefix="mimin-simulator-", dir=place)
