"""`mimin fetch`: fetch once what payloads need from outside."""

from __future__ import annotations

from pathlib import Path

import click

from mimin.cli.say import say
from mimin.cli.shared import open_here, workspace_option


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--again", is_flag=True, help="Also fetch what is there already.")
@workspace_option
def command(
    paths: tuple[Path, ...],
    again: bool,  # noqa: FBT001 - click passes flags like this
    folder: Path | None,
) -> None:
    """Fetch once what payloads need from outside.

    Link cards (title, description, picture) of the posts' `link:` go into <id>.link.yml beside
    the post, where they are reviewed with it; the ids behind people's Bluesky handles are printed
    for you to add. Nothing is ever fetched while publishing, so what was approved is what is sent.

    \b
    Examples:
      mimin fetch
      mimin fetch content/kedai/posts/2026/12/gajian.md --again
    """
    from mimin.cli.check import inside
    from mimin.publishing.fetch import fetch_cards, fetch_people

    workspace = open_here(folder)
    wanted = [inside(path, workspace.root) for path in paths]
    posts = [
        path
        for path in workspace.layout.posts
        if workspace.brand_of(path) in workspace.brands
        and (not wanted or any(path == want or path.startswith(f"{want}/") for want in wanted))
    ]
    failed = done = 0
    for fetched in (*fetch_cards(workspace, posts, again=again), *fetch_people(workspace)):
        done += 1
        failed += fetched.failed
        say(f"{fetched.subject}: {fetched.note}", err=fetched.failed)
    say(f"{done - failed} fetched, {failed} failed", err=True)
    if failed:
        raise SystemExit(1)
