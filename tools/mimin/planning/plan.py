"""The plan: for each delivery, what publishing would do with it now, and why."""

from __future__ import annotations

from collections.abc import Iterable

from mimin.ledger.ledger import Book
from mimin.planning.backlog import after, starts
from mimin.planning.costs import within_budget
from mimin.planning.examined import Examined
from mimin.planning.judgement import late_policy, plan_line
from mimin.planning.line import Action, Cause, Line, Rules
from mimin.planning.twins import without_twins

__all__ = ["Action", "Cause", "Line", "Rules", "late_policy", "make_plan"]


def make_plan(posts: Iterable[Examined], book: Book, rules: Rules) -> list[Line]:
    """Plan every delivery of *posts*, in the order in which they are due.

    What is late waits for its turn: on each account it keeps the brand's spacing to what went out
    before, to what goes out on time, and to what else is late.
    """
    listed = list(posts)
    lines = [
        plan_line(delivery, post, book, rules) for post in listed for delivery in post.deliveries
    ]
    ordered = sorted(without_twins(lines, book), key=_order)
    waiting = starts(ordered, book, rules)
    turned = [after(line, waiting.get(line.delivery.key), rules) for line in ordered]
    return within_budget(turned, book, rules)


def _order(line: Line) -> tuple[float, str]:
    due = line.delivery.due
    return (due.timestamp() if due is not None else float("inf"), line.delivery.key)
