"""Text: what a Markdown body reads like on a network, where there is no markup.

Nothing is normalised (no NFC, no case, no quotes): what is reviewed is what is sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from mimin.compose.nearly import nearly_addresses
from mimin.compose.remark import Remark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mimin.model.limits import Links
    from mimin.model.media import MediaFields
    from mimin.model.payload import Span


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that stood in the text."""

    line: int
    fields: MediaFields


class Passage(NamedTuple):
    """A piece of a body as plain text."""

    line: int
    """Where it starts in the body, from 0."""
    text: str
    spans: tuple[Span, ...] = ()
    pictures: tuple[Picture, ...] = ()
    remarks: tuple[Remark, ...] = ()


# Whatever may mean something in Markdown, with a wide margin: a false alarm only costs time. Marks
# that count only at the start of a line come last. White space other than blanks is trimmed and
# split in ways that only the parser knows.
_SIGNIFICANT = re.compile(
    r"[\\`*\[<\x00-\x09\x0b-\x1f\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
    r"|&#?\w+;"
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|^(?:[ >+~-]|#{1,6}(?: |$)|\d{1,9}[.)](?: |$))",
    re.MULTILINE,
)
# The same and more, in forms that are found four times as fast.
_SUSPECT = re.compile(
    r"[\\`*\[<&_\x00-\x09\x0b-\x1f\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
)
_SUSPECT_START = re.compile(r"\n[ >+~\-#\d]")
_LOOSE = re.compile(r"(?<! ) +$", re.MULTILINE)
_GAPS = re.compile(r"\n{3,}")


@lru_cache(maxsize=256)
def render(source: str, links: Links, lines: Sequence[int] | None = None) -> Passage:
    r"""Turn Markdown into the text that people see, with its links, pictures and remarks.

    Args:
        source: Markdown with `\n` line ends.
        links: `facet` keeps a link's words under a span; `bare` writes its address out.
        lines: for each line of `source` the line it has in the body; the same when None.
    """
    lines = lines or range(source.count("\n") + 1)
    if is_marked_up(source):
        from mimin.compose.walk import walk

        return walk(source, links, lines)
    remarks = tuple(
        Remark(lines[found.line], found.code, found.message, found.severity)
        for found in nearly_addresses(source)
    )
    return Passage(_first_line(source, lines), plain(source), remarks=remarks)


def is_marked_up(source: str) -> bool:
    """Tell whether only the parser can say what a text means."""
    if _SUSPECT.search(source) or _SUSPECT_START.search(f"\n{source}"):
        return _SIGNIFICANT.search(source) is not None
    return False


def plain(source: str) -> str:
    """Tidy text that holds no markup: no blanks at line ends, one empty line between paragraphs."""
    if " \n" in source:
        source = _LOOSE.sub("", source)
    if "\n\n\n" in source:
        source = _GAPS.sub("\n\n", source)
    return source.strip("\n ")


def _first_line(source: str, lines: Sequence[int]) -> int:
    written = source.lstrip()
    return lines[source.count("\n", 0, len(source) - len(written))] if written else lines[0]
