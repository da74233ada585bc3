"""What is wrong with a YAML text, in words that help somebody who never heard of YAML."""

from __future__ import annotations

import re
from typing import NamedTuple

import yaml
from yaml.reader import ReaderError

from mimin.workspace.hidden import complaint

MAX_DEPTH = 50
"""Lists and mappings inside each other; libyaml follows them on the stack until it falls over."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NESTS = re.compile(r"[\[{]|[-?][ \t]")
_BREAKS = re.compile("[\x85\u2028\u2029]")
_COMMENT = re.compile(r"(?:^|[ \t\[,{])(#.*)")
_NAMED = re.compile(r"\s*(?:- )?[\w-]+:(?: |$)")
_GLUED = re.compile(r"(\s*(?:- )?)([A-Za-z_][\w-]*):([^\s:/\\].*)", re.DOTALL)
_SHOWN = 60
_SIGNS = frozenset("@`%*&!|>")


class Explained(NamedTuple):
    """A place in the text, counted from 0, the code of the rule and the message."""

    line: int
    column: int
    code: str
    message: str


def find_trap(text: str) -> Explained | None:
    """Find what must not reach the parser: it would lose count of lines, or fall over."""
    found = _BREAKS.search(text)
    if found:
        place = _place(text, found.start())
        return Explained(*place, "hidden-character", complaint(found[0]))
    if len(_NESTS.findall(text)) <= MAX_DEPTH:
        return None
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                message = f"nested deeper than {MAX_DEPTH} lists or mappings; write it flatter"
                return Explained(*_start(event), "yaml-invalid", message)
    except (yaml.YAMLError, ValueError) as error:
        return explain(error, text)
    return None


def find_alias(text: str) -> tuple[int, int]:
    """Find the first alias; composing only gives what it stands for."""
    events = yaml.parse(text, Loader=_LOADER)
    return _start(next(event for event in events if isinstance(event, yaml.AliasEvent)))


def explain(error: Exception, text: str) -> Explained:
    """Say what an error of the parser means for the person who wrote *text*."""
    if isinstance(error, ReaderError):
        return _unreadable(error, text)
    mark, start = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or error).splitlines()[0]
    if mark is None:
        return Explained(0, 0, "yaml-invalid", problem)
    lines = text.split("\n")
    source = lines[mark.line] if mark.line < len(lines) else ""
    indent = source[: len(source) - len(source.lstrip())]
    if (missing := find_missing_blank(text, mark.line)) is not None:
        return missing
    if "\t" in indent or source[mark.column : mark.column + 1] == "\t":
        return Explained(
            mark.line, mark.column, "yaml-tab", "a tab can not indent YAML; use spaces"
        )
    context = getattr(error, "context", None) or ""
    if start is not None and (message := _unclosed(context, problem, lines, start)):
        return Explained(start.line, start.column, "yaml-invalid", message)
    if problem == "found undefined alias":
        message = "a value can not start with *; put it in quotes"
    else:
        message = _words(problem, context, source, indent)
    place = (mark.line, mark.column)
    if problem == "did not find expected node content":
        place = _hash(lines, mark.line)
    elif (hidden := _comment_above(problem, lines, mark.line)) is not None:
        place = hidden
        message = "a `#` begins a comment, where the value ends; put the whole value in quotes"
    return Explained(*place, "yaml-invalid", message)


def find_missing_blank(text: str, until: int) -> Explained | None:
    """Find a name without the blank after its colon, which makes no name of it.

    It is to blame only if with the blank all of the text can be read.

    Args:
        text: The whole text.
        until: The line at which the parser gave up, counted from 0.
    """
    lines = text.split("\n")
    found = [(at, m) for at, line in enumerate(lines[: until + 1]) if (m := _GLUED.match(line))]
    if not found:
        return None
    mended = lines.copy()
    for at, match in found:
        mended[at] = f"{match[1]}{match[2]}: {match[3]}"
    try:
        for _ in yaml.parse("\n".join(mended), Loader=_LOADER):
            pass
    except (yaml.YAMLError, ValueError):
        return None
    at, match = found[0]
    shown = f"`{match[2]}: {match[3].rstrip()}`" if len(match[3]) <= _SHOWN else "one"
    message = f"there is no blank after `{match[2]}:`; write {shown}"
    return Explained(at, len(match[1]) + len(match[2]) + 1, "yaml-invalid", message)


def _unreadable(error: ReaderError, text: str) -> Explained:
    """Turn libyaml's offset, which is in bytes, into a place."""
    before = text.encode(errors="replace")[: error.position].decode(errors="replace")
    sign = error.character if isinstance(error.character, int) else ord(str(error.character)[:1])
    place = _place(text, len(before))
    return Explained(*place, "hidden-character", complaint(chr(sign)))


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset) - 1


def _comment_above(problem: str, lines: list[str], number: int) -> tuple[int, int] | None:
    """Find the comment that ended a value, when the line *number* reads like more of it."""
    if problem != "did not find expected key" or not 0 < number < len(lines):
        return None
    found = _COMMENT.search(lines[number - 1])
    goes_on = lines[number][:1].isspace() and not _NAMED.match(lines[number])
    return (number - 1, found.start(1)) if found and goes_on else None


def _unclosed(context: str, problem: str, lines: list[str], start: yaml.Mark) -> str:
    """Explain what began earlier than where the parser gave up."""
    source = lines[start.line] if start.line < len(lines) else ""
    sign = source[start.column : start.column + 1]
    if sign in _SIGNS and sign:
        return f"a value can not start with {sign}; put it in quotes"
    if problem == "found unknown escape character":
        return "a backslash in double quotes begins an escape; use single quotes"
    if context == "while scanning a quoted scalar":
        return f"the quote that begins here is not closed; end it with {sign}"
    if context in {"while parsing a flow sequence", "while parsing a flow mapping"}:
        return _open(source, start.column)
    if problem == "could not find expected ':'":
        return "expected `name: value`; does a line of three dashes end the front matter?"
    return ""


def _open(source: str, column: int) -> str:
    """Explain a list or mapping that begins at *column* and does not end."""
    sign = source[column]
    close = "]" if sign == "[" else "}"
    if _COMMENT.search(source, column):
        return (
            f"a `#` begins a comment, which hides the {close}; put the words with # in quotes, "
            "or write hashtags without #"
        )
    return f"what begins here with {sign} is not closed, or lacks a comma; end it with {close}"


_WORDS = {
    "but found another document": (
        "a second `---` begins another document here; a file holds one, so take it out"
    ),
    "did not find expected <document start>": (
        "`...` ends a YAML file, and there is more after it; take the line of dots out"
    ),
    "did not find expected node content": (
        "a `#` begins a comment; write a hashtag without #, and put other words with # in quotes"
    ),
}


def _words(problem: str, context: str, source: str, indent: str) -> str:
    if problem in _WORDS:
        return _WORDS[problem]
    if problem.startswith("mapping values are not allowed"):
        if ": " in source.partition(": ")[2]:
            return "a value with `: ` in it needs quotes around all of it"
        return "this line is indented further than it should be; put it below the one above"
    if problem not in {"did not find expected key", "did not find expected '-' indicator"}:
        return problem
    return _indented(context, source, indent)


def _indented(context: str, source: str, indent: str) -> str:
    if quote := re.search(r":\s+(['\"])", source):
        return f"something stands after the closing {quote[1]}; put quotes around all of it"
    if indent or context == "while parsing a block collection":
        return "this line is not indented like those above it; put it below them"
    return "expected `name: value`; put a value with special signs in quotes"


def _start(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line, mark.column) if mark else (0, 0)


def _hash(lines: list[str], end: int) -> tuple[int, int]:
    """Find the comment that swallowed a list's words, at or before the line *end*."""
    for number in range(min(end, len(lines) - 1), -1, -1):
        if (column := lines[number].find("#")) >= 0:
            return number, column
    return min(end, len(lines) - 1), 0
