"""`mimin mend`: make copies of videos that networks take."""

from __future__ import annotations

from pathlib import Path

import click

from mimin.cli.check import inside, settled
from mimin.cli.say import say, say_progress
from mimin.cli.shared import on_terminal, open_here, workspace_option
from mimin.workspace.tree import find_root


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be made.")
@workspace_option
def command(
    paths: tuple[Path, ...],
    dry_run: bool,  # noqa: FBT001 - click passes flags like this
    folder: Path | None,
) -> None:
    """Make copies of videos that networks take.

    Of each video that a network of its posts does not take as it is, one copy is made that all of
    them take: MP4 with H.264 and AAC, upright, small enough, and without what the file tells about
    place and people. Where only the file around the pictures is wrong, no picture changes. The copy
    lies beside the video, named after it, and is committed and reviewed like it: its bytes are
    what is approved and sent. The video itself stays as it is.

    PATHS are videos, posts or folders; all when none is given. Posts that are out already are left
    alone. It takes about as long as the videos play, and up to 40 times that for the largest.

    \b
    Examples:
      mimin mend
      mimin mend content/kedai/posts/2026/12/promo.mov
      mimin mend --dry-run
    """
    from mimin.checks.copies import Copy, NoCopy, find_copies, make

    root = find_root(folder or Path.cwd())
    workspace = open_here(root)
    named = [inside(path, root) for path in paths]
    found = find_copies(workspace, named, lambda: settled(root))
    without = [each for each in found if isinstance(each, NoCopy)]
    for copy in found:
        if not isinstance(copy, Copy):
            continue
        if dry_run:
            say(f"{copy.original}: would make {copy.path} {copy.what}")
            continue
        told = _Progress(copy.original) if on_terminal() else None
        made = make(workspace, copy, told)
        if told is not None:
            told.end()
        if isinstance(made, NoCopy):
            without.append(made)
        else:
            say(f"{copy.path}: made {copy.what}, {made.size:,} bytes")
    for each in without:
        say(f"{each.original}: no copy can be made: {each.why}", err=True)
    if not found:
        say("no video needs a copy", err=True)
    elif len(without) < len(found) and not dry_run:
        say("look at what was made, and commit it with its posts", err=True)
    if without:
        raise SystemExit(1)


class _Progress:
    """The line on a terminal that says how far the making of a copy is."""

    def __init__(self, path: str) -> None:
        self._name = path.rpartition("/")[2]

    def __call__(self, done: float) -> None:
        say_progress(f"{self._name}: {done:4.0%}")

    def end(self) -> None:
        """Leave the line blank."""
        say_progress("", width=len(self._name) + 6)
