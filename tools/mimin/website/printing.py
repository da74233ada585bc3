"""Printing: pages of posts into files, by all cores when there are many.

What comes out does not depend on how many cores there are.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple

from mimin.website.output import Status, put

if TYPE_CHECKING:
    from multiprocessing.pool import Pool
    from typing import Self

WORTH_IT = 1_000
"""From how many pages on starting workers costs less than it saves."""
_SHARE = 200


class Sheet(NamedTuple):
    """A page that has to be made."""

    place: int
    """Which of all posts it shows."""
    address: str
    key: str


class Printed(NamedTuple):
    """A page that lies in its file."""

    sheet: Sheet
    status: Status
    written: bool
    """Whether the file was not like this before."""


@dataclass(frozen=True)
class Press:
    """What a worker inherits from the process that forked it."""

    site: str
    make: Callable[[Sheet], bytes]
    """Gives the content; must not touch what can not be shared with a fork, such as SQLite."""

    def run(self, sheets: Sequence[Sheet]) -> list[Printed]:
        """Print some pages."""
        found = []
        for sheet in sheets:
            status, written = put(self.site, sheet.address, self.make(sheet))
            found.append(Printed(sheet, status, written))
        return found


_press: Press | None = None


class Printer:
    """Prints pages behind the scenes, between `start` and `results`."""

    def __init__(self, press: Press, *, alone: bool = False) -> None:
        """Print by *press*; a process with threads is left *alone*: a fork of it may hang."""
        self._press = press
        self._cores = 1 if alone else _cores()
        self._results: Iterator[list[Printed]] = iter(())
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def start(self, sheets: Sequence[Sheet]) -> None:
        """Let workers begin; print now what is not worth it, or what may not be left to them."""
        global _press  # noqa: PLW0603 - a forked worker finds it here; sending it would cost more
        if len(sheets) < WORTH_IT or self._cores < 2:
            self._results = iter([self._press.run(sheets)])
            return
        shares = [sheets[start : start + _SHARE] for start in range(0, len(sheets), _SHARE)]
        _press = self._press
        try:
            pool: Pool = multiprocessing.get_context("fork").Pool(self._cores)
        finally:
            _press = None
        self._stack.enter_context(pool)
        self._results = pool.imap(_run, shares)

    def results(self) -> Iterator[Printed]:
        """Give what was printed, in order."""
        for share in self._results:
            yield from share


def _run(sheets: Sequence[Sheet]) -> list[Printed]:
    assert _press is not None  # noqa: S101 - set before the fork
    return _press.run(sheets)


def _cores() -> int:
    """Count the cores that this process may use; one where it can not fork safely."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux, where fork is safe too
    return len(affinity(0)) if affinity is not None else 1
