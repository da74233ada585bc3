"""Golden cases: a small workspace in a file, and every line that `mimin check` says about it.

A case has `files:` (path → text, or a recipe, see `content_of` in the conftest; null takes a file
of the base away), laid over one brand without posts. `now:`, `args:`, `git: commit` and `then:`
(files written after the commit) are optional. `exit:` and `output:` close the file;
`UPDATE_CASES=1` writes them anew, for a person to judge.
"""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest
import yaml

import mimin
from mimin.checks.codes import CODES

CASES = sorted((Path(__file__).parent / "cases").glob("*.yml"))
UPDATE = bool(os.environ.get("UPDATE_CASES"))
NOW = "2026-12-01T09:00+07:00"
_CODE = re.compile(r"\[([a-z0-9-]+)\]$")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_workspace_gives_exactly_these_problems(case, place):
    told = yaml.load(case.read_text(), Loader=yaml.BaseLoader)
    place.write(_plain(told.get("files", {})))
    if told.get("git"):
        place.commit("Begin")
    place.write(_plain(told.get("then", {})))
    found = place.check(*told.get("args", []), now=told.get("now", NOW))
    if UPDATE:
        _update(case, found)
    assert found.out == told.get("output", "")
    assert found.code == int(told["exit"])
    for line in found.lines:
        assert _CODE.search(line)[1] in CODES


def _plain(files):
    """Turn the words of the YAML file into the recipes they stand for."""
    made = {}
    for path, value in files.items():
        if value == "":
            made[path] = ""
        elif value == "null":
            made[path] = None
        elif isinstance(value, dict):
            made[path] = {
                key: int(item) if key in {"times", "cut"} else item for key, item in value.items()
            }
        else:
            made[path] = value
    return made


def _update(case, found):
    head = case.read_text().partition("\nexit:")[0].rstrip("\n")
    lines = "".join(f"  {line}\n" for line in found.lines)
    output = f"output: |\n{lines}" if lines else 'output: ""\n'
    case.write_text(f"{head}\nexit: {found.code}\n{output}")


def _covered():
    codes = set()
    for case in CASES:
        told = yaml.load(case.read_text(), Loader=yaml.BaseLoader)
        codes |= {_CODE.search(line)[1] for line in told.get("output", "").splitlines()}
    return codes


OUT_OF_REACH = {
    "card-and-media": "composing leaves the link card out when there is media",
    "empty": "composing says text-missing or empty-part",
    "file-differs": "git has to alter a text first; test_git_files.py",
    "headline-lost": "composing leaves a headline out where the network has no place for one",
    "limit-narrower": "a network has to be asked first; tests/cli/test_accounts.py",
    "link-lost": "composing writes every link out where a network has no links in words",
    "media-type": "composing says media-type-refused: the limits name what adapters can send",
    "post-too-slow": "nothing that can be written takes so long; tests/security/test_bounds.py",
    "span-place": "composing makes no such spans; the adapter looks for a mistake of ours",
    "warning-unknown": "composing puts a warning that is no label above the text",
}


def test_every_code_has_a_case():
    assert set(CODES) - _covered() == set(OUT_OF_REACH)


def _found_in_source():
    """Find every constant in the source that looks like a code where a code can stand."""
    root = Path(mimin.__file__).parent
    for folder in ("workspace", "checks", "compose", "networks"):
        for source in sorted((root / folder).glob("*.py")):
            for node in ast.walk(ast.parse(source.read_text())):
                yield from _codes_of(node)


_CALLS = {
    "Explained": 2,
    "fault": 1,
    "refused": 1,
    "Remark": 1,
    "Fault": 1,
    "TimeFault": 0,
    "_CanNotError": 0,
    "Nearly": 2,
    "_remark": 0,
    "_warning": 1,
    "_error": 1,
    "in_front": 2,
}


def _codes_of(node):
    if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
        yield from _constant(node.value.elts[0])
    if not isinstance(node, ast.Call):
        return
    name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
    for keyword in node.keywords:
        if keyword.arg == "code":
            yield from _constant(keyword.value)
    if name == "refuse":
        for argument in node.args:
            yield from (code for code in _constant(argument) if "-" in code or code == "crlf")
    elif name in _CALLS and len(node.args) > _CALLS[name]:
        yield from _constant(node.args[_CALLS[name]])


def _constant(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.escape(node.value)
    elif isinstance(node, ast.JoinedStr):
        parts = (re.escape(p.value) if isinstance(p, ast.Constant) else ".+" for p in node.values)
        yield "".join(parts)


def test_the_list_of_codes_is_whole_and_holds_nothing_else():
    found = {pattern for pattern in _found_in_source() if re.fullmatch(r"[a-z0-9.+\\-]+", pattern)}
    unlisted = {
        pattern for pattern in found if not any(re.fullmatch(pattern, code) for code in CODES)
    }
    assert unlisted == set()
    gone = {code for code in CODES if not any(re.fullmatch(pattern, code) for pattern in found)}
    assert gone == set()
