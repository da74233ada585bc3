"""Measure how many events a second the store takes, against plain git in a work tree.

Run: `python tests/bench/bench_store.py [--rounds N]`. Both sides write the same lines to a file of
the current month and push to a bare remote on this disk, turn by turn in one run, so that their
ratio holds on a busy machine. Each figure is the median of the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from whenever import Instant

from mimin.git import Repository, clean_environment
from mimin.store import Append, Branch, Put

AT = Instant.from_utc(2026, 12, 1)
MONTH = "kopi-senja/bluesky/2026-12.jsonl"
PER_FILE = 1000
TARGET = 1000


def event(number: int) -> bytes:
    fields = {"key": f"{number:064x}", "kind": "published", "at": "2026-12-01T03:04:05Z"}
    more = {"digest": f"{number * 7919:064x}", "url": f"https://example.com/post/{number}", "v": 1}
    return json.dumps(fields | more, sort_keys=True).encode() + b"\n"


def events(count: int) -> bytes:
    return b"".join(event(number) for number in range(count))


def git(where: Path, *args: str) -> None:
    who = {
        f"GIT_{role}_{key}": "bench"
        for role in ("AUTHOR", "COMMITTER")
        for key in ("NAME", "EMAIL")
    }
    env = clean_environment(os.environ) | who
    subprocess.run(["git", "-C", str(where), *args], env=env, check=True, capture_output=True)


class Mimin:
    """One transaction of the store."""

    def __init__(self, folder: Path, history: int) -> None:
        self.clone, _ = remote_and_clone(folder, "mimin")
        self.branch = Branch(Repository(self.clone), "mimin/ledger", remote="origin")
        files = {old_file(n): Put(events(PER_FILE)) for n in range(history // PER_FILE)}
        self.branch.transact(lambda _: files, message="history", at=AT)

    def write(self, lines: bytes) -> None:
        self.branch.transact(lambda _: {MONTH: Append(lines)}, message="events", at=AT)

    def write_apart(self, lines: list[bytes]) -> None:
        """Let every line come from a thread of its own."""
        threads = [threading.Thread(target=self.write, args=(line,)) for line in lines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


class Plain:
    """`git fetch`, append, `git commit`, `git push` in a checkout of the branch."""

    def __init__(self, folder: Path, history: int) -> None:
        self.clone, _ = remote_and_clone(folder, "plain")
        git(self.clone, "checkout", "-q", "-b", "ledger")
        for number in range(history // PER_FILE):
            self._append(old_file(number), events(PER_FILE))
        self._append(MONTH, b"")
        self._commit()

    def write(self, lines: bytes) -> None:
        git(self.clone, "fetch", "-q", "origin")
        self._append(MONTH, lines)
        self._commit()

    def _append(self, name: str, lines: bytes) -> None:
        file = self.clone / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab") as stream:
            stream.write(lines)

    def _commit(self) -> None:
        git(self.clone, "add", "-A")
        git(self.clone, "commit", "-q", "-m", "events")
        git(self.clone, "push", "-q", "origin", "ledger")


def remote_and_clone(folder: Path, name: str) -> tuple[Path, Path]:
    remote, clone = folder / f"{name}.git", folder / name
    git(folder, "init", "-q", "--bare", str(remote))
    git(folder, "init", "-q", str(clone))
    git(clone, "remote", "add", "origin", str(remote))
    return clone, remote


def old_file(number: int) -> str:
    return (
        f"kopi-senja/account-{number % 10}/{2020 + number // 120}-{number // 10 % 12 + 1:02}.jsonl"
    )


def clock(action: object, *args: object) -> float:
    start = time.perf_counter()
    action(*args)  # type: ignore[operator]
    return time.perf_counter() - start


def measure(folder: Path, history: int, rounds: int) -> bool:
    """Print the figures for one length of history; tell whether the target is met."""
    mimin, plain = Mimin(folder, history), Plain(folder, history)
    met = True
    for count in (1, 10, 100, 1000):
        lines = events(count)
        pairs = [(clock(mimin.write, lines), clock(plain.write, lines)) for _ in range(rounds)]
        ours = count / statistics.median(pair[0] for pair in pairs)
        # Plain git has one commit an event: what a run without group commit pays.
        single = 1 / statistics.median(clock(plain.write, event(0)) for _ in range(rounds))
        ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
        print(
            f"{history:>8} {count:>8} {ours:>12,.0f} {ratio:>16.2f} {ours / single:>16.1f}",
            flush=True,
        )
        met = met and (count < 100 or ours >= TARGET)
    apart = 100 / clock(mimin.write_apart, [event(n) for n in range(100)])
    print(f"{history:>8} {'100 thr.':>8} {apart:>12,.0f}")
    return met


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print("faster than plain git: with the same batch, and with a commit for each event")
    print(f"{'history':>8} {'batch':>8} {'events/s':>12} {'x same batch':>16} {'x per event':>16}")
    met = []
    for history in (0, 10_000, 100_000):
        with tempfile.TemporaryDirectory() as folder:
            met.append(measure(Path(folder), history, options.rounds))
    print(f"target of {TARGET:,} events/s from 100 a commit on: {'met' if all(met) else 'MISSED'}")


if __name__ == "__main__":
    main()
