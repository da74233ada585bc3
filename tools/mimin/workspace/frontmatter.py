"""Front matter and YAML files: their fields as text, and the line on which each of them stands.

YAML 1.1 turns `at: 10:30` into 630 and `on:` into True, drops one of two equal keys and expands
aliases without end. So nothing is guessed here: scalars stay text for pydantic to convert, and what
could surprise is refused with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler

from mimin.workspace.explain import explain, find_alias, find_trap

MAX_BYTES = 64 * 1024
"""Front matter above this size is refused before it is parsed, which can take quadratic time."""

Path = tuple[str | int, ...]
Mark = tuple[int, int]
"""Line and column, both from 1."""

_NULL = {"", "~", "null", "Null", "NULL"}
_PLAIN_TAG = re.compile(r"tag:yaml\.org,2002:(str|int|float|bool|null|seq|map|timestamp)$")
_CUT_TAG = re.compile(r"\s*#[^\W\d_]")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Fault:
    """Something wrong with the YAML itself."""

    mark: Mark
    code: str
    message: str
    warning: bool = False
    fatal: bool = False
    """Nothing could be read, so that what seems to be missing may well be there."""


@dataclass
class Fields:
    """What a YAML mapping says: text values, their places, and what is wrong with it."""

    values: dict[str, object] = field(default_factory=dict)
    marks: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        """Whether the YAML could not be read at all."""
        return any(fault.fatal for fault in self.faults)

    def locate(self, path: Iterable[object], *, key: bool = False) -> Mark:
        """Find where the value at a pydantic *path* was written.

        A missing field has no place of its own, so the walk stops at the nearest parent that
        exists. With *key*, the place of the name rather than of the value.
        """
        steps = tuple(step for step in path if isinstance(step, str | int))
        while steps:
            found = (self.keys.get(steps) if key else None) or self.marks.get(steps)
            if found:
                return found
            steps = steps[:-1]
        return self.marks.get((), (1, 1))


@dataclass(frozen=True)
class Document:
    """A Markdown file taken apart."""

    fields: Fields
    body: str
    body_line: int


class _Refused(Exception):  # noqa: N818 - carries a fault, never leaves this module
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class FieldsHandler(YAMLHandler):
    """Teaches python-frontmatter to keep scalars as text and to remember lines."""

    FM_BOUNDARY: re.Pattern[str] = YAMLHandler.FM_BOUNDARY

    def load(self, fm: str, **options: object) -> dict[str, Any]:
        """Read the YAML between the two `---` lines; `first_line` says where it stands."""
        first = options.get("first_line", 2)
        assert isinstance(first, int)  # noqa: S101 - the signature is python-frontmatter's
        return {"fields": read_yaml(fm.removeprefix("\n"), first_line=first)}


_HANDLER = FieldsHandler()


def read_document(text: str) -> Document:
    """Take a Markdown file apart into fields and body."""
    opening = _HANDLER.FM_BOUNDARY.match(text)
    if not opening:
        fault = Fault(
            (1, 1),
            "front-matter-missing",
            "the file does not start with a `---` line; begin it with front matter (accounts, at)",
            fatal=True,
        )
        return Document(Fields(faults=[fault]), text, 1)
    try:
        matter, body = _HANDLER.split(text)
    except ValueError:
        fault = Fault(
            (1, 1),
            "front-matter-open",
            "the front matter is not closed; end it with a line of three dashes",
            fatal=True,
        )
        return Document(Fields(faults=[fault]), "", 1)
    line = text.count("\n", 0, len(text) - len(body)) + 1
    stripped = body.lstrip("\n")
    # Blank lines after the first `---` belong to the boundary, as the handler sees it.
    first = text.count("\n", 0, opening.end()) + 2
    fields = _HANDLER.load(matter, first_line=first)["fields"]
    return Document(fields, stripped, line + len(body) - len(stripped))


def read_yaml(text: str, *, first_line: int = 1) -> Fields:
    """Read one YAML mapping; never raises, whatever the text is."""
    fields = Fields(marks={(): (first_line, 1)})

    def refuse(place: Mark, code: str, message: str) -> Fields:
        fields.faults.append(Fault(place, code, message, fatal=True))
        return fields

    if len(text) > MAX_BYTES:
        message = (
            f"{len(text):,} characters; at most {MAX_BYTES:,} are read; is text in the wrong place?"
        )
        return refuse((first_line, 1), "yaml-too-large", message)
    trap = find_trap(text)
    if trap is not None:
        return refuse((trap.line + first_line, trap.column + 1), trap.code, trap.message)
    try:
        node = yaml.compose(text, Loader=_LOADER)
        if node is None:
            return fields
        if not isinstance(node, yaml.MappingNode):
            place = (node.start_mark.line + first_line, node.start_mark.column + 1)
            return refuse(place, "yaml-invalid", "expected lines of `name: value`")
        fields.values = _Walk(fields, text, first_line).mapping(node, ())
    except _Refused as refused:
        fields.faults.append(refused.fault)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        line, column, code, message = explain(error, text)
        return refuse((line + first_line, column + 1), code, message)
    return fields


class _Walk:
    """The way from YAML nodes to text values."""

    def __init__(self, fields: Fields, text: str, first_line: int) -> None:
        self.fields = fields
        self.text = text
        self.first = first_line
        self.seen: set[int] = set()
        self.lines = text.split("\n") if "#" in text else None

    def mark(self, node: yaml.Node) -> Mark:
        return (node.start_mark.line + self.first, node.start_mark.column + 1)

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        values: dict[str, object] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                message = "the name before a colon must be plain text; put it in quotes"
                raise _Refused(self.fault(key, "yaml-invalid", message))
            name = key.value
            here = (*path, name)
            if name in values or here in self.fields.keys:
                first = self.fields.keys[here][0]
                fault = Fault(
                    self.mark(key),
                    "duplicate-key",
                    f"`{name}` stands here twice, first on line {first}; keep one",
                )
                self.fields.faults.append(fault)
                continue
            self.fields.keys[here] = self.mark(key)
            values[name] = self.value(value, here)
        return values

    def value(self, node: yaml.Node, path: Path) -> object:
        self.refuse_surprises(node)
        self.fields.marks[path] = self.mark(node)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            found = [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
            return [item for item in found if item is not None]
        return self.scalar(node) if isinstance(node, yaml.ScalarNode) else None

    def scalar(self, node: yaml.ScalarNode) -> str | None:
        text: str = node.value
        if not node.style:  # None from PyYAML's own loader, "" from libyaml
            if self.lines is not None:
                self.warn_cut(node)
            if text in _NULL:
                return None
        return text

    def warn_cut(self, node: yaml.Node) -> None:
        assert self.lines is not None  # noqa: S101 - the caller looked
        end = node.end_mark
        if end.line < len(self.lines) and _CUT_TAG.match(self.lines[end.line][end.column :]):
            message = "YAML cuts everything after ` #` as a comment; put the value in quotes"
            place = (end.line + self.first, end.column + 1)
            self.fields.faults.append(Fault(place, "yaml-comment-cut", message, warning=True))

    def refuse_surprises(self, node: yaml.Node) -> None:
        if id(node) in self.seen:
            message = "aliases (`*name`) are not followed; write the value out"
            line, column = find_alias(self.text)
            place = (line + self.first, column + 1)
            raise _Refused(Fault(place, "yaml-alias", message, fatal=True))
        self.seen.add(id(node))
        if node.tag and not _PLAIN_TAG.match(node.tag):
            shown = node.tag.replace("tag:yaml.org,2002:", "!!")
            message = f"the tag `{shown}` is not known here; put the value in quotes"
            raise _Refused(self.fault(node, "yaml-tag", message))

    def fault(self, node: yaml.Node, code: str, message: str) -> Fault:
        return Fault(self.mark(node), code, message, fatal=True)
