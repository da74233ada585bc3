"""The walk over parsed Markdown: the slow and exact way from a body to its text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mimin.compose.dialect import NESTING, parser
from mimin.compose.nearly import is_file, looks_like_address, nearly_markdown, web_address
from mimin.compose.page import Page
from mimin.compose.remark import Remark
from mimin.compose.text import Passage, Picture
from mimin.model.media import MediaFields
from mimin.model.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markdown_it.token import Token

    from mimin.model.limits import Links

_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_DEFINITION = re.compile(r"[\s>]*\[")
_SHOWN = re.compile(r"^https?://|/$", re.IGNORECASE)


def walk(source: str, links: Links, lines: Sequence[int]) -> Passage:
    """Parse Markdown and write down what a reader would see."""
    return _Walk(source, links, lines).passage()


@lru_cache(maxsize=16)
def _parse(source: str) -> tuple[Sequence[Token], Mapping[str, Mapping[str, str]]]:
    """Parse once for both forms of links; nobody changes the tokens."""
    env: dict[str, dict[str, dict[str, str]]] = {}
    return parser().parse(source, env), env.get("references", {})


class _Walk:
    """One pass over the tokens of one source."""

    def __init__(self, source: str, links: Links, lines: Sequence[int]) -> None:
        self.source = source.split("\n")
        self.links = links
        self.lines = lines
        self.line = 0
        self.page = Page()
        self.pictures: list[Picture] = []
        self.remarks: list[Remark] = []
        self.remarked: set[tuple[int, str]] = set()
        self.lists: list[_Numbers] = []
        self.containers: list[str] = []
        self.soft: list[str] = []
        self.open_links: list[tuple[int, str, bool]] = []
        self.addresses: set[str] = set()

    def passage(self) -> Passage:
        """Walk and collect."""
        from markdown_it.common.utils import normalizeReference

        tokens, references = _parse("\n".join(self.source))
        for token in tokens:
            self._block(token)
        unused = [
            normalizeReference(label)
            for label, reference in references.items()
            if reference["href"] not in self.addresses
        ]
        places = self._definitions() if unused else {}
        for label in unused:
            self._forgotten(label, places)
        text, spans = self.page.finish()
        first = next((at for at, line in enumerate(self.source) if line.strip()), 0)
        remarks = tuple(sorted(self.remarks, key=lambda remark: remark.line))
        return Passage(self.lines[first], text, spans, tuple(self.pictures), remarks)

    def _block(self, token: Token) -> None:
        if token.map:
            self.line = token.map[0]
        if token.level >= NESTING - 2:
            self._remark(
                "nesting-too-deep",
                "lists or quotes are nested too deep to be read; write them flatter",
            )
        match token.type:
            case "paragraph_open" | "heading_open" | "blockquote_open" | "list_item_open":
                self._open_block(token)
            case "blockquote_close" | "list_item_close":
                self.containers.pop()
                self.page.dedent()
            case "bullet_list_open" | "ordered_list_open":
                self.lists.append(_Numbers(token))
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "inline":
                self._paragraph(token)
            case "hr" | "fence" | "code_block":
                self._verbatim(token)

    def _paragraph(self, token: Token) -> None:
        self._look(token)
        children = [each for each in token.children or () if each.content or each.type != "text"]
        for number, child in enumerate(children, 1):
            if self.links == "marked":
                self._mark(child, children[number] if number < len(children) else None)
            self._inline(child)

    def _look(self, token: Token) -> None:
        """Look for what is nearly Markdown, and for lines that a list or quote draws in."""
        shown = "".join(_left_as_text(child) for child in token.children or ())
        for found in nearly_markdown(token.content, shown):
            line = self.line + found.line
            self._remark(found.code, found.message, found.severity, line)
        first, last = token.map or (0, 0)
        for number in range(first + 1, last if self.containers else 0):
            kind = _drawn_in(self.source[number], self.containers)
            if kind:
                self._remark("line-joined", _JOINED[kind], Severity.WARNING, number)
                break  # what follows goes with it

    def _open_block(self, token: Token) -> None:
        self._apart()
        if token.type == "blockquote_open":
            self.containers.append("quote")
            self.page.indent("> ", "> ")
        elif token.type == "list_item_open":
            self.containers.append("list")
            mark = self.lists[-1].mark(token)
            self.page.indent(mark, " " * (2 if mark == "• " else len(mark)))

    def _apart(self) -> None:
        """Start a block, with an empty line before it if the author left one."""
        before = self.source[self.line - 1] if self.line else "-"
        self.page.block(apart=not before.strip(" \t>"))

    def _verbatim(self, token: Token) -> None:
        self._apart()
        if token.type == "hr":
            # A rule is an ornament here; three hyphens, which separate parts, never come this far.
            self.page.add(self.source[self.line].strip(" \t>"))
            return
        content = token.content.removesuffix("\n")
        if self.links == "marked" and token.type == "fence":
            content = f"```\n{content}\n```"
        for number, line in enumerate(content.split("\n")):
            if number:
                self.page.newline()
            self.page.add(line)

    def _inline(self, token: Token) -> None:
        match token.type:
            case "text" | "code_inline":
                self._text(token)
            case "softbreak" | "hardbreak":
                self.line += 1
                self.page.newline()
            case "link_open":
                address = str(token.attrGet("href") or "")
                self.open_links.append((self.page.mark(), address, token.markup == "autolink"))
            case "link_close":
                self._close_link(*self.open_links.pop())
            case "image":
                self._picture(token)
            case "html_inline":
                self._html(token.content)

    def _mark(self, token: Token, after: Token | None) -> None:
        """Write the sign of a network that reads signs itself: `*bold*`, also for `**bold**`."""
        match token.type:
            case "strong_open" | "strong_close":
                self.page.add("*")
            case "em_open":
                both = after is not None and after.type == "strong_open"
                self.soft.append("_" if both else token.markup)
                self.page.add(self.soft[-1])
            case "em_close":
                self.page.add(self.soft.pop())

    def _text(self, token: Token) -> None:
        if token.type == "text" and "<!--" in token.content:
            self._remark(
                "comment-unclosed",
                "`<!--` opens a note that has no `-->` before the paragraph ends; "
                "close it, or start the note on a line of its own",
            )
        code = token.type == "code_inline" and self.links == "marked"
        self.page.add(f"`{token.content}`" if code else token.content)

    def _close_link(self, start: int, address: str, automatic: bool) -> None:  # noqa: FBT001 - see link_open
        self.addresses.add(address)
        if automatic and address.startswith("mailto:"):
            return
        if not _WEB.match(address):
            self._remark("link-not-web", _not_web(address))
            return
        shown = self.page.cut(start)
        self.page.add(_with_address(shown, address) if self.links != "facet" else shown or address)
        if self.links == "facet":
            self.page.span(start, parser().normalizeLink(address))

    def _picture(self, token: Token) -> None:
        address = str(token.attrGet("src") or "")
        self.addresses.add(address)
        alt = _words(token.children or []).strip()
        fields = MediaFields(file=unquote(address), alt=alt or None)
        self.pictures.append(Picture(self.lines[self.line], fields))
        self.page.hole()

    def _html(self, content: str) -> None:
        if content.startswith("<!--"):
            self.line += content.count("\n")
            self.page.hole()
            return
        self._remark(
            "html-not-sent",
            f"networks show no HTML, so {content.splitlines()[0]} can not be sent; "
            "take it out, or write \\< for the sign itself",
        )
        for number, line in enumerate(content.split("\n")):
            if number:
                self.line += 1
                self.page.newline()
            self.page.add(line)

    def _definitions(self) -> Mapping[str, int]:
        """Map each label that a line defines to the last such line."""
        from markdown_it.common.utils import normalizeReference

        found = {}
        for number, line in enumerate(self.source):
            if (opening := _DEFINITION.match(line)) and "]:" in line:
                label = line[opening.end() :].partition("]:")[0]
                found[normalizeReference(label)] = number
        return found

    def _forgotten(self, label: str, places: Mapping[str, int]) -> None:
        self.line = places.get(label, self.line)
        self._remark(
            "link-unused",
            f"[{label.lower()}]: defines a link that nothing uses, so it would not be sent; "
            f"write \\[{label.lower()}]: to show it",
        )

    def _remark(
        self,
        code: str,
        message: str,
        severity: Severity = Severity.ERROR,
        at: int | None = None,
    ) -> None:
        line = self.lines[min(self.line if at is None else at, len(self.lines) - 1)]
        if (line, code) not in self.remarked:
            self.remarked.add((line, code))
            self.remarks.append(Remark(line, code, message, severity))


_JOINED = {
    "list": (
        "this line is sent as part of the list item above it, indented below it; put an empty line "
        "before it, or indent it by two blanks if that is meant"
    ),
    "quote": (
        "this line is sent as part of the quote above it, with > before it; put an empty line "
        "before it, or begin it with > if that is meant"
    ),
}


def _drawn_in(line: str, containers: Sequence[str]) -> str:
    """Name the list or quote that a line is part of without looking like it; empty for none.

    CommonMark calls such lines lazy continuations (section 5.1).
    """
    for kind in containers:
        if kind == "quote":
            bare = line.lstrip(" ")
            if not bare.startswith(">"):
                return kind
            line = bare[1:].removeprefix(" ")
        elif not line.startswith(("  ", "\t")):
            return kind
        else:
            line = line.removeprefix("\t") if line[0] == "\t" else line[2:]
    return ""


def _left_as_text(token: Token) -> str:
    """Give what Markdown left as text of an inline token, with its line ends."""
    if token.type == "text":
        return token.content
    return "\n" if token.type in {"softbreak", "hardbreak"} else "\0"


class _Numbers:
    """The marks of one list."""

    def __init__(self, opening: Token) -> None:
        self.ordered = opening.type == "ordered_list_open"
        self.first: int | None = None
        self.count = 0

    def mark(self, item: Token) -> str:
        """Give the mark of the next item: numbers as they were written, unless all are the same."""
        if not self.ordered:
            return "• "
        number = int(item.info)
        self.first = number if self.first is None else self.first
        shown = self.first + self.count if number == self.first else number
        self.count += 1
        return f"{shown}{item.markup} "


def _not_web(address: str) -> str:
    """Say what to write in place of what is no address."""
    says = f"{address or 'nothing'!r} is not an address that readers can open"
    if is_file(address):
        name = unquote(address)
        return f"{says}; a picture is written with ! before it: ![what it shows]({name})"
    if looks_like_address(address):
        return f"{says}; write {web_address(address)}"
    return f"{says}; write one that starts with https://"


def _with_address(shown: str, address: str) -> str:
    if not shown.strip() or _SHOWN.sub("", shown.strip()) == _SHOWN.sub("", address):
        return address
    return f"{shown.rstrip()} ({address})"


def _words(tokens: Sequence[Token]) -> str:
    """Give the text inside an image's brackets, without its markup."""
    return "".join(
        " "
        if token.type in {"softbreak", "hardbreak"}
        else _words(token.children or []) or token.content
        for token in tokens
        if token.type != "html_inline"
    )
