"""`mimin approve`: record who has approved which exact payloads."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mimin.cli.shared import clock_from, desk_options, open_desk

if TYPE_CHECKING:
    from mimin.approval.record import Outcome
    from mimin.ledger.ledger import Book
    from mimin.model.event import Event
    from mimin.networks.github import GitHub
    from mimin.publishing.clock import Clock
    from mimin.publishing.desk import Desk


@click.command()
@click.argument("names", nargs=-1, metavar="[KEY|POST|PATH]...")
@click.option("--pull", type=click.IntRange(min=1), help="Read the reviews of this pull request.")
@click.option(
    "--since",
    metavar="COMMIT",
    help="Read the reviews of every pull request that was merged after this commit.",
)
@click.option(
    "--repo",
    metavar="OWNER/NAME",
    help="The repository on GitHub; the workflow's own when not given.",
)
@click.option(
    "--sign",
    "key",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Approve the named deliveries or posts with this SSH key instead.",
)
@click.option("--by", metavar="PRINCIPAL", help="Who signs, as in .github/allowed_signers.")
@desk_options
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    names: tuple[str, ...],
    pull: int | None,
    since: str | None,
    repo: str | None,
    key: Path | None,
    by: str | None,
    now: str | None,
    remote: str | None,
    folder: Path | None,
) -> None:
    """Record who has approved which exact payloads.

    For brands with `approval: review`. With --pull or --since, after a merge: the reviews are read
    from GitHub, and each one that covers exactly what was merged is recorded; the token is taken
    from the environment (GITHUB_TOKEN). With --sign, without GitHub: you sign what the named posts
    would send now.

    \b
    Examples:
      mimin approve --pull 12
      mimin approve --pull 12 --repo kopi-senja/accounts
      mimin approve --since HEAD~1
      mimin approve kopi-senja/gajian --sign ~/.ssh/id_ed25519 --by ayu@example.com
    """
    if (pull is not None) + (since is not None) + (key is not None) != 1:
        raise click.UsageError("give one of --pull NUMBER, --since COMMIT and --sign KEYFILE")
    if key is None and (names or by):
        raise click.UsageError("GitHub says who approved what; leave names and --by out")
    desk = open_desk(folder, remote)
    clock = clock_from(now)
    if pull is not None:
        raise SystemExit(_from_github(desk, clock, pull, _github(repo, clock)))
    if since is not None:
        raise SystemExit(_since(desk, clock, since, _github(repo, clock)))
    if key is None or not by or not names:
        raise click.UsageError("--sign needs --by PRINCIPAL and what to approve")
    _by_signature(desk, clock, names, key, by)


def _since(desk: Desk, clock: Clock, before: str, github: GitHub) -> int:
    """Read every pull request that was merged; one that can not be judged holds up no other."""
    from mimin.approval.pushed import merged_since
    from mimin.errors import MiminError

    repository = desk.workspace.tree.repository
    if repository is None:
        raise click.UsageError(f"--since: {desk.workspace.tree.why_no_git}")
    numbers = merged_since(repository, github, before)
    codes = []
    for number in numbers:
        try:
            codes.append(_from_github(desk, clock, number, github))
        except MiminError as error:
            click.echo(f"mimin: {error}", err=True)
            codes.append(error.exit_code)
    if not numbers:
        click.echo("no pull request was merged", err=True)
    failed = [code for code in codes if code not in {0, 4}]
    return max(failed or codes, default=0)


def _from_github(desk: Desk, clock: Clock, number: int, github: GitHub) -> int:
    from mimin.approval.merge import Source
    from mimin.approval.record import Call, approve_pull
    from mimin.cli.publish import name_run

    book = desk.ledger.read()
    repository = desk.workspace.tree.repository
    assert repository is not None  # noqa: S101 - the ledger was read from it
    at = clock.now()
    call = Call(number, at, name_run(at))
    source = Source(repository, desk.remote)
    outcome = approve_pull(desk.workspace, source, github, call, book)
    desk.ledger.record(outcome.fresh)
    for remark in outcome.remarks:
        click.echo(f"note: {remark}", err=True)
    _tell(outcome.fresh, "approved")
    _tell(outcome.known, "known")
    return _sum_up(desk, clock, outcome)


def _github(repo: str | None, clock: Clock) -> GitHub:
    from mimin.errors import UsageError
    from mimin.networks.github import API, open_github

    name = repo or os.environ.get("GITHUB_REPOSITORY")
    token = os.environ.get("GITHUB_TOKEN")
    if not name:
        raise UsageError("which repository is it? Give --repo OWNER/NAME")
    if not token:
        raise UsageError(
            "the environment variable GITHUB_TOKEN is not set; "
            "it must hold a token that may read pull requests"
        )
    return open_github(name, token, clock.now, api=os.environ.get("GITHUB_API_URL") or API)


def _tell(events: Iterable[Event], word: str) -> None:
    for event in events:
        click.echo(f"{word} {event.key} by {event.by} ({event.reason}) {event.digest[:12]}")


def _sum_up(desk: Desk, clock: Clock, outcome: Outcome) -> int:
    """Say what is still not approved, and why; 4 when something is."""
    open_keys = _open(desk, clock, outcome, desk.ledger.read(fetch=False))
    for key, missing in open_keys.items():
        click.echo(f"not approved {key}: {missing}")
        for refusal in outcome.refusals.get(key, ()):
            click.echo(f"  {refusal}")
    done = len(outcome.targets) - len(open_keys)
    click.echo(f"{done} of {len(outcome.targets)} deliveries approved", err=True)
    return 4 if open_keys else 0


def _open(desk: Desk, clock: Clock, outcome: Outcome, book: Book) -> dict[str, str]:
    from mimin.approval.jury import open_jury
    from mimin.planning.approval import judge
    from mimin.planning.bond import campaign_of

    jury = open_jury(desk.workspace, clock.now())
    brands = desk.workspace.brands
    found = {}
    for key, (delivery, post) in outcome.targets.items():
        if post.brand in brands:
            campaign = campaign_of(post, desk.workspace.schedules)
            verdict = judge(delivery, post, book.standing(key), brands[post.brand], jury, campaign)
            if verdict.missing:
                found[key] = verdict.missing
    return found


def _by_signature(
    desk: Desk, clock: Clock, names: Sequence[str], key: Path, principal: str
) -> None:
    from mimin.approval.jury import open_jury
    from mimin.approval.offline import Signer, choose, sign_all
    from mimin.cli.publish import name_run

    book = desk.ledger.read()
    at = clock.now().round("second")
    pairs = choose(desk.survey.posts, [_as_path(desk, name) for name in names])
    signer = Signer(principal, key, at, name_run(at))
    jury = open_jury(desk.workspace, at)
    brands, schedules = desk.workspace.brands, desk.workspace.schedules
    fresh, known = sign_all(pairs, brands, book, jury, signer, schedules)
    desk.ledger.record(fresh)
    _tell(fresh, "approved")
    _tell(known, "known")


def _as_path(desk: Desk, name: str) -> str:
    """Name a file from the top of the workspace, wherever the person stands."""
    path = Path(name)
    if not path.is_file():
        return name
    try:
        return path.resolve().relative_to(desk.workspace.root.resolve()).as_posix()
    except ValueError:
        return name
