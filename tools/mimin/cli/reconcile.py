"""`mimin reconcile`: ask the networks about what is unknown."""

from __future__ import annotations

from pathlib import Path

import click

from mimin.cli.say import say
from mimin.cli.shared import (
    clock_from,
    desk_options,
    open_desk,
    secret_from,
    selection_options,
)
from mimin.ledger.standing import State


@click.command()
@selection_options
@desk_options
def command(
    accounts: tuple[str, ...],
    brands: tuple[str, ...],
    now: str | None,
    remote: str | None,
    folder: Path | None,
) -> None:
    """Ask the networks about what is unknown.

    A run that died between its claim and its receipt leaves a delivery of which nobody knows
    whether it is out. This looks for it on the network and records what is proven. What can not be
    proven is left to a person: see `mimin done`.

    \b
    Examples:
      mimin reconcile
      mimin reconcile --account kedai/mastodon
      mimin reconcile --brand kedai
    """
    from mimin.cli.faults import say_errors
    from mimin.cli.publish import name_run
    from mimin.cli.telling import Teller
    from mimin.publishing.desk import Connections
    from mimin.publishing.reconcile import reconcile

    desk = open_desk(folder, remote)
    clock = clock_from(now, folder)
    refs = desk.accounts(accounts, brands)
    book = desk.ledger.read()
    connections = Connections(desk, refs, secret_from, clock, book)
    for ref, why in connections.refused.items():
        say(f"{ref} is not asked: {why}", err=True)
    findings = reconcile(
        book,
        connections=connections,
        ledger=desk.ledger,
        clock=clock,
        run=name_run(clock.now()),
        accounts=[ref for ref in refs if not desk.fault(ref)],
        destinations=desk.destinations(book),
    )
    Teller(desk, clock).found(findings)
    left = [finding for finding in findings if finding.answer in {State.UNKNOWN, State.CLAIMED}]
    # What is claimed still is held by another run, which may be sending it.
    waiting = [finding for finding in left if finding.answer is State.UNKNOWN]
    say(f"{len(findings)} looked at, {len(left)} still open", err=True)
    errors = say_errors(
        desk.problems(book, clock.now()), [*refs, *brands] if accounts or brands else None
    )
    if waiting or errors:
        raise SystemExit(4 if waiting else 1)
