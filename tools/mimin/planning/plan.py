"""The plan: for each delivery, what publishing would do with it now, and why."""

from __future__ import annotations

from collections.abc import Iterable

from mimin.ledger.ledger import Book
from mimin.planning.backlog import at_its_turn, turns
from mimin.planning.blackout import without_blackouts
from mimin.planning.costs import within_budget
from mimin.planning.doubts import without_doubtful
from mimin.planning.endings import without_ended
from mimin.planning.examined import Examined
from mimin.planning.identity import Identified, identify
from mimin.planning.judgement import late_policy, plan_line
from mimin.planning.line import Action, Cause, Line, Rules
from mimin.planning.pending import explain
from mimin.planning.repeats import without_repeats
from mimin.planning.stale import without_stale

__all__ = ["Action", "Cause", "Line", "Rules", "arrange", "late_policy", "make_plan", "plan_post"]


def make_plan(posts: Iterable[Examined], book: Book, rules: Rules) -> list[Line]:
    """Plan every delivery of *posts*, in the order in which they are due.

    What is late waits for its turn: on each account it keeps the brand's spacing to what went out
    before, to what goes out on time, and to what else is late.
    """
    found = identify(tuple(posts), rules.brands, book, rules.renames)
    lines = [line for post in found.posts for line in plan_post(post, book, rules)]
    return arrange(lines, book, rules, found)


def plan_post(post: Examined, book: Book, rules: Rules) -> list[Line]:
    """Plan the deliveries of one post, without a look at others."""
    lines = [plan_line(delivery, post, book, rules) for delivery in post.deliveries]
    return explain(lines, book, rules) if post.brand in rules.pending else lines


def arrange(lines: list[Line], book: Book, rules: Rules, found: Identified) -> list[Line]:
    """Order planned lines by their time, and let them wait for one another where they must."""
    sound = without_stale(without_doubtful(lines, found), rules)
    ordered = sorted(sound, key=lambda line: line.order)
    ordered = without_ended(without_blackouts(ordered, rules), rules)
    waiting = turns(ordered, book, rules)
    turned = [at_its_turn(line, waiting.get(line.key), rules) for line in ordered]
    turned = without_blackouts(turned, rules)  # a turn may come on another day
    turned = without_repeats(turned, book, rules)
    return within_budget(turned, book, rules)
