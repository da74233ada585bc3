"""Real repositories and bare remotes, seen by a git that has no configuration at all."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from whenever import Instant

from mimin.git import Repository
from mimin.store import Branch

LEDGER = "mimin/ledger"


class Yard:
    """A place for repositories; *env* is a bare environment without a user's configuration."""

    def __init__(self, folder: Path):
        self.folder = folder
        home = folder / "home"
        home.mkdir()
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    def git(self, where: Path, *args: str, stdin: str | None = None) -> str:
        who = {
            f"GIT_{role}_{key}": "tester@example.com"
            for role in ("AUTHOR", "COMMITTER")
            for key in ("NAME", "EMAIL")
        }
        done = subprocess.run(
            ["git", "-C", str(where), *args],
            env=self.env | who,
            input=stdin,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def remote(self, name: str = "remote.git") -> Path:
        path = self.folder / name
        subprocess.run(
            ["git", "init", "-q", "--bare", "-b", "main", str(path)], env=self.env, check=True
        )
        return path

    def clone(self, remote: Path | None, name: str = "clone") -> Path:
        path = self.folder / name
        subprocess.run(["git", "init", "-q", "-b", "main", str(path)], env=self.env, check=True)
        if remote:
            self.git(path, "remote", "add", "origin", str(remote))
        return path

    def repository(self, path: Path, **env: str) -> Repository:
        return Repository(path, self.env | env)

    def branch(self, path: Path, *, remote: str | None = "origin", **options) -> Branch:
        env = options.pop("env", {})
        options.setdefault("pause", lambda _seconds: None)
        return Branch(self.repository(path, **env), LEDGER, remote=remote, **options)

    def lines(self, path: Path, file: str, branch: str = LEDGER) -> list[str]:
        return self.git(path, "cat-file", "blob", f"refs/heads/{branch}:{file}").splitlines()

    def shim(self, script: str, name: str = "shim") -> str:
        """Put a `git` before the real one on PATH; *script* may call "$REAL"."""
        folder = self.folder / name
        folder.mkdir()
        real = subprocess.run(
            ["which", "git"], capture_output=True, text=True, check=True
        ).stdout.strip()
        file = folder / "git"
        file.write_text(f"#!/bin/bash\nREAL={real}\n{script}\n")
        file.chmod(0o755)
        return f"{folder}:{self.env['PATH']}"


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    return Yard(tmp_path)


@pytest.fixture
def at() -> Instant:
    return Instant.from_utc(2026, 12, 1, 3, 4, 5)
