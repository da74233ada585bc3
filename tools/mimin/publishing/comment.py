"""The one comment on a pull request: what merging changes, its problems, and exact previews."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from mimin.model.brand import Brand
from mimin.model.problem import Problem
from mimin.planning import widening
from mimin.planning.difference import Change, as_table
from mimin.planning.markdown import Heading, code
from mimin.planning.plan import Action
from mimin.planning.widening import Widening
from mimin.printable import one_line, printable
from mimin.publishing.quoting import quote

MARK = "<!-- mimin -->"
"""First line of the comment, by which it is found again."""
LONGEST = 65_536
"""GitHub counts characters; bytes are never fewer."""
_WIDER, _PLAN, _PROBLEMS, _NOTES = LONGEST // 5, LONGEST // 3, LONGEST // 5, 600
_FENCES = re.compile("`{3,}")


def compose_comment(
    changes: Sequence[Change],
    problems: Sequence[Problem],
    brands: Mapping[str, Brand],
    preview: Callable[[str], str],
    wider: Sequence[Widening] = (),
) -> str:
    """Put the comment together; where it would be too long, whole pieces are left out and counted.

    Args:
        changes: What merging changes in the plan.
        problems: What is wrong with the files that changed.
        brands: All brands.
        preview: Writes out what every account gets of the post at a path.
        wider: What lets more go out than before; it stands first.
    """
    top = _wider(wider, brands)
    plan = _plan(changes, brands, widens=bool(wider))
    findings = _problems(problems)
    room = LONGEST - _NOTES - _size(MARK + top + plan + findings)
    return MARK + "\n" + top + plan + findings + _previews(changes, preview, room)


def quote_comment(text: str) -> str:
    """Make a comment of one that somebody else's run wrote, under a note that says so.

    The note stands first, and in front of the quotation, so that nothing quoted can hide it.
    """
    note = (
        "**What follows was written by the pull request's own run, which its author controls. "
        "Believe no word of it: look at the files.**\n\n"
    )
    head = f"{MARK}\n{note}"
    return head + quote(text.removeprefix(MARK).lstrip("\n"), LONGEST - _size(head) - _NOTES)


def _size(text: str) -> int:
    return len(text.encode(errors="replace"))


def _wider(wider: Sequence[Widening], brands: Mapping[str, Brand]) -> str:
    if not wider:
        return ""
    head, rows = _rows(widening.as_markdown(wider, brands).rstrip("\n") + "\n")
    kept = _fitting(rows, _WIDER)
    left = _left(len(rows) - len(kept), "lines", "mimin plan --base REV")
    return f"{head}{''.join(kept)}{left}\n"


def _plan(changes: Sequence[Change], brands: Mapping[str, Brand], *, widens: bool) -> str:
    head, rows = _rows(as_table(changes, brands, widens=widens))
    kept = _fitting(rows, _PLAN)
    return f"{Heading.CHANGES}\n\n{head}{''.join(kept)}" + _left(
        len(rows) - len(kept), "deliveries", "mimin plan --base REV"
    )


def _rows(table: str) -> tuple[str, list[str]]:
    """Part what stands above a table, with its head, from its rows."""
    lines = table.splitlines(keepends=True)
    starts = next((n for n, line in enumerate(lines, 1) if line.startswith("| ---")), len(lines))
    return "".join(lines[:starts]), lines[starts:]


def _problems(problems: Sequence[Problem]) -> str:
    if not problems:
        return f"\n{Heading.PROBLEMS}\n\nNone in what changed.\n"
    rows = [
        f"- **{problem.severity}** {code(f'{problem.path}:{problem.line}')}: "
        f"{code(problem.message)} ({code(problem.code)})\n"
        for problem in problems
    ]
    kept = _fitting(rows, _PROBLEMS)
    left = _left(len(rows) - len(kept), "problems", "mimin check")
    return f"\n{Heading.PROBLEMS}\n\n{''.join(kept)}{left}"


def _previews(changes: Sequence[Change], preview: Callable[[str], str], room: int) -> str:
    gone = {Action.DELETE, Action.NONE}
    posts = dict.fromkeys(
        (each.post.path, each.post.title or each.post.key)
        for each in changes
        if each.action not in gone
    )
    if not posts:
        return ""
    heading = f"\n{Heading.GETS}\n"
    folds = (_fold(path, title, preview(path)) for path, title in posts)
    kept = _fitting(folds, room - _size(heading))
    return heading + "".join(kept) + _left(len(posts) - len(kept), "posts", "mimin preview FILE")


def _fold(path: str, title: str, text: str) -> str:
    text = printable(text)
    fence = "`" * max(3, *(len(found) + 1 for found in _FENCES.findall(text)), 3)
    # Markdown is not read in a summary, so its escapes would be shown there.
    label = html.escape(one_line(f"{title} ({path})"))
    head = f"\n<details><summary><code>{label}</code></summary>\n\n"
    return f"{head}{fence}text\n{text}{fence}\n\n</details>\n"


def _fitting(pieces: Iterable[str], room: int) -> list[str]:
    """Take pieces from the front as long as there is room."""

    def take() -> Iterator[str]:
        left = room
        for piece in pieces:
            left -= _size(piece)
            if left < 0:
                return
            yield piece

    return list(take())


def _left(count: int, what: str, command: str) -> str:
    return f"\n… and {count} {what} more than fit here; `{command}` shows them.\n" if count else ""
