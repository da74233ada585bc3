"""Measure how fast the ledger is appended to and read, with little and with much history.

Run: `python tests/bench/bench_ledger.py [--rounds N]`. Everything goes to a bare remote on this
disk. The baseline of writing is one commit and push an event; that of reading is `json.loads` of
the same lines, which is the least that anybody has to do. Each figure is the median of the rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
import threading
import time
from itertools import count
from pathlib import Path

from whenever import Instant, TimeDelta

from mimin.git import Repository
from mimin.ledger.ledger import BRANCH, Ledger
from mimin.ledger.lines import encode, path_of
from mimin.model.event import Event, Kind
from mimin.store import Branch, Put

NOW = Instant.from_utc(2026, 12, 1)
ACCOUNTS = 10
TARGET = 1000
LONGEST_READ = 1.0
_numbers = count()


def claim(number: int, at: Instant = NOW) -> Event:
    account = f"kopi-senja/akun-{number % ACCOUNTS}"
    return Event(
        at=at,
        kind=Kind.CLAIMED,
        account=account,
        key=f"kopi-senja/pos-{number}@akun-{number % ACCOUNTS}",
        run="github-12345678901-1",
        digest=f"{number:064x}",
        due=at,
        until=at + TimeDelta(minutes=5),
        handles={"rkey": "3lbmtd4ynl22a", "createdAt": at.format_iso(), "text": f"{number:064x}"},
    )


def receipt(of: Event) -> Event:
    fields = {"kind": Kind.PUBLISHED, "until": None, "handles": {"cid": of.digest}}
    name = of.digest[-13:]
    return of.model_copy(
        update=fields | {"remote_id": f"at://did:plc:kopi/app.bsky.feed.post/{name}",
                         "url": f"https://bsky.app/profile/did:plc:kopi/post/{name}"}
    )  # fmt: skip


def fresh(amount: int) -> list[Event]:
    return [claim(10**9 + next(_numbers)) for _ in range(amount)]


def history(length: int) -> dict[str, Put]:
    """Lay out old events over the months before, half of them claims and half receipts."""
    lines: dict[str, bytearray] = {}
    for number in range(length // 2):
        first = claim(number, NOW - TimeDelta(hours=24 * (31 + number % 1000)))
        for event in (first, receipt(first)):
            lines.setdefault(path_of(event), bytearray()).extend(encode(event))
    return {path: Put(bytes(content)) for path, content in lines.items()}


def make(folder: Path, length: int) -> Path:
    remote, clone = folder / "remote.git", folder / "clone"
    for command in (
        ("init", "-q", "--bare", str(remote)),
        ("clone", "-q", str(remote), str(clone)),
    ):
        subprocess.run(["git", *command], check=True, capture_output=True)
    old = history(length)
    if old:
        Branch(Repository(clone), BRANCH, remote="origin").transact(
            lambda _: old, message="history", at=NOW
        )
    return clone


def open_ledger(clone: Path) -> Ledger:
    return Ledger(Branch(Repository(clone), BRANCH, remote="origin"))


def clock(action: object, *args: object) -> float:
    start = time.perf_counter()
    action(*args)  # type: ignore[operator]
    return time.perf_counter() - start


def claim_together(ledger: Ledger, events: list[Event]) -> None:
    """Let every account claim in a thread of its own, as a run does."""
    threads = [threading.Thread(target=ledger.claim, args=(event,)) for event in events]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def measure(length: int, rounds: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        clone = make(Path(folder), length)
        ledger = open_ledger(clone)
        reads = [clock(open_ledger(clone).read) for _ in range(rounds)]
        ledger.read()
        raw = [bytes(put.content) for put in history(length).values()]
        least = clock(lambda: [json.loads(line) for text in raw for line in text.splitlines()])

        def rate(amount: int, act: object) -> float:
            return amount / statistics.median(clock(act, fresh(amount)) for _ in range(rounds))

        single, hundred, thousand = (rate(n, ledger.record) for n in (1, 100, 1000))
        claims = rate(100, lambda events: claim_together(ledger, events))
        (one,) = fresh(1)
        one_claim = clock(ledger.claim, one)
        again = clock(ledger.read)
    read = statistics.median(reads)
    print(
        f"{length:>8} {single:>9,.0f} {hundred:>9,.0f} {thousand:>9,.0f} {hundred / single:>8.0f}x"
        f" {claims:>9,.0f} {one_claim * 1000:>8.0f} {read:>8.2f} {least:>8.2f} {again:>8.3f}",
        flush=True,
    )
    return min(hundred, thousand) >= TARGET and read <= LONGEST_READ


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print("events/s recorded 1, 100 and 1000 a commit; 100 threads claiming; seconds to read")
    print(
        f"{'history':>8} {'1':>9} {'100':>9} {'1000':>9} {'100 : 1':>9} {'claims/s':>9}"
        f" {'claim ms':>8} {'read s':>8} {'json s':>8} {'again s':>8}"
    )
    met = [measure(length, options.rounds) for length in (0, 10_000, 100_000)]
    goal = f"{TARGET:,} events/s from 100 a commit on, a read of everything in {LONGEST_READ:.0f} s"
    print(f"target of {goal}: {'met' if all(met) else 'MISSED'}")


if __name__ == "__main__":
    main()
