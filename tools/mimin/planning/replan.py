"""Replanning: the plan of a workspace of which nearly everything is as it was a moment ago."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from whenever import Instant

from mimin.ledger.ledger import Book
from mimin.model.brand import Approval
from mimin.planning.examined import Examined
from mimin.planning.identity import identify
from mimin.planning.plan import Cause, Line, Rules, arrange, late_policy, make_plan, plan_post

_MOVING = frozenset({Cause.HELD, Cause.MISSED})
"""Causes whose note says how late it is by now."""


@dataclass
class PlanMemory:
    """Lines as they were planned before, for as long as they can be nothing else."""

    book: Book = field(default_factory=lambda: Book({}))
    rules: Rules | None = None
    lines: dict[str, tuple[Examined, list[Line], Instant, Instant]] = field(default_factory=dict)
    """Path → the post, its lines, since when and until when they hold."""


def replan(
    posts: Iterable[Examined], book: Book, rules: Rules, memory: PlanMemory | None
) -> list[Line]:
    """Plan as `make_plan` does, taking lines from *memory* that would come out the same.

    A line holds as long as post, ledger and rules are the same objects or equal, and until the
    next moment at which the hour alone would judge it differently. Where approvals are reviewed
    nothing is kept: signatures and authors are not looked at here.
    """
    if memory is None:
        return make_plan(posts, book, rules)
    if not _same(memory, book, rules):
        memory.lines.clear()
    kept, lines = {}, []
    identified = identify(tuple(posts), rules.brands, book, rules.renames)
    for post in identified.posts:
        known = memory.lines.get(post.path)
        if known is None or known[0] is not post or not known[2] <= rules.now < known[3]:
            found = plan_post(post, book, rules)
            known = (post, found, rules.now, _until(found, rules))
        kept[post.path] = known
        lines += known[1]
    memory.book, memory.rules, memory.lines = book, rules, kept
    return arrange(lines, book, rules, identified)


def _same(memory: PlanMemory, book: Book, rules: Rules) -> bool:
    old = memory.rules
    if old is None or old.lookahead != rules.lookahead or old.brands != rules.brands:
        return False
    if memory.book is not book and _anything(memory.book, book):
        return False
    return old.schedules == rules.schedules and old.committed == rules.committed


def _anything(*books: Book) -> bool:
    return any(book.standings or book.freezes for book in books)


def _until(lines: list[Line], rules: Rules) -> Instant:
    """Find the next moment at which any of the lines is judged differently; now if that is open."""
    if any(line.cause in _MOVING or _reviewed(line, rules) for line in lines):
        return rules.now
    moments = (moment for line in lines for moment in _moments(line, rules))
    return min((moment for moment in moments if moment > rules.now), default=Instant.MAX)


def _reviewed(line: Line, rules: Rules) -> bool:
    return rules.brands[line.post.brand].approval is Approval.REVIEW


def _moments(line: Line, rules: Rules) -> Iterator[Instant]:
    due, expires = line.delivery.due, line.delivery.expires
    if expires is not None:
        yield expires
    if due is not None and line.cause is not Cause.OUT:
        yield due - rules.lookahead
        yield due + late_policy(line.post, rules)[1]
    for receipt in line.standing.receipts[:1]:
        yield receipt.at + rules.brands[line.post.brand].edits
    for part in line.standing.parts.values():
        for event in (part.last, part.kept):
            if event is not None and event.again_at is not None:
                yield event.again_at
