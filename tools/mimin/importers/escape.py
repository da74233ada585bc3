"""Plain text → Markdown that reads back as exactly that text.

Posts of text-only tools were never Markdown: `*`, `_` or `[1]` in them are themselves.
"""

from __future__ import annotations

import re

_URL = re.compile(r"https?://[^\s<>\"]+")
# Inside a word `_` is only itself in CommonMark; everywhere else it may open emphasis.
_SIGN = re.compile(r"[\\`*\[\]<>~|{}]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|!(?=\[)")
_OPENING = re.compile(
    r"(?P<heading>#{1,6}(?=\s|$))|(?P<bullet>[-+](?=\s|$))|(?P<rule>[-=]+\s*$)|(?P<quote>>)"
    r"|(?P<number>\d{1,9})(?P<mark>[.)])(?=\s|$)"
)


def escape(text: str) -> str:
    """Write plain *text* as Markdown; trailing spaces of lines are not kept.

    Leading spaces and second empty lines have no Markdown of their own and become character
    references, which a reader turns back.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _keep_gaps([_line(line.rstrip()) for line in lines])


def escape_breaks(markdown: str) -> str:
    """Protect lines of dashes in text that is Markdown already: alone they would cut a thread."""
    return re.sub(r"(?m)^([ \t]*)(?=(?:-{3,}|={3,})[ \t]*$)", r"\1\\", markdown)


def _line(line: str) -> str:
    bare = line.lstrip()
    indent = "".join(f"&#{ord(sign)};" for sign in line[: len(line) - len(bare)])
    return indent + _opening(_inline(bare)) if bare else ""


def _opening(line: str) -> str:
    match = _OPENING.match(line)
    if not match:
        return line
    if match["number"]:
        return f"{match['number']}\\{line[len(match['number']) :]}"
    return f"\\{line}"


def _inline(line: str) -> str:
    """Escape signs, but leave addresses whole: people copy them, and readers find them."""
    out, position = [], 0
    for match in _URL.finditer(line):
        out.append(_signs(line[position : match.start()]))
        out.append(_address(match[0]))
        position = match.end()
    return "".join([*out, _signs(line[position:])])


def _address(url: str) -> str:
    return re.sub(r"[\\`*\[\]~|{}]|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])", r"\\\g<0>", url)


def _signs(text: str) -> str:
    return _SIGN.sub(r"\\\g<0>", text)


def _keep_gaps(lines: list[str]) -> str:
    kept: list[str] = []
    empty = 0
    for line in lines:
        if not line:
            empty += 1
            continue
        if kept:
            kept += [""] * min(empty, 1)
            line = "&#10;" * (empty - 1) + line  # noqa: PLW2901 - the gap belongs to the line after it
        kept.append(line)
        empty = 0
    return "\n".join(kept)
