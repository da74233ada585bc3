"""The branch `main` of a simulated world: what the team has committed, commit by commit."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from simulator.content import House, Spec

_WHO = ("-c", "user.name=Rara", "-c", "user.email=rara@mimin.invalid", "-c", "gc.auto=0")


class Snapshot(NamedTuple):
    """What one commit of main says."""

    specs: dict[str, Spec]
    """Id → post."""
    houses: dict[str, House]
    """Brand → its accounts and policy."""

    def find(self, text: str, account: str) -> Spec | None:
        """Find the post that has a part with these words for `brand/account`."""
        brand, _, alias = account.partition("/")
        return next(
            (
                spec
                for spec in self.specs.values()
                if spec.brand == brand and alias in spec.accounts and text in spec.texts
            ),
            None,
        )

    def of_lineage(self, lineage: str, real: str) -> list[Spec]:
        """List the posts that hold a part of *lineage* and go to a real account."""
        return [
            spec
            for spec in self.specs.values()
            if any(piece.lineage == lineage for piece in spec.pieces)
            and real in {self.real(f"{spec.brand}/{alias}") for alias in spec.accounts}
        ]

    def real(self, account: str) -> str:
        """Name the real account behind `brand/alias`; empty where there is none."""
        brand, _, alias = account.partition("/")
        house = self.houses.get(brand)
        login = house.accounts.get(alias) if house else None
        return login.real if login else ""


class Main:
    """The desk at which people commit, and the commits that they pushed."""

    def __init__(self, desk: Path, houses: Iterable[House], posts: Iterable[Spec]) -> None:
        """Write the first files at *desk*, a repository with a remote."""
        self.desk = desk
        self.specs: dict[str, Spec] = {}
        self.houses: dict[str, House] = {}
        self.heads: dict[str, Snapshot] = {}
        self.line: list[str] = []
        """Heads of main, in the order in which they were pushed."""
        self._former: dict[str, set[tuple[str, int]]] = {}
        """`brand/alias` → what people called that account before, up to which place in `line`."""
        self._since: dict[str, int] = {}
        """`brand/alias` that was given to another account → from which place in `line` on."""
        self._ages: dict[str, int] = {}
        write(desk, "mkdocs.yml", "site_name: Simulasi\n")
        write(desk, ".gitignore", ".mimin/\n")
        for house in houses:
            self.put_house(house)
        for spec in posts:
            self.put(spec)
        self.publish("Begin")

    @property
    def head(self) -> str:
        """The commit that is the head now."""
        return self.line[-1]

    @property
    def now(self) -> Snapshot:
        """What the head says."""
        return self.heads[self.head]

    def age(self, commit: str) -> int:
        """Number a commit by when it last became the head; later ones are greater."""
        return self._ages[commit]

    def call_otherwise(self, old: str, new: str) -> None:
        """Take note that people give an account another `brand/alias`, with the next commit."""
        self._former.setdefault(new, set()).add((old, len(self.line)))

    def give_away(self, name: str) -> None:
        """Take note that `brand/alias` means another account, with the next commit."""
        self._since[name] = len(self.line)

    def reals(self, account: str, head: str = "") -> set[str]:
        """Name the real accounts that ever stood behind `brand/alias`, or a name that it had.

        Args:
            account: The alias.
            head: A commit: who has files from before the alias was given away means the account
                that it was until then. Today's when empty.
        """
        known = self.line.index(head) + 1 if head in self.line else len(self.line)
        found, names, seen = set[str](), [(account, known)], set[tuple[str, int]]()
        while names:
            name, end = names.pop()
            seen.add((name, end))
            names += self._former.get(name, set()) - {*names, *seen}
            since = self._since.get(name, 0)
            brand, _, alias = name.partition("/")
            for commit in self.line[since if since < end else 0 : end]:
                house = self.heads[commit].houses.get(brand)
                if house is not None and alias in house.accounts:
                    login = house.accounts[alias]
                    found.add(login.real)
                    was = {(former, len(self.line)) for former in login.was}
                    names += was - {*names, *seen}
        return found

    def called(self, name: str) -> Spec | None:
        """Find a post by the id that it was first written with, whatever it is called now."""
        if name in self.specs:
            return self.specs[name]
        return next((spec for spec in self.specs.values() if spec.lineage == name), None)

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

    def put_house(self, house: House) -> None:
        """Write a brand at the desk, over what it was."""
        self.houses[house.id] = house
        write(self.desk, f"content/{house.id}/brand.yml", house.file())
        calendar = self.desk / f"calendar/{house.id}.yml"
        calendar.unlink(missing_ok=True)
        if house.calendar():
            write(self.desk, f"calendar/{house.id}.yml", house.calendar())

    def drop_house(self, name: str) -> None:
        """Delete a brand at the desk; its posts have gone elsewhere."""
        del self.houses[name]
        shutil.rmtree(self.desk / f"content/{name}")
        (self.desk / f"calendar/{name}.yml").unlink(missing_ok=True)

    def publish(self, message: str) -> None:
        """Commit what lies on the desk, and push it."""
        self._commit(message)
        self._push()

    def rewind(self) -> None:
        """Throw the last commit away, by force."""
        with suppress(subprocess.CalledProcessError):
            self._git("reset", "-q", "--hard", "HEAD~1")
            specs, houses = self.heads[self._git("rev-parse", "HEAD")]
            self.specs, self.houses = dict(specs), dict(houses)
            self._push()

    def revert(self) -> None:
        """Take the last commit back with another one."""
        with suppress(subprocess.CalledProcessError):
            self.lay(self.heads[self._git("rev-parse", "HEAD~1")])
            self.publish("Revert")

    def squash(self) -> None:
        """Write the history anew, as one commit; the old commits are gone."""
        tree = self._git("rev-parse", "HEAD^{tree}")
        commit = self._git(*_WHO, "commit-tree", tree, "-m", f"Squash {len(self.line)} commits")
        self._git("reset", "-q", "--hard", commit)
        self._push()

    def lay(self, snapshot: Snapshot) -> None:
        """Write all files as they were in another commit."""
        for folder in ("content", "calendar"):
            shutil.rmtree(self.desk / folder, ignore_errors=True)
        self.specs, self.houses = {}, {}
        for house in snapshot.houses.values():
            self.put_house(house)
        for spec in snapshot.specs.values():
            self.put(spec)

    def _commit(self, message: str) -> None:
        self._git("add", "-A")
        self._git(*_WHO, "commit", "-q", "--allow-empty", "-m", message)

    def _push(self) -> None:
        """Make the desk's commit the head of main, whatever was there."""
        self._git("push", "-q", "--force", "origin", "HEAD:refs/heads/main")
        commit = self._git("rev-parse", "HEAD")
        self.line.append(commit)
        self._ages[commit] = len(self.line)
        self.heads.setdefault(commit, Snapshot(dict(self.specs), dict(self.houses)))

    def _git(self, *args: str) -> str:
        return run_git(self.desk, *args)


def run_git(folder: Path, *args: str) -> str:
    """Run git as a person would, outside what is simulated."""
    done = subprocess.run(
        ["git", "-C", str(folder), *args], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def write(root: Path, path: str, text: str) -> None:
    """Write a file, with its folders."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
