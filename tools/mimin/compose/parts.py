"""Parts: a body cut where a line holds nothing but `---`, and freed from the author's own notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from mimin.compose.remark import Remark
from mimin.compose.text import Passage, render
from mimin.model.event import MOST_PARTS

if TYPE_CHECKING:
    from mimin.model.limits import Links

_SEPARATOR = re.compile(r" {0,3}---[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_NOTE = re.compile(r" {0,3}<!--")


class Piece(NamedTuple):
    """The Markdown of one part."""

    source: str
    lines: Sequence[int]
    """For each line of the source the line it has in the body, from 0."""


@lru_cache(maxsize=64)
def passages(body: str, links: Links) -> tuple[tuple[Passage, ...], tuple[Remark, ...]]:
    """Give the text of every part, and what is wrong in any of them."""
    if links == "bare" and "[" not in body and "<" not in body:
        # Without links both forms are one, and the other may have been made already.
        return passages(body, "facet")
    pieces, remarks = split(body)
    found = tuple(render(piece.source, links, piece.lines) for piece in pieces)
    return found, remarks + tuple(remark for passage in found for remark in passage.remarks)


def split(body: str) -> tuple[tuple[Piece, ...], tuple[Remark, ...]]:
    """Cut a body into its parts, outside fenced code; take notes (`<!-- … -->`) out whole.

    A note may hold empty lines and separators, which Markdown itself would not read as one note.
    """
    if "\r" in body:
        body = body.replace("\r\n", "\n").replace("\r", "\n")
    if "<!--" not in body and "```" not in body and "~~~" not in body:
        return _most(tuple(islice(_cut_plainly(body), MOST_PARTS + 1)), ())
    return _most(*scan(body))


def _most(
    pieces: tuple[Piece, ...], remarks: tuple[Remark, ...]
) -> tuple[tuple[Piece, ...], tuple[Remark, ...]]:
    """Leave out the parts that no ledger could hold."""
    if len(pieces) <= MOST_PARTS:
        return pieces, remarks
    message = f"more than {MOST_PARTS:,} parts; join some, or make several posts of it"
    too_long = Remark(pieces[MOST_PARTS].lines[0], "thread-too-long", message)
    return pieces[:MOST_PARTS], (*remarks, too_long)


def scan(body: str) -> tuple[tuple[Piece, ...], tuple[Remark, ...]]:
    """Cut a body that may hold fences and notes, line by line."""
    reader = _Scan()
    for number, line in enumerate(body.split("\n")):
        reader.read(number, line)
    return reader.finish()


def _cut_plainly(body: str) -> Iterator[Piece]:
    """Cut a body in which every separator is one."""
    start = line = 0
    dashes = body.find("---")
    while dashes >= 0:
        first, last = body.rfind("\n", 0, dashes) + 1, body.find("\n", dashes)
        last = len(body) if last < 0 else last
        if _SEPARATOR.match(body[first:last]):
            own = body.count("\n", start, first)
            # An empty part stands on its separator's line.
            yield Piece(body[start : max(first - 1, start)], range(line, line + max(own, 1)))
            start = last + 1
            line += own + 1
        dashes = body.find("---", last)
    if start > len(body):  # nothing follows the last separator, not even a line
        yield Piece("", range(line - 1, line))
    else:
        yield Piece(body[start:], range(line, line + body.count("\n", start) + 1))


class _Scan:
    """Reads lines; knows whether it is inside a fence or a note."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.kept: list[tuple[int, str]] = []
        self.fence = ""
        self.note = False
        self.opened = 0
        self.last = 0

    def read(self, number: int, line: str) -> None:
        """Take the next line of the body."""
        self.last = number
        if self.fence:
            self.kept.append((number, line))
            if _closes(self.fence, line):
                self.fence = ""
            return
        bare = self._without_note(number, line)
        if bare is None:
            return
        if _SEPARATOR.match(bare):
            self._cut(number)
            return
        fence = _FENCE.match(bare)
        if fence:
            self.fence, self.opened = fence[1], number
        self.kept.append((number, bare))

    def finish(self) -> tuple[tuple[Piece, ...], tuple[Remark, ...]]:
        """Close the last part."""
        self._cut(self.last)
        remarks: tuple[Remark, ...] = ()
        if self.fence:
            message = f"a code block opens here and is never closed; end it with {self.fence}"
            remarks = (Remark(self.opened, "fence-unclosed", message),)
        elif self.note:
            message = "`<!--` opens a note that is never closed; end it with -->"
            remarks = (Remark(self.opened, "comment-unclosed", message),)
        return tuple(self.pieces), remarks

    def _without_note(self, number: int, line: str) -> str | None:
        """Give what is left of a line without its leading notes; None when nothing is."""
        had_note = self.note
        while self.note or _NOTE.match(line):
            if not self.note:
                self.opened = number
                line = line.lstrip()[2:]
            _, end, line = line.partition("-->")
            self.note = not end
            had_note = True
            if self.note:
                return None
        return None if had_note and not line.strip() else line

    def _cut(self, number: int) -> None:
        lines = [at for at, _ in self.kept] or [number]
        # What starts and ends at once is a range, so that equal pieces are cheap to compare.
        whole = range(lines[0], lines[-1] + 1)
        source = "\n".join(text for _, text in self.kept)
        self.pieces.append(Piece(source, whole if len(whole) == len(lines) else tuple(lines)))
        self.kept = []


def _closes(fence: str, line: str) -> bool:
    mark = line.strip(" \t")
    return (
        len(mark) >= len(fence) and not mark.strip(fence[0]) and len(line) - len(line.lstrip()) < 4
    )
