"""Remarks: what composing finds out about a user's text or file, before it has a place."""

from __future__ import annotations

from dataclasses import dataclass

from mimin.model.problem import Problem, Severity


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding inside one piece of text or one file; whoever knows the file gives it a path."""

    line: int
    """From 0, counted from where the text starts."""
    code: str
    message: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A remark with its origin: a line of a file's body, or a field of its front matter."""

    path: str
    line: int | None = None
    """From 1, in the file; None when `field` says where it is."""
    field: tuple[str | int, ...] = ()
    """Way to the front matter field, such as `("media", 0, "alt")`; the caller knows its line."""
    code: str
    message: str
    severity: Severity = Severity.ERROR

    def problem(self, line: int | None = None, column: int = 1) -> Problem:
        """Make it a problem; `line` is where the caller found the field."""
        return Problem(
            path=self.path,
            line=self.line or line or 1,
            column=column,
            code=self.code,
            message=self.message,
            severity=self.severity,
        )
