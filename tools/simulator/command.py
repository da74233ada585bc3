"""The simulator's command line: seeds in, a table out, and for a broken promise a small replay."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from multiprocessing import get_context

from simulator.actions import START, Script, Size, write_script
from simulator.replay import choose, command_for, options_of, shrink, tell
from simulator.trial import Trial, attempt
from simulator.troubles import KINDS

_MONTHS = (
    "10,000 account-months: --seeds 1-50 --accounts 200 --posts-a-month 2 --runs-a-day 1 --tick 20 "
    "--trouble 1 --jobs 2"
)


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for; 1 if a promise was broken."""
    options = _parse(arguments)
    size = Size(
        accounts=options.accounts,
        months=options.months,
        days=options.days,
        posts=options.posts_a_month,
        runs=options.runs_a_day,
        trouble=options.trouble,
        tick=options.tick,
        kinds=_kinds(options.kinds),
    )
    off = frozenset(filter(None, options.without.split(",")))
    began = time.monotonic()
    trials = []
    for trial in _trials(options, size, off):
        trials.append(trial)
        note = f"broken: {trial.violations[0].rule}" if trial.violations else "kept"
        print(f"seed {trial.seed}: {note} ({trial.seconds:.1f} s)", file=sys.stderr, flush=True)  # noqa: T201 - a command
    broken = [trial for trial in trials if trial.violations]
    print(table(trials, size, time.monotonic() - began))  # noqa: T201 - a command
    for trial in broken[:3]:
        script = choose(write_script(trial.seed, size), options.posts, options.actions)
        report(script, trial, off, 0.0 if options.actions else options.patience)
    return 1 if broken else 0


def report(script: Script, trial: Trial, off: frozenset[str], patience: float) -> None:
    """Print a failing world as small as it can be made in a while, and how to play it again."""
    small, violation = shrink(script, trial, off, patience)
    print(f"\nseed {trial.seed}")  # noqa: T201 - a command
    print(tell(small, violation, START.timestamp()))  # noqa: T201 - a command
    print(command_for(small, options_of(script.size)))  # noqa: T201 - a command


def _trials(options: argparse.Namespace, size: Size, off: frozenset[str]) -> Iterator[Trial]:
    first, _, last = options.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    work = partial(_one, size=size, off=off, posts=options.posts, actions=options.actions)
    if options.jobs == 1:
        yield from map(work, seeds)
        return
    # An executor whose processes end after some tasks stands still in the end (CPython gh-115634).
    with get_context("spawn").Pool(options.jobs, maxtasksperchild=20) as pool:
        yield from pool.imap(work, seeds)


def _one(seed: int, *, size: Size, off: frozenset[str], posts: str, actions: str) -> Trial:
    return attempt(choose(write_script(seed, size), posts, actions), off)


def table(trials: Iterable[Trial], size: Size, seconds: float) -> str:
    """Add worlds up."""
    listed = list(trials)
    total: Counter[str] = Counter()
    for trial in listed:
        total += trial.tally
    months = len(listed) * size.accounts * size.months * size.days / 30
    faults = {name: count for name, count in total.items() if name.startswith("fault: ")}
    rows = [
        ("worlds", len(listed)),
        ("account-months", f"{months:.0f}"),
        ("runs", total["runs"]),
        ("deliveries", total["deliveries"]),
        ("parts", total["parts"]),
        ("injected faults", sum(faults.values())),
        *(("  " + name.removeprefix("fault: "), count) for name, count in sorted(faults.items())),
        ("kills", total["kills"]),
        *((name, count) for name, count in sorted(total.items()) if name.startswith("people: ")),
        *((name, count) for name, count in sorted(total.items()) if name.startswith("event: ")),
        *((name, count) for name, count in sorted(total.items()) if name.startswith("exit: ")),
        ("sent after a freeze, claimed before it", total["sent after a freeze, claimed before it"]),
        ("duplicates", total["duplicates"]),
        ("silent losses", total["silent losses"]),
        ("broken promises", sum(len(trial.violations) for trial in listed)),
        ("seconds", f"{seconds:.0f}"),
    ]
    return "\n".join(f"{name:<42} {value:>9}" for name, value in rows)


def _kinds(names: str) -> frozenset[str]:
    found = {"all": frozenset(KINDS), "none": frozenset[str]()}.get(names)
    found = frozenset(names.split(",")) if found is None else found
    if found - KINDS.keys():
        raise SystemExit(f"there is no trouble called {', '.join(found - KINDS.keys())}")
    return found


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    size = Size()
    parser = argparse.ArgumentParser(
        prog="python -m simulator", description=__doc__, epilog=_MONTHS
    )
    parser.add_argument("--seeds", default="1-10", help="one, or FIRST-LAST")
    parser.add_argument("--accounts", type=int, default=size.accounts)
    parser.add_argument("--months", type=int, default=size.months)
    parser.add_argument("--days", type=int, default=size.days, help="of a month")
    parser.add_argument("--posts-a-month", type=int, default=size.posts, help="for each account")
    parser.add_argument("--runs-a-day", type=int, default=size.runs)
    parser.add_argument("--trouble", type=float, default=size.trouble)
    parser.add_argument("--tick", type=float, default=size.tick, help="seconds; see Size")
    parser.add_argument(
        "--kinds", default="all", help=f"of trouble: all, none, or some of {', '.join(KINDS)}"
    )
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--without", default="", help="rules that are not judged, with commas")
    parser.add_argument("--patience", type=float, default=120.0, help="seconds to make one small")
    parser.add_argument("--posts", default="", help="of a replay: only these")
    parser.add_argument("--actions", default="", help="of a replay: only these")
    return parser.parse_args(arguments)
