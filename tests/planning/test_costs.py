"""Costs: what a network charges is known before it is spent, and a budget is never passed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from publishing_fakes import NOW, book, brand, delivery, event, examined
from whenever import TimeDelta

from mimin.model.brand import Account
from mimin.model.event import Kind
from mimin.planning.costs import add_up, as_text, dollars
from mimin.planning.plan import Action, Cause, Rules, make_plan

REF = "kopi-senja/x"
PATH = "content/kopi-senja/posts/gajian.md"
PLAIN, LINKED = 15, 200


def rules(budget=None, now=NOW):
    accounts = {"x": Account(network="sandbox", handle="kopisenja", budget=budget)}
    return Rules(
        now=now, lookahead=TimeDelta(hours=24), brands={"kopi-senja": brand(accounts=accounts)},
        committed={PATH: "b1"},
    )  # fmt: skip


def post(*costs):
    return examined(
        *(
            delivery(
                account=REF,
                post=f"kopi-senja/p{number}",
                cost=cost,
                due=NOW + TimeDelta(minutes=number),
                digest=f"d{number}",
            )
            for number, cost in enumerate(costs)
        )
    )


def paid(cost, *, number=9, minutes=-5.0):
    key = f"kopi-senja/old{number}@x"
    return event(Kind.PUBLISHED, account=REF, key=key, cost=cost, minutes=minutes)


def causes(lines):
    return [line.cause for line in lines]


def test_without_a_budget_nothing_is_held_back():
    lines = make_plan([post(LINKED, LINKED)], book(), rules())
    assert all(line.action is Action.PUBLISH for line in lines)


def test_what_the_budget_does_not_allow_any_more_is_blocked_and_says_what_it_would_cost():
    lines = make_plan([post(LINKED, LINKED, PLAIN)], book(paid(PLAIN)), rules("0.25"))
    # The dear one does not fit any more; the cheap one after it does.
    assert causes(lines) == [Cause.DUE, Cause.BUDGET, Cause.DUE]
    assert "would cost $0.20; $0.215 of $0.25 are taken in 2026-12" in lines[1].note
    assert "`budget:`" in lines[1].note


def test_what_was_spent_in_another_month_does_not_count():
    last_month = paid(LINKED, minutes=-60 * 24 * 3)
    (line,) = make_plan([post(LINKED)], book(last_month), rules("0.25"))
    assert line.action is Action.PUBLISH


def test_a_budget_of_nothing_publishes_nothing_that_costs():
    assert causes(make_plan([post(PLAIN)], book(), rules("0"))) == [Cause.BUDGET]
    assert causes(make_plan([post(0)], book(), rules("0"))) == [Cause.DUE]


def test_the_month_adds_up_what_is_spent_and_what_is_planned():
    events = book(paid(PLAIN), paid(LINKED, number=8))
    lines = make_plan([post(LINKED, PLAIN)], events, rules("5.00"))
    (cost,) = add_up(lines, events, rules("5.00"))
    assert (cost.spent, cost.planned, cost.budget) == (215, 215, 5000)
    assert as_text([cost]) == (
        "kopi-senja/x in 2026-12: $0.215 spent, $0.215 planned, $5.00 allowed\n"
    )
    assert as_text([replace(cost, budget=None)]).endswith("planned\n")


def test_accounts_that_cost_nothing_are_not_listed():
    lines = make_plan([post(0)], book(), rules())
    assert add_up(lines, book(), rules()) == []


def test_amounts_are_written_in_dollars():
    assert [dollars(mills) for mills in (0, 5, 15, 200, 1000, 12345)] == [
        "$0.00", "$0.005", "$0.015", "$0.20", "$1.00", "$12.345",
    ]  # fmt: skip


@given(costs=st.lists(st.sampled_from([0, 5, PLAIN, LINKED]), max_size=12),
       spent=st.integers(0, 1000), cents=st.integers(0, 200))  # fmt: skip
def test_a_budget_is_never_passed(costs, spent, cents):
    budget = f"{cents // 100}.{cents % 100:02}"
    lines = make_plan([post(*costs)], book(paid(spent)), rules(budget))
    planned = sum(line.delivery.cost for line in lines if line.action is Action.PUBLISH)
    assert planned <= max(0, cents * 10 - spent)
