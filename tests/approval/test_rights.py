"""Who may approve: the brand's approvers, else the owners of the post, else nobody."""

from __future__ import annotations

import pytest

BRAND = "content/kopi-senja/brand.yml"


@pytest.fixture
def owned(forge, repo):
    """Leave it to CODEOWNERS, with these lines."""

    def write(lines):
        text = (repo.root / BRAND).read_text().replace("approvers: [ayu, citra, dewi]\n", "")
        forge.on_main({BRAND: text, ".github/CODEOWNERS": lines})

    return write


def test_without_approvers_the_owners_of_the_path_approve(forge, approve, events, owned, post):
    owned("* @rara\n/content/kopi-senja/ @eko\n")
    forge.open(post())
    forge.review("rara")
    forge.review("Eko")
    forge.merge()
    ran = approve()
    assert [event.by for event in events()] == ["Eko"]
    assert ran.code == 0


def test_the_brand_s_approvers_go_before_owners(forge, approve, events, post):
    forge.on_main({".github/CODEOWNERS": "* @eko\n"})
    forge.open(post())
    forge.review("eko")
    forge.merge()
    ran = approve()
    assert (ran.code, events()) == (4, [])
    assert "eko may not approve it; @ayu, @citra, @dewi may" in ran.out


def test_where_nobody_may_approve_the_way_out_is_said(forge, approve, events, owned, post):
    owned("/calendar/ @eko\n")
    forge.open(post())
    forge.review("eko")
    forge.merge()
    ran = approve()
    assert (ran.code, events()) == (4, [])
    assert "nobody may approve it" in ran.out
    assert "`approvers:` in content/kopi-senja/brand.yml and no owner in CODEOWNERS" in ran.out


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_owners_are_those_of_the_base_branch(how, forge, approve, events, owned, post):
    owned("* @eko\n")
    forge.open({".github/CODEOWNERS": "* @mallory\n"})
    forge.push(post())
    forge.review("mallory")
    forge.merge(how)
    assert (approve().code, events()) == (4, [])


def test_github_s_own_folder_goes_before_the_others(forge, approve, events, owned, post):
    owned("* @eko\n")
    forge.on_main({"CODEOWNERS": "* @mallory\n", "docs/CODEOWNERS": "* @mallory\n"})
    forge.open(post())
    forge.review("mallory")
    forge.merge()
    assert (approve().code, events()) == (4, [])


@pytest.mark.parametrize(
    ("members", "counts"),
    [({"eko": "active"}, True), ({"eko": "pending"}, False), ({}, False)],
)
def test_a_team_is_its_active_members(members, counts, forge, approve, events, owned, post):
    owned("* @kopi/social\n")
    forge.teams = {"kopi/social": members}
    forge.open(post())
    forge.review("eko")
    forge.merge()
    approve()
    assert bool(events()) is counts
    asked = [path for _, path, _ in forge.asked if path.startswith("/orgs")]
    assert asked == ["/orgs/kopi/teams/social/memberships/eko"]


def test_a_team_that_may_not_be_asked_about_counts_for_nobody_and_is_said(
    forge, approve, events, owned, post
):
    owned("* @kopi/social rara@example.com\n")
    forge.open(post())
    forge.review("eko")
    forge.merge()
    ran = approve()
    assert (ran.code, events()) == (4, [])
    assert "@kopi/social does not count" in ran.err
    assert "name people instead of the team" in ran.err
    assert "rara@example.com is an e-mail address" in ran.err


def test_a_label_that_needs_two_waits_for_a_second_person(
    forge, approve, events, plan, publish, post
):
    forge.open(post(labels="[promo]"))
    forge.review("ayu")
    forge.merge()
    ran = approve()
    missing = "approved by ayu, one more person is needed (label promo)"
    assert ran.code == 4
    assert missing in ran.out
    assert (plan()[0]["cause"], plan()[0]["note"]) == ("unapproved", missing)
    assert plan()[0]["approved"] == ["ayu"]
    assert publish().code == 4
    forge.review("citra")
    assert approve().code == 0
    assert [event.by for event in events()] == ["ayu", "citra"]
    assert publish().err == "1 published\n"


def test_taking_the_label_off_does_not_do_away_with_the_second_person(
    forge, approve, plan, publish, post
):
    forge.open(post(labels="[promo]"))
    forge.review("ayu")
    forge.merge()
    approve()
    forge.on_main(post())
    approve()
    assert "it had a label that needs two" in plan()[0]["note"]
    assert publish().code == 4


def test_a_brand_may_name_a_team(forge, approve, events, repo, post):
    brand = (repo.root / BRAND).read_text().replace("[ayu, citra, dewi]", "['@kopi/social']")
    forge.on_main({BRAND: brand})
    forge.teams = {"kopi/social": {"eko": "active"}}
    forge.open(post())
    forge.review("eko")
    forge.review("ayu")
    forge.merge()
    assert approve().code == 0
    assert [event.by for event in events()] == ["eko"]
