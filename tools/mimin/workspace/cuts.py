"""Comments that cut words off: where YAML leaves out what its writer may have meant to say.

In YAML a `#` after a blank begins a comment (YAML 1.2.2, section 6.6), so `alt: Poster, item #3`
says `Poster, item`. After a date, a number or a choice nothing can be lost, and a comment is a
comment. After words of somebody's own nobody can tell, so the record's model says which fields hold
such words (`FreeText`), and their comments are told, with the line as it has to be written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import yaml
from pydantic import BaseModel

from mimin.model.free_text import TextMark, text_mark
from mimin.workspace.yaml_quotes import quoted

_COMMENT = re.compile(r"[ \t]*(#.*)")
_TAG = re.compile(r"#[^\s#]")
_SHOWN = 60


class Cut(NamedTuple):
    """A value behind which a comment stands."""

    path: tuple[str | int, ...]
    line: int
    """Of the comment, from 0; so is the column."""
    column: int
    value: str
    comment: str
    style: str
    """The quotes around the value; empty when it is plain."""


def find_cuts(root: yaml.Node, text: str) -> list[Cut]:
    """Find every value of a YAML text that has a comment behind it."""
    lines = text.split("\n")
    return [
        cut
        for path, node, indent in _scalars(root, (), 0)
        for cut in _cut(path, node, indent, lines)
    ]


def _scalars(
    node: yaml.Node, path: tuple[str | int, ...], indent: int
) -> Iterator[tuple[tuple[str | int, ...], yaml.ScalarNode, int]]:
    """Give all values with their places and the column that their entry begins at."""
    if isinstance(node, yaml.ScalarNode):
        yield path, node, indent
    elif isinstance(node, yaml.SequenceNode):
        column = node.start_mark.column
        for number, item in enumerate(node.value):
            yield from _scalars(item, (*path, number), column)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, (*path, key.value), key.start_mark.column)


def _cut(
    path: tuple[str | int, ...], node: yaml.ScalarNode, indent: int, lines: list[str]
) -> Iterator[Cut]:
    style = node.style or ""
    if style in {"|", ">"} or node.end_mark.line >= len(lines):
        return
    line, column = node.end_mark.line, node.end_mark.column
    found = _COMMENT.match(lines[line], column)
    if found is None and not style and node.value and not lines[line][column:].strip():
        # A comment on the next line, further in than its entry, stands where the words would go on.
        line = next((at for at in range(line + 1, len(lines)) if lines[at].strip()), len(lines) - 1)
        found = _COMMENT.match(lines[line])
        if found is not None and found.start(1) <= indent:
            found = None
    if found is not None:
        yield Cut(path, line, found.start(1), node.value, found[1].rstrip(), style)


class Complaint(NamedTuple):
    """What is to be said of a cut."""

    message: str
    grave: bool
    """Whether words that would be sent are lost for sure: after `# ` a comment may be meant."""


def complain(cut: Cut, model: type[BaseModel]) -> Complaint | None:
    """Say what a comment may have cut off a value of *model*; None when it is only a comment."""
    words = text_mark(model, cut.path)
    tag = _TAG.match(cut.comment) is not None
    if words is None:
        # An empty value that a hashtag follows was meant to be that hashtag, whatever the field.
        if cut.value or not tag:
            return None
        words = TextMark()
    if (cut.style or words.names) and not tag:
        return None  # words end at their quote, and a name is one word
    comment = cut.comment if len(cut.comment) <= _SHOWN else f"{cut.comment[:_SHOWN]}…"
    way_out = _written(cut, words)
    own = ", or give the comment a line of its own" if cut.value else ""
    if len(way_out) > _SHOWN * 3:
        way_out = "put the whole value in quotes"
    return Complaint(
        f"YAML takes `{comment}` for a comment, so it is left out; {way_out}{own}",
        words.sent and tag,
    )


def _written(cut: Cut, words: TextMark) -> str:
    """Write the line as it has to be."""
    name, in_list = cut.path[-1], isinstance(cut.path[-1], int)
    whole = f"{cut.value} {cut.comment}".strip()
    if words.names:
        # Names and hashtags are written without `#`.
        names = [part for part in re.split(r"[\s,#]+", whole) if part]
        if not names:
            return "write a name"
        if in_list:
            return f"write `- {names[0]}`" + (f" and `- {names[1]}`" if names[1:] else "")
        return f"write `{name}: [{', '.join(names)}]`"
    return f"write `- {quoted(whole)}`" if in_list else f"write `{name}: {quoted(whole)}`"
