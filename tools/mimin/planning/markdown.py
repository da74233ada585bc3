"""Words of others in Markdown that GitHub shows: read as they are, and never followed.

GitHub finds mentions, issues, commits and addresses in the text that Markdown gives, behind every
escape and reference (`\\#1`, `&#64;ayu`), but not in code. So all that somebody else wrote is code.
"""

from __future__ import annotations

import re
from enum import StrEnum

from mimin.printable import one_line

_RUNS = re.compile("`+")
_ESCAPED_PIPE = re.compile(r"\\(?=\|)")
_PLAIN = re.compile(r"(?:[^\W_]|[ ,;()'+…-]|\.(?= |$)|:(?= |$|(?<=\d:)\d\d\b))*")
_REFERS = re.compile(r"[0-9a-f]{7}|[a-z]-\d", re.IGNORECASE)
"""What GitHub takes for a commit, and for an issue here (`GH-12`) or elsewhere (`SHOP-12`)."""


class Heading(StrEnum):
    """Every heading of a pull request's comment; what else looks like one is words of others."""

    WIDENS = "### What widens what may go out"
    CHANGES = "### What merging changes"
    PROBLEMS = "### Problems"
    GETS = "### What each account gets"


def code(text: str) -> str:
    """Write words of others on a line: as code, in which nothing has a meaning."""
    return _fenced(one_line(text))


def cell(text: str) -> str:
    """Do so in a cell of a table, which a pipe would end, also in code."""
    return _fenced(_ESCAPED_PIPE.sub(r"\\x5c", one_line(text)).replace("|", r"\|"))


def words(text: str) -> str:
    """Do so where it mostly is a sentence of ours, which may stay as it is."""
    return text if is_plain(text) else cell(text)


def is_plain(text: str) -> bool:
    """Tell whether a text is nothing but words, which mean nothing to Markdown and to GitHub."""
    return _PLAIN.fullmatch(text) is not None and _REFERS.search(text) is None


def _fenced(text: str) -> str:
    if not text:
        return ""
    fence = "`" * (1 + max((len(run) for run in _RUNS.findall(text)), default=0))
    # One space at both ends is not part of it; it parts backticks from the fence.
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"
