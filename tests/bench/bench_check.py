"""Measure `mimin check` and its start-up, against check-jsonschema on the same front matter.

Run: `python tests/bench/bench_check.py [--posts N] [--rounds N] [--corpus KINDS] [--peer PATH]`.
PATH is a check-jsonschema of a virtual environment of its own; without one that comparison is left
out. What the corpora are is said in `check_corpus.py`.

All runs have one core to themselves, but for the one that says otherwise, and find the byte code of
their modules where Python put it, as on any machine where the program ran before. Figures are
seconds of user CPU, which a busy machine changes less than the clock on the wall, which stands
beside it. Each is also given in what a fixed loop in Python takes in the same round, so that runs
on different machines, or on one that is busy, can be compared. Shown are medians of the rounds.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from check_corpus import KINDS, build, describe

NOW = "2026-01-01T00:00+07:00"
LOOP = "total = 0\nfor number in range(5_000_000):\n    total += number * number % 7\n"
RUN = "from mimin.cli.main import run; run()"
ALL = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else frozenset({0})
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
COLD, PEER = "check, cold", "check-jsonschema"


class Spent(NamedTuple):
    """What a command took, in seconds."""

    user: float
    wall: float


def spend(
    command: list[str], folder: Path, *, cores: int = 1, codes: tuple[int, ...] = (0,)
) -> Spent:
    """Run a command on some cores and give what it and its children took."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(ALL)[-cores:])
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime, time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    wall = time.perf_counter() - begun
    user = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, ALL)
    if done.returncode not in codes:
        sys.exit(
            f"{command[0]} ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}"
        )
    return Spent(user, wall)


def mimin(*args: str) -> list[str]:
    return [sys.executable, "-c", RUN, *args]


def extract(files: list[Path], folder: Path) -> None:
    """Write the front matter alone, as the peer can not read it out of Markdown."""
    folder.mkdir()
    for path in files:
        (folder / f"{path.stem}.yaml").write_text(path.read_text().split("---\n")[1])


def measure(
    root: Path, small: Path, files: list[Path], peer: tuple[str, Path] | None
) -> dict[str, Spent]:
    """Measure everything once, one after the other, so that all see the same machine."""
    check = mimin("check", "--now", NOW)
    found = {"loop": spend([sys.executable, "-c", LOOP], root)}
    found["python -c pass"] = spend([sys.executable, "-c", "pass"], root)
    found["mimin --help"] = spend(mimin("--help"), root)
    shutil.rmtree(small / ".mimin", ignore_errors=True)
    found["check, cold, one post"] = spend(check, small)
    shutil.rmtree(root / ".mimin", ignore_errors=True)
    found[COLD] = spend(check, root)
    if peer:
        names = sorted(path.name for path in peer[1].iterdir())
        command = [peer[0], "--schemafile", str(root / "post.json"), *names]
        found[PEER] = spend(command, peer[1])
    found["check, nothing changed"] = spend(check, root)
    edited = files[len(files) // 2]
    edited.write_text(edited.read_text() + "\nLagi.\n")
    found["check, one post edited"] = spend(check, root)
    edited.write_text(edited.read_text().removesuffix("\nLagi.\n"))
    if len(ALL) > 1:
        shutil.rmtree(root / ".mimin", ignore_errors=True)
        found[f"{COLD}, {len(ALL)} cores"] = spend(check, root, cores=len(ALL))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--corpus", default=",".join(KINDS), help=f"of {', '.join(KINDS)}")
    parser.add_argument("--peer", metavar="PATH", help="a check-jsonschema to compare with")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        build(Path(name, "small"), 1)
        for kind in options.corpus.split(","):
            root, peer = Path(name, kind), None
            files = build(root, options.posts, kind)
            print(f"{kind}: {describe(files)}")
            if options.peer:
                extract(files, Path(name, f"{kind}-yaml"))
                schema = subprocess.run(mimin("schema", "post"), capture_output=True, check=True)
                (root / "post.json").write_bytes(schema.stdout)
                peer = (str(Path(options.peer).absolute()), Path(name, f"{kind}-yaml"))
            small = Path(name, "small")
            _show([measure(root, small, files, peer) for _ in range(options.rounds)])


def _show(rounds: list[dict[str, Spent]]) -> None:
    print(f"{'':26}{'user s':>8}{'wall s':>8}{'x loop':>8}{'x cold':>8}")
    for what in rounds[0]:
        columns = [statistics.median(one[what].user for one in rounds)]
        columns += [statistics.median(one[what].wall for one in rounds)]
        columns += [
            statistics.median(one[what].user / one[other].user for one in rounds)
            for other in ("loop", COLD)
        ]
        print(f"{what:26}" + "".join(f"{figure:8.2f}" for figure in columns), flush=True)


if __name__ == "__main__":
    main()
