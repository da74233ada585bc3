"""Quoting: a comment that somebody else's run wrote, of which nothing is trusted.

It is shown as a quotation under a note that says so. Lines of the forms that `mimin comment` writes
stay as they are, when all in them is words or code; every other line is shown as code. What it
opens, it closes: a quotation ends whatever was begun in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mimin.planning.markdown import Heading, cell, is_plain
from mimin.printable import one_line

_HEADINGS = frozenset(Heading)
_OPEN = re.compile(r"(`{3,})text")
_CLOSE = re.compile(r" {0,3}(`{3,})[ \t]*")
_SUMMARY = re.compile(
    r"<details><summary><code>(?:[^<>&]|&(?:amp|lt|gt|quot|#x27);)*</code></summary>"
)
_END = "</details>"
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_TABLE_RULE = re.compile(r"\|(?: --- \|)+")
_RUNS = re.compile("(`+)")
_MOST_RUNS = 100
"""Looking for the end of each piece of code would take quadratic time."""


def quote(text: str, room: int) -> str:
    """Quote a text, as many of its lines as *room* bytes hold."""
    lines = _closed(line.rstrip() for line in text.replace("\r\n", "\n").split("\n"))
    shown = []
    for line in lines:
        quoted = f"> {line}".rstrip() + "\n"
        room -= len(quoted.encode(errors="replace"))
        if room < 0:
            shown.append(">\n> … cut here\n")
            break
        shown.append(quoted)
    return "".join(shown).encode(errors="replace").decode()


def _closed(lines: Iterable[str]) -> Iterator[str]:
    """Give each line in its harmless form; HTML stands between empty lines, and is closed."""
    fence = ""
    depth = 0
    for line in lines:
        opening = _OPEN.fullmatch(line)
        if fence:
            end = _CLOSE.fullmatch(line)
            closed = end is not None and len(end[1]) >= len(fence)
            yield fence if closed else one_line(line)
            fence = "" if closed else fence
        elif opening is not None:
            fence = opening[1]
            yield line
        elif _SUMMARY.fullmatch(line) and line == one_line(line):
            depth += 1
            yield from ("", line, "")
        elif line == _END and depth:
            depth -= 1
            yield from ("", line, "")
        else:
            yield line if _is_ours(line) else cell(line)
    if fence:
        yield fence
    yield from ["", _END] * depth


def _is_ours(line: str) -> bool:
    """Tell whether a line has a form that `mimin comment` writes, with only words and code."""
    if line in _HEADINGS or not line or _TABLE_RULE.fullmatch(line):
        return True
    listed = line.startswith("- ")
    outside = _outside_code(line.removeprefix("- "), pipes=listed)
    if outside is None or outside.startswith(("-", " ", "+")):
        return False
    cells = outside.split("|") if outside.startswith("|") else [outside]
    return all(is_plain(_BOLD.sub(r"\1", part)) for part in cells)


def _outside_code(line: str, *, pipes: bool) -> str | None:
    """Give what of a line is no code; None when code has no end, or a pipe ends its cell."""
    pieces = _RUNS.split(line)
    if len(pieces) > 2 * _MOST_RUNS:
        return None
    outside = [pieces[0]]
    place = 1
    while place < len(pieces):
        try:
            end = pieces.index(pieces[place], place + 1)
        except ValueError:
            return None
        inside = "".join(pieces[place + 1 : end])
        if one_line(inside) != inside or (not pipes and re.search(r"(?<!\\)\||\\\\\|", inside)):
            return None
        outside.append(pieces[end + 1])
        place = end + 2
    return "".join(outside)
