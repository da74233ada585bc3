"""Plain text under construction: lines, their prefixes, and the spans that lie over them."""

from __future__ import annotations

from mimin.model.payload import Span


class _Prefix:
    """What stands before the lines of a list item or a quote."""

    def __init__(self, first: str, rest: str) -> None:
        self.first = first
        self.rest = rest
        self.used = False

    def take(self) -> str:
        """Give the prefix of the next line."""
        text = self.rest if self.used else self.first
        self.used = True
        return text


class Page:
    """Collects lines; knows where it is, so that a span is right from the start."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._line: str | None = None
        self._start = 0
        self._gap = 0
        self._hole = False
        self._prefixes: list[_Prefix] = []
        self._spans: list[tuple[list[int], str]] = []
        self._settled = 0
        """How many of the spans end in a line that is closed."""

    def mark(self) -> int:
        """Give the place where the next text will stand, in code points."""
        if self._line is None or self._gap:
            self._open()
        return self._here

    def indent(self, first: str, rest: str) -> None:
        """Open a list item or a quote: what stands before its first line and before the others."""
        self._prefixes.append(_Prefix(first, rest))

    def dedent(self) -> None:
        """Close the innermost list item or quote; an item without text still shows its mark."""
        prefix = self._prefixes[-1]
        if not prefix.used and not self._hole:
            self.add("")
        self._prefixes.pop()

    def block(self, *, apart: bool) -> None:
        """Start a block on a line of its own, with an empty line before it when it stands apart."""
        self._gap = max(self._gap, 2 if apart else 1)
        self._hole = False

    def newline(self) -> None:
        """End a line inside a block, unless all that it held was taken out."""
        if self._gap and not self._hole:
            self.add("")
        self._hole = False
        self._gap = max(self._gap, 1)

    def hole(self) -> None:
        """Note that something was taken out here, so that no double space or empty line stays."""
        self._hole = True

    def add(self, text: str) -> None:
        """Write text that has no line end in it."""
        if self._hole and (self._line is None or self._gap or self._line.endswith((" ", "\t"))):
            text = text.lstrip(" ")
            if not text:
                return
        if self._line is None or self._gap:
            self._open()
        self._hole = self._hole and not text
        self._line = (self._line or "") + text

    def cut(self, start: int) -> str:
        """Take back, and give, what the line holds since a mark; empty when it is a later line."""
        if start < self._start or self._line is None or self._gap:
            return ""
        kept = start - self._start
        taken, self._line = self._line[kept:], self._line[:kept]
        return taken

    def span(self, start: int, url: str) -> None:
        """Lay a link over everything since a mark."""
        self._spans.append(([start, self._here], url))

    def finish(self) -> tuple[str, tuple[Span, ...]]:
        """Close the page and give its text and spans."""
        self._close()
        text = "\n".join(self._done).rstrip()
        spans = []
        for (start, end), url in self._spans:
            shown = text[start:end]
            if shown.strip():
                left = start + len(shown) - len(shown.lstrip())
                spans.append(Span(start=left, end=left + len(shown.strip()), url=url))
        return text, tuple(spans)

    @property
    def _here(self) -> int:
        return self._start + len(self._line or "")

    def _open(self) -> None:
        if self._line is not None:
            self._close()
            if self._gap > 1:
                self._line = "".join(prefix.rest for prefix in self._prefixes if prefix.used)
                self._close()
        self._gap = 0
        self._line = "".join(prefix.take() for prefix in self._prefixes)

    def _close(self) -> None:
        if self._line is None:
            return
        line = self._line.rstrip()
        end = self._start + len(line)
        for place, _ in self._spans[self._settled :]:
            place[:] = [min(place[0], end), min(place[1], end)]
        self._settled = len(self._spans)
        self._done.append(line)
        self._start = end + 1
        self._line = None
