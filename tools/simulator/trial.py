"""One world tried out: what happened in it, and which promise it broke, if any."""

from __future__ import annotations

import io
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from simulator.actions import Script
from simulator.audit import Violation
from simulator.engine import tied
from simulator.world import World, scratch


@dataclass(frozen=True)
class Trial:
    """How a world went."""

    seed: int
    tally: Counter[str]
    violations: tuple[Violation, ...]
    seconds: float
    """Of processor time and waiting."""


def attempt(script: Script, off: frozenset[str] = frozenset()) -> Trial:
    """Let a world live, with the rules in *off* not judged."""
    began = time.perf_counter()
    with scratch() as folder, _quiet(), _no_configuration(Path(folder)), tied():
        world = World(script, Path(folder), off)
        world.live()
        threads = threading.active_count()
        world.tally["threads left"] = threads if threads > 50 else 0
    seconds = time.perf_counter() - began
    return Trial(script.seed, world.tally, tuple(world.audit.violations), seconds)


class _Nowhere(io.StringIO):
    """Where the commands' words go; nobody reads months of them."""

    def write(self, text: str) -> int:
        """Forget it."""
        return len(text)


@contextmanager
def _quiet() -> Iterator[None]:
    with redirect_stdout(_Nowhere()), redirect_stderr(_Nowhere()):
        yield


@contextmanager
def _no_configuration(folder: Path) -> Iterator[None]:
    """Keep a developer's git configuration and CI's variables out of the world."""
    empty = folder / "gitconfig"
    empty.touch()  # and not the null device, which `git config --global` replaces by a file
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "GITHUB_", "MIMIN_"))
    }
    fixed = {"GIT_CONFIG_GLOBAL": str(empty), "GIT_CONFIG_NOSYSTEM": "1"}
    with patch.dict(os.environ, kept | fixed, clear=True):
        yield
