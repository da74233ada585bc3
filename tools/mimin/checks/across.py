"""Rules that need more than one post to see; each is a function in the one list below."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from whenever import Instant

from mimin.checks.endings import account_endings, post_endings
from mimin.compose.transcode import original_of
from mimin.model.delivery import Delivery
from mimin.model.problem import Problem, Severity
from mimin.model.schedule import Blackout
from mimin.planning.blackout import find_blackout, local_day
from mimin.planning.examined import Examined
from mimin.planning.judgement import policy_of
from mimin.workspace.ordinary import why_not_ordinary
from mimin.workspace.source import read_text
from mimin.workspace.workspace import Workspace

_ANYWHERE = frozenset({"hidden-character", "file-unreadable"})
"""What is wrong with any text, whoever reads it."""
_TEXT = (".md", ".yml", ".html", ".css", ".js", ".svg")


@dataclass(frozen=True)
class Scene:
    """All that a rule may look at."""

    workspace: Workspace
    posts: Sequence[Examined]
    now: Instant
    new: frozenset[str]
    """Paths of new posts: added by the pull request, or not committed yet."""
    media_used: frozenset[str]
    settled: Callable[[], Collection[str]] = frozenset
    """Asks the ledger, when a rule wants to know, for the deliveries that are out or dropped."""


def two_posts_with_one_id(scene: Scene) -> Iterator[Problem]:
    """An id names one post of a brand: the ledger would take two for the same."""
    return same_ids(scene.posts)


def same_ids(posts: Iterable[Examined]) -> Iterator[Problem]:
    """Find the posts that share an id, and say so of each: nobody can tell which one is meant."""
    named: dict[str, list[Examined]] = {}
    for post in posts:
        named.setdefault(post.key, []).append(post)
    for group in named.values():
        for number, post in enumerate(group if len(group) > 1 else ()):
            twin = group[0] if number else group[1]
            message = (
                f"{post.id!r} is also the id of {twin.path}, so neither goes out; "
                "rename the file, or give it an `id:`"
            )
            yield Problem(path=post.path, code="id-twice", message=message, others=(twin.path,))


def new_posts_in_the_past(scene: Scene) -> Iterator[Problem]:
    """A post that is new can not have been due already.

    Within its grace it still goes out as if it were on time, so that is only a warning.
    """
    for post in scene.posts:
        if post.path not in scene.new or post.draft:
            continue
        past = [d for d in post.deliveries if d.due is not None and d.due < scene.now]
        settled = scene.settled() if past else ()
        dues = [d.due for d in past if d.due is not None and d.key not in settled]
        if dues:
            brand = scene.workspace.brand_for(post.brand)
            _, grace = policy_of(post, brand, scene.workspace.schedules.get(post.brand))
            shown = min(dues).to_tz(brand.zone).format_iso()[:16].replace("T", " ")
            message = f"{shown} has passed already, and the post is new; set a time to come"
            if scene.now - min(dues) > grace:
                yield _error(post, "time-past", message)
            else:
                yield _warning(post, "time-past", message)


def posts_too_close(scene: Scene) -> Iterator[Problem]:
    """Two posts on one account keep the brand's spacing."""
    by_account: dict[str, list[tuple[Instant, Delivery, Examined]]] = {}
    for post in scene.posts:
        if post.draft or scene.workspace.brand_for(post.brand).spacing is None:
            continue
        for delivery in post.deliveries:
            if delivery.due is not None and delivery.due >= scene.now:
                row = (delivery.due, delivery, post)
                by_account.setdefault(delivery.account, []).append(row)
    for rows in by_account.values():
        rows.sort(key=lambda row: (row[0], row[1].key))
        for (before, _, other), (due, delivery, post) in pairwise(rows):
            spacing = scene.workspace.brand_for(post.brand).spacing
            if spacing is not None and due - before < spacing and other is not post:
                minutes = round((due - before).total("minutes"))
                newer, older = _newer(scene, post, other)
                order = "after" if newer is post else "before"
                message = (
                    f"{minutes} min {order} {older.id!r} on {delivery.account}; "
                    f"the brand keeps {round(spacing.total('minutes'))} min; move one of them"
                )
                yield _warning(newer, "spacing", message, older.path)


def planned_in_a_blackout(scene: Scene) -> Iterator[Problem]:
    """Nothing is planned on a day that the calendar blacks out."""
    workspace = scene.workspace
    for post in scene.posts:
        schedule = workspace.schedules.get(post.brand)
        if schedule is None or not schedule.blackouts or post.draft:
            continue
        zone = workspace.brand_for(post.brand).zone
        calendar = workspace.layout.schedules[post.brand]
        met: dict[Blackout, list[Delivery]] = {}
        for delivery in post.deliveries:
            if delivery.due is None or delivery.due < scene.now:
                continue
            found = find_blackout(delivery.due, delivery.account, schedule, zone)
            if found is not None:
                met.setdefault(found, []).append(delivery)
        for found, deliveries in met.items():
            yield _error(post, "blackout", _blacked_out(found, deliveries, zone), calendar)


def _blacked_out(blackout: Blackout, deliveries: Sequence[Delivery], zone: str) -> str:
    """Say which days are blacked out for whom, and how to move one of a series and not all."""
    days = dict.fromkeys(local_day(each.due, zone) for each in deliveries if each.due is not None)
    accounts = dict.fromkeys(each.account.partition("/")[2] for each in deliveries)
    verb = "is" if len(days) == 1 else "are"
    what = f"{', '.join(days)} {verb} blacked out for {', '.join(accounts)} ({blackout.reason})"
    numbers = sorted({each.occurrence for each in deliveries if each.occurrence is not None})
    if not numbers:
        return f"{what}; move it"
    listed = ", ".join(map(str, numbers))
    moves = ", ".join(f"{number}: YYYY-MM-DD HH:MM" for number in numbers)
    return (
        f"{what}, number {listed} of the repetition; below `repeat:` write `skip: [{listed}]` or "
        f"`move: {{{moves}}}`"
    )


def the_same_words_twice(scene: Scene) -> Iterator[Problem]:
    """Two posts do not say the same on one account; what one post repeats is meant."""
    said: dict[tuple[str, str], tuple[Delivery, Examined]] = {}
    for delivery, post in _coming(scene):
        for words in {delivery.digest, delivery.words} - {""}:
            _, other = said.setdefault((delivery.account, words), (delivery, post))
            if other.key != post.key:
                account = delivery.account.partition("/")[2]
                copy, first = _newer(scene, post, other)
                message = f"says on {account} what {first.id!r} says too; change one, or drop it"
                yield _warning(copy, "words-twice", message, first.path)
                break


def _newer(scene: Scene, later: Examined, other: Examined) -> tuple[Examined, Examined]:
    """Give first the post that somebody just wrote; else the one that goes out later."""
    if other.path in scene.new and later.path not in scene.new:
        return other, later
    return later, other


def _coming(scene: Scene) -> list[tuple[Delivery, Examined]]:
    """List what is still to go out, in its order."""
    found = [
        (delivery.due, delivery.key, delivery, post)
        for post in scene.posts
        if not post.draft and not post.retract
        for delivery in post.deliveries
        if delivery.due is not None and delivery.due >= scene.now
    ]
    found.sort(key=lambda row: row[:2])
    return [(delivery, post) for _, _, delivery, post in found]


def what_ends_for_accounts(scene: Scene) -> Iterator[Problem]:
    """What an account needs in order to publish does not end soon."""
    return account_endings(scene.workspace, scene.now)


def posts_after_the_end(scene: Scene) -> Iterator[Problem]:
    """Nothing is planned for a time at which its network takes it no more."""
    for post in scene.posts:
        yield from post_endings(scene.workspace, post, scene.now)


def media_that_no_post_uses(scene: Scene) -> Iterator[Problem]:
    """A media file belongs to a post."""
    for path in sorted(scene.workspace.layout.media - scene.media_used):
        why = why_not_ordinary(scene.workspace.tree.root / path)
        if why:
            message = f"can not be read: {why}; put the file itself here"
            yield Problem(path=path, code="file-unreadable", message=message)
            continue
        original = original_of(path)
        if original is not None:
            message = (
                f"a copy that `mimin mend` made of a video {original}, which has changed since or "
                "is named by no post any more; it is never sent, so remove it"
            )
            yield Problem(
                path=path, code="video-left-over", message=message, severity=Severity.WARNING
            )
            continue
        message = "no post uses this file; name it in one, or remove it"
        yield Problem(path=path, code="media-unused", message=message, severity=Severity.WARNING)


def files_that_no_post_is_read_from(scene: Scene) -> Iterator[Problem]:
    """Templates and pages of the site are ordinary files, and no text of them hides characters."""
    layout, tree = scene.workspace.layout, scene.workspace.tree
    templates = (path for path in tree.blobs if path.startswith("templates/"))
    for path in sorted({*templates, *layout.pages} - set(layout.cards.values())):
        if path.endswith(_TEXT) or why_not_ordinary(tree.root / path):
            _, problems = read_text(tree, path)
            yield from (found for found in problems if found.code in _ANYWHERE)


RULES: tuple[Callable[[Scene], Iterable[Problem]], ...] = (
    two_posts_with_one_id,
    new_posts_in_the_past,
    posts_too_close,
    planned_in_a_blackout,
    the_same_words_twice,
    what_ends_for_accounts,
    posts_after_the_end,
    media_that_no_post_uses,
    files_that_no_post_is_read_from,
)


def _warning(post: Examined, code: str, message: str, *others: str) -> Problem:
    return _error(post, code, message, *others).model_copy(update={"severity": Severity.WARNING})


def _error(post: Examined, code: str, message: str, *others: str) -> Problem:
    line, column = post.when
    return Problem(
        path=post.path, line=line, column=column, code=code, message=message, others=others
    )
