"""`mimin schema`: print JSON Schemas of the files, for editors."""

from __future__ import annotations

import click

from mimin.cli.say import say
from mimin.printable import json_text

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


@click.command()
@click.argument("file", type=click.Choice(list(FILES)))
def command(file: str) -> None:
    """Print the JSON Schema (draft 2020-12) of one kind of FILE, for editors.

    \b
    Examples:
      mimin schema post > .vscode/post.schema.json
      mimin schema brand
    """
    from importlib import import_module

    module, _, name = FILES[file].partition(":")
    model = getattr(import_module(module), name)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(),
    }
    say(json_text(schema, indent=2))
