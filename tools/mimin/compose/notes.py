"""Notes: remarks gathered while composing, each given the file and the place it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mimin.compose.remark import Finding, Remark
from mimin.model.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mimin.compose.variant import Chosen


class Notes:
    """Knows the files of a post, and turns remarks into findings."""

    def __init__(self, chosen: Chosen) -> None:
        self._found: dict[Finding, None] = {}
        self._chosen = chosen

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found, each once, in its order."""
        return tuple(self._found)

    def in_body(self, remark: Remark) -> None:
        """Take a remark whose line is counted in the body."""
        chosen = self._chosen
        self._add(chosen.body_path, remark, line=chosen.body_line + remark.line)

    def in_front(
        self,
        field: str,
        message: str,
        code: str,
        severity: Severity = Severity.ERROR,
        *,
        number: int | None = None,
    ) -> None:
        """Take a remark about a field of the front matter, or about one entry of it."""
        place = (field,) if number is None else (field, number)
        remark = Remark(0, code, message, severity)
        self._add(self._chosen.origin(field), remark, field=place)

    def at(self, remarks: Iterable[Remark], field: tuple[str | int, ...], line: int | None) -> None:
        """Take remarks about a line of the body or, where there is none, about a field."""
        for remark in remarks:
            if line is None:
                self._add(self._chosen.origin(str(field[0])), remark, field=field)
            else:
                self.in_body(Remark(line, remark.code, remark.message, remark.severity))

    def _add(
        self,
        path: str,
        remark: Remark,
        *,
        line: int | None = None,
        field: tuple[str | int, ...] = (),
    ) -> None:
        finding = Finding(
            path=path,
            line=line,
            field=field,
            code=remark.code,
            message=remark.message,
            severity=remark.severity,
        )
        self._found.setdefault(finding)
