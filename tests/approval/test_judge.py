"""Which recorded approvals count, and how many people they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whenever import Instant

from mimin.ledger.standing import Standing
from mimin.model.brand import Account, Approval, Brand
from mimin.model.delivery import Delivery
from mimin.model.event import Event, Kind
from mimin.planning.approval import Recorded, Vote, judge
from mimin.planning.examined import Examined

DUE = Instant.from_utc(2026, 12, 1, 2)
REF = "kopi-senja/bluesky"
DELIVERY = Delivery(post="kopi-senja/gajian", account=REF, due=DUE, parts=1, digest="d1")
BRAND = Brand(
    id="kopi-senja",
    path="content/kopi-senja/brand.yml",
    name="Kopi Senja",
    zone="Asia/Jakarta",
    languages=("id",),
    accounts={"bluesky": Account(network="sandbox", handle="kopisenja")},
    approval=Approval.REVIEW,
    second_approver=("promo",),
)


def post(*labels):
    return Examined(
        path="content/kopi-senja/posts/gajian.md",
        brand="kopi-senja",
        id="gajian",
        title="Gajian",
        labels=labels,
        deliveries=(DELIVERY,),
        inputs={},
    )


def yes(by="ayu", digest="d1", **handles):
    given = {"via": "github"} | handles
    return Event(
        at=DUE,
        kind=Kind.APPROVED,
        account=REF,
        key=DELIVERY.key,
        by=by,
        digest=digest,
        handles={name: value for name, value in given.items() if value},
    )


def verdict(*events, labels=(), votes=None):
    standing = Standing(DELIVERY.key, approvals=list(events))
    return judge(DELIVERY, post(*labels), standing, BRAND, votes or Recorded())


@pytest.mark.parametrize("via", ["", "mail", "GITHUB", "ssh"])
def test_an_approval_that_nobody_can_trace_never_counts(via):
    found = verdict(yes(via=via))
    assert not found.by
    assert found.missing.startswith("ayu's approval does not count: ")


def test_what_does_not_count_does_not_spoil_what_does():
    assert verdict(yes(via="mail"), yes("citra")).missing == ""


def test_an_approval_without_a_name_is_nobody_s():
    assert verdict(yes(by="")).missing


@pytest.mark.parametrize("name", ["ayu", "Ayu", "AYU"])
def test_one_person_is_not_two(name):
    assert verdict(yes(), yes(name), labels=("promo",)).missing
    assert not verdict(yes(), yes("citra"), labels=("promo",)).missing


def test_the_second_person_approves_the_same_payload():
    assert verdict(yes(), yes("citra", digest="d0"), labels=("promo",)).missing


def test_an_approval_given_when_two_were_needed_is_half_of_one():
    half = yes(second="promo")
    assert "one more person is needed" in verdict(half).missing
    assert not verdict(half, yes("citra", second="promo")).missing
    assert not verdict(half, yes()).missing


class Names:
    def __init__(self, names):
        self.names = names

    def vote(self, event, post):
        return Vote(frozenset(self.names[event.by]))

    def changed(self, event, delivery, post):
        return ""


def test_whoever_shares_a_name_is_the_same_person_also_by_way_of_a_third():
    names = {"ayu": {"ayu", "a@x"}, "a2": {"a@y"}, "a3": {"a@x", "a@y"}, "citra": {"citra"}}
    votes = Names(names)
    assert verdict(yes(), yes("a2"), yes("a3"), labels=("promo",), votes=votes).missing
    assert not verdict(yes(), yes("citra"), labels=("promo",), votes=votes).missing


@given(st.text("0123456789abcdef", min_size=1, max_size=64))
def test_no_other_digest_is_covered(digest):
    assert bool(verdict(yes(digest=digest)).missing) is (digest != "d1")
