"""What the watchdog sees of a desk, and the one line about it that other commands end with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from whenever import Instant, TimeDelta

from mimin.cli.say import say
from mimin.errors import MiminError

if TYPE_CHECKING:
    from mimin.ledger.ledger import Book
    from mimin.planning.plan import Line
    from mimin.publishing.desk import Desk
    from mimin.watch.alarm import Look
    from mimin.workspace.tree import Tree

_NAME = "watch:remark"
_LEDGER = "mimin/ledger"
"""As `mimin.ledger.ledger.BRANCH`, whose import would slow down a check that has nothing to do."""


def look_at(desk: Desk, now: Instant) -> Look:
    """Look at everything; a ledger that can not be read is part of what is seen."""
    from mimin.checks.holding import errors_of
    from mimin.ledger.ledger import Book
    from mimin.watch.alarm import Look

    try:
        book = desk.book()
    except MiminError as error:
        empty = Book({})
        errors = tuple(errors_of(desk.problems(empty, now)))
        brands = desk.workspace.all_brands
        return Look(lines=(), book=empty, brands=brands, now=now, errors=errors, unread=str(error))
    return _look(desk, book, now)


def _look(desk: Desk, book: Book, now: Instant, lines: Sequence[Line] = ()) -> Look:
    from mimin.checks.holding import errors_of
    from mimin.publishing.clock import FixedClock
    from mimin.watch.alarm import Look

    planned = lines or desk.plan(book, FixedClock(now), TimeDelta(minutes=30))
    return Look(
        lines=tuple(planned),
        book=book,
        brands=desk.workspace.all_brands,
        now=now,
        errors=tuple(errors_of(desk.problems(book, now))),
    )


def remark(desk: Desk, book: Book, now: Instant, lines: Sequence[Line] = ()) -> None:
    """End a command with one line about what waits for a person, if anything does."""
    from mimin.watch.show import sum_up
    from mimin.watch.watch import find_alarms

    text = sum_up(find_alarms(_look(desk, book, now, lines)))
    if text:
        say(text, err=True)


def remark_on(tree: Tree, now: Instant) -> None:
    """Do the same for a command that has only looked at files: from the ledger as seen last.

    It never fetches, and while neither files nor ledger have changed and no time has come that
    matters, it repeats what was found before.
    """
    stamp = _stamp(tree)
    if not stamp:
        return
    text = _recalled(tree.root, stamp, now)
    if text is None:
        try:
            text, until = _find(tree.root, now)
        except MiminError as error:  # a remark must not spoil the check
            text = f"alarms: {error}"
        else:
            _keep(tree.root, stamp, (now, until), text)
    if text:
        say(text, err=True)


def _find(root: Path, now: Instant) -> tuple[str, Instant]:
    from mimin.cli.shared import open_desk
    from mimin.watch.show import sum_up
    from mimin.watch.watch import find_alarms, next_change

    desk = open_desk(root, None)
    look = _look(desk, desk.book(fetch=False), now)
    return sum_up(find_alarms(look)), next_change(look)


def _stamp(tree: Tree) -> str:
    """Name the files and the ledger as seen last; empty when there is no ledger here."""
    import hashlib

    if tree.repository is None:
        return ""
    refs = (f"refs/heads/{_LEDGER}", f"refs/mimin/seen/{_LEDGER}")
    heads = tree.repository.text("for-each-ref", "--format=%(objectname)", *refs)
    if not heads:
        return ""
    files = "\0".join(f"{blob}{path}" for path, blob in sorted(tree.blobs.items()))
    files += "\0".join(sorted(tree.pointers))
    rest = f"{heads}\0{files}"
    return hashlib.sha256(rest.encode(errors="surrogateescape")).hexdigest()


def _recalled(root: Path, stamp: str, now: Instant) -> str | None:
    from mimin.workspace.cache import Cache

    cache = Cache(root / ".mimin" / "cache.sqlite3")
    known, value = cache.load(_NAME).get(_NAME, ("", ""))
    cache.close()
    if known != stamp:
        return None
    start, until, text = value.split(" ", 2)
    return text if float(start) <= now.timestamp() < float(until) else None


def _keep(root: Path, stamp: str, valid: tuple[Instant, Instant], text: str) -> None:
    from mimin.workspace.cache import Cache

    cache = Cache(root / ".mimin" / "cache.sqlite3")
    start, until = valid
    cache.save([(_NAME, stamp, f"{start.timestamp()} {until.timestamp()} {text}")])
    cache.close()
