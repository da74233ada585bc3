"""`mimin comment`: write what a pull request would do, and keep it as one comment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mimin.cli.say import say
from mimin.cli.shared import clock_from, desk_options, open_desk
from mimin.errors import UsageError

if TYPE_CHECKING:
    from mimin.networks.github import GitHub
    from mimin.publishing.clock import Clock
    from mimin.publishing.desk import Desk


@click.command()
@click.option("--base", metavar="REV", help="Compare with REV: the pull request's target.")
@click.option("--format", "form", type=click.Choice(["markdown"]), default="markdown")
@click.option(
    "--text",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Take the text from this file and trust none of it, instead of comparing.",
)
@click.option("--post", is_flag=True, help="Keep it as the one comment; needs GITHUB_TOKEN.")
@click.option("--pull", type=click.IntRange(min=1), help="The pull request's number.")
@click.option("--head", metavar="OWNER:BRANCH", help="The pull request from this branch instead.")
@click.option("--commit", metavar="SHA", help="With --head: only if the branch is still there.")
@click.option("--repo", metavar="OWNER/NAME", help="On GitHub; the workflow's own when not given.")
@click.option(
    "--author",
    metavar="LOGIN",
    default="github-actions[bot]",
    show_default=True,
    help="Whom the token belongs to; comments of others are left alone.",
)
@desk_options
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    base: str | None,
    form: str,  # noqa: ARG001 - one form so far
    text: Path | None,
    post: bool,  # noqa: FBT001 - click passes flags like this
    pull: int | None,
    head: str | None,
    commit: str | None,
    repo: str | None,
    author: str,
    now: str | None,
    remote: str | None,
    folder: Path | None,
) -> None:
    """Write what a pull request would do, and keep it as one comment.

    What lets more go out than before, what merging changes in the plan, the problems of what
    changed, and what each account would get, with counters. Without --post it is printed. Needs no
    secret for that, so forks have it too.

    \b
    Examples:
      mimin comment --base origin/main
      mimin comment --base origin/main --post --pull 12
      mimin comment --text comment.md --post --head ayu:gajian --commit 1f2e3d4
    """
    if (base is None) == (text is None):
        raise click.UsageError("give one of --base REV and --text FILE")
    if post and (pull is None) == (head is None):
        raise click.UsageError("--post needs one of --pull NUMBER and --head OWNER:BRANCH")
    if (head is None) != (commit is None):
        raise click.UsageError("--head and --commit go together")
    clock = clock_from(now, folder)
    if text is not None:
        body = _untrusted(text)
    else:
        body = compose(open_desk(folder, remote), base or "", clock)
    if not post:
        say(body, nl=False)
        return
    _keep(_github(repo, clock), pull, (head or "", commit or ""), body, author)


def compose(desk: Desk, base: str, clock: Clock) -> str:
    """Compose the comment from the files as they are, compared with *base*."""
    from mimin.checks.base import limit_to_base
    from mimin.checks.check import check
    from mimin.checks.preview import preview
    from mimin.publishing.base import changes_since, examine_base
    from mimin.publishing.comment import compose_comment
    from mimin.publishing.widening import Finder, open_before

    changed = limit_to_base(desk.survey, base)
    problems = check(desk.survey, clock.now(), changed.added)
    book = desk.book()
    changes = changes_since(desk.survey, base, book, clock.now())
    posts = examine_base(desk.workspace, base)
    before = open_before(desk.workspace, base, posts)
    wider = Finder(desk.workspace, desk.survey.posts, before, book, clock.now()).find()
    return compose_comment(
        changes,
        [problem for problem in problems if changed.touches(problem)],
        desk.workspace.all_brands,
        lambda path: preview(desk.draft(path), desk.workspace, desk.library.called),
        wider,
    )


def _untrusted(path: Path) -> str:
    """Read what the run of a pull request wrote; its code may be anybody's.

    Raises:
        UsageError: if it can not be such a text.
    """
    from mimin.publishing.comment import LONGEST, MARK, quote_comment

    with path.open("rb") as file:
        content = file.read(LONGEST + 1)
    text = content.decode(errors="replace")
    if len(content) > LONGEST or not text.startswith(MARK + "\n"):
        raise UsageError(f"{path} is no text of `mimin comment`; nothing is posted")
    return quote_comment(text)


def _github(repo: str | None, clock: Clock) -> GitHub:
    from mimin.networks.github import API, open_github

    name = repo or os.environ.get("GITHUB_REPOSITORY")
    token = os.environ.get("GITHUB_TOKEN")
    if not name or not token:
        missing = "GITHUB_TOKEN in the environment" if name else "--repo OWNER/NAME"
        raise UsageError(f"--post needs {missing}")
    return open_github(name, token, clock.now, api=os.environ.get("GITHUB_API_URL") or API)


def _keep(github: GitHub, pull: int | None, head: tuple[str, str], body: str, author: str) -> None:
    from mimin.networks.github_comments import Comments, find_pull
    from mimin.publishing.comment import MARK

    number = find_pull(github, *head) if pull is None else pull
    if number is None:
        say("no open pull request stands at this commit any more; nothing posted", err=True)
        return
    say(f"{Comments(github, number).keep(MARK, body, author)} on #{number}", err=True)
