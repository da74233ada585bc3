"""What the commands have in common: the workspace they work on, the clock, colours, progress."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from whenever import SYSTEM_TZ, Instant, TimeDelta

from mimin.cli.say import say
from mimin.errors import GitError, UsageError
from mimin.model.base import parse_duration

if TYPE_CHECKING:
    from mimin.publishing.clock import Clock
    from mimin.publishing.desk import Desk
    from mimin.workspace.tree import Tree
    from mimin.workspace.workspace import Workspace

Function = TypeVar("Function", bound=Callable[..., object])

workspace_option = click.option(
    "--workspace",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=None,
    help="The workspace; the one around the current folder when not given.",
)
now_option = click.option(
    "--now",
    metavar="TIME",
    default=None,
    help="Pretend it is this moment, for trying things out: 2026-12-01T09:00+07:00; or 2026-12-01 "
    "09:00, or 2026-12-01, in the zone of the brands if they share one, else in this machine's.",
)
account_option = click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="NAME",
    help="Only this account: brand/account, or its own name where one brand has it only; may be "
    "given several times.",
)
brand_option = click.option(
    "--brand",
    "brands",
    multiple=True,
    metavar="NAME",
    help="All accounts of this brand; may be given several times.",
)
remote_option = click.option(
    "--remote",
    metavar="NAME",
    default=None,
    help="The git remote that holds the ledger, or none. Default: origin, if there is one.",
)


def desk_options(function: Function) -> Function:
    """Add what every command at a desk takes: `now`, `remote` and `folder`."""
    return now_option(remote_option(workspace_option(function)))


def selection_options(function: Function) -> Function:
    """Add what every command takes that can be asked about some accounts: `accounts`, `brands`."""
    return account_option(brand_option(function))


def lookahead_option(default: str, text: str) -> Callable[[Function], Function]:
    """Make the option that says how far ahead a command looks, as `lookahead`."""
    return click.option(
        "--lookahead", type=DurationType(), default=default, show_default=True, help=text
    )


def switch_options(why: str) -> Callable[[Function], Function]:
    """Make what freezing and resuming take: `scope`, `reason` (with *why* as its help), `by`."""

    def add(function: Function) -> Function:
        for option in (
            click.option("--by", help="Who says so; your git user name when not given."),
            click.option("--reason", default="", help=why),
            click.argument("scope", required=False),
        ):
            function = option(function)
        return function

    return add


def open_desk(folder: Path | None, remote: str | None) -> Desk:
    """Put together what planning and publishing need.

    Raises:
        UsageError: if the remote does not exist.
    """
    from mimin.publishing.desk import Desk

    workspace = open_here(folder)
    repository = workspace.tree.repository
    known = repository.remotes() if repository else ()
    if remote is None:
        name = "origin" if "origin" in known else None
    elif remote == "none":
        name = None
    elif remote in known:
        name = remote
    else:
        raise UsageError(f"there is no remote {remote!r}; `git remote` lists them")
    return Desk(workspace, name)


def open_here(folder: Path | None, tree: Tree | None = None) -> Workspace:
    """Open the workspace that a command works on; with its *tree*, when that was listed already."""
    from mimin.networks.known import LIMITS
    from mimin.networks.registry import NAMES
    from mimin.workspace.tree import find_root
    from mimin.workspace.workspace import open_workspace

    root = find_root(folder or Path.cwd())
    return open_workspace(root, NAMES, frozenset(LIMITS), tree)


class WallClock:
    """The real clock."""

    def now(self) -> Instant:
        """Tell the time."""
        return Instant.now()

    def wait_until(self, moment: Instant) -> None:
        """Sleep until *moment*; looks at the clock often, as machines sleep and clocks are set.

        Raises:
            ClockError: if the time that passed is not the time that the clock says has passed.
        """
        from mimin.publishing.clock import ClockError
        from mimin.publishing.clocks import MOST

        begun, steady = Instant.now(), time.monotonic()
        while (left := (moment - Instant.now()).total("seconds")) > 0:
            time.sleep(min(left, 30.0))
            passed = (Instant.now() - begun).total("seconds")
            jump = passed - (time.monotonic() - steady)
            if abs(jump) > MOST.total("seconds"):
                way = "forward" if jump > 0 else "back"
                raise ClockError(
                    f"this machine's clock went {way} by {abs(jump):.0f} s while we waited (it was "
                    "set, or the machine slept); nothing was sent, run again"
                )


def clock_from(now: str | None, folder: Path | None) -> Clock:
    """Give the clock for `--now`.

    Without an offset or a zone it is local time, as in files: in the zone of the brands when they
    have the same one, else in this machine's. Which moment was taken is told.

    Args:
        now: What was given.
        folder: The workspace; the one around the current folder when None.

    Raises:
        UsageError: if it is not a moment.
    """
    from mimin.publishing.clock import FixedClock
    from mimin.workspace.times import TimeFault, names_its_zone, parse_moment

    if now is None:
        return WallClock()
    try:
        if names_its_zone(now):
            return FixedClock(parse_moment(now, None))
        zone = open_here(folder).zone
        at = parse_moment(now, zone)
    except TimeFault as fault:
        example = "" if "write " in str(fault) else "; write it like YYYY-MM-DD HH:MM"
        raise UsageError(f"{fault}{example}") from None
    local = (at.to_tz(zone) if zone else at.to_tz(SYSTEM_TZ)).to_fixed_offset().format_iso()
    whose = f"in {zone}, the zone of the brands" if zone else "in this machine's zone"
    say(f"--now is {local}: local time {whose}", err=True)
    return FixedClock(at)


class DurationType(click.ParamType[TimeDelta]):
    """A duration on the command line: `30m`, `2h`, `1d`."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> TimeDelta:
        """Read it, or say how it is written."""
        try:
            found = parse_duration(value)
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)
        assert isinstance(found, TimeDelta)  # noqa: S101 - parse_duration gives nothing else
        return found


def secret_from(name: str | None) -> str | None:
    """Read a secret from the environment; None when the account names none or it is not set."""
    return os.environ.get(name) or None if name else None


def person_name(desk: Desk) -> str:
    """Name the person at the keyboard: git's user, or the one the workflow runs for."""
    actor = os.environ.get("GITHUB_ACTOR")
    repository = desk.workspace.tree.repository
    if actor or repository is None:
        return actor or getuser()
    try:
        return repository.text("config", "user.name") or getuser()
    except GitError:
        return getuser()


def on_terminal() -> bool:
    """Tell whether a person watches the remarks."""
    return sys.stderr.isatty() and "CI" not in os.environ


def colourful() -> bool:
    """Tell whether results may be coloured (https://no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    return sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))
