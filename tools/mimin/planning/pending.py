"""Pending changes of policy in a plan: which line waits for the approval of one, and how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mimin.ledger.ledger import Book
from mimin.planning.in_force import Pending
from mimin.planning.judgement import plan_line
from mimin.planning.line import Action, Cause, Line, Rules
from mimin.planning.notes import note


def explain(lines: Iterable[Line], book: Book, rules: Rules) -> list[Line]:
    """Say of each line of a brand with a pending change whether that change would let it go."""
    return [_explain(line, book, rules) for line in lines]


def _explain(line: Line, book: Book, rules: Rules) -> Line:
    pending = rules.pending[line.post.brand]
    if line.action is Action.PUBLISH:
        return _blocked(line, pending) if _blacked_out(line, pending) else line
    if line.action is Action.NONE:
        return line
    wished = plan_line(line.delivery, line.post, book, _as_files_say(line.post.brand, rules))
    if wished.action not in {Action.PUBLISH, Action.CHANGE} or wished.action is line.action:
        return line
    says = _note(pending)
    # What is dropped is dropped by the policy in force, and the note about it stays.
    return line if line.action is Action.DELETE else replace(line, note=says)


def _as_files_say(brand: str, rules: Rules) -> Rules:
    pending = rules.pending[brand]
    schedules = {name: each for name, each in rules.schedules.items() if name != brand}
    if pending.schedule is not None:
        schedules[brand] = pending.schedule
    return replace(rules, brands={**rules.brands, brand: pending.brand}, schedules=schedules)


def _blacked_out(line: Line, pending: Pending) -> bool:
    due = line.delivery.due
    if due is None:
        return False
    day = due.to_tz(pending.brand.zone).date().format_iso()
    account = line.delivery.account.partition("/")[2]
    return any(
        each.starts <= day <= each.ends and (not each.accounts or account in each.accounts)
        for each in pending.blackouts
    )


def _blocked(line: Line, pending: Pending) -> Line:
    says = _note(pending)
    return replace(line, action=Action.BLOCKED, cause=Cause.UNAPPROVED, note=says)


def _note(pending: Pending) -> str:
    return note("policy", path=pending.files, what=pending.what, brand=pending.brand.id)
