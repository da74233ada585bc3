"""`mimin ledger`: read the ledger of what is out."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mimin.cli.shared import open_desk, remote_option, workspace_option

_form = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")


@click.group()
def command() -> None:
    """Read the ledger of what is out.

    \b
    Examples:
      mimin ledger log
      mimin ledger show kopi-senja/gajian@bluesky
      mimin ledger verify
    """


@command.command()
@click.argument("key", required=False, default="")
@_form
@remote_option
@workspace_option
def log(key: str, form: str, remote: str | None, folder: Path | None) -> None:
    """List events, oldest first; only those whose key begins with KEY when it is given."""
    events = open_desk(folder, remote).ledger.events()
    for event in events:
        if not event.key.startswith(key):
            continue
        if form == "json":
            click.echo(event.model_dump_json(exclude_defaults=True))
            continue
        name = f"{event.key} part {event.part + 1}" if event.key else event.account
        mark = " (simulated)" if event.simulated else ""
        notes = " ".join(note for note in (event.url, event.reason, event.by) if note)
        click.echo(f"{event.at.format_iso()[:19]}Z {event.kind:<9} {name}{mark} {notes}".rstrip())


@command.command()
@click.argument("key", required=False)
@_form
@remote_option
@workspace_option
def show(key: str | None, form: str, remote: str | None, folder: Path | None) -> None:
    """Show where deliveries stand: one by its KEY with its parts, or all in a line each."""
    from mimin.publishing.decide import find_standing

    book = open_desk(folder, remote).ledger.read()
    wanted = [find_standing(book, key)] if key else list(book.standings.values())
    if form == "json":
        rows = [
            {
                "key": standing.key,
                "state": standing.state(),
                "parts": [
                    {
                        "part": index + 1,
                        "state": part.state,
                        "tries": part.tries,
                        "url": part.receipt.url if part.receipt else None,
                        "remote_id": part.receipt.remote_id if part.receipt else None,
                        "reason": part.last.reason if part.last else "",
                    }
                    for index, part in sorted(standing.parts.items())
                ],
            }
            for standing in wanted
        ]
        click.echo(json.dumps({"deliveries": rows}, ensure_ascii=False, indent=2))
        return
    for standing in wanted:
        click.echo(f"{standing.state():<9} {standing.key}")
        for index, part in sorted(standing.parts.items()) if key else ():
            note = (part.receipt.url if part.receipt else part.last.reason) if part.last else ""
            click.echo(f"  part {index + 1}: {part.state}, {_times(part.tries)} {note}".rstrip())


@command.command()
@remote_option
@workspace_option
def verify(remote: str | None, folder: Path | None) -> None:
    """Check that the ledger is whole: every line readable, nothing out twice, no odd order."""
    from mimin.ledger.verify import verify as look

    events = open_desk(folder, remote).ledger.events()
    faults = look(events)
    for fault in faults:
        click.echo(fault)
    click.echo(f"{len(events)} events, {len(faults)} faults", err=True)
    if faults:
        raise SystemExit(1)


def _times(tries: int) -> str:
    return "1 try" if tries == 1 else f"{tries} tries"
