"""`mimin ledger`: read the ledger of what is out, and mend it where it was damaged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mimin.cli.say import say
from mimin.cli.shared import clock_from, desk_options, open_desk, remote_option, workspace_option
from mimin.printable import json_printable, json_text, one_line

if TYPE_CHECKING:
    from mimin.publishing.desk import Desk
    from mimin.store import Branch, Repair

_form = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")


@click.group()
def command() -> None:
    """Read the ledger of what is out, and mend it where it was damaged.

    \b
    Examples:
      mimin ledger log
      mimin ledger show kedai/gajian@bluesky
      mimin ledger verify
      mimin ledger restore
      mimin ledger accept "a trial account, nothing was public"
      mimin ledger checkout "the last commit was amended"
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
            say(json_printable(event.model_dump_json(exclude_defaults=True)))
            continue
        name = f"{event.key} part {event.part + 1}" if event.key else event.account
        mark = " (simulated)" if event.simulated else ""
        notes = " ".join(note for note in (event.url, event.reason, event.by) if note)
        line = f"{event.at.format_iso()[:19]}Z {event.kind:<9} {name}{mark} {notes}"
        say(one_line(line.rstrip()))


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
        say(json_text({"deliveries": rows}, indent=2))
        return
    for standing in wanted:
        say(one_line(f"{standing.state():<9} {standing.key}"))
        for index, part in sorted(standing.parts.items()) if key else ():
            note = (part.receipt.url if part.receipt else part.last.reason) if part.last else ""
            line = f"  part {index + 1}: {part.state}, {_times(part.tries)} {note}"
            say(one_line(line.rstrip()))


@command.command()
@remote_option
@workspace_option
def verify(remote: str | None, folder: Path | None) -> None:
    """Check that the ledger is whole: every line readable, nothing out twice, no odd order."""
    from mimin.ledger.verify import verify as look

    events = open_desk(folder, remote).ledger.events()
    faults = look(events)
    for fault in faults:
        say(one_line(fault))
    say(f"{len(events)} events, {len(faults)} faults", err=True)
    if faults:
        raise SystemExit(1)


@command.command()
@click.option("--dry-run", is_flag=True, help="Only show what would be put back.")
@desk_options
def restore(*, dry_run: bool, now: str | None, remote: str | None, folder: Path | None) -> None:
    """Put back what was taken out of the ledger, each line where it stood.

    What was seen here, what the remote's copy of the head names and what any commit of the branch
    held is joined in one commit on top. Lines that are no events are taken out of the files; git's
    history keeps them.
    """
    repair = _branch(open_desk(folder, remote)).restore(
        at=clock_from(now, folder).now(), write=not dry_run
    )
    _tell(repair)
    if not repair.is_needed:
        say("nothing is missing", err=True)
    elif repair.commit:
        say(f"restored by commit {repair.commit[:12]}", err=True)
    else:
        say("nothing was written", err=True)


@command.command()
@click.argument("reason")
@click.option("--by", help="Who says so; your git user name when not given.")
@click.option("--dry-run", is_flag=True, help="Only show what would be accepted.")
@desk_options
def accept(  # noqa: PLR0913 - one for each option
    *,
    reason: str,
    by: str | None,
    dry_run: bool,
    now: str | None,
    remote: str | None,
    folder: Path | None,
) -> None:
    """Say that what was taken out of the ledger is to stay out, with the REASON.

    This is written on the branch, so that all clones believe it from then on. What the lost lines
    told of counts as never sent, and may go out again: look at the accounts first.
    """
    from mimin.cli.shared import person_name

    if not reason.strip():
        raise click.BadParameter("say why", param_hint="REASON")
    desk = open_desk(folder, remote)
    repair = _branch(desk).accept(
        by=by or person_name(desk),
        reason=reason,
        at=clock_from(now, folder).now(),
        write=not dry_run,
    )
    _tell(repair)
    if repair.commit:
        say(f"accepted by commit {repair.commit[:12]}", err=True)
    elif repair.losses or repair.joined:
        say("nothing was written", err=True)
    else:
        say("nothing is missing, so there is nothing to accept", err=True)


@command.command()
@click.argument("reason")
@click.option("--by", help="Who says so; your git user name when not given.")
@desk_options
def checkout(
    *,
    reason: str,
    by: str | None,
    now: str | None,
    remote: str | None,
    folder: Path | None,
) -> None:
    """Say that runs go on from the files here, though the last run worked from others.

    For a commit that a run has seen and that was thrown away, by `git commit --amend` or `git
    reset`: until then the files here count as older than those of that run, and nothing is sent.
    What was planned, changed or taken down in that commit alone does not count any more.
    """
    from mimin.cli.publish import name_run
    from mimin.cli.shared import person_name

    if not reason.strip():
        raise click.BadParameter("say why", param_hint="REASON")
    desk = open_desk(folder, remote)
    now_is = clock_from(now, folder).now()
    before = desk.go_on(now_is, name_run(now_is), by or person_name(desk), reason)
    if before:
        say(f"runs go on from the files here, and not from commit {before[:12]}")
    else:
        say("the last run worked from files that are part of those here; nothing was written")


def _branch(desk: Desk) -> Branch:
    from mimin.errors import WorkspaceError
    from mimin.ledger.ledger import BRANCH
    from mimin.ledger.lines import is_record
    from mimin.store import Branch

    repository = desk.workspace.tree.repository
    if repository is None:
        raise WorkspaceError(desk.workspace.tree.why_no_git)
    return Branch(repository, BRANCH, remote=desk.remote, keeps=is_record)


def _tell(repair: Repair) -> None:
    for commit in repair.joined:
        say(f"commit {commit[:12]} was seen and is gone from the branch")
    for loss in repair.losses:
        for line in loss.lines:
            say(one_line(f"{loss.path}: + {line.decode('utf-8', 'replace')}"))
    for path, count in repair.damaged.items():
        lines = "line that is no event" if count == 1 else "lines that are no events"
        say(one_line(f"{path}: - {count} {lines}"))


def _times(tries: int) -> str:
    return "1 try" if tries == 1 else f"{tries} tries"
