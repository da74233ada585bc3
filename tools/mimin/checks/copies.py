"""Copies of a workspace's videos: finding those that are missing, and making each once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from mimin.checks.check import is_over, survey
from mimin.checks.examine import RuleBook, compose_post
from mimin.checks.library import Library
from mimin.checks.version import code_version
from mimin.checks.video_choice import MENDED, CopyNeeded
from mimin.compose.media import MediaFacts, inspect
from mimin.compose.remark import Remark
from mimin.compose.transcode import Form, faults, kept_names, plan_form, transcode
from mimin.compose.video import MENDABLE
from mimin.isolated import StoppedError
from mimin.workspace.cache import Cache
from mimin.workspace.keep import add_whole
from mimin.workspace.workspace import Workspace

_TRIES = 3
"""For a copy that came out larger than it may be."""
_LESS = 0.8
"""Of the bits before, at the next try."""


@dataclass(frozen=True)
class Copy:
    """A copy that is to be made."""

    original: str
    """Path of the video."""
    path: str
    """Where the copy goes."""
    form: Form
    takers: tuple[CopyNeeded, ...]

    @property
    def what(self) -> str:
        """Say for a person what is made."""
        networks = ", ".join(dict.fromkeys(taker.network for taker in self.takers))
        form = self.form
        if form.copied:
            how = "its pictures stay as they are"
        else:
            how = f"{form.width} x {form.height}, {form.fps:.4g} pictures a second, H.264"
        return f"for {networks} ({how})"


@dataclass(frozen=True)
class NoCopy:
    """A video of which no copy can be made."""

    original: str
    why: str


def find_copies(
    workspace: Workspace,
    named: Collection[str] = (),
    settled: Callable[[], Collection[str]] = frozenset,
) -> list[Copy | NoCopy]:
    """Find the copies that are missing, but for posts that are out already.

    Args:
        workspace: What to look at.
        named: Only these videos, what posts among them name, and what lies in folders among them;
            empty for all.
        settled: Gives the deliveries that are out or dropped; asked only when it matters.
    """
    posts = [
        post.path
        for post in survey(workspace).posts
        if any(problem.code in MENDED for problem in post.problems) and not is_over(post, settled)
    ]
    store = Cache(workspace.private / "cache.sqlite3")
    try:
        library = Library(workspace.tree, store, code_version(), workspace.private)
        rules = RuleBook()
        wanted: dict[str, list[CopyNeeded]] = {}
        for post in posts:
            library.videos.needed.clear()
            compose_post(workspace, post, library, rules.of)
            for need in library.videos.needed:
                if _is_named(need.path, named) or _is_named(post, named):
                    wanted.setdefault(need.path, []).append(need)
    finally:
        store.close()
    return [found for path in wanted for found in _copies(workspace, path, wanted[path])]


def _is_named(path: str, named: Collection[str]) -> bool:
    return not named or any(name in {path, "."} or path.startswith(f"{name}/") for name in named)


def _copies(
    workspace: Workspace, path: str, takers: Collection[CopyNeeded]
) -> Iterator[Copy | NoCopy]:
    """Plan one copy for all networks, or more where they take no form in common."""
    facts = next(iter(takers)).facts
    names = kept_names(path, facts.sha256)
    free = [name for name in names if name not in workspace.tree.blobs]
    groups: list[list[CopyNeeded]] = []
    for taker in takers:
        for group in groups:
            if isinstance(_form([*group, taker]), Form):
                group.append(taker)
                break
        else:
            groups.append([taker])
    for number, group in enumerate(groups):
        form = _form(group)
        if isinstance(form, Remark):
            yield NoCopy(path, form.message)
        elif number >= len(free):
            networks = ", ".join(dict.fromkeys(taker.network for taker in group))
            yield NoCopy(
                path,
                f"it has {len(names)} copies already, and {networks} takes none of them; "
                "remove those that no account needs any more",
            )
        else:
            yield Copy(path, free[number], form, tuple(group))


def _form(takers: Sequence[CopyNeeded]) -> Form | Remark:
    return plan_form(takers[0].facts, [taker.limits for taker in takers])


def make(
    workspace: Workspace, copy: Copy, told: Callable[[float], None] | None = None
) -> MediaFacts | NoCopy:
    """Make a copy and write it beside the original, whole or not at all.

    Args:
        workspace: Where the video lies.
        copy: What to make.
        told: Told which part is done, from 0 to 1.
    """
    try:
        return _make(workspace, copy, told)
    except StoppedError as error:
        return NoCopy(copy.original, str(error))
    except OSError as error:
        return NoCopy(copy.original, f"{error.strerror or error}")


def _make(
    workspace: Workspace, copy: Copy, told: Callable[[float], None] | None
) -> MediaFacts | NoCopy:
    content = workspace.tree.read(copy.original)
    video = copy.takers[0].facts.video
    seconds = video.seconds if video else 0
    form = copy.form
    for _ in range(_TRIES):
        made = transcode(content, form, seconds, told)
        facts = inspect(PurePosixPath(copy.path).name, made)
        wrong = _wrong(facts, copy)
        if not wrong:
            add_whole(workspace.tree.root / copy.path, made, workspace.private)
            return facts
        if {remark.code for remark in wrong} != {"media-too-large"} or form.copied:
            break
        form = form.model_copy(update={"bits": int(form.bits * _LESS)})
    return NoCopy(copy.original, f"what was made of it is not taken either: {wrong[0].message}")


def _wrong(facts: MediaFacts, copy: Copy) -> list[Remark]:
    if facts.remarks:
        return list(facts.remarks)
    return [
        remark
        for taker in copy.takers
        for remark in faults(facts, taker.limits, taker.network)
        if remark.code in MENDABLE
    ]
