"""A change of policy on GitHub: the reviews of its own pull request approve it, or nothing does."""

from __future__ import annotations

import pytest

BRAND = "content/kopi-senja/brand.yml"


@pytest.fixture
def known(forge, approve, post):
    """A post that waits for an approval, and a policy that the ledger knows."""
    forge.open(post())
    forge.merge()
    assert approve().code == 4


def _relax(forge, new="approval: merge", old="approval: review"):
    text = (forge.work / BRAND).read_text()
    assert old in text
    return {BRAND: text.replace(old, new)}


@pytest.mark.usefixtures("known")
def test_abolishing_reviews_without_one_frees_nothing(forge, approve, publish, plan):
    forge.open(_relax(forge), number=13)
    forge.merge(number=13)
    ran = approve(number=13)
    assert ran.code == 4
    assert "not approved policy of kopi-senja: approval: review -> merge\n" in ran.out
    assert "  no review of #13 approves it\n" in ran.out
    assert f"{BRAND} allows it (approval)" in plan()[0]["note"]
    assert publish().code == 4


@pytest.mark.usefixtures("known")
def test_a_reviewed_change_is_in_force(forge, approve, publish):
    forge.open(_relax(forge), number=13)
    forge.review("ayu", number=13)
    forge.merge(number=13)
    ran = approve(number=13)
    assert ran.code == 0, ran.out
    assert "approved policy of kopi-senja by ayu (review of pull request #13) " in ran.out
    assert publish().err == "1 published\n"


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("reviewer", "why"),
    [
        ("budi", "budi opened the pull request"),
        ("dewi", "dewi has a hand in it"),
        ("eko", "eko may not approve it by the policy in force; @ayu, @citra, @dewi may"),
    ],
)
def test_who_may_not_approve_it_does_not(reviewer, why, forge, approve, publish):
    forge.open({}, number=13)
    forge.push(_relax(forge), login="dewi", number=13)
    forge.review(reviewer, number=13)
    forge.merge(number=13)
    ran = approve(number=13)
    assert (ran.code, why in ran.out) == (4, True), ran.out
    assert publish().code == 4


@pytest.mark.usefixtures("known")
def test_who_appoints_himself_does_not_approve_by_the_next_pull_request(
    forge, approve, publish, post
):
    old, new = "approvers: [ayu, citra, dewi]", "approvers: [ayu, citra, dewi, eko]"
    forge.open(_relax(forge, new, old), number=13)
    forge.merge(number=13)
    approve(number=13)
    forge.open(post("Teks baru"), number=14)
    forge.review("eko", number=14)
    forge.merge(number=14)
    ran = approve(number=14)
    assert (ran.code, "eko may not approve it; @ayu, @citra, @dewi may" in ran.out) == (4, True)
    assert publish().code == 4


@pytest.mark.usefixtures("known")
def test_its_author_does_not_approve_it_by_another_s_pull_request(forge, approve):
    forge.open(_relax(forge), author="ayu", number=13)
    forge.merge(number=13)
    approve(number=13)
    text = (forge.work / BRAND).read_text()
    forge.open({BRAND: text + "about: Kopi\n"}, number=14)
    forge.review("ayu", number=14)
    forge.merge(number=14)
    ran = approve(number=14)
    assert (ran.code, "ayu has a hand in it" in ran.out) == (4, True), ran.out
    forge.review("citra", number=14)
    assert approve(number=14).code == 0


@pytest.mark.usefixtures("known")
def test_a_change_after_the_review_is_not_covered(forge, approve):
    forge.open(_relax(forge, "approval: review\ngrace: 1d"), number=13)
    forge.review("ayu", number=13)
    forge.push(_relax(forge, "grace: 30d", "grace: 1d"), number=13)
    forge.merge(number=13)
    ran = approve(number=13)
    assert (ran.code, "ayu approved another state of it" in ran.out) == (4, True), ran.out


@pytest.mark.usefixtures("known")
def test_a_review_of_something_else_approves_no_policy(forge, approve, publish, post):
    forge.open(_relax(forge), number=13)
    forge.merge(number=13)
    forge.open(post(note="x"), number=14)
    forge.review("ayu", number=14)
    forge.merge(number=14)
    assert "approved policy" not in approve(number=14).out
    assert publish().err == "1 published\n"  # the post was reviewed, the policy is still the old


def test_without_a_ledger_the_policy_before_the_merge_is_in_force(forge, approve, publish, post):
    forge.open({**post(), **_relax(forge)})
    forge.merge()
    ran = approve()
    assert (ran.code, "not approved policy of kopi-senja" in ran.out) == (4, True)
    assert publish().code == 4
