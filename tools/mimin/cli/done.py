"""`mimin done`: tell the ledger what a person has seen or done."""

from __future__ import annotations

from pathlib import Path

import click

from mimin.cli.say import say
from mimin.cli.shared import clock_from, desk_options, open_desk, person_name


@click.command()
@click.argument("key")
@click.option("--url", help="It is out, and here: the published post's address, with https://.")
@click.option(
    "--out", is_flag=True, help="It is out, and there is no address to give (a status, a story)."
)
@click.option(
    "--not-out", is_flag=True, help="You have looked: it is not out and may be tried again."
)
@click.option("--retracted", is_flag=True, help="You have taken it down where mimin can not.")
@click.option(
    "--leave", is_flag=True, help="Nothing more of it is to go out; what is out stays as it is."
)
@click.option("--part", type=click.IntRange(min=1), help="Only this part of a thread, from 1.")
@click.option("--by", help="Who says so; your git user name when not given.")
@desk_options
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    key: str,
    url: str | None,
    out: bool,  # noqa: FBT001 - click passes flags like this
    not_out: bool,  # noqa: FBT001 - click passes flags like this
    retracted: bool,  # noqa: FBT001 - click passes flags like this
    leave: bool,  # noqa: FBT001 - click passes flags like this
    part: int | None,
    by: str | None,
    now: str | None,
    remote: str | None,
    folder: Path | None,
) -> None:
    """Tell the ledger what a person has seen or done.

    For packs of manual accounts, and for deliveries that no network can answer for. KEY is the
    delivery's key as `mimin plan` shows it.

    \b
    Examples:
      mimin done kedai/gajian@whatsapp --url https://whatsapp.com/channel/abc/1
      mimin done kedai/gajian@whatsapp --out
      mimin done kedai/gajian@telegram --not-out
      mimin done kedai/gajian@tiktok --retracted
      mimin done kedai/gajian@mastodon --leave
    """
    from mimin.cli.publish import name_run
    from mimin.publishing.decide import (
        Person,
        check_address,
        is_left,
        is_not_out,
        is_out,
        is_retracted,
    )

    if [url is not None, out, not_out, retracted, leave].count(True) != 1:
        raise click.UsageError("give one of --url URL, --out, --not-out, --retracted and --leave")
    if url is not None:
        check_address(url)
    desk = open_desk(folder, remote)
    now_is = clock_from(now, folder).now()
    person = Person(by or person_name(desk), now_is, name_run(now_is))
    book = desk.ledger.read()
    if out or url is not None:
        events = is_out(desk.ledger, book, key, url or "", person, part - 1 if part else None)
    elif leave:
        events = is_left(desk.ledger, book, key, person)
    elif retracted:
        events = is_retracted(desk.ledger, book, key, person)
    else:
        events = is_not_out(desk.ledger, book, key, person)
    for event in events:
        say(f"{event.kind} {event.key} part {event.part + 1} by {event.by}")
