"""`mimin approve`: record who has approved which exact payloads."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from mimin.cli.say import say
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
@click.option(
    "--policy",
    "brand",
    metavar="BRAND",
    help="With --sign: approve what this brand's files allow more than before.",
)
@desk_options
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    names: tuple[str, ...],
    pull: int | None,
    since: str | None,
    repo: str | None,
    key: Path | None,
    by: str | None,
    brand: str | None,
    now: str | None,
    remote: str | None,
    folder: Path | None,
) -> None:
    """Record who has approved which exact payloads.

    For brands with `approval: review`. With --pull or --since, after a merge: the reviews are read
    from GitHub, and each one that covers exactly what was merged is recorded; the token is taken
    from the environment (GITHUB_TOKEN). With --sign, without GitHub: you sign what the named posts
    would send now. Both approve a change of policy too: the reviews of the pull request that makes
    it, or a signature with --policy.

    \b
    Examples:
      mimin approve --pull 12
      mimin approve --pull 12 --repo kedai/accounts
      mimin approve --since HEAD~1
      mimin approve kedai/gajian --sign ~/.ssh/id_ed25519 --by ayu@example.com
      mimin approve --policy kedai --sign ~/.ssh/id_ed25519 --by ayu@example.com
    """
    if (pull is not None) + (since is not None) + (key is not None) != 1:
        raise click.UsageError("give one of --pull NUMBER, --since COMMIT and --sign KEYFILE")
    if key is None and (names or by or brand):
        raise click.UsageError("GitHub says who approved what; leave names, --by and --policy out")
    desk = open_desk(folder, remote)
    clock = clock_from(now, folder)
    if pull is not None:
        _end(desk, clock, _from_github(desk, clock, pull, _github(repo, clock)))
    if since is not None:
        _end(desk, clock, _since(desk, clock, since, _github(repo, clock)))
    if key is None or not by or not (names or brand):
        raise click.UsageError("--sign needs --by PRINCIPAL and what to approve")
    if brand:
        _policy_by_signature(desk, clock, brand, key, by)
    if names:
        _by_signature(desk, clock, names, key, by)
    _end(desk, clock, 0)


def _end(desk: Desk, clock: Clock, code: int) -> NoReturn:
    """End the command; errors in files, which keep posts back however approved, are said too."""
    from mimin.cli.faults import say_errors

    errors = say_errors(desk.problems(desk.book(fetch=False), clock.now()))
    raise SystemExit(code or (1 if errors else 0))


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
            say(f"mimin: {error}", err=True)
            codes.append(error.exit_code)
    if not numbers:
        say("no pull request was merged", err=True)
    failed = [code for code in codes if code not in {0, 4}]
    return max(failed or codes, default=0)


def _from_github(desk: Desk, clock: Clock, number: int, github: GitHub) -> int:
    from mimin.approval.merge import Source
    from mimin.approval.record import Call, approve_pull
    from mimin.cli.publish import name_run
    from mimin.publishing.policies import record_policies

    book = desk.ledger.read()
    repository = desk.workspace.tree.repository
    assert repository is not None  # noqa: S101 - the ledger was read from it
    at = clock.now()
    call = Call(number, at, name_run(at))
    if book.policies:
        book = record_policies(desk, book, clock, call.run)
    source = Source(repository, desk.remote)
    outcome = approve_pull(desk.workspace, source, github, call, book)
    desk.ledger.record([*outcome.fresh, *outcome.policies.fresh])
    record_policies(desk, desk.ledger.read(fetch=False), clock, call.run)
    for remark in outcome.remarks:
        say(f"note: {remark}", err=True)
    _tell(outcome.fresh, "approved")
    _tell(outcome.known, "known")
    waits = _tell_policies(outcome)
    return _sum_up(desk, clock, outcome) or (4 if waits else 0)


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
        say(f"{word} {event.key} by {event.by} ({event.reason}) {event.digest[:12]}")


def _tell_policies(outcome: Outcome) -> bool:
    """Say which changes of policy are approved; True when one is not."""
    for event in outcome.policies.fresh:
        if event.by:
            _tell_policy(event)
    for brand, wider in outcome.policies.wider.items():
        for each in wider:
            say(f"not approved policy of {brand}: {each.field}: {each.was} -> {each.now}")
        for refusal in outcome.policies.refusals[brand]:
            say(f"  {refusal}")
    return bool(outcome.policies.wider)


def _tell_policy(event: Event) -> None:
    brand = event.account.partition("/")[0]
    say(f"approved policy of {brand} by {event.by} ({event.reason}) {event.digest[:12]}")


def _sum_up(desk: Desk, clock: Clock, outcome: Outcome) -> int:
    """Say what is still not approved, and why; 4 when something is."""
    open_keys = _open(desk, clock, outcome, desk.ledger.read(fetch=False))
    for key, missing in open_keys.items():
        say(f"not approved {key}: {missing}")
        for refusal in outcome.refusals.get(key, ()):
            say(f"  {refusal}")
    done = len(outcome.targets) - len(open_keys)
    say(f"{done} of {len(outcome.targets)} deliveries approved", err=True)
    return 4 if open_keys else 0


def _open(desk: Desk, clock: Clock, outcome: Outcome, book: Book) -> dict[str, str]:
    from mimin.approval.jury import open_jury
    from mimin.approval.policies import in_force
    from mimin.model.brand import Approval
    from mimin.planning.approval import judge
    from mimin.planning.bond import campaign_of

    rules = in_force(desk.workspace, book, clock.now())
    jury = open_jury(desk.workspace, clock.now(), rules)
    brands = rules.brands
    found = {}
    for key, (delivery, post) in outcome.targets.items():
        if post.brand in brands and brands[post.brand].approval is Approval.REVIEW:
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
    from mimin.approval.policies import in_force
    from mimin.cli.publish import name_run
    from mimin.publishing.policies import record_policies

    at = clock.now().round("second")
    signer = Signer(principal, key, at, name_run(at))
    book = desk.ledger.read()
    pairs = choose(desk.survey.posts, [_as_path(desk, name) for name in names])
    rules = in_force(desk.workspace, book, at)
    jury = open_jury(desk.workspace, at, rules)
    brands = {**desk.workspace.all_brands, **rules.brands}
    fresh, known = sign_all(pairs, brands, book, jury, signer, rules.schedules)
    desk.ledger.record(fresh)
    record_policies(desk, desk.ledger.read(fetch=False), clock, signer.run)
    _tell(fresh, "approved")
    _tell(known, "known")


def _policy_by_signature(desk: Desk, clock: Clock, brand: str, key: Path, principal: str) -> None:
    from mimin.approval.jury import open_jury
    from mimin.approval.offline import Signer
    from mimin.approval.policies import in_force
    from mimin.approval.policy_signing import sign_policy
    from mimin.cli.publish import name_run

    book = desk.ledger.read()
    at = clock.now().round("second")
    rules = in_force(desk.workspace, book, at)
    signer = Signer(principal, key, at, name_run(at))
    jury = open_jury(desk.workspace, at, rules)
    event = sign_policy(brand, desk.workspace, rules, book, jury, signer)
    desk.ledger.record([event])
    _tell_policy(event)


def _as_path(desk: Desk, name: str) -> str:
    """Name a file from the top of the workspace, wherever the person stands."""
    path = Path(name)
    if not path.is_file():
        return name
    try:
        return path.resolve().relative_to(desk.workspace.root.resolve()).as_posix()
    except ValueError:
        return name
