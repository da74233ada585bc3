"""Problems as text, JSON, workflow commands and SARIF."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from mimin.checks.codes import CODES
from mimin.checks.show import SHOWN
from mimin.model.problem import Problem, Severity

HOSTILE = Problem(
    path="content/a b/50%,x:y\n\x1b[2J\udcff#?.md",
    line=3,
    column=7,
    code="text-too-long",
    message="100% of 'x,y:z'\r\nis ::error:: too \x1b[31mlong",
)
WARNING = Problem(path="a.md", code="spacing", message="ä", severity=Severity.WARNING)


@pytest.mark.parametrize("form", SHOWN)
def test_every_form_can_be_written_as_utf_8_whatever_a_file_is_called(form):
    SHOWN[form]([HOSTILE, WARNING]).encode()


def test_text_is_one_line_a_problem_that_no_terminal_obeys():
    lines = SHOWN["text"]([HOSTILE, WARNING]).split("\n")
    assert lines[0] == (
        "content/a b/50%,x:y\\n\\x1b[2J\\udcff#?.md:3:7: error: "
        "100% of 'x,y:z'\\nis ::error:: too \\x1b[31mlong [text-too-long]"
    )
    assert lines[1:] == ["a.md:1:1: warning: ä [spacing]", ""]


def test_json_keeps_every_field():
    rows = json.loads(SHOWN["json"]([WARNING]))["problems"]
    assert rows == [
        {
            "path": "a.md",
            "line": 1,
            "column": 1,
            "code": "spacing",
            "message": "ä",
            "severity": "warning",
            "others": [],
        }
    ]


def test_github_gets_a_command_a_line_with_its_escapes():
    lines = SHOWN["github"]([HOSTILE, WARNING]).splitlines()
    assert len(lines) == 2
    assert lines[0] == (
        "::error file=content/a b/50%25%2Cx%3Ay%0A\\x1b[2J\\udcff#?.md,line=3,col=7,"
        "title=text-too-long::100%25 of 'x,y:z'%0Ais ::error:: too \\x1b[31mlong"
    )
    assert lines[1] == "::warning file=a.md,line=1,col=1,title=spacing::ä"


def test_sarif_is_what_code_scanning_takes():
    log = json.loads(SHOWN["sarif"]([HOSTILE, WARNING]))
    schema = json.loads((Path(__file__).parent / "sarif_essentials.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(log)
    run = log["runs"][0]
    rules = {
        rule["id"]: rule["shortDescription"]["text"] for rule in run["tool"]["driver"]["rules"]
    }
    assert rules == {code: CODES[code] for code in ("spacing", "text-too-long")}
    place = run["results"][0]["locations"][0]["physicalLocation"]
    uri = place["artifactLocation"]["uri"]
    assert uri == "content/a%20b/50%25%2Cx%3Ay%0A%1B%5B2J%FF%23%3F.md"


@pytest.mark.parametrize(("form", "size"), [("text", 0), ("github", 0), ("json", 1), ("sarif", 1)])
def test_no_problems_are_an_empty_answer_that_still_parses(form, size):
    shown = SHOWN[form]([])
    assert bool(shown) == bool(size)
    if size:
        json.loads(shown)


def test_a_rule_is_one_short_sentence():
    for code, rule in CODES.items():
        assert rule.endswith("."), code
        assert len(rule) < 90, code
