"""The YAML that most front matter is, read without a YAML parser; all else is left to one.

What is taken here is a closed list of forms, each of which means one thing in YAML and nothing
else: `name: text` on one line, plain or in quotes without escapes; lists of words, or of entries of
such lines; and `>-` with lines of one indent. Whatever does not match to the last character is not
taken: a form that is missing here costs time and never a meaning. A test compares both ways.
"""

from __future__ import annotations

import re

# YAML lets these stand nowhere, or reads a line end or a mark in them.
_NO_SIGN = r"\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
_LINE = rf"[^ {_NO_SIGN}][^{_NO_SIGN}]*(?<! )"
# In a plain value `: ` and ` #` mean something, and so do most signs at its start.
_PLAIN = rf"[^\W_][^#:{_NO_SIGN}]*(?::(?=[^ \n])[^#:{_NO_SIGN}]*)*(?<! )"
_QUOTED = rf"\"[^\"\\{_NO_SIGN}]*\"|'[^'{_NO_SIGN}]*'"
_NAME = r"[a-z][a-z_]{0,40}"
_PAIR = rf"{_NAME}: +(?:{_PLAIN}|{_QUOTED})"
_WORD = r"[^\W_][\w .-]*(?<! )"
_ENTRY = re.compile(
    rf"((?P<name>{_NAME}):(?:"
    rf" +(?P<scalar>{_PLAIN})"
    rf"|(?P<items>(?:\n  - {_PLAIN})+)"
    rf"| +\[(?P<flow>{_WORD}(?:, *{_WORD})*)\]"
    rf"| +(?P<quoted>{_QUOTED})"
    rf"| +>-(?P<folded>(?:\n  {_LINE})+)"
    rf"|(?P<entries>(?:\n  - {_PAIR}(?:\n    {_PAIR})*)+)"
    r")\n)"
)
_BEFORE = {"scalar": 0, "items": -3, "flow": 1, "quoted": 0, "folded": 2, "entries": -3}
"""Form of a value → how many characters of it stand before what its group catches."""
_NULL = frozenset({"null", "Null", "NULL"})


def read_simple(text: str) -> dict[str, object] | None:
    """Read lines of `name: value`; None when anything in them needs a YAML parser."""
    values: dict[str, object] = {}
    found = _ENTRY.findall(text)
    length = 0
    for whole, name, scalar, items, flow, quoted, folded, entries in found:
        length += len(whole)
        if scalar:
            values[name] = scalar if scalar not in _NULL else None
        elif items:
            values[name] = [item for item in items.split("\n  - ")[1:] if item not in _NULL]
        elif flow:
            words = [item.strip(" ") for item in flow.split(",")]
            values[name] = [item for item in words if item not in _NULL]
        elif folded:
            values[name] = folded[3:].replace("\n  ", " ")
        elif quoted:
            values[name] = quoted[1:-1]
        else:
            pairs = [_pairs(part) for part in entries.split("\n  - ")[1:]]
            if None in pairs:
                return None
            values[name] = pairs
    # Of equal length with the text, the entries leave nothing of it out.
    return values if length == len(text) and len(values) == len(found) > 0 else None


def _pairs(text: str) -> dict[str, str | None] | None:
    """Read one entry of a list, such as `file: a.jpg` with `alt: …` below it."""
    pairs = [line.split(":", 1) for line in text.split("\n    ")]
    entry = {name: _scalar(value.strip(" ")) for name, value in pairs}
    return entry if len(entry) == len(pairs) else None


def _scalar(value: str) -> str | None:
    if value[0] in "\"'":
        return value[1:-1]
    return None if value in _NULL else value


def find_value(text: str, name: str) -> int | None:
    """Find where in a text that `read_simple` has read the value of *name* begins."""
    start = 0 if text.startswith(f"{name}:") else text.find(f"\n{name}:") + 1
    # Whatever stands at the beginning of a line is a name, as values go on indented.
    entry = _ENTRY.match(text, start)
    if entry is None or entry["name"] != name:
        return None
    return next(entry.start(form) - before for form, before in _BEFORE.items() if entry[form])
