"""The fakes of publishing under their own name, and a look at a plan made with them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


def _module(name, path):
    """Load a module under a name of its own: test modules can not import each other."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


fakes = _module("publishing_fakes", FOLDER.parent / "publishing" / "fakes.py")


@pytest.fixture
def late_place(place):
    """A workspace in git with one post whose time was 10:00, and an empty ledger."""
    place.write(
        {
            "content/kopi-senja/posts/gajian.md": (
                "---\naccounts: [bluesky]\nat: 2026-12-01 10:00\n---\nGajian tiba!\n"
            )
        }
    )
    place.commit()
    return place


@pytest.fixture
def look_at():
    """Plan *posts* against *events* and look at the result with the watchdog's eyes."""
    from whenever import TimeDelta

    from mimin.planning.plan import Rules, make_plan
    from mimin.watch.alarm import Look

    def look(*events, posts=(), freezes=(), minutes=0, brand=None, committed=None, **fields):
        now = fakes.NOW + TimeDelta(minutes=minutes)
        brands = {"kopi-senja": brand or fakes.brand()}
        blobs = {path: blob for post in posts for path, blob in post.inputs.items()}
        rules = Rules(
            now=now, lookahead=TimeDelta(minutes=10), brands=brands, committed=committed or blobs
        )
        book = fakes.book(*events, freezes=freezes)
        lines = make_plan(posts, book, rules)
        return Look(lines=tuple(lines), book=book, brands=brands, now=now, **fields)

    return look


@pytest.fixture
def alarms_in(look_at):
    """Find alarms: their ids."""
    from mimin.watch.watch import find_alarms

    def find(*events, **given):
        return find_alarms(look_at(*events, **given))

    return find
