"""Containment: whether a file holds all records of an older one, and how they are put back."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from typing import TypeAlias

Keeps: TypeAlias = Callable[[bytes], bool]
"""Tells whether a line is a record, which no commit may drop; damage may be taken out."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def lines_of(content: bytes) -> list[bytes]:
    """Split a file into its lines, without what editors change: line ends, blanks, a byte mark."""
    lines = (line.strip() for line in content.removeprefix(_BYTE_ORDER_MARK).splitlines())
    return [line for line in lines if line]


def lost_lines(old: bytes, new: bytes, keeps: Keeps) -> list[bytes]:
    """List the records of *old* that *new* does not hold, or not in their order.

    Order counts: a claim that stands before the refusal which answered it reads as an open try.
    """
    if new.startswith(old):
        return []
    places: dict[bytes, list[int]] = {}
    for number, line in enumerate(lines_of(new)):
        places.setdefault(line, []).append(number)
    lost, position = [], 0
    for line in lines_of(old):
        found = places.get(line, [])
        index = bisect_left(found, position)
        if index < len(found):
            position = found[index] + 1
        elif keeps(line):
            lost.append(line)
    return lost


def merged(old: bytes, new: bytes, keeps: Keeps) -> bytes:
    """Build the file that holds the records of both, each in their order; damage is left out."""
    if not lost_lines(old, new, keeps):
        old = b""
    ours, theirs = ([line for line in lines_of(each) if keeps(line)] for each in (new, old))
    return b"".join(line + b"\n" for line in _merge(theirs, ours))


def _merge(old: list[bytes], new: list[bytes]) -> Iterator[bytes]:
    # What was lost goes before what was added since: that is where it stood.
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for _, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        yield from old[old_start:old_end]
        if old[old_start:old_end] != new[new_start:new_end]:
            yield from new[new_start:new_end]
