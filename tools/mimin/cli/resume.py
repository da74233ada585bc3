"""`mimin resume`: let go on what was frozen."""

from __future__ import annotations

from pathlib import Path

import click

from mimin.cli.freeze import switch
from mimin.cli.shared import now_option, remote_option, workspace_option


@click.command()
@click.argument("scope", required=False)
@click.option("--reason", default="", help="Why it may go on.")
@click.option("--by", help="Who says so; your git user name when not given.")
@now_option
@remote_option
@workspace_option
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    scope: str | None,
    reason: str,
    by: str | None,
    now: str | None,
    remote: str | None,
    folder: Path | None,
) -> None:
    """Let go on what was frozen.

    SCOPE is what was frozen: a brand, brand/account, or nothing for everything.

    \b
    Examples:
      mimin resume
      mimin resume kopi-senja/bluesky
    """
    switch(scope=scope, reason=reason, by=by, now=now, remote=remote, folder=folder, resume=True)
