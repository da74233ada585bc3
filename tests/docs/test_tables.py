"""Tables and lists of the handbook are complete, and say what the code says."""

from __future__ import annotations

import os
import re
from enum import StrEnum
from importlib import import_module
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined
from whenever import TimeDelta

HANDBOOK = Path(__file__).parents[2] / "content/handbook"
PAGES = sorted(HANDBOOK.glob("*.md"))
_MARK = re.compile(r"^<!-- fields: (\S+?):(\S+) -->$", re.MULTILINE)


def _tables():
    return [
        (path, match[1], match[2]) for path in PAGES for match in _MARK.finditer(path.read_text())
    ]


def _mark(module, name):
    return f"<!-- fields: {module}:{name} -->"


def _rows(text, start):
    """Cells of the first table after a place, without its head."""
    rows = []
    for line in text[start:].split("\n"):
        if line.startswith("|"):
            rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
        elif rows:
            break
    return rows[2:]


def _default(info):
    if info.is_required():
        return "required"
    value = info.default_factory() if info.default_factory else info.default
    if value is None or value is PydanticUndefined or value in ((), {}, ""):
        return ""
    return _shown(value)


def _shown(value):
    from mimin.model.base import format_duration

    if isinstance(value, TimeDelta):
        return f"`{format_duration(value)}`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`{[list(item) if isinstance(item, tuple) else item for item in value]}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _enums(annotation):
    if isinstance(annotation, type):
        return [annotation] if issubclass(annotation, StrEnum) else []
    inner = getattr(annotation, "__args__", ())
    return [found for one in inner for found in _enums(one)]


@pytest.mark.parametrize(
    ("path", "module", "name"), _tables(), ids=lambda value: str(value).split("/")[-1]
)
def test_a_table_of_fields_is_the_model(path, module, name):
    model = getattr(import_module(module), name)
    rows = {row[0].strip("`"): row for row in _table_under(path.read_text(), _mark(module, name))}
    assert list(rows) == list(model.model_fields), f"{path.name}: the fields of {name}"
    for field, info in model.model_fields.items():
        assert rows[field][1] == _default(info), f"{path.name}: the default of {name}.{field}"
        assert len(rows[field][2]) > 10, f"{path.name}: {name}.{field} needs words"
        for enum in _enums(info.annotation):
            for value in enum:
                assert f"`{value}`" in rows[field][2], f"{path.name}: {name}.{field}: {value}"


def test_every_kind_of_file_has_its_table_of_fields():
    from mimin.cli.schema import FILES

    shown = {f"{module}:{name}" for _, module, name in _tables()}
    assert set(FILES.values()) <= shown


def test_every_code_of_a_problem_has_one_entry_with_words():
    from mimin.checks.codes import CODES

    text = (HANDBOOK / "problems.md").read_text()
    entries = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
    parted = [entry.partition("\n") for entry in entries]
    found = {code.strip(): words.strip() for code, _, words in parted}
    assert len(entries) == len(found), "an entry stands twice"
    assert sorted(found) == sorted(CODES)
    for code, words in found.items():
        said = re.split(r"^## ", words, flags=re.MULTILINE)[0].replace("\n", " ").strip()
        assert said.startswith(CODES[code]), f"{code} begins with its rule: {CODES[code]}"
        assert len(said) > len(CODES[code]) + 20, f"{code} names a way out"


def test_every_sign_and_every_cause_is_explained():
    from mimin.planning.plan import Action, Cause

    text = (HANDBOOK / "plan.md").read_text()
    causes = {row[0].strip("`"): row[2] for row in _table_under(text, "## Causes")}
    assert sorted(causes) == sorted(Cause)
    assert all(len(words) > 20 for words in causes.values())
    signs = {row[0].strip("`") for row in _table_under(text, "## Signs")}
    assert signs == {str(action).strip() or "(blank)" for action in Action}


def test_every_kind_of_event_is_explained():
    from mimin.model.event import Kind

    text = (HANDBOOK / "ledger.md").read_text()
    kinds = {row[0].strip("`") for row in _table_under(text, "## Kinds of event")}
    assert kinds == {str(kind) for kind in Kind}


def test_the_workflow_s_networks_are_the_ones_that_can_be_published_to():
    from mimin.networks.registry import ADAPTERS

    text = (HANDBOOK / "networks.md").read_text()
    named = {row[0].strip("`") for row in _table_under(text, "## What is there now")}
    assert named == set(ADAPTERS)


def test_the_table_of_limits_is_what_the_check_uses():
    path = HANDBOOK / "networks.md"
    before, mark, after = path.read_text().partition("<!-- limits: -->\n\n")
    assert mark, "networks.md lost its mark"
    table, _, rest = after.partition("\n\n")
    made = _limits()
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(f"{before}{mark}{made}\n\n{rest}")
    assert table == made, "UPDATE_DOCS=1 writes it anew"


def test_the_table_of_capabilities_is_what_the_adapters_declare():
    from mimin.networks.overview import as_markdown, overview
    from mimin.networks.registry import ADAPTERS

    path = HANDBOOK / "networks.md"
    before, mark, after = path.read_text().partition("<!-- capabilities: -->\n\n")
    assert mark, "networks.md lost its mark"
    table, _, rest = after.partition("\n\n")
    made = as_markdown(overview(ADAPTERS)).rstrip()
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(f"{before}{mark}{made}\n\n{rest}")
        table = made
    assert table == made, "UPDATE_DOCS=1 writes it anew"


def test_the_options_of_the_site_are_those_of_the_plugin():
    from mimin.website.plugin import Options

    text = (HANDBOOK / "site.md").read_text()
    rows = {row[0].strip("`"): row for row in _table_under(text, "## Who may see it")}
    assert set(rows) == {name for name, _ in Options._schema}
    known = {name: option.default for name, option in Options._schema}
    assert rows["visibility"][1] == f"`{known['visibility']}`"
    assert rows["fetch"][1] == f"`{str(known['fetch']).lower()}`"


_UNITS = {
    "weighted": "weighted as X does",
    "graphemes": "characters as seen",
    "codepoints": "code points",
    "utf16": "UTF-16 units",
    "utf8_bytes": "bytes",
    "max_codepoints_utf16": "UTF-16 units",
    "mastodon": "as Mastodon counts",
    "graphemes_emoji_as_utf8_bytes": "characters, emoji as bytes",
}


def _with_media(limits):
    if limits.text_with_video:
        return f"{_amount(limits.text_with_video)} with a video"
    return _amount(limits.text_with_media) if limits.text_with_media else "the same"


def _limits():
    from mimin.networks.known import LIMITS

    head = "| `like:` | text | with media | images | largest image | alt text | videos | threads |"
    lines = [head, "| --- " * 8 + "|"]
    for name, limits in sorted(LIMITS.items()):
        text = _amount(limits.text)
        text += f" {_UNITS[limits.text_unit]}" if limits.text else ""
        text += f", {limits.text_bytes:,} bytes" if limits.text_bytes else ""
        cells = [
            f"`{name}`",
            text,
            _with_media(limits),
            _amount(limits.images) + (" (required)" if limits.media_required else ""),
            f"{limits.image_bytes:,} bytes" if limits.image_bytes else _amount(limits.image_bytes),
            _amount(limits.alt),
            _amount(limits.videos),
            "yes" if limits.threads else "no",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _amount(number):
    if number is None:
        return "no limit known"
    return f"{number:,}" if number else "none"


def _table_under(text, heading):
    assert f"{heading}\n" in text, f"there is no {heading!r}"
    return _rows(text, text.index(f"{heading}\n"))


def test_every_card_that_is_there_for_anybody_is_listed_with_the_words_that_it_needs():
    from mimin.workspace.frontmatter import read_yaml

    text = (HANDBOOK / "cards.md").read_text()
    listed = {name: needs for name, _, needs in _rows(text, text.index("## Cards that are there"))}
    found = {}
    for path in (HANDBOOK.parents[1] / "templates/cards").glob("*.yml"):
        if not path.name.startswith(("kopi-senja-", "fjord-and-fern-")):
            values = read_yaml(path.read_text()).values["values"]
            needed = [name for name, default in values.items() if default is None]
            found[f"`{path.stem}`"] = ", ".join(f"`{name}`" for name in needed)
    assert listed == found
    assert (HANDBOOK.parent / "assets/cards.png").stat().st_size < 200_000


def test_the_first_pages_lead_to_the_part_of_the_readme_that_takes_the_demo_out():
    readme = (HANDBOOK.parents[1] / "README.md").read_text()
    title = re.search(r"^## (.+)$(?:\n(?!## ).*)*?\n *git rm ", readme, re.MULTILINE)[1]
    for page in ("start.md", "mulai.md"):
        text = " ".join((HANDBOOK / page).read_text().split())
        assert f"*{title}*" in text
        assert "make setup" in text
        assert text.index(f"*{title}*") < text.index("brand.yml")
