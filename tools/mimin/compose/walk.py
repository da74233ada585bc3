"""The walk over parsed Markdown: the slow and exact way from a body to its text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mimin.compose.dialect import NESTING, parser
from mimin.compose.page import Page
from mimin.compose.remark import Remark
from mimin.compose.text import Passage, Picture
from mimin.model.media import MediaFields

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
                self.page.dedent()
            case "bullet_list_open" | "ordered_list_open":
                self.lists.append(_Numbers(token))
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "inline":
                for child in token.children or ():
                    self._inline(child)
            case "hr" | "fence" | "code_block":
                self._verbatim(token)

    def _open_block(self, token: Token) -> None:
        self._apart()
        if token.type == "blockquote_open":
            self.page.indent("> ", "> ")
        elif token.type == "list_item_open":
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
        for number, line in enumerate(token.content.removesuffix("\n").split("\n")):
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

    def _text(self, token: Token) -> None:
        if token.type == "text" and "<!--" in token.content:
            self._remark(
                "comment-unclosed",
                "`<!--` opens a note that has no `-->` before the paragraph ends; "
                "close it, or start the note on a line of its own",
            )
        self.page.add(token.content)

    def _close_link(self, start: int, address: str, automatic: bool) -> None:  # noqa: FBT001 - see link_open
        self.addresses.add(address)
        if automatic and address.startswith("mailto:"):
            return
        if not _WEB.match(address):
            self._remark(
                "link-not-web",
                f"{address or 'nothing'!r} is not an address that readers can open; "
                "write one that starts with https://",
            )
            return
        shown = self.page.cut(start)
        self.page.add(_with_address(shown, address) if self.links == "bare" else shown or address)
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

    def _remark(self, code: str, message: str) -> None:
        line = self.lines[min(self.line, len(self.lines) - 1)]
        if (line, code) not in self.remarked:
            self.remarked.add((line, code))
            self.remarks.append(Remark(line, code, message))


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
