"""Problems as text: for people, for programs, for GitHub's annotations and for code scanning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

import mimin
from mimin.checks.codes import CODES
from mimin.model.problem import Problem, Severity
from mimin.printable import json_text, log_safe, one_line, printable


def as_text(problems: Sequence[Problem]) -> str:
    """One line each, as compilers write them, so that editors can jump there."""
    return "".join(
        f"{one_line(problem.path)}:{problem.line}:{problem.column}: {problem.severity}: "
        f"{one_line(problem.message)} [{problem.code}]\n"
        for problem in problems
    )


def as_json(problems: Sequence[Problem]) -> str:
    """A list of objects."""
    rows = [problem.model_dump(mode="json") for problem in problems]
    return json_text({"problems": rows}, indent=2) + "\n"


def as_github(problems: Sequence[Problem]) -> str:
    """Workflow commands, with the escapes that GitHub asks for."""
    return "".join(
        f"::{problem.severity} file={_property(problem.path)},line={problem.line},"
        f"col={problem.column},title={_property(problem.code)}::{_data(problem.message)}\n"
        for problem in problems
    )


def as_sarif(problems: Sequence[Problem]) -> str:
    """SARIF 2.1.0, as code scanning takes it."""
    codes = sorted({problem.code for problem in problems})
    rules = [{"id": code, "shortDescription": {"text": CODES.get(code, code)}} for code in codes]
    driver = {"name": "mimin", "semanticVersion": mimin.__version__, "rules": rules}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": [_result(p) for p in problems]}],
    }
    return json_text(log, indent=2) + "\n"


SHOWN: Mapping[str, Callable[[Sequence[Problem]], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}


def _result(problem: Problem) -> dict[str, object]:
    place = {
        "artifactLocation": {"uri": _uri(problem.path), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": problem.line, "startColumn": problem.column},
    }
    return {
        "ruleId": problem.code,
        "level": "error" if problem.severity is Severity.ERROR else "warning",
        "message": {"text": printable(problem.message)},
        "locations": [{"physicalLocation": place}],
    }


def _uri(path: str) -> str:
    return quote(path.encode(errors="surrogateescape"))


def _data(text: str) -> str:
    return log_safe(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
