"""Check a workspace: examine what changed since the last time, then look across all posts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from whenever import Instant

from mimin.checks.accounts import host_problems, name_problems, secret_problems
from mimin.checks.across import RULES, Scene, same_ids
from mimin.checks.endings import ending_moments
from mimin.checks.git_files import git_file_problems
from mimin.checks.holding import hold_back
from mimin.checks.library import Library
from mimin.checks.most import bound_deliveries, bound_files
from mimin.checks.one_account import same_account_problems
from mimin.checks.owners import owner_problems
from mimin.checks.post_templates import post_template_problems
from mimin.checks.recall import UNSURE
from mimin.checks.reported import limit_problems
from mimin.checks.settings import account_problems
from mimin.checks.site_code import site_code_problems
from mimin.checks.site_privacy import site_privacy_problems
from mimin.checks.team import Sketch, examine_all
from mimin.checks.version import code_version
from mimin.checks.video_choice import MENDED
from mimin.ledger.ledger import Book
from mimin.ledger.standing import State
from mimin.model.problem import Problem, Severity
from mimin.planning.examined import Examined
from mimin.planning.judgement import policy_of
from mimin.workspace.cache import Cache
from mimin.workspace.workspace import Workspace

_PREFIX = "post:"

_FEW = 50
Memory = dict[str, tuple[str, Examined]]
"""Path → what the post was read against, and what it came to."""
Progress = Callable[[int, int], None]
"""Told how many posts were examined, of how many that had to be."""


@dataclass(frozen=True)
class Survey:
    """All posts of a workspace, examined."""

    workspace: Workspace
    posts: tuple[Examined, ...]
    """Each with the errors of every file that it is read against."""
    fresh: int
    """How many had to be looked at again."""
    media_used: frozenset[str]
    problems: tuple[Problem, ...] = ()
    """Findings about what posts are made with: card templates, settings of accounts."""
    sketches: Mapping[str, str] = field(default_factory=dict)
    """Path → what was asked to be made of each post that had to be looked at again."""


def survey(  # noqa: PLR0913 - each of them serves one caller, by name
    workspace: Workspace,
    progress: Progress | None = None,
    *,
    cache: Path | None = None,
    keep: bool = True,
    sketch: Sketch | None = None,
    memory: Memory | None = None,
) -> Survey:
    """Examine every post, taking from the cache what was examined before and has not changed.

    Args:
        workspace: What to survey.
        progress: Told how far it is.
        cache: Another cache than the workspace's own.
        keep: Whether to write into the cache; not for a state that is not the current one.
        sketch: Makes something of every post that is composed on the way.
        memory: What the same process found before; it is brought up to date.
    """
    store = Cache(cache or workspace.private / "cache.sqlite3")
    version = code_version()
    library = Library(workspace.tree, store, version, workspace.private)
    stamps = {name: _stamp(workspace, name, version) for name in workspace.layout.brands}
    paths = list(workspace.layout.posts)
    memory = {} if memory is None else memory
    alone = bool(memory)
    found: dict[str, Examined] = {}
    for path in paths:
        stamp, post = memory.get(path, ("", None))
        if post and stamp == stamps[workspace.brand_of(path)] and _fits(workspace, path, post):
            found[path] = post
    # A process that remembers nearly all of it need not read the cache for the rest.
    known = store.load(_PREFIX) if not alone or len(paths) - len(found) > _FEW else {}
    for path in paths:
        stamp, value = known.get(_PREFIX + path, ("", ""))
        if path not in found and stamp == stamps[workspace.brand_of(path)]:
            kept = _load(workspace, path, value)
            if kept is not None:
                found[path] = kept
    rows = []
    sketches: dict[str, str] = {}
    missing = [path for path in paths if path not in found]
    examined = examine_all(workspace, missing, library, sketch, alone=alone)
    for number, (path, post, row, drawn) in enumerate(examined, 1):
        found[path] = post
        rows.append((_PREFIX + path, stamps[workspace.brand_of(path)], row))
        if sketch is not None:
            sketches[path] = drawn
        if progress is not None:
            progress(number, len(missing))
    gone = (known.keys() | {_PREFIX + path for path in memory}) - {_PREFIX + path for path in paths}
    library.keep()  # by the bytes of each file, so it is right for every state
    if keep:
        store.save(rows, gone)
    store.close()
    memory.clear()
    memory.update((path, (stamps[workspace.brand_of(path)], found[path])) for path in paths)
    posts = bound_deliveries(found[path] for path in paths)
    used = {name for post in posts for name in post.inputs} & workspace.layout.media
    of_accounts = (
        *account_problems(workspace),
        *same_account_problems(workspace),
        *secret_problems(workspace),
        *name_problems(workspace),
        *host_problems(workspace),
        *limit_problems(workspace),
    )
    made_with = (*library.cards.problems(), *of_accounts)
    of_files = bound_files((*workspace.problems, *made_with, *same_ids(posts)))
    posts = hold_back(posts, of_files, workspace)
    return Survey(workspace, posts, len(missing), frozenset(used), made_with, sketches)


def check(
    found: Survey,
    now: Instant,
    new: Iterable[str] | None = None,
    settled: Callable[[], Collection[str]] = frozenset,
) -> list[Problem]:
    """Gather all problems of a workspace, in the order of files and lines.

    Args:
        found: The examined workspace.
        now: The moment for rules about time.
        new: Paths of new posts; those that are not committed when not given.
        settled: Gives the deliveries that are out or dropped; asked only when it matters.
    """
    workspace = found.workspace
    if new is None:
        committed = workspace.tree.committed() if workspace.tree.repository else {}
        new = [post.path for post in found.posts if committed and post.path not in committed]
    scene = Scene(workspace, found.posts, now, frozenset(new), found.media_used, settled)
    problems = [*workspace.problems, *found.problems]
    problems += [*owner_problems(workspace), *site_code_problems(workspace)]
    problems += site_privacy_problems(workspace)
    problems += [*post_template_problems(workspace), *git_file_problems(workspace)]
    for post in found.posts:
        problems += _still_in_time(post, settled)
    for rule in RULES:
        problems += rule(scene)
    ordered = sorted(dict.fromkeys(problems), key=lambda problem: problem.place)
    return sorted(bound_files(ordered), key=lambda problem: problem.place)


def _still_in_time(post: Examined, settled: Callable[[], Collection[str]]) -> Iterable[Problem]:
    """Make of errors that a copy of a video would end warnings where all is out already."""
    late = [
        problem
        for problem in post.problems
        if problem.code in MENDED and problem.severity is Severity.ERROR
    ]
    if not late or not is_over(post, settled):
        return post.problems
    return [
        problem.model_copy(update={"severity": Severity.WARNING}) if problem in late else problem
        for problem in post.problems
    ]


def is_over(post: Examined, settled: Callable[[], Collection[str]]) -> bool:
    """Tell whether nothing more is sent of a post; *settled* is asked only where there is any."""
    if not post.deliveries:
        return False
    keys = settled()
    return all(delivery.key in keys for delivery in post.deliveries)


def turning_points(found: Survey) -> Iterator[Instant]:
    """List the moments at which a rule about time may judge otherwise, with all else as it is."""
    workspace = found.workspace
    for post in found.posts:
        brand, schedule = workspace.brand_for(post.brand), workspace.schedules.get(post.brand)
        _, grace = policy_of(post, brand, schedule)
        for due in {delivery.due for delivery in post.deliveries if delivery.due is not None}:
            yield from (due, due + grace)
    yield from ending_moments(workspace)


def settled_in(book: Book) -> frozenset[str]:
    """Name the deliveries for which nothing more is sent."""
    over = {State.PUBLISHED, State.RETRACTED, State.DROPPED}
    return frozenset(key for key, held in book.standings.items() if held.state() in over)


def within(problems: Sequence[Problem], paths: Iterable[str]) -> list[Problem]:
    """Keep the problems of files at or below *paths*."""
    wanted = [path.rstrip("/") for path in paths]
    return [
        problem
        for problem in problems
        if any(problem.path == path or problem.path.startswith(f"{path}/") for path in wanted)
    ]


def _stamp(workspace: Workspace, brand: str, version: str) -> str:
    """Name everything beside its own files that a post of *brand* is read against."""
    blobs = workspace.tree.blobs
    shared = [workspace.layout.brands[brand], workspace.layout.schedules.get(brand, "")]
    shared += sorted(path for path in blobs if path.startswith("templates/cards/"))
    rest = json.dumps([version, *(f"{path}={blobs.get(path, '')}" for path in shared)])
    return hashlib.sha256(rest.encode()).hexdigest()


def _load(workspace: Workspace, path: str, value: str) -> Examined | None:
    """Read a cached finding; None when a file that it was made from is not what it was."""
    try:
        post = Examined.load(value)
    except (ValueError, LookupError, TypeError):
        return None
    return post if _fits(workspace, path, post) else None


def _fits(workspace: Workspace, path: str, post: Examined) -> bool:
    files = workspace.layout.posts[path]
    own = {path, *files.variants.values(), *([files.card] if files.card else [])}
    blobs, inputs = workspace.tree.blobs, post.inputs
    if not workspace.tree.pointers.isdisjoint(inputs):
        return False
    if not own <= inputs.keys() or any(problem.code in UNSURE for problem in post.problems):
        return False
    return all(blobs.get(name, "") == blob for name, blob in inputs.items())
