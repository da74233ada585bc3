"""`mimin approve --since`: every pull request that a push merged, and no other."""

from __future__ import annotations

import pytest

OTHER = "content/kopi-senja/posts/lain.md"


@pytest.fixture
def since(forge, repo):
    """Pull main and run the command as the workflow does after a push."""

    def run(before):
        repo.git("pull", "-q", "--ff-only")
        words = ("approve", "--since", before, "--now", "2026-12-01T09:00+07:00")
        return repo.run(*words, env=forge.api.environment)

    return run


@pytest.fixture
def before(repo):
    return repo.git("rev-parse", "HEAD").strip()


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_however_it_was_merged_a_push_leads_to_its_pull_request(
    how, forge, since, before, events, post
):
    forge.open(post("Satu"))
    forge.push(post("Dua"))
    forge.review("ayu")
    forge.on_main({"content/index.md": "# Lain\n"})
    forge.merge(how)
    ran = since(before)
    assert (ran.code, ran.err) == (0, "1 of 1 deliveries approved\n")
    assert [event.by for event in events()] == ["ayu"]


def test_all_that_one_push_merged_is_read_and_one_without_review_hides_no_other(
    forge, since, before, events, post
):
    forge.open(post())
    forge.merge(number=12)
    (text,) = post().values()
    forge.open({OTHER: text.replace("Gajian", "Lain")}, number=13)
    forge.review("ayu", number=13)
    forge.merge(number=13)
    ran = since(before)
    assert ran.code == 4
    assert "no review of #12 approves it" in ran.out
    assert [event.key for event in events()] == ["kopi-senja/lain@bluesky"]


def test_one_that_can_not_be_judged_holds_up_no_other_and_fails(forge, since, before, events, post):
    forge.open(post())
    forge.merge()
    (text,) = post().values()
    forge.open({OTHER: text.replace("Gajian", "Lain")}, number=13)
    forge.review("ayu", number=13)
    forge.merge(number=13)
    forge.answers["/repos/kopi-senja/accounts/pulls/12/reviews"] = (404, {"message": "gone"}, {})
    ran = since(before)
    assert ran.code == 1
    assert "the reviews of #12" in ran.err
    assert len(events()) == 1


def test_what_was_merged_before_is_not_read_again(forge, since, repo, events, post):
    forge.open(post())
    forge.review("ayu")
    forge.merge()
    repo.git("pull", "-q", "--ff-only")
    ran = since(repo.git("rev-parse", "HEAD").strip())
    assert (ran.code, ran.err, events()) == (0, "no pull request was merged\n", [])


def test_a_push_without_a_pull_request_approves_nothing(forge, since, before, events, post):
    forge.on_main(post())
    ran = since(before)
    assert (ran.code, ran.err, events()) == (0, "no pull request was merged\n", [])


def test_a_commit_that_came_along_from_another_branch_brings_no_approvers_of_that(
    forge, since, before, events, post
):
    """It was merged into `side`; main got it by another pull request, which nobody approved."""
    forge.git("checkout", "-q", "-b", "side")
    forge.git("push", "-q", "origin", "side")
    forge.open(post(), into="side")
    forge.review("ayu")
    merged = forge.merge()
    forge.git("checkout", "-q", "main")
    forge.git("merge", "-q", "--ff-only", merged)
    forge.git("push", "-q", "origin", "main")
    forge.pulls[12].merged = "0" * 40
    ran = since(before)
    assert (ran.code, events()) == (0, [])


@pytest.mark.parametrize("gone", ["0" * 40, "1" * 40])
def test_where_the_commit_before_is_not_here_the_newest_is_looked_at(
    gone, forge, since, before, events, post
):
    """A new branch has none, and a push by force has thrown it away."""
    forge.open(post())
    forge.review("ayu")
    forge.merge()
    assert since(gone).code == 0
    assert len(events()) == 1
    asked = [path for _, path, _ in forge.asked if "/commits/" in path]
    assert len(asked) == 1


def test_a_server_that_does_not_say_fails_the_run(forge, since, before, post):
    forge.open(post())
    merged = forge.merge()
    path = f"/repos/kopi-senja/accounts/commits/{merged}/pulls"
    forge.answers[path] = (403, {"message": "Resource not accessible"}, {})
    ran = since(before)
    assert ran.code == 1
    assert "this token may not ask that" in ran.err


def test_one_of_the_three_ways_is_chosen(repo):
    assert repo.run("approve").code == 2
    assert repo.run("approve", "--since", "HEAD", "--pull", "3").code == 2
    assert repo.run("approve", "kedai/buka", "--since", "HEAD").code == 2
