"""Stillness: when nothing changed and no moment of the plan has passed, all pages may stay."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from whenever import Instant

from mimin.checks.recall import UNSURE
from mimin.checks.version import code_version
from mimin.foreign import read_json
from mimin.ledger.standing import State
from mimin.model.brand import Approval
from mimin.planning.plan import Cause, Line, Rules, late_policy
from mimin.website.alarms import alarms_hold_until
from mimin.website.gather import Gathered, Wish, ledger_state
from mimin.website.scene import Scene
from mimin.website.shelf import site_version
from mimin.workspace.cache import Cache
from mimin.workspace.workspace import Workspace

_DAY = 86_400.0
_BEFORE = (7 * _DAY, 1800.0, 0.0)
"""Before a due time: it enters the week to come, the look-ahead, the present."""
_AFTER = (300.0, 900.0, 31 * _DAY)
"""After a due time: it counts as late, it is overdue, it leaves the feed."""
_RECENT = 30 * _DAY
_MOVING = frozenset({Cause.HELD, Cause.MISSED})
"""Causes whose note says how late it is by now."""


@dataclass
class Still:
    """What a build leaves for the next one, should nothing have changed until then."""

    since: float = 0.0
    until: float = 0.0
    zone: str = "UTC"
    networks: list[str] = field(default_factory=list)
    homes: dict[str, str] = field(default_factory=dict)
    """Base → the overview."""
    bodies: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Our own pages that MkDocs renders → their title and body."""
    shells: dict[str, str] = field(default_factory=dict)
    """Page → a name of the shell that the theme made of it."""
    docs: str = ""
    """Entries of the search, as JSON without its brackets."""
    addresses: list[str] = field(default_factory=list)


def recall(cache: Cache, name: str, stamp: str, now: Instant) -> Still | None:
    """Give what the last build left; None when anything is not as it was."""
    known, value = cache.load(name).get(name, ("", ""))
    if not stamp or known != stamp:
        return None
    try:
        still = Still(**read_json(value))
    except (ValueError, TypeError):
        return None
    return still if still.since <= now.timestamp(unit="nanosecond") / 1e9 < still.until else None


def remember(cache: Cache, name: str, stamp: str, still: Still) -> None:
    """Leave what was found for the next build."""
    if stamp and still.until > still.since:
        cache.save([(name, stamp, json.dumps(asdict(still), ensure_ascii=False))])


def stamp_of(wish: Wish, workspace: Workspace, *named: str) -> str:
    """Name everything but the time that a site is made from; empty when that can not be told."""
    if wish.fetch:
        return ""
    repository = workspace.tree.repository
    head = (repository.head() if repository else None) or ""
    parts = [site_version(), code_version(), head, ledger_state(repository), wish.source, *named]
    parts += [wish.words.language, str(wish.public), str(wish.pretended), str(wish.media_days)]
    digest = hashlib.sha256(json.dumps(parts).encode())
    files = "\0".join(f"{blob}{path}" for path, blob in sorted(workspace.tree.blobs.items()))
    files += "\0".join(sorted(workspace.tree.pointers))
    digest.update(files.encode(errors="surrogateescape"))
    return digest.hexdigest()


def quiet_until(gathered: Gathered) -> float:
    """Find the next moment at which any page would say something else; now if that is unsure."""
    scene = gathered.scene
    now = scene.now.timestamp(unit="nanosecond") / 1e9
    unsure = any(problem.code in UNSURE for post in scene.posts for problem in post.problems)
    # Keys that sign approvals have a last day, which is not looked up here.
    signed = any(brand.approval is Approval.REVIEW for brand in scene.brands.values())
    moving = any(line.cause in _MOVING or line.start is not None for line in scene.lines)
    exact = now + 1e-3  # the very same moment, as tests and demos have it
    if not gathered.sure or unsure:
        return now
    if signed or moving:
        return exact
    coming = [moment for moment in _moments(scene, now) if moment > now]
    until = min(coming, default=now + _DAY)
    if not scene.public:
        until = min(until, alarms_hold_until(scene))
    return until if _same_zones(scene, until) else exact


def _moments(scene: Scene, now: float) -> Iterator[float]:
    rules = Rules(
        now=scene.now,
        lookahead=scene.now - scene.now,
        brands=scene.brands,
        schedules=scene.schedules,
    )
    for brand in scene.brands.values():
        local = scene.now.to_tz(brand.zone)
        yield now + _DAY - (local.hour * 3600 + local.minute * 60 + local.second)
    for line in scene.lines:
        yield from _of_line(line, rules, now)


def _of_line(line: Line, rules: Rules, now: float) -> Iterator[float]:
    due, expires = line.delivery.due, line.delivery.expires
    if due is not None:
        moment = due.timestamp()
        yield from (moment - before for before in _BEFORE)
        if moment <= now:
            yield from (moment + after for after in _AFTER)
            if line.state is not State.PUBLISHED:
                yield moment + late_policy(line.post, rules)[1].total("seconds")
    if expires is not None:
        yield expires.timestamp()
    for part in line.standing.parts.values():
        if part.receipt is not None:
            yield part.receipt.at.timestamp() + _RECENT
            yield (part.receipt.at + rules.brands[line.post.brand].edits).timestamp()
        for event in (part.last, part.kept):
            if event is not None and event.again_at is not None:
                yield event.again_at.timestamp()


def _same_zones(scene: Scene, until: float) -> bool:
    """Tell whether no brand's clocks are set forward or back meanwhile."""
    then = Instant.from_timestamp(int(until))
    return all(
        scene.now.to_tz(brand.zone).offset == then.to_tz(brand.zone).offset
        for brand in scene.brands.values()
    )
