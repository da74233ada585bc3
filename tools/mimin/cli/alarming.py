"""What the watchdog sees of a desk, and the one line about it that other commands end with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from whenever import Instant, TimeDelta

from mimin.errors import MiminError

if TYPE_CHECKING:
    from mimin.ledger.ledger import Book
    from mimin.planning.plan import Line
    from mimin.publishing.desk import Desk
    from mimin.watch.alarm import Alarm
    from mimin.workspace.tree import Tree

_NAME = "watch:remark"
_FRESH = 600.0
"""Seconds for which a remark is repeated without looking again, while no file has changed."""


def alarms_of(desk: Desk, book: Book, now: Instant, lines: Sequence[Line] = ()) -> list[Alarm]:
    """Find what waits for a person; plans everything unless *lines* are a plan of all accounts."""
    from mimin.publishing.clock import FixedClock
    from mimin.watch.alarm import Look
    from mimin.watch.watch import find_alarms

    planned = lines or desk.plan(book, FixedClock(now), TimeDelta(minutes=30))
    look = Look(lines=tuple(planned), book=book, brands=desk.workspace.brands, now=now)
    return find_alarms(look)


def remark(desk: Desk, book: Book, now: Instant, lines: Sequence[Line] = ()) -> None:
    """End a command with one line about what waits for a person, if anything does."""
    from mimin.watch.show import sum_up

    text = sum_up(alarms_of(desk, book, now, lines))
    if text:
        click.echo(text, err=True)


def remark_on(tree: Tree, now: Instant) -> None:
    """Do the same for a command that has only looked at files: from the ledger as seen last.

    It never fetches, and where nothing has changed it repeats what was found a moment ago.
    """
    stamp = _stamp(tree)
    if not stamp:
        return
    text = _recalled(tree.root, stamp, now)
    if text is None:
        try:
            text = _find(tree.root, now)
        except MiminError as error:  # a remark must not spoil the check
            text = f"alarms: {error}"
        else:
            _keep(tree.root, stamp, now, text)
    if text:
        click.echo(text, err=True)


def _find(root: Path, now: Instant) -> str:
    from mimin.cli.shared import open_desk
    from mimin.watch.show import sum_up

    desk = open_desk(root, None)
    return sum_up(alarms_of(desk, desk.book(fetch=False), now))


def _stamp(tree: Tree) -> str:
    """Name the files and the ledger as seen last; empty when there is no ledger here."""
    import hashlib

    from mimin.ledger.ledger import BRANCH

    if tree.repository is None:
        return ""
    refs = (f"refs/heads/{BRANCH}", f"refs/mimin/seen/{BRANCH}")
    heads = tree.repository.text("for-each-ref", "--format=%(objectname)", *refs)
    if not heads:
        return ""
    files = "\0".join(f"{blob}{path}" for path, blob in sorted(tree.blobs.items()))
    rest = f"{heads}\0{files}"
    return hashlib.sha256(rest.encode(errors="surrogateescape")).hexdigest()


def _recalled(root: Path, stamp: str, now: Instant) -> str | None:
    from mimin.workspace.cache import Cache

    cache = Cache(root / ".mimin" / "cache.sqlite3")
    known, value = cache.load(_NAME).get(_NAME, ("", ""))
    cache.close()
    at, _, text = value.partition(" ")
    fresh = known == stamp and at and 0 <= now.timestamp() - float(at) < _FRESH
    return text if fresh else None


def _keep(root: Path, stamp: str, now: Instant, text: str) -> None:
    from mimin.workspace.cache import Cache

    cache = Cache(root / ".mimin" / "cache.sqlite3")
    cache.save([(_NAME, stamp, f"{now.timestamp()} {text}")])
    cache.close()
