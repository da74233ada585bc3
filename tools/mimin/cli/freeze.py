"""`mimin freeze`: stop everything, a brand or an account, at once."""

from __future__ import annotations

from pathlib import Path

import click

from mimin.cli.say import say
from mimin.cli.shared import clock_from, desk_options, open_desk, person_name, switch_options


def switch(  # noqa: PLR0913 - keyword-only, and each is a different thing
    *,
    scope: str | None,
    reason: str,
    by: str | None,
    now: str | None,
    remote: str | None,
    folder: Path | None,
    resume: bool,
) -> None:
    """Freeze or resume a scope and say so."""
    from mimin.cli.publish import name_run
    from mimin.ledger.standing import resuming
    from mimin.publishing.decide import Person, freeze

    desk = open_desk(folder, remote)
    now_is = clock_from(now, folder).now()
    person = Person(by or person_name(desk), now_is, name_run(now_is))
    frozen = desk.ledger.frozen_scopes() if resume else {}
    event = freeze(desk.ledger, desk.scope(scope, frozen), reason, person, resume=resume)
    say(f"{event.kind} {event.account} by {event.by}")
    for left in sorted(frozen.keys() - {event.account}):
        say(f"{left} is still frozen; `{resuming(left)}`", err=True)


@click.command()
@switch_options("Why; shown wherever the freeze shows.")
@desk_options
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    scope: str | None,
    reason: str,
    by: str | None,
    now: str | None,
    remote: str | None,
    folder: Path | None,
) -> None:
    """Stop everything, a brand or an account, at once.

    SCOPE is a brand or brand/account; everything when not given. A run that is under way obeys
    before its next call, also between two parts of a thread.

    \b
    Examples:
      mimin freeze --reason "account hacked"
      mimin freeze kedai/bluesky
    """
    switch(scope=scope, reason=reason, by=by, now=now, remote=remote, folder=folder, resume=False)
