"""A publisher of its own: waits for the start, then runs `mimin` on one clone.

Usage: python racer.py START ARGUMENTS...; it says that it is ready by a file beside START. With
PAUSE_AT set to a number it stops after so many posts, until the file `go` lies beside START.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from pathlib import Path

LONGEST = 60.0


def main(start: str, *arguments: str) -> None:
    spec = importlib.util.spec_from_file_location("killer", Path(__file__).with_name("killer.py"))
    killer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(killer)
    killer.warm_up()
    flag = Path(start)
    if os.environ.get("PAUSE_AT"):
        pause(flag, int(os.environ["PAUSE_AT"]))
    flag.with_name(f"ready-{os.getpid()}").touch()
    wait_for(flag)
    from mimin.cli.main import main as mimin

    mimin(list(arguments))


def pause(flag: Path, number: int) -> None:
    """Stop after the post of this number, before its receipt."""
    keyless = sys.modules["keyless_network"]
    hang, count = keyless.hang, [0]

    def hang_and_pause(access, job) -> None:
        hang(access, job)
        count[0] += 1
        if count[0] == number:
            flag.with_name("paused").touch()
            wait_for(flag.with_name("go"))

    keyless.hang = hang_and_pause


def wait_for(flag: Path) -> None:
    end = time.monotonic() + LONGEST
    while not flag.exists():
        if time.monotonic() > end:
            sys.exit(f"{flag} never came")
        time.sleep(0.001)


if __name__ == "__main__":
    main(*sys.argv[1:])
