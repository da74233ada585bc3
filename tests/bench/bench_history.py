"""Measure what it costs to believe a ledger in a clone that has never seen it, and afterwards.

Run: `python tests/bench/bench_history.py [--commits N] [--accounts N] [--months N]`. Every commit
appends one event to a file of an account and month, as a run does. Each figure is the median of
five reads; `without` reads the same branch and believes it as it stands.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from mimin.git import Repository, clean_environment
from mimin.ledger.ledger import Ledger
from mimin.ledger.lines import is_record
from mimin.store import Branch

LEDGER = "refs/heads/mimin/ledger"
PRIVATE = ("seen/mimin/ledger", "copied/mimin/ledger/head", "verified/mimin/ledger")
KINDS = ("claimed", "published")


def git(where: Path, *args: str, stdin: bytes = b"") -> None:
    command = ["git", "-C", str(where), *args]
    env = clean_environment(os.environ)
    subprocess.run(command, env=env, input=stdin, check=True, capture_output=True)


def event(number: int, account: str) -> bytes:
    fields = {
        "v": 2,
        "at": "2026-12-01T03:04:05Z",
        "kind": KINDS[number % 2],
        "account": account,
        "key": f"kopi-senja/post-{number // 2}@{account}",
        "digest": f"{number * 7919:064x}",
        "run": "1234567890-1",
        "destination": "bluesky bsky.social kopi-senja.example.com",
        "handles": {"rkey": f"{number:013d}"},
        "url": f"https://bsky.app/p/{number}",
    }
    return json.dumps(fields, sort_keys=True).encode() + b"\n"


def build(remote: Path, options: argparse.Namespace) -> int:
    """Write the history; give the size of all files at its end."""
    files: dict[str, bytes] = {}
    stream = [b"feature done\n"]
    for number in range(options.commits):
        account = f"kopi-senja/account-{number // 2 % options.accounts}"
        month = number * options.months // options.commits
        path = f"events/{account}/{2020 + month // 12}-{month % 12 + 1:02}.jsonl"
        files[path] = files.get(path, b"") + event(number, account)
        stream += [
            b"commit %s\ncommitter mimin <mimin@localhost> %d +0000\n" % (LEDGER.encode(), number),
            b"data 5\nEvent\nM 100644 inline %s\n" % path.encode(),
            b"data %d\n%s\n" % (len(files[path]), files[path]),
        ]
    git(remote, "fast-import", "--quiet", "--done", stdin=b"".join([*stream, b"done\n"]))
    git(remote, "repack", "-adfq")
    return sum(map(len, files.values()))


def clock(clone: Path, *, keeps: bool, fresh: bool) -> float:
    times = []
    for _ in range(5):
        if fresh:
            for ref in PRIVATE:
                git(clone, "update-ref", "-d", f"refs/mimin/{ref}")
        branch = Branch(
            Repository(clone), "mimin/ledger", remote="origin", keeps=is_record if keeps else None
        )
        start = time.perf_counter()
        Ledger(branch).read()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=10_000)
    parser.add_argument("--accounts", type=int, default=10)
    parser.add_argument("--months", type=int, default=12)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        remote, clone = Path(folder, "remote.git"), Path(folder, "clone")
        git(Path(folder), "init", "-q", "--bare", str(remote))
        size = build(remote, options)
        git(Path(folder), "clone", "-q", f"file://{remote}", str(clone))
        print(f"{options.commits:,} commits, {options.accounts} accounts, {options.months} months")
        print(f"{size / options.accounts / options.months / 1000:,.0f} kB a file")
        without = clock(clone, keeps=False, fresh=True)
        first = clock(clone, keeps=True, fresh=True)
        later = clock(clone, keeps=True, fresh=False)
        print(f"read without looking at the history: {without:6.2f} s")
        print(f"read by a clone that never saw it:   {first:6.2f} s")
        print(f"read once more:                      {later:6.2f} s")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        print(f"most memory, the building included:  {peak:6.0f} MB")


if __name__ == "__main__":
    main()
