"""Costs: what publishing costs each account in a month, and what its budget does not allow.

A network's month is counted in UTC. Money is in thousandths of a US dollar, as the smallest price
is half a cent (X).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from whenever import Instant

from mimin.ledger.ledger import Book
from mimin.planning.line import Action, Cause, Line, Rules
from mimin.planning.notes import note

Purse = tuple[str, str]
"""Account and month, such as `kopi-senja/x` and `2026-12`."""


@dataclass(frozen=True)
class Cost:
    """What one account costs in one month."""

    account: str
    month: str
    """`2026-12`, in UTC."""
    spent: int
    """For what is out, as the ledger has it."""
    planned: int
    """For what is still to go out and may."""
    budget: int | None
    """The most that it may cost; None when nobody said."""


def dollars(amount: int) -> str:
    """Write an amount for people: `$0.20`, or `$0.015` where cents do not do."""
    value = Decimal(amount) / 1000
    return f"${value:.2f}" if amount % 10 == 0 else f"${value:.3f}"


def budget_of(account: str, rules: Rules) -> int | None:
    """Give what an account may cost in a month."""
    brand, _, name = account.partition("/")
    budget = rules.brands[brand].accounts[name].budget
    return None if budget is None else int(Decimal(budget) * 1000)


def within_budget(lines: Sequence[Line], book: Book, rules: Rules) -> list[Line]:
    """Block what an account can not afford any more, in the order in which things go out."""
    if not any(account.budget for brand in rules.brands.values() for account in
               brand.accounts.values()):  # fmt: skip
        return list(lines)
    taken = _spent(book)
    return [_afford(line, taken, rules) for line in lines]


def _afford(line: Line, taken: Counter[Purse], rules: Rules) -> Line:
    cost, moment = line.delivery.cost, line.moment
    if not cost or moment is None or line.action is not Action.PUBLISH:
        return line
    account = line.delivery.account
    budget = budget_of(account, rules)
    purse = (line.delivery.ledger_account, _month(max(moment, rules.now)))
    if budget is None or taken[purse] + cost <= budget:
        taken[purse] += cost
        return line
    says = note(
        "budget",
        cost=dollars(cost),
        taken=dollars(taken[purse]),
        budget=dollars(budget),
        month=purse[1],
    )
    return replace(line, action=Action.BLOCKED, cause=Cause.BUDGET, note=says)


def add_up(lines: Iterable[Line], book: Book, rules: Rules) -> list[Cost]:
    """Tell what the accounts of *lines* cost in each month, as far as they cost anything."""
    spent = _spent(book)
    planned: Counter[Purse] = Counter()
    accounts = set()
    for line in lines:
        account = line.delivery.account
        accounts.add(account)
        if line.action is Action.PUBLISH and line.delivery.cost and line.moment is not None:
            planned[account, _month(max(line.moment, rules.now))] += line.delivery.cost
    this_month = _month(rules.now)
    purses = {purse for purse in spent if purse[0] in accounts and purse[1] >= this_month}
    return [
        Cost(
            account,
            month,
            spent[account, month],
            planned[account, month],
            budget_of(account, rules),
        )
        for account, month in sorted(purses | set(planned))
    ]


def _spent(book: Book) -> Counter[Purse]:
    found: Counter[Purse] = Counter()
    for standing in book.standings.values():
        for event in standing.receipts:
            if event.cost:
                found[event.account, _month(event.at)] += event.cost
    return found


def _month(moment: Instant) -> str:
    return moment.format_iso()[:7]


def as_text(costs: Iterable[Cost]) -> str:
    """A line an account and month."""
    return "".join(f"{_sentence(cost)}\n" for cost in costs)


def _sentence(cost: Cost) -> str:
    whole = f"{cost.account} in {cost.month}: {dollars(cost.spent)} spent, "
    whole += f"{dollars(cost.planned)} planned"
    return whole if cost.budget is None else f"{whole}, {dollars(cost.budget)} allowed"
