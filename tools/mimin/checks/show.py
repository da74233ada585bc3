"""Problems as text: for people, for programs, for GitHub's annotations and for code scanning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

import mimin
from mimin.checks.codes import CODES
from mimin.checks.most import choose
from mimin.model.problem import Problem, Severity
from mimin.printable import json_text, log_safe, one_line, printable
from mimin.workspace.more import MORE


def as_text(problems: Sequence[Problem]) -> str:
    """One line each, as compilers write them, so that editors can jump there."""
    shown, left = choose(problems)
    lines = "".join(
        f"{one_line(problem.path)}:{problem.line}:{problem.column}: {problem.severity}: "
        f"{one_line(problem.message)} [{problem.code}]\n"
        for problem in shown
    )
    return f"{lines}{_more(left)}\n" if left else lines


def as_json(problems: Sequence[Problem]) -> str:
    """A list of objects; `more` counts what is not shown, if anything is not."""
    shown, left = choose(problems)
    rows = [problem.model_dump(mode="json") for problem in shown]
    told = {"problems": rows, "more": left} if left else {"problems": rows}
    return json_text(told, indent=2) + "\n"


def as_github(problems: Sequence[Problem]) -> str:
    """Workflow commands, with the escapes that GitHub asks for."""
    shown, left = choose(problems)
    lines = "".join(
        f"::{problem.severity} file={_property(problem.path)},line={problem.line},"
        f"col={problem.column},title={_property(problem.code)}::{_data(problem.message)}\n"
        for problem in shown
    )
    return f"{lines}::error title={MORE}::{_more(left)}\n" if left else lines


def as_sarif(problems: Sequence[Problem]) -> str:
    """SARIF 2.1.0, as code scanning takes it."""
    shown, left = choose(problems)
    codes = sorted({problem.code for problem in shown})
    rules = [{"id": code, "shortDescription": {"text": CODES.get(code, code)}} for code in codes]
    driver = {"name": "mimin", "semanticVersion": mimin.__version__, "rules": rules}
    run: dict[str, object] = {
        "tool": {"driver": driver},
        "results": [_result(problem) for problem in shown],
    }
    if left:
        run["properties"] = {"more": left}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json_text(log, indent=2) + "\n"


SHOWN: Mapping[str, Callable[[Sequence[Problem]], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}


def _more(left: int) -> str:
    what = "problems" if left > 1 else "problem"
    return f"… and {left:,} more {what}; mend these first, or name a folder: mimin check FOLDER"


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
