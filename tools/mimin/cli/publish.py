"""`mimin publish`: publish what is due, each delivery at most once."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from whenever import Instant, TimeDelta

from mimin.cli.say import say
from mimin.cli.shared import (
    clock_from,
    desk_options,
    lookahead_option,
    open_desk,
    secret_from,
    selection_options,
)
from mimin.cli.telling import Teller
from mimin.model.payload import Payload
from mimin.planning.plan import Line
from mimin.publishing.desk import Connections, Desk
from mimin.publishing.run import Outcome


@click.command()
@lookahead_option("10m", "Also take what falls due within this time, and wait for its second.")
@click.option(
    "--dry-run", is_flag=True, help="Show what would be published; write and send nothing."
)
@selection_options
@desk_options
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    lookahead: TimeDelta,
    dry_run: bool,  # noqa: FBT001 - click passes flags like this
    accounts: tuple[str, ...],
    brands: tuple[str, ...],
    now: str | None,
    remote: str | None,
    folder: Path | None,
) -> None:
    """Publish what is due, each delivery at most once.

    Asks the networks about what earlier runs left open, then prepares, claims, sends and records
    each delivery. Accounts work side by side; one that fails holds up no other. Run it as often as
    you like: what is out is never sent again.

    \b
    Examples:
      mimin publish --dry-run
      mimin publish --lookahead 15m
      mimin publish --account kedai/bluesky
      mimin publish --brand kedai
    """
    from mimin.cli.alarming import remark
    from mimin.cli.faults import say_errors
    from mimin.planning.show import as_text
    from mimin.publishing.policies import record_policies
    from mimin.publishing.reconcile import reconcile
    from mimin.publishing.run import Publisher

    desk = open_desk(folder, remote)
    clock = clock_from(now, folder)
    refs = desk.accounts(accounts, brands)
    about = [*refs, *brands] if accounts or brands else None
    if dry_run:
        lines = desk.plan(desk.book(), clock, lookahead, refs)
        acts = [line for line in lines if line.acts]
        say(as_text(acts, desk.workspace.all_brands), nl=False)
        say(f"dry run: {len(acts)} would be handled, nothing was sent", err=True)
        if say_errors(desk.problems(desk.book(fetch=False), clock.now()), about):
            raise SystemExit(1)
        return
    run = name_run(clock.now())
    teller = Teller(desk, clock)
    with teller:
        book = desk.ledger.read()
        connections = Connections(desk, refs, secret_from, clock, book)
        checkout = desk.begin(clock.now(), run)
        destinations = desk.destinations(book)
        findings = reconcile(
            book,
            connections=connections,
            ledger=desk.ledger,
            clock=clock,
            run=run,
            accounts=list(connections),
            destinations=destinations,
        )
        teller.found(findings)
        if findings or checkout.noted:
            book = desk.ledger.read()
        book = record_policies(desk, book, clock, run)
        lines = desk.plan(book, clock, lookahead, refs)
        publisher = Publisher(
            ledger=desk.ledger,
            connections=connections,
            payload=desk.payload,
            clock=clock,
            run=run,
            tell=teller.tell,
            simulated=simulated(desk, list(connections)),
            prices=prices(desk, list(connections)),
            tokens=desk.tokens(connections),
            destinations=destinations,
            commit=checkout.commit,
            book=book,
            workers=64 if now is None else 1,
        )
        outcome = publisher.publish(line for line in lines if _has_secret(line, connections))
    outcome.errors += _secrets_missing(lines, connections)
    code = teller.sum_up(outcome, _left(desk, clock.now(), lookahead, refs))
    book = desk.ledger.read(fetch=False)
    errors = say_errors(desk.problems(book, clock.now()), about)
    remark(desk, book, clock.now())
    raise SystemExit(code or (1 if errors else 0))


def name_run(now: Instant) -> str:
    """Name this run so that people can find it: the workflow's run, or the machine and process."""
    github = os.environ.get("GITHUB_RUN_ID")
    if github:
        return f"github-{github}-{os.environ.get('GITHUB_RUN_ATTEMPT', '1')}"
    return f"{socket.gethostname()}-{os.getpid()}-{now.timestamp()}"


def simulated(desk: Desk, refs: Sequence[str]) -> frozenset[str]:
    """Name the accounts for which nothing leaves this machine."""
    return frozenset(ref for ref in refs if desk.account(ref).network == "sandbox")


def prices(desk: Desk, refs: Sequence[str]) -> dict[str, Callable[[Payload], int]]:
    """Give what a payload costs on the accounts whose network charges."""
    from mimin.networks.capabilities import price_of

    found = {ref: price_of(desk.account(ref).network) for ref in refs}
    return {ref: price for ref, price in found.items() if price is not None}


def _has_secret(line: Line, connections: Connections) -> bool:
    return line.delivery.account in connections or line.drops or not line.acts


def _secrets_missing(lines: Sequence[Line], connections: Connections) -> list[str]:
    waiting = {line.delivery.account for line in lines if line.acts and not line.drops}
    missing = {
        ref: f"the environment variable {name} is not set, so nothing was sent"
        for ref, name in connections.missing.items()
    }
    refused = {ref: f"nothing was sent: {why}" for ref, why in connections.refused.items()}
    return [f"{ref}: {why}" for ref, why in {**missing, **refused}.items() if ref in waiting]


def _left(desk: Desk, now: Instant, lookahead: TimeDelta, refs: Sequence[str]) -> list[Line]:
    """List what waits for a person now that the run is over."""
    from mimin.planning.waiting import waiting
    from mimin.publishing.clock import FixedClock

    lines = desk.plan(desk.ledger.read(fetch=False), FixedClock(now), lookahead, refs)
    return waiting(lines, now=now, until=now + lookahead)


def exit_code(outcome: Outcome, left: Sequence[Line]) -> int:
    """0 fine, 1 refusals or errors, 4 something waits for a person.

    What another run holds does not wait for a person: that run may be sending it.
    """
    from mimin.publishing.deliver import Step

    if outcome.count(Step.UNKNOWN) or outcome.count(Step.HANDED) or left:
        return 4
    failed = outcome.count(Step.REFUSED) or outcome.count(Step.KEPT)
    return 1 if outcome.errors or failed else 0
