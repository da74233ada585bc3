"""`mimin resume`: let go on what was frozen."""

from __future__ import annotations

from pathlib import Path

import click

from mimin.cli.freeze import switch
from mimin.cli.shared import desk_options, switch_options


@click.command()
@switch_options("Why it may go on.")
@desk_options
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
      mimin resume kedai/bluesky
    """
    switch(scope=scope, reason=reason, by=by, now=now, remote=remote, folder=folder, resume=True)
