"""`mimin networks`: what can be published to, and what each network can do."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from mimin.cli.say import say

if TYPE_CHECKING:
    from mimin.networks.capabilities import Capabilities


@click.command()
@click.argument("names", nargs=-1, metavar="[NETWORK]...")
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text")
def command(names: tuple[str, ...], form: str) -> None:
    """List the networks, and what mimin can do on each.

    Read off the adapters themselves, those of other installed packages included. With a NETWORK,
    all that is known of it, with the names that `settings:` may hold.

    \b
    Examples:
      mimin networks
      mimin networks linkedin
      mimin networks --format json
    """
    from mimin.networks.overview import as_markdown, as_table, as_text, overview
    from mimin.networks.registry import network_names

    found = overview(names or network_names())
    if form == "json":
        rows = [_plain(each) for each in found]
        say(json.dumps({"networks": rows}, ensure_ascii=False, indent=2))
    elif form == "markdown":
        say(as_markdown(found), nl=False)
    else:
        say(as_text(found) if names else as_table(found), nl=False)


def _plain(found: Capabilities) -> dict[str, object]:
    fields = asdict(found)
    return fields | {"edit": found.edit and str(found.edit), "recovery": str(found.recovery)}
