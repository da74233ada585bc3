"""`mimin preview`: show exactly what each account would get of a post."""

from __future__ import annotations

from pathlib import Path

import click

from mimin.cli.say import say
from mimin.cli.shared import open_desk, workspace_option
from mimin.printable import json_text


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="json: the publishing requests themselves, with braces for what only the network knows.",
)
@workspace_option
def command(paths: tuple[Path, ...], form: str, folder: Path | None) -> None:
    """Show exactly what each account would get of a post: texts, media, counters, requests.

    Needs no secret and no connection.

    \b
    Examples:
      mimin preview content/kedai/posts/2026/12/gajian.md
      mimin preview content/kedai/posts/2026/12/gajian.md --format json
    """
    from mimin.checks.preview import preview, requests
    from mimin.cli.check import inside

    desk = open_desk(folder, "none")
    names = [inside(path, desk.workspace.root) for path in paths]
    known = desk.workspace.layout.posts
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.UsageError(f"{unknown[0]} is not the main file of a post; name one")
    drafts = [desk.draft(name) for name in names]
    if form == "json":
        rows = [row for draft in drafts for row in requests(draft, desk.workspace)]
        say(json_text({"requests": rows}, indent=2))
    else:
        shown = [preview(draft, desk.workspace, desk.library.called) for draft in drafts]
        say("\n".join(shown), nl=False)
