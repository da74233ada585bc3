"""Problems: findings about a user's file, each with its place, its rule and the way out."""

from __future__ import annotations

from enum import StrEnum

from mimin.model.base import Record


class Severity(StrEnum):
    """How much a problem weighs."""

    ERROR = "error"
    """The file can not be published as it is; `mimin check` fails."""
    WARNING = "warning"
    """Probably not what was meant; shown, but does not fail the check."""


class Problem(Record):
    """One finding about one place in one file."""

    path: str
    """Relative to the workspace, with forward slashes."""
    line: int = 1
    """From 1."""
    column: int = 1
    """From 1, in characters."""
    code: str
    """The rule's stable name in kebab-case; the handbook has one entry a code."""
    message: str
    """What is there, what the rule is, and the way out, in one line."""
    severity: Severity = Severity.ERROR
    others: tuple[str, ...] = ()
    """Other files that it was judged by: the twin, or the calendar that forbids the day."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file that it was judged by, its own first."""
        return (self.path, *self.others)

    @property
    def place(self) -> tuple[str, int, int]:
        """Sort key: file, line, column."""
        return (self.path, self.line, self.column)
