"""`mimin schema`: print JSON Schemas of the files, for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mimin.cli.say import say
from mimin.printable import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

FILES = {
    "post": "mimin.model.post:PostFields",
    "variant": "mimin.model.post:VariantFields",
    "link": "mimin.model.post:LinkCard",
    "brand": "mimin.model.brand:BrandFields",
    "calendar": "mimin.model.schedule:ScheduleFields",
    "observances": "mimin.model.schedule:ObservanceFields",
    "card": "mimin.compose.cards:CardTemplate",
    "report": "mimin.model.report:ReportFields",
    "event": "mimin.model.event:Event",
}
FRONT_MATTER = ("post", "variant")
"""Files whose fields stand in Markdown, where no editor looks for a schema."""

_BODIES = {
    "media": ["media:", "  - file: $1", "    alt: $2"],
    "repeat": ["repeat:", "  every: ${1|day,week,month|}", "  times: ${2:4}"],
    "at": ["at: ${1:$CURRENT_YEAR-$CURRENT_MONTH-$CURRENT_DATE} ${2:09:00}"],
}
"""Fields whose form a schema does not tell."""


@click.command()
@click.argument("file", type=click.Choice(list(FILES)))
@click.option(
    "--snippets",
    is_flag=True,
    help="Print snippets of VS Code instead, which complete the fields of front matter.",
)
def command(file: str, *, snippets: bool) -> None:
    """Print the JSON Schema (draft 2020-12) of one kind of FILE, for editors.

    \b
    Examples:
      mimin schema brand > .vscode/brand.schema.json
      mimin schema post --snippets > .vscode/post.code-snippets
    """
    from mimin.cli.described import described

    if snippets and file not in FRONT_MATTER:
        kinds = " and ".join(FRONT_MATTER)
        message = f"only {kinds} are front matter; for a {file} file, name its schema to the editor"
        raise click.UsageError(message)
    schema = described(FILES[file])
    say(json_text(_snippets(schema) if snippets else schema, indent=2))


def _snippets(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give one snippet a field, as VS Code's user guide describes them."""
    return {
        name: {
            "scope": "markdown",
            "prefix": name,
            "body": _BODIES.get(name) or [f"{name}: {_place(schema, field)}"],
            "description": field.get("description", ""),
        }
        for name, field in schema["properties"].items()
    }


def _place(schema: Mapping[str, Any], field: Mapping[str, Any]) -> str:
    """Give what stands for a value: a choice, a list, or an empty place."""
    forms = [_resolved(schema, form) for form in field.get("anyOf", [field])]
    for form in forms:
        if "enum" in form:
            return f"${{1|{','.join(form['enum'])}|}}"
        if form.get("type") == "boolean":
            return "${1|true,false|}"
        if form.get("type") == "array":
            return "[$1]"
        if form.get("type") == "object":
            return "{ $1 }"
    return "$1"


def _resolved(schema: Mapping[str, Any], form: Mapping[str, Any]) -> Mapping[str, Any]:
    name = form.get("$ref", "").rpartition("/")[2]
    return schema["$defs"][name] if name else form
