"""Repeats: what a network refuses as said already is blocked before it is asked."""

from __future__ import annotations

import pytest
from publishing_fakes import NOW, POST, book, brand, delivery, event, examined
from whenever import TimeDelta

from mimin.model.brand import Account
from mimin.model.event import Kind
from mimin.planning.plan import Action, Cause, Rules, make_plan

HOUR = TimeDelta(hours=1)
X, LINKEDIN, BLUESKY = "kopi-senja/x", "kopi-senja/li", "kopi-senja/bluesky"
ACCOUNTS = {
    "x": Account(network="sandbox", like="x", handle="kopi"),
    "li": Account(network="sandbox", like="linkedin", handle="kopi"),
    "bluesky": Account(network="sandbox", like="bluesky", handle="kopi.example.com"),
}


def post(name, account, hours=0, **fields):
    one = delivery(post=f"kopi-senja/{name}", account=account, due=NOW + hours * HOUR, **fields)
    return examined(one, id=name)


def causes(posts, *events, hours=0, accounts=ACCOUNTS):
    rules = Rules(
        now=NOW + hours * HOUR,
        lookahead=TimeDelta(hours=200),
        brands={"kopi-senja": brand(accounts=accounts)},
    )
    lines = make_plan(posts, book(*events), rules)
    return {line.post.id: line.cause for line in lines}


def test_of_five_with_the_same_words_in_one_minute_one_goes_out():
    found = causes([post(f"p{number}", X) for number in range(5)])
    assert found.pop("p0") is Cause.DUE
    assert set(found.values()) == {Cause.DUPLICATE}


@pytest.mark.parametrize(
    ("account", "hours", "blocked"),
    [(X, 23, True), (X, 24, False), (LINKEDIN, 47, True), (LINKEDIN, 48, False)],
)
def test_it_is_blocked_for_as_long_as_the_network_refuses_it(account, hours, blocked):
    found = causes([post("a", account), post("b", account, hours)])
    assert (found["b"] is Cause.DUPLICATE) is blocked


@pytest.mark.parametrize("hours", [1, 30])
def test_what_is_out_counts_as_well(hours):
    old = post("a", X)
    out = event(
        Kind.PUBLISHED,
        key="kopi-senja/a@x",
        account=X,
        digest=old.deliveries[0].digest,
        remote_id="1",
    )
    found = causes([old, post("b", X, hours)], out, hours=hours)
    assert found["b"] is (Cause.DUPLICATE if hours < 24 else Cause.DUE)


def test_a_first_part_that_is_out_counts_whatever_follows_it():
    out = event(
        Kind.PUBLISHED, key="kopi-senja/a@x", account=X, digest="other", content="c1", remote_id="1"
    )
    found = causes(
        [post("a", X, contents=("c1",)), post("b", X, 1, contents=("c1", "c2"))], out, hours=1
    )
    assert found["b"] is Cause.DUPLICATE


def test_a_network_that_takes_it_gets_it():
    assert set(causes([post("a", BLUESKY), post("b", BLUESKY)]).values()) == {Cause.DUE}


def test_the_same_on_another_account_is_no_repeat():
    found = causes([post("a", X), post("b", LINKEDIN)])
    assert set(found.values()) == {Cause.DUE}


def test_what_one_post_repeats_is_meant():
    twice = examined(
        delivery(account=X, occurrence=1),
        delivery(account=X, occurrence=2, due=NOW + HOUR),
    )
    rules = Rules(now=NOW, lookahead=2 * HOUR, brands={"kopi-senja": brand(accounts=ACCOUNTS)})
    lines = make_plan([twice], book(), rules)
    assert [line.action for line in lines] == [Action.PUBLISH] * 2
    assert {line.post.key for line in lines} == {POST}


def test_an_account_may_say_that_its_network_takes_it():
    free = {**ACCOUNTS, "x": ACCOUNTS["x"].model_copy(update={"limits": {"refuses_duplicates": 0}})}
    found = causes([post("a", X), post("b", X)], accounts=free)
    assert set(found.values()) == {Cause.DUE}
