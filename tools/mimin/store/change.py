"""Changes: what a caller wants done to one file, and how two wishes for one file add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from mimin.errors import StoreError


@dataclass(frozen=True)
class Append:
    """Add whole lines at the end of a file, which is created when there is none."""

    lines: bytes

    def apply(self, before: bytes | None) -> bytes:
        """Return the file's new content; nobody's line is ever joined to another."""
        return _whole_lines(before or b"") + _whole_lines(self.lines)


@dataclass(frozen=True)
class Put:
    """Make *content* the whole file."""

    content: bytes

    def apply(self, before: bytes | None) -> bytes:  # noqa: ARG002 - one signature for all changes
        """Return the file's new content."""
        return self.content


@dataclass(frozen=True)
class Remove:
    """Take the file off the branch; its history stays."""

    def apply(self, before: bytes | None) -> None:
        """Return that there is no file."""


Change: TypeAlias = Append | Put | Remove


def combine(first: Change | None, second: Change) -> Change:
    """Add up two changes of one file, *first* being done before *second*."""
    match first, second:
        case Append(), Append():
            return Append(second.apply(first.lines))
        case Put(), Append():
            return Put(second.apply(first.content))
        case Remove(), Append():
            return Put(second.apply(None))
        case _:
            return second


def check_path(path: str) -> None:
    """Refuse a path that git can not hold or that would leave its folder."""
    parts = path.split("/")
    if "\0" in path or any(part.lower() in {"", ".", "..", ".git"} for part in parts):
        raise StoreError(
            f"{path!r} can not be stored; use a relative path such as `a/2026-12.jsonl`"
        )


def _whole_lines(content: bytes) -> bytes:
    return content if not content or content.endswith(b"\n") else content + b"\n"
