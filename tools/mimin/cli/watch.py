"""`mimin watch`: say what waits for a person, and tell the team."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mimin.cli.say import say
from mimin.cli.shared import clock_from, desk_options, open_desk
from mimin.errors import MiminError, UsageError

if TYPE_CHECKING:
    from whenever import Instant

    from mimin.networks.github import GitHub
    from mimin.publishing.desk import Desk
    from mimin.watch.alarm import Alarm
    from mimin.watch.memory import Memory, Told

_HANDBOOK = "content/handbook/"


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text")
@click.option("--language", type=click.Choice(["en", "id"]), default="en", show_default=True)
@click.option("--issues", is_flag=True, help="Keep one GitHub issue an alarm; needs GITHUB_TOKEN.")
@click.option("--notify", is_flag=True, help="Tell what is new to the addresses in MIMIN_NOTIFY.")
@click.option("--repo", metavar="OWNER/NAME", help="On GitHub; the workflow's own when not given.")
@click.option(
    "--workflow",
    metavar="FILE",
    default="publish.yml",
    show_default=True,
    help="The workflow that publishes; looked at when there is a GITHUB_TOKEN.",
)
@desk_options
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    form: str,
    language: str,
    issues: bool,  # noqa: FBT001 - click passes flags like this
    notify: bool,  # noqa: FBT001 - click passes flags like this
    repo: str | None,
    workflow: str,
    now: str | None,
    remote: str | None,
    folder: Path | None,
) -> None:
    """Say what waits for a person, and tell the team.

    Looks at the plan, the ledger and, with a GITHUB_TOKEN in the environment, at the workflow that
    publishes. The exit code is 4 when something waits for a person, and 1 when files are in error
    and nothing waits behind them yet. MIMIN_NOTIFY holds addresses
    of apprise (https://github.com/caronc/apprise/wiki) with blanks or line breaks between them.

    \b
    Examples:
      mimin watch
      mimin watch --format markdown --language id
      mimin watch --issues --notify
    """
    from mimin.cli.alarming import look_at
    from mimin.cli.faults import say_errors
    from mimin.watch.show import FORMS
    from mimin.watch.watch import find_alarms, sort_alarms

    desk = open_desk(folder, remote)
    at = clock_from(now, folder).now()
    github = _github(repo, at, needed=issues)
    look = look_at(desk, at)
    alarms = find_alarms(look)
    faults = [look.unread] if look.unread else []
    if github is not None:
        alarms = sort_alarms(alarms + _health(github, workflow, at, faults))
    sure = not faults  # else what is not found may be there all the same
    say(FORMS[form](alarms, language), nl=False)
    if issues and github is not None:
        _keep_issues(github, alarms, faults, sure=sure)
    if notify:
        _notify(desk, alarms, at, language, faults, sure=sure)
    errors = say_errors(look.errors)
    for fault in faults:
        say(f"mimin: {fault}", err=True)
    say(f"{len(alarms)} waiting for a person", err=True)
    if alarms or faults or errors:
        raise SystemExit(4 if alarms else 1)


def _github(repo: str | None, at: Instant, *, needed: bool) -> GitHub | None:
    """Open the repository on GitHub if the environment has a token for it.

    Raises:
        UsageError: if it is needed and something is missing.
    """
    from mimin.networks.github import API, open_github

    name = repo or os.environ.get("GITHUB_REPOSITORY")
    token = os.environ.get("GITHUB_TOKEN")
    if name and token:
        return open_github(name, token, lambda: at, api=os.environ.get("GITHUB_API_URL") or API)
    if needed:
        missing = "GITHUB_TOKEN in the environment" if name else "--repo OWNER/NAME"
        raise UsageError(f"--issues needs {missing}")
    return None


def _health(github: GitHub, workflow: str, at: Instant, faults: list[str]) -> list[Alarm]:
    from mimin.networks.github_runs import read_health
    from mimin.watch.health import judge

    try:
        health = read_health(github, workflow)
    except MiminError as error:
        faults.append(str(error))
        return []
    return [] if health is None else list(judge(health, at))


def _keep_issues(github: GitHub, alarms: Sequence[Alarm], faults: list[str], *, sure: bool) -> None:
    from mimin.networks.github_issues import Issues
    from mimin.watch.issues import LABEL, keep_issues

    web = os.environ.get("GITHUB_SERVER_URL") or "https://github.com"
    handbook = f"{web}/{github.repository}/blob/HEAD/{_HANDBOOK}"
    try:
        for line in keep_issues(alarms, Issues(github, LABEL), handbook, sure=sure):
            say(line, err=True)
    except MiminError as error:
        faults.append(str(error))


def _notify(  # noqa: PLR0913 - what, whom, when, and how sure it is
    desk: Desk,
    alarms: Sequence[Alarm],
    at: Instant,
    language: str,
    faults: list[str],
    *,
    sure: bool,
) -> None:
    """Tell the team what it does not know yet; what reached nobody is told again the next time."""
    from mimin.networks.notices import send_notice
    from mimin.store import Branch
    from mimin.watch.memory import BRANCH, EMPTY, Memory, compare
    from mimin.watch.show import as_notice

    addresses = (os.environ.get("MIMIN_NOTIFY") or "").split()
    if not addresses:
        raise UsageError("--notify needs addresses of apprise in the environment as MIMIN_NOTIFY")
    repository = desk.workspace.tree.repository
    assert repository is not None  # noqa: S101 - the ledger was read from it
    memory = Memory(Branch(repository, BRANCH, remote=desk.remote))
    try:
        told = _told(memory, sure=sure)
        news = compare(alarms, told, sure=sure)
        if news:
            faults += send_notice(addresses, *as_notice(news.begun, news.over, language))
        memory.keep(alarms, at, EMPTY if sure else told)
    except UsageError:
        raise
    except MiminError as error:
        faults.append(str(error))


def _told(memory: Memory, *, sure: bool) -> Told:
    """Read what the team was told; where the ledger can not be read, this may not be either."""
    try:
        return memory.read()
    except MiminError:
        if sure:
            raise
        return {}
