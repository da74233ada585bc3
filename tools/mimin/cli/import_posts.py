"""`mimin import`: bring the posts of another posts-as-files tool into this workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mimin.cli.say import say
from mimin.cli.shared import DurationType, clock_from, desk_options, open_desk
from mimin.errors import UsageError
from mimin.printable import json_text

if TYPE_CHECKING:
    from whenever import TimeDelta

    from mimin.importers.options import Timetable

TOOLS = ("galaxy-social", "twitter-together")
_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@click.command()
@click.argument("tool", type=click.Choice(TOOLS))
@click.argument("source", metavar="PATH", type=_FOLDER)
@click.option("--brand", metavar="NAME", required=True, help="The new brand's folder in content/.")
@click.option("--zone", required=True, help="The brand's time zone, such as Asia/Jakarta.")
@click.option("--language", default="en", show_default=True, help="What the posts are written in.")
@click.option("--handle", help="The account's handle, where the source does not name it.")
@click.option("--sandbox", is_flag=True, help="All accounts on the simulated network.")
@click.option("--start", metavar="TIME", help="Schedule all posts anew, the first at this time.")
@click.option("--every", type=DurationType(), help="With --start: the time between two posts.")
@click.option("--media", type=_FOLDER, help="Images that were downloaded by hand.")
@click.option("--include-unsuffixed", is_flag=True, help="Also tweets without `.tweet`.")
@click.option("--dry-run", is_flag=True, help="Write nothing, only report.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@desk_options
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    tool: str,
    source: Path,
    brand: str,
    zone: str,
    language: str,
    handle: str | None,
    sandbox: bool,  # noqa: FBT001 - click passes flags like this
    start: str | None,
    every: TimeDelta | None,
    media: Path | None,
    include_unsuffixed: bool,  # noqa: FBT001 - see sandbox
    dry_run: bool,  # noqa: FBT001 - see sandbox
    form: str,
    now: str | None,
    remote: str | None,
    folder: Path | None,
) -> None:
    """Bring the posts of another posts-as-files tool into this workspace.

    What the old tool published is recorded in the ledger first, so that it never goes out again;
    with --start everything is scheduled anew instead. Whatever could not be mapped is reported.

    \b
    Examples:
      mimin import twitter-together ../tweets --brand kedai --zone Asia/Jakarta --dry-run
      mimin import galaxy-social ../social --brand kedai --zone Asia/Jakarta
      mimin import galaxy-social ../social --brand trial --zone UTC --sandbox \
        --start "2026-12-01 09:00" --every 30m
    """
    from mimin.importers.landing import bring, check_place
    from mimin.importers.options import Options
    from mimin.importers.sources import plan_from
    from mimin.model.base import SLUG

    if not _is_slug(brand, SLUG):
        raise UsageError(f"--brand: {brand!r} must be lower-case letters, digits, - and _")
    desk = open_desk(folder, remote)
    options = Options(
        brand=brand,
        zone=zone,
        now=clock_from(now, folder).now(),
        language=language,
        sandbox=sandbox,
        timetable=_timetable(start, every, zone),
        media=media,
        handle=handle,
        include_unsuffixed=include_unsuffixed,
    )
    arrival = plan_from(tool, source, options)
    check_place(arrival, desk.workspace.root)
    if not dry_run:
        # Without history there is no need of a ledger, nor of git.
        bring(arrival, desk.workspace.root, lambda events: desk.ledger.record(events))  # noqa: PLW0108 - the ledger is opened when there are events
    report = arrival.report
    say(report.text if form == "text" else json_text(report.record))
    say(f"{'would write' if dry_run else 'wrote'} {arrival.folder}", err=True)


def _is_slug(name: str, pattern: str) -> bool:
    import re

    return bool(re.fullmatch(pattern, name)) and len(name) <= 100


def _timetable(start: str | None, every: TimeDelta | None, zone: str) -> Timetable | None:
    from mimin.importers.options import Timetable
    from mimin.workspace.times import TimeFault, parse_time

    if start is None and every is None:
        return None
    if start is None or every is None:
        raise UsageError("--start and --every belong together; give both, or none")
    try:
        return Timetable(start=parse_time(start, zone), every=every)
    except TimeFault as fault:
        raise UsageError(f"--start: {fault}") from None
