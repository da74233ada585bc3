"""Boxes: what stands in an MP4 or QuickTime file beside pictures and sound, told by its boxes.

Sources: ISO/IEC 14496-12 (boxes, `udta`, `uuid`, `sinf`); QuickTime File Format,
"User Data Atoms".
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARENTS = frozenset({b"moov", b"trak"})
_READ_BY_FFMPEG = frozenset(
    {b"meta", b"loci", b"XMP_", b"name", b"titl", b"auth", b"cprt", b"date"}
)
_HARMLESS = frozenset(
    {
        *(b"hnti", b"hinf", b"tagc", b"chpl", b"WLOC", b"AllF", b"LOOP", b"SelO", b"tsel", b"kind"),
        *(b"SDLN", b"smrd", b"smta", b"ptv ", b"free", b"skip", b"\0\0\0\0"),
    }
)
"""User data of players and of Samsung's telephones: modes, no numbers and no names."""
_PROTECTED = re.compile(rb"sinf.{4}frma", re.DOTALL)


def boxes(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """List the boxes between two places: kind, begin and end of what each holds."""
    place = start
    while place + 8 <= end:
        size, kind = struct.unpack_from(">I4s", content, place)
        head = 8
        if size == 1 and place + 16 <= end:
            (size,), head = struct.unpack_from(">Q", content, place + 8), 16
        size = end - place if size == 0 else size
        if size < head:
            return
        yield kind, place + head, min(place + size, end)
        place += size


def index_first(content: bytes) -> bool:
    """Tell whether `moov` stands before `mdat`; true for what has neither."""
    found = (kind for kind, _, _ in boxes(content, 0, len(content)) if kind in {b"moov", b"mdat"})
    return next(found, b"moov") == b"moov"


def is_protected(content: bytes) -> bool:
    """Tell whether a track is encrypted: its description says what it would be without."""
    return any(
        kind == b"moov" and _PROTECTED.search(content, begin, end)
        for kind, begin, end in boxes(content, 0, len(content))
    )


def makers_boxes(content: bytes) -> bool:
    """Tell whether a maker has put data of his own in: numbers of cameras, settings, places."""
    return any(_makers(content, 0, len(content), 0))


def _makers(content: bytes, start: int, end: int, depth: int) -> Iterator[bool]:
    for kind, begin, stop in boxes(content, start, end):
        if kind in _PARENTS and depth < 2:
            yield from _makers(content, begin, stop, depth + 1)
        elif kind == b"uuid":
            yield True
        elif kind == b"udta":
            inner = {found for found, _, _ in boxes(content, begin, stop)}
            yield any(
                found[:1] != b"\xa9" and found not in _READ_BY_FFMPEG | _HARMLESS for found in inner
            )
