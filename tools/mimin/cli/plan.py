"""`mimin plan`: show what publishing would do, and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from whenever import TimeDelta

from mimin.cli.say import paint, say
from mimin.cli.shared import (
    clock_from,
    colourful,
    desk_options,
    lookahead_option,
    open_desk,
    selection_options,
)

if TYPE_CHECKING:
    from whenever import Date, Instant

    from mimin.ledger.ledger import Book
    from mimin.planning.plan import Line
    from mimin.publishing.clock import Clock
    from mimin.publishing.desk import Desk


@click.command()
@lookahead_option("7d", "How far ahead a delivery counts as due.")
@click.option(
    "--all", "everything", is_flag=True, help="Also what is out, drafts and what is later."
)
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text")
@click.option("--base", metavar="REV", help="What merging this work changes, compared with REV.")
@click.option(
    "--month",
    metavar="YYYY-MM",
    help="All of a month, with its free slots, its gaps and its mix of pillars.",
)
@click.option(
    "--matrix", is_flag=True, help="The jobs of a workflow: one a brand with work, on one line."
)
@selection_options
@desk_options
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    lookahead: TimeDelta,
    everything: bool,  # noqa: FBT001 - click passes flags like this
    form: str,
    base: str | None,
    month: str | None,
    matrix: bool,  # noqa: FBT001 - click passes flags like this
    accounts: tuple[str, ...],
    brands: tuple[str, ...],
    now: str | None,
    remote: str | None,
    folder: Path | None,
) -> None:
    """Show what publishing would do, and why.

    Signs: + will publish, ~ will change what is out, - will take it down or never publish it,
    ! blocked. Where a network charges, the costs of each month follow.

    \b
    Examples:
      mimin plan
      mimin plan --account kedai/bluesky --lookahead 1d
      mimin plan --month 2026-12
      mimin plan --base origin/main --format markdown
      mimin plan --matrix --lookahead 15m
    """
    from mimin.cli.alarming import remark
    from mimin.cli.faults import say_errors
    from mimin.planning import show
    from mimin.planning.costs import as_text
    from mimin.planning.waiting import waiting

    if sum([matrix, base is not None, month is not None]) > 1:
        message = "--matrix is about what is due, --base about what changes, --month about a month"
        raise click.UsageError(f"{message}; take one")
    first = _first_day(month)
    desk = open_desk(folder, remote)
    everybody = desk.workspace.all_brands
    book = desk.book()
    clock, refs = clock_from(now, folder), desk.accounts(accounts, brands)
    about = [*refs, *brands] if accounts or brands else None
    if base is not None:
        if _compare(desk, base, book, clock, refs, about, form):
            raise SystemExit(1)
        return
    if first is not None:
        # A mix is of all accounts of a brand, whichever are asked about.
        _show_month(desk, first, desk.plan(book, clock, lookahead), refs, clock.now(), form)
        if say_errors(desk.problems(book, clock.now()), about):
            raise SystemExit(1)
        return
    lines = desk.plan(book, clock, lookahead, refs)
    errors = say_errors(desk.problems(book, clock.now()), about)
    if matrix:  # a code would keep the workflow from publishing for the brands that are well
        _show_jobs(lines)
        return
    shown = lines if everything else show.notable(lines, until=clock.now() + lookahead)
    if form == "text" and colourful():
        say(show.as_text(shown, everybody, paint), nl=False, color=True)
    else:
        say(show.FORMS[form](shown, everybody), nl=False)
    if form == "text":
        due = sum(line.sends for line in lines)
        later = sum(line.cause == "later" for line in lines)
        out = sum(line.cause == "out" for line in lines)
        say(f"{due} to publish, {later} later, {out} out", err=True)
        say(as_text(desk.costs(lines, book, clock)), nl=False, err=True)
        remark(desk, book, clock.now())
    if errors:
        raise SystemExit(4 if waiting(lines, now=clock.now(), until=clock.now()) else 1)


def _compare(  # noqa: PLR0913, PLR0917 - each is another source
    desk: Desk,
    base: str,
    book: Book,
    clock: Clock,
    refs: Sequence[str],
    about: Sequence[str] | None,
    form: str,
) -> bool:
    """Show what merging changes; tell whether an error is in it."""
    from mimin.checks.base import limit_to_base
    from mimin.cli.faults import say_errors
    from mimin.planning import difference
    from mimin.publishing.base import changes_since, examine_base
    from mimin.publishing.widening import Finder, open_before

    changes = changes_since(desk.survey, base, book, clock.now())
    before = open_before(desk.workspace, base, examine_base(desk.workspace, base))
    wider = Finder(desk.workspace, desk.survey.posts, before, book, clock.now()).find()
    changes = [change for change in changes if change.delivery.account in refs]
    if about is not None:  # a line of a file is a brand's, and no account's
        asked = {ref.partition("/")[0] for ref in about}
        wider = [each for each in wider if each.brand in asked]
    say(difference.FORMS[form](changes, desk.workspace.all_brands, wider), nl=False)
    touched = limit_to_base(desk.survey, base)
    problems = desk.problems(book, clock.now(), touched.added)
    return bool(say_errors([each for each in problems if touched.touches(each)], about))


def _first_day(month: str | None) -> Date | None:
    from whenever import Date

    if month is None:
        return None
    try:
        return Date.parse_iso(f"{month}-01")
    except ValueError:
        raise click.UsageError(f"{month!r} is no month; write it as 2026-12") from None


def _show_month(  # noqa: PLR0913, PLR0917 - each is another source
    desk: Desk, first: Date, lines: Sequence[Line], refs: Sequence[str], now: Instant, form: str
) -> None:
    from mimin.planning import month, show
    from mimin.printable import json_text

    workspace = desk.workspace
    found = month.month_of(first, lines, workspace.brands, workspace.schedules, set(refs), now)
    brands = workspace.all_brands
    if form == "json":
        rows = {"plan": show.rows(found.lines), **month.as_rows(found)}
        say(json_text(rows, indent=2))
        return
    if form == "markdown":
        say(show.as_markdown(found.lines, brands) + month.as_markdown(found, brands), nl=False)
        return
    coloured = colourful()
    style = paint if coloured else show.plain
    text = show.as_text(found.lines, brands, style) + month.as_text(found, brands)
    say(text, nl=False, color=coloured or None)


def _show_jobs(lines: Sequence[Line]) -> None:
    from mimin.planning.matrix import MOST, as_matrix, jobs

    found = jobs(lines)
    say(as_matrix(found), nl=False)
    if len(found) > MOST:
        left = len(found) - MOST
        say(f"{left} brands more than the {MOST} jobs of one run have to wait", err=True)
