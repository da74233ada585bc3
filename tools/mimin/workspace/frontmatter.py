"""Front matter and YAML files: their fields as text, and the line on which each of them stands.

YAML 1.1 turns `at: 10:30` into 630 and `on:` into True, drops one of two equal keys and expands
aliases without end. So nothing is guessed here: scalars stay text for pydantic to convert, and what
could surprise is refused with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml
from frontmatter.default_handlers import YAMLHandler

from mimin.workspace.cuts import Cut, find_cuts
from mimin.workspace.explain import explain, find_alias, find_missing_blank, find_trap
from mimin.workspace.hidden import complaint, hidden_in
from mimin.workspace.simple_yaml import find_value, read_simple

MAX_BYTES = 64 * 1024
"""Front matter above this size is refused before it is parsed, which can take quadratic time."""

Mark = tuple[int, int]
"""Line and column, both from 1."""

_Entry = tuple[yaml.Node | None, yaml.Node | None]
"""A name and its value."""

_NULL = {"", "~", "null", "Null", "NULL"}
_PLAIN_TAG = re.compile(r"tag:yaml\.org,2002:(str|int|float|bool|null|seq|map|timestamp)$")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # whichever is there
    """Takes every scalar for the text that it is; guessing types is what PyYAML's resolver does."""

    def resolve(self, _kind: object, _value: object, _implicit: object) -> str:
        return ""


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
    faults: list[Fault] = field(default_factory=list)
    first_line: int = 1
    node: yaml.MappingNode | None = None
    """What was parsed: places are looked up when a problem needs one."""
    cuts: list[Cut] = field(default_factory=list)
    """The comments behind values; whether they cut off words is for the record's model to say."""
    _entries: dict[int, dict[str, _Entry]] = field(default_factory=dict, repr=False, compare=False)
    """Mapping node → its entries by name, for those in which something was looked for."""
    simple: str = ""
    """In place of it the text, when that was read without a parser."""

    @property
    def root(self) -> yaml.MappingNode | None:
        """What was parsed; a simple text only now, as most have no problem that needs it."""
        if self.node is None and self.simple:
            node = yaml.compose(self.simple, Loader=_Loader)
            self.node = node if isinstance(node, yaml.MappingNode) else None
        return self.node

    @property
    def broken(self) -> bool:
        """Whether the YAML could not be read at all."""
        return any(fault.fatal for fault in self.faults)

    def locate(self, path: Iterable[object], *, key: bool = False) -> Mark:
        """Find where the value at a pydantic *path* was written.

        A missing field has no place of its own, so the walk stops at the nearest parent that
        exists. With *key*, the place of the name rather than of the value.
        """
        path = tuple(path)
        if self.simple and len(path) == 1 and not key:
            start = find_value(self.simple, str(path[0]))
            if start is not None:
                line = self.simple.count("\n", 0, start) + self.first_line
                return (line, start - self.simple.rfind("\n", 0, start))
        found = (self.first_line, 1)
        node: yaml.Node | None = self.root
        for step in path:
            if not isinstance(step, str | int):
                continue
            name, node = self._inside(node, step)
            if node is None:
                break
            found = self.mark(name if key and name is not None else node)
        return found

    def holds(self, path: Iterable[str | int]) -> bool:
        """Tell whether something was written at *path*."""
        node: yaml.Node | None = self.root
        for step in path:
            _, node = self._inside(node, step)
        return node is not None

    def mark(self, node: yaml.Node) -> Mark:
        """Give the place of a node in the file."""
        return (node.start_mark.line + self.first_line, node.start_mark.column + 1)

    def _inside(self, node: yaml.Node | None, step: str | int) -> _Entry:
        """Find the name and the value at one step of a path; of equal names, the first counts."""
        if isinstance(node, yaml.MappingNode):
            known = self._entries.get(id(node))
            if known is None:
                scalars = (each for each in node.value if isinstance(each[0], yaml.ScalarNode))
                known = {each[0].value: each for each in reversed(tuple(scalars))}
                self._entries[id(node)] = known
            return known.get(str(step), (None, None))
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            return None, node.value[step]
        return None, None


class Document(NamedTuple):
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
    end = text.find("\n---\n", 4)
    # Lines of exactly three dashes with text after them need no look at the handler's white space.
    if text.startswith("---\n") and text.find("\n---", 3) == end > 0:
        body = text[end + 5 :].lstrip("\n")
        if not text[4].isspace() and body and not body[0].isspace():
            fields = read_yaml(text[4 : end + 1], first_line=2)
            return Document(fields, body, text.count("\n", 0, len(text) - len(body)) + 1)
    return split_document(text)


def split_document(text: str) -> Document:
    """Take any Markdown file apart, as python-frontmatter's boundary has it."""
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
    if len(text) <= MAX_BYTES and (simple := read_simple(text)) is not None:
        return Fields(simple, first_line=first_line, simple=text)
    return parse_yaml(text, first_line=first_line)


def parse_yaml(text: str, *, first_line: int = 1) -> Fields:
    """Read one YAML mapping with the parser, whatever forms are in it; never raises."""
    fields = Fields(first_line=first_line)

    def refuse(place: Mark, code: str, message: str) -> Fields:
        place = (min(place[0], first_line + text.count("\n")), place[1])
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
        node = yaml.compose(text, Loader=_Loader)
        if node is None:
            return fields
        if not isinstance(node, yaml.MappingNode):
            blank = find_missing_blank(text, text.count("\n"))
            place = (blank.line + first_line, blank.column + 1) if blank else fields.mark(node)
            message = blank.message if blank else "expected lines of `name: value`"
            return refuse(place, "yaml-invalid", message)
        fields.node = node
        fields.values = _Walk(fields, text).mapping(node)
        if "#" in text:
            fields.cuts = find_cuts(node, text)
    except _Refused as refused:
        fields.faults.append(refused.fault)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        line, column, code, message = explain(error, text)
        return refuse((line + first_line, column + 1), code, message)
    return fields


class _Walk:
    """The way from YAML nodes to text values; every node of every post passes here."""

    def __init__(self, fields: Fields, text: str) -> None:
        self.fields = fields
        self.text = text
        self.seen: set[int] | None = set() if "*" in text else None
        self.hidden: set[str] | None = None

    def mapping(self, node: yaml.MappingNode) -> dict[str, object]:
        values: dict[str, object] = {}
        first: dict[str, yaml.ScalarNode] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                message = "the name before a colon must be plain text; put it in quotes"
                raise self.refused(key, "yaml-invalid", message)
            self.refuse_hidden(key)
            if key.value in values:
                self.refuse_twin(first[key.value], key)
            else:
                first[key.value] = key
                values[key.value] = self.value(value)
        return values

    def value(self, node: yaml.Node) -> object:
        if self.seen is not None:
            self.refuse_alias(node)
        if node.tag and not _PLAIN_TAG.match(node.tag):
            shown = node.tag.replace("tag:yaml.org,2002:", "!!")
            message = f"the tag `{shown}` is not known here; put the value in quotes"
            raise self.refused(node, "yaml-tag", message)
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [item for item in map(self.value, node.value) if item is not None]
        return self.mapping(node) if isinstance(node, yaml.MappingNode) else None

    def scalar(self, node: yaml.ScalarNode) -> str | None:
        text: str = node.value
        self.refuse_hidden(node)
        # Of a plain scalar the style is None from PyYAML's own loader, "" from libyaml.
        return None if not node.style and text in _NULL else text

    def refuse_hidden(self, node: yaml.ScalarNode) -> None:
        """Refuse what an escape such as `"\\e"` stands for; what stands there raw is known."""
        for _, character in hidden_in(node.value):
            if self.hidden is None:
                self.hidden = {character for _, character in hidden_in(self.text)}
            if character not in self.hidden:
                fault = Fault(self.fields.mark(node), "hidden-character", complaint(character))
                self.fields.faults.append(fault)

    def refuse_twin(self, first: yaml.ScalarNode, key: yaml.ScalarNode) -> None:
        line = self.fields.mark(first)[0]
        message = f"`{key.value}` stands here twice, first on line {line}; keep one"
        self.fields.faults.append(Fault(self.fields.mark(key), "duplicate-key", message))

    def refuse_alias(self, node: yaml.Node) -> None:
        assert self.seen is not None  # noqa: S101 - the caller looked
        if id(node) in self.seen:
            message = "aliases (`*name`) are not followed; write the value out"
            line, column = find_alias(self.text)
            place = (line + self.fields.first_line, column + 1)
            raise _Refused(Fault(place, "yaml-alias", message, fatal=True))
        self.seen.add(id(node))

    def refused(self, node: yaml.Node, code: str, message: str) -> _Refused:
        return _Refused(Fault(self.fields.mark(node), code, message, fatal=True))
