"""`mimin check`: find what is wrong with the files of a workspace."""

from __future__ import annotations

import shlex
import time
from pathlib import Path

import click
from whenever import Instant

from mimin.cli.say import say, say_progress
from mimin.cli.shared import (
    clock_from,
    now_option,
    on_terminal,
    open_desk,
    open_here,
    workspace_option,
)
from mimin.errors import StoreError
from mimin.model.problem import Problem, Severity
from mimin.workspace.tree import Tree, find_root, scan


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    help="github: annotations for a workflow; sarif: for code scanning.",
)
@click.option(
    "--base", metavar="REV", help="Only what changed since REV, as a pull request sees it."
)
@click.option("--fix", is_flag=True, help="First mend what changes nothing that is sent.")
@click.option("--dry-run", is_flag=True, help="With --fix: only say what would be mended.")
@now_option
@workspace_option
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    paths: tuple[Path, ...],
    form: str,
    base: str | None,
    fix: bool,  # noqa: FBT001 - click passes flags like this
    dry_run: bool,  # noqa: FBT001 - see fix
    now: str | None,
    folder: Path | None,
) -> None:
    """Find what is wrong with the files of a workspace.

    Every file under content/, calendar/, templates/ and reports/ is recognised or is a problem. All
    problems are shown in one run, each with file, line, column, rule and the way out.

    --fix first mends line ends, byte order marks, spaces at the ends of lines, and the names of
    files (.markdown, .md.txt, accents in two pieces); posts that name a file are changed with
    it. It takes the place, names and serial numbers out of pictures. What would make a post send
    something else is left as it is, and said.

    \b
    Examples:
      mimin check
      mimin check content/kedai --format json
      mimin check --base origin/main --format github
      mimin check --fix --dry-run
    """
    from mimin.checks.show import SHOWN
    from mimin.cli.alarming import remark_on

    if dry_run and not fix:
        raise click.UsageError("--dry-run goes with --fix")
    root = find_root(folder or Path.cwd())
    if fix:
        _mend(root, dry_run=dry_run, named=[inside(path, root) for path in paths])
        if dry_run:
            return
    tree, at = scan(root), clock_from(now, root).now()
    posts, problems = _look(tree, base, at)
    if paths:
        from mimin.checks.check import within

        problems = within(problems, [inside(path, root) for path in paths])
    say(SHOWN[form](problems), nl=False, commands=form == "github")
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if form == "text":
        _sum_up(posts, errors, len(problems) - errors, partly=bool(paths or base))
    remark_on(tree, at)
    if errors:
        raise SystemExit(1)


def _mend(root: Path, *, dry_run: bool, named: list[str]) -> None:
    """Mend what is safe, in the files and folders that were named or in all; say what was done."""
    from mimin.checks.mending import apply, find_mendings

    found = find_mendings(open_here(root), named, _Progress() if on_terminal() else None)
    if not dry_run:
        apply(root, found.mendings)
    for mending in found.mendings:
        say(f"{mending.path}: {mending.would if dry_run else mending.done}", err=True)
    for path in found.left:
        say(f"{path}: {_left(path, picture=path in found.pictures)}", err=True)
    if not (found.mendings or found.left):
        say("nothing to mend", err=True)


def _left(path: str, *, picture: bool) -> str:
    """Say why a file was not mended, and what mends it all the same."""
    left = "left as it is, as that would change what a post was approved with"
    named = f"mimin check --fix {shlex.quote(path)}"
    done = f"; `{named}` takes its metadata out, and its posts need approval anew"
    return left + (done if picture else "")


def _look(tree: Tree, base: str | None, now: Instant) -> tuple[int, list[Problem]]:
    """Check the workspace in *tree*; say what was found the last time when nothing has changed."""
    from mimin.checks.recall import recall, remember

    root = tree.root
    known = recall(tree, now) if base is None else None
    if known is not None:
        return known
    from mimin.checks.base import limit_to_base
    from mimin.checks.check import check, survey, turning_points

    workspace = open_here(root, tree)
    found = survey(workspace, _Progress() if on_terminal() else None)
    if base is not None:
        changed = limit_to_base(found, base)
        problems = check(found, now, changed.added, lambda: settled(root))
        return len(found.posts), [problem for problem in problems if changed.touches(problem)]
    problems = check(found, now, settled=lambda: settled(root))
    remember(workspace.tree, now, len(found.posts), problems, turning_points(found))
    return len(found.posts), problems


def settled(root: Path) -> frozenset[str]:
    """Name the deliveries for which nothing more is sent, as far as the ledger is at hand."""
    from mimin.checks.check import settled_in

    desk = open_desk(root, None)
    try:
        book = desk.book()
    except StoreError:  # no connection: what was seen last has to do
        book = desk.book(fetch=False)
    return settled_in(book)


def inside(path: Path, root: Path) -> str:
    """Name a file or folder of the command line as the workspace does."""
    absolute = path.resolve()
    if not absolute.exists() and "\\" in str(path):  # as Windows writes it
        absolute = Path(str(path).replace("\\", "/")).resolve()
    if not absolute.exists():
        raise click.UsageError(f"{path} does not exist")
    if not absolute.is_relative_to(root):
        raise click.UsageError(f"{path} is not inside the workspace {root}")
    return absolute.relative_to(root).as_posix()


def _sum_up(posts: int, errors: int, warnings: int, *, partly: bool) -> None:
    def count(number: int, word: str) -> str:
        return f"{number} {word}{'' if number == 1 else 's'}"

    found = f"{count(errors, 'error')}, {count(warnings, 'warning')}"
    where = " in what you named" if partly else ""
    say(f"{count(posts, 'post')} checked: {found}{where}", err=True)


class _Progress:
    """Says how far it is once that has taken a second; large pictures take long the first time."""

    def __init__(self) -> None:
        self._next = time.monotonic() + 1
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        over = done == total
        if (over and self._shown) or time.monotonic() >= self._next:
            say_progress(f"{done} of {total} posts examined", done=over)
            self._next, self._shown = time.monotonic() + 0.2, not over
