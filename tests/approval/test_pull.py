"""Approval by GitHub: which review covers what was merged, and what does not get out."""

from __future__ import annotations

import pytest
from github_server import TOKEN

KEY = "kopi-senja/gajian@bluesky"
WAYS = ["merge", "squash", "rebase"]


def test_what_somebody_else_approved_is_published(forge, approve, publish, events, post):
    pull = forge.open(post())
    review = forge.review("ayu")
    forge.merge()
    ran = approve()
    assert (ran.code, ran.err) == (0, "1 of 1 deliveries approved\n")
    (event,) = events()
    assert (event.key, event.by, event.reason) == (KEY, "ayu", "review of pull request #12")
    handles = dict(event.handles)
    assert handles.pop("shape").startswith("text=")
    assert handles == {
        "via": "github",
        "pull": "12",
        "review": str(review["id"]),
        "commit": forge.head(),
    }
    assert pull.merged != event.handles["commit"]
    assert publish().err == "1 published\n"


@pytest.mark.parametrize("how", WAYS)
def test_however_it_was_merged_the_same_content_is_covered(how, forge, approve, events, post):
    forge.open(post("Satu"))
    forge.push(post("Dua"))
    forge.push(post("Tiga"))
    forge.review("ayu")
    forge.on_main({"content/index.md": "# Lain\n"})
    forge.merge(how)
    assert approve().code == 0
    assert len(events()) == 1


@pytest.mark.parametrize("how", WAYS)
def test_a_change_after_the_approval_is_not_covered(how, forge, approve, events, publish, post):
    forge.open(post("Satu"))
    forge.review("ayu")
    forge.push(post("Dua"))
    forge.merge(how)
    ran = approve()
    assert ran.code == 4
    assert "the text changed since ayu approved" in ran.out
    assert events() == []
    assert publish().code == 4
    assert "published kopi" not in publish().out


def test_a_head_that_was_pushed_anew_with_the_same_content_stays_approved(
    forge, approve, events, post
):
    forge.open(post("Satu"))
    old = forge.head()
    forge.review("ayu")
    forge.force(post("Satu"))
    forge.push({"content/index.md": "# Lain\n"})
    assert forge.head() != old
    forge.merge("squash")
    assert approve().code == 0
    assert events()[0].handles["commit"] == old


def test_a_reviewed_commit_that_is_gone_covers_nothing(forge, approve, events, post):
    forge.open(post("Satu"))
    forge.review("ayu", commit="0123456789" * 4)
    forge.review("citra", commit_id=None)
    forge.merge()
    ran = approve()
    assert ran.code == 4
    assert "ayu approved a commit that is gone; ask ayu to review it again" in ran.out
    assert "citra approved a commit that is gone" in ran.out
    assert events() == []


def test_merging_without_a_review_records_nothing_and_nothing_gets_out(
    forge, approve, events, publish, plan, post
):
    forge.open(post())
    forge.merge()
    ran = approve()
    assert (ran.code, events()) == (4, [])
    assert "no review of #12 approves it" in ran.out
    assert plan()[0]["note"] == "nobody has approved it yet"
    ran = publish()
    assert ran.code == 4
    assert "published kopi" not in ran.out


def test_a_review_after_the_merge_is_the_way_out(forge, approve, events, post):
    forge.open(post())
    forge.merge()
    assert approve().code == 4
    forge.review("ayu")
    assert approve().code == 0
    assert [event.by for event in events()] == ["ayu"]


@pytest.mark.parametrize(
    ("last", "counts"),
    [("CHANGES_REQUESTED", False), ("DISMISSED", False), ("COMMENTED", True), ("PENDING", True)],
)
def test_the_last_word_of_a_reviewer_counts_and_a_comment_is_none(
    last, counts, forge, approve, events, post
):
    forge.open(post())
    forge.review("ayu")
    forge.review("ayu", last)
    forge.merge()
    approve()
    assert bool(events()) is counts


@pytest.mark.parametrize("state", ["COMMENTED", "CHANGES_REQUESTED", "DISMISSED"])
def test_only_an_approval_approves(state, forge, approve, events, post):
    forge.open(post())
    forge.review("ayu", state)
    forge.merge()
    assert (approve().code, events()) == (4, [])


def test_one_reviewer_s_no_is_not_another_s(forge, approve, events, post):
    """Whether a no blocks the merge is the branch's protection; here it only is no yes."""
    forge.open(post())
    forge.review("citra", "CHANGES_REQUESTED")
    forge.review("ayu")
    forge.merge()
    approve()
    assert [event.by for event in events()] == ["ayu"]


@pytest.mark.parametrize("spelling", ["ayu", "Ayu"])
def test_whoever_opened_it_can_not_approve_it(spelling, forge, approve, events, post):
    forge.open(post(), author="ayu")
    forge.review(spelling)
    forge.merge()
    ran = approve()
    assert (ran.code, events()) == (4, [])
    assert "opened the pull request" in ran.out


@pytest.mark.parametrize("how", WAYS)
def test_whoever_wrote_a_part_of_it_can_not_approve_it(how, forge, approve, events, post):
    forge.open(post("Satu"))
    forge.push(post("Dua"), login="ayu")
    forge.push(post("Tiga"))
    forge.review("ayu")
    forge.merge(how)
    ran = approve()
    assert (ran.code, events()) == (4, [])
    assert "ayu has a hand in it (commit" in ran.out


def test_writing_something_else_in_the_same_pull_request_is_no_hindrance(
    forge, approve, events, post
):
    forge.open(post())
    forge.push({"content/index.md": "# Lain\n"}, login="ayu")
    forge.review("ayu")
    forge.merge()
    assert approve().code == 0
    assert len(events()) == 1


def test_taking_in_the_base_branch_makes_nobody_an_author(forge, approve, events, post):
    forge.open(post())
    forge.on_main({"content/index.md": "# Lain\n"})
    forge.git("checkout", "-q", "work-12")
    forge.git("merge", "-q", "main", "-m", "Update", login="ayu")
    forge._publish(forge.pulls[12])
    forge.review("ayu")
    forge.merge()
    assert approve().code == 0
    assert [event.by for event in events()] == ["ayu"]


def test_a_change_slipped_into_a_merge_commit_has_an_author(forge, approve, events, post):
    forge.open(post("Satu"))
    forge.on_main({"content/index.md": "# Lain\n"})
    forge.git("checkout", "-q", "work-12")
    forge.git("merge", "-q", "--no-commit", "--no-ff", "main", login="ayu")
    merge = forge.commit(post("Dua"), "ayu")
    assert len(forge.git("rev-list", "--parents", "-n1", merge).split()) == 3
    forge._publish(forge.pulls[12])
    forge.review("ayu")
    forge.merge()
    ran = approve()
    assert (ran.code, events()) == (4, [])
    assert "ayu has a hand in it (commit" in ran.out, ran.out


def test_an_unknown_author_is_told_by_name_and_said(forge, approve, events, post):
    forge.unlinked = {"ayu"}
    forge.open(post("Satu"))
    forge.push(post("Dua"), login="ayu")
    forge.review("ayu")
    forge.merge()
    ran = approve()
    assert (ran.code, events()) == (4, [])
    assert "GitHub knows nobody by its author's e-mail address" in ran.err


def test_a_bot_is_no_person(forge, approve, events, post):
    forge.open(post())
    forge.review("ayu", kind="Bot")
    forge.merge()
    assert (approve().code, events()) == (4, [])


def test_a_reviewer_who_left_github_is_nobody(forge, approve, events, post):
    forge.open(post())
    forge.review(None)
    forge.merge()
    assert (approve().code, events()) == (4, [])


def test_running_it_again_appends_nothing(forge, approve, events, post):
    forge.open(post())
    forge.review("ayu")
    forge.merge()
    approve()
    ran = approve()
    assert ran.code == 0
    assert ran.out.startswith(f"known {KEY} by ayu")
    assert len(events()) == 1


def test_reviews_on_later_pages_count(forge, approve, events, post):
    forge.page = 30
    forge.open(post())
    for _ in range(64):
        forge.review("eko", "COMMENTED")
    forge.review("ayu")
    forge.merge()
    assert approve().code == 0
    assert len(events()) == 1
    pages = [path for _, path, _ in forge.asked if "/reviews" in path]
    assert len(pages) == 3


def test_what_others_merged_meanwhile_is_not_approved_along(forge, approve, events, post):
    forge.open(post())
    forge.review("ayu")
    other = post()
    (text,) = other.values()
    forge.on_main({"content/kopi-senja/posts/lain.md": text.replace("Gajian", "Lain")})
    forge.merge("squash")
    assert approve().code == 0
    assert [event.key for event in events()] == [KEY]


def test_approved_content_that_the_base_branch_changed_is_not_covered(
    forge, approve, events, post, repo
):
    """The text is as it was reviewed; the card template behind its picture, say, is not."""
    forge.on_main(post("Satu", language="id"))
    forge.open(post("Dua", language="id"))
    forge.review("ayu")
    forge.on_main({"content/kopi-senja/posts/gajian.bluesky.md": "---\nlanguage: en\n---\n"})
    forge.merge("squash")
    ran = approve()
    assert (ran.code, events()) == (4, [])
    assert "the language changed since ayu approved" in ran.out
    assert "open another pull request that touches it" in ran.out
    forge.open(post("Dua", language="id", note="Sekali lagi"), number=13)
    forge.review("ayu", number=13)
    forge.merge(number=13)
    assert approve(number=13).code == 0
    assert len(events()) == 1


def test_a_pull_request_that_is_not_merged_records_nothing(forge, approve, events, post):
    forge.open(post())
    forge.review("ayu")
    ran = approve()
    assert ran.code == 1
    assert ran.err == (
        "mimin: pull request #12 is not merged; its approvals are recorded when it is\n"
    )
    assert events() == []


def test_a_branch_with_approvers_of_its_own_makes_nobody_an_approver(
    forge, approve, events, post, repo
):
    forge.git("checkout", "-q", "-b", "side")
    brand = (repo.root / "content/kopi-senja/brand.yml").read_text()
    forge.commit({"content/kopi-senja/brand.yml": brand.replace("ayu", "mallory")}, "budi")
    forge.git("push", "-q", "origin", "side")
    forge.open(post(), into="side")
    forge.review("mallory")
    forge.merge()
    ran = approve()
    assert (ran.code, events()) == (1, [])
    assert "went into side, which is not what is checked out" in ran.err
    forge.git("checkout", "-q", "main")
    forge.git("merge", "-q", "--no-ff", "-m", "Bring it in", "side")
    forge.git("push", "-q", "origin", "main")
    assert approve().code == 1
    assert events() == []


@pytest.mark.parametrize("how", WAYS)
def test_a_pull_request_can_not_appoint_its_own_approver(how, forge, approve, events, post, repo):
    brand = (repo.root / "content/kopi-senja/brand.yml").read_text()
    forge.open({"content/kopi-senja/brand.yml": brand.replace("ayu", "mallory")})
    forge.push(post())
    forge.review("mallory")
    forge.merge(how)
    ran = approve()
    assert (ran.code, events()) == (4, [])
    assert "mallory may not approve it; @ayu, @citra, @dewi may" in ran.out


def test_a_time_may_move_without_a_new_approval(forge, approve, publish, plan, post):
    forge.open(post(at="2026-12-01 15:00"))
    forge.review("ayu")
    forge.merge()
    approve()
    forge.open(post(at="2026-12-01 09:00"), number=13)
    forge.merge(number=13)
    approve(number=13)
    (line,) = plan()
    assert (line["cause"], line["note"]) == ("due", "approved by ayu")
    assert line["approved"] == ["ayu"]
    assert publish().err == "1 published\n"


def test_a_post_that_was_a_draft_is_approved_when_it_stops_being_one(forge, approve, events, post):
    forge.open(post(draft="true"))
    forge.review("ayu")
    forge.merge()
    assert approve().err == "0 of 0 deliveries approved\n"
    forge.open(post(), number=13)
    forge.review("citra", number=13)
    forge.merge(number=13)
    assert approve(number=13).code == 0
    assert [event.by for event in events()] == ["citra"]


def test_a_moved_file_keeps_its_approval(forge, approve, plan, post):
    forge.open(post())
    forge.review("ayu")
    forge.merge()
    approve()
    (text,) = post().values()
    moved = {"content/kopi-senja/posts/2026/gajian.md": text}
    forge.open(dict.fromkeys(post()) | moved, number=13)
    forge.merge(number=13)
    assert approve(number=13).err == "1 of 1 deliveries approved\n"
    assert plan()[0]["cause"] == "due"


def test_the_token_is_in_one_header_and_nowhere_else(forge, approve, repo, post):
    forge.open(post())
    forge.review("ayu")
    forge.merge()
    ran = approve()
    for method, path, headers in forge.asked:
        assert method == "GET"
        assert TOKEN not in path
        others = {name: value for name, value in headers.items() if name != "authorization"}
        assert TOKEN not in str(others)
        assert headers["accept"] == "application/vnd.github+json"
        assert headers["x-github-api-version"] == "2022-11-28"
    assert TOKEN not in ran.out + ran.err
    assert TOKEN not in repo.git("log", "-p", "--all")


PULL = "/repos/kopi-senja/accounts/pulls/12"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((404, {"message": "Not Found"}, {}), "GitHub knows no such thing, or this token may not"),
        ((403, {"message": f"No: {TOKEN}"}, {}), "this token may not ask that"),
        (
            (403, {"message": "API rate limit exceeded"}, {"x-ratelimit-remaining": "0"}),
            "wait, then run it again",
        ),
        ((429, {"message": "Too many"}, {"retry-after": "60"}), "run it again"),
        ((401, {"message": "Bad credentials"}, {}), "GITHUB_TOKEN is not valid any more"),
        ((200, {"number": 12}, {}), "not as documented"),
        ((301, {"message": "Moved Permanently"}, {"location": "/x"}), "answered 301"),
    ],
)
def test_what_github_refuses_is_one_line_and_records_nothing(
    answer, said, forge, approve, events, post
):
    forge.open(post())
    forge.review("ayu")
    forge.merge()
    forge.answers[PULL] = answer
    ran = approve()
    assert ran.code == 1
    assert said in ran.err
    assert ran.err.count("\n") == 1
    assert TOKEN not in ran.err
    assert events() == []


def test_the_next_page_is_not_asked_for_elsewhere(forge, approve, post):
    forge.open(post())
    forge.merge()
    link = {"link": '<https://evil.invalid/next>; rel="next"'}
    forge.answers[f"{PULL}/reviews"] = (200, [], link)
    ran = approve()
    assert ran.code == 1
    assert "points to another server" in ran.err


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"GITHUB_TOKEN": ""}, "GITHUB_TOKEN is not set"),
        ({"GITHUB_TOKEN": "two words"}, "holds characters that no token has"),
        ({"GITHUB_REPOSITORY": ""}, "Give --repo OWNER/NAME"),
        ({"GITHUB_REPOSITORY": "x"}, "'x' is not a repository"),
        ({"GITHUB_API_URL": "http://api.example.com"}, "is not https"),
    ],
)
def test_a_wrong_call_is_said_in_one_line(env, said, forge, approve):
    ran = approve(env=env)
    assert ran.code == 2
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_a_clone_without_history_is_refused(forge, approve, repo, post):
    forge.open(post())
    forge.review("ayu")
    forge.merge()
    repo.git("pull", "-q", "--ff-only")
    (repo.root / ".git/shallow").write_text(repo.git("rev-parse", "HEAD"))
    ran = approve()
    assert ran.code == 1
    assert "fetch-depth: 0" in ran.err


def test_a_cache_that_came_with_the_repository_is_not_believed(forge, approve, events, repo, post):
    """Somebody commits a cache that gives the reviewed state the digest of what was merged."""
    from mimin.workspace.cache import Cache

    forge.open(post("Satu"))
    forge.review("ayu")
    forge.push(post("Dua"))
    forge.merge()
    repo.git("pull", "-q", "--ff-only")
    repo.run("plan", "--all", "--now", "2026-12-01T09:00+07:00")
    name = repo.root / ".mimin/cache.sqlite3"
    cache = Cache(name)
    (path, (stamp, value)) = next(iter(cache.load("post:").items()))
    head = forge.git("rev-parse", "work-12~1:content/kopi-senja/posts/gajian.md")
    new = forge.git("rev-parse", "work-12:content/kopi-senja/posts/gajian.md")
    assert new in value
    cache.save([(path, stamp, value.replace(new, head))])
    cache.close()
    repo.git("add", "-f", ".mimin/cache.sqlite3")
    assert approve().code == 4
    assert events() == []


def test_more_commits_than_github_tells_are_refused(forge, approve, events, post):
    forge.open(post())
    forge.review("ayu")
    forge.merge()
    status, body, headers = forge.answer("GET", PULL, {})
    forge.answers[PULL] = (status, body | {"commits": 251}, headers)
    ran = approve()
    assert (ran.code, events()) == (1, [])
    assert "has 251 commits" in ran.err


def test_a_server_of_one_s_own_is_asked_under_its_own_path(forge, approve, events, post):
    forge.page = 1
    forge.open(post())
    forge.review("citra", "COMMENTED")
    forge.review("ayu")
    forge.merge()
    forge.api.prefix = "/api/v3"
    assert approve(env={"GITHUB_API_URL": f"{forge.api.url}/api/v3"}).code == 0
    assert len(events()) == 1
    assert all(path.startswith("/api/v3/repos/") for _, path, _ in forge.asked)


def test_a_link_out_of_the_repository_is_not_laid_out_and_holds_up_no_other_post(
    forge, approve, events, post
):
    forge.open(post())
    forge.git("checkout", "-q", "work-12")
    (forge.work / "content/kopi-senja/posts/away.md").symlink_to("/etc/passwd")
    forge.push({})
    forge.review("ayu")
    forge.merge()
    ran = approve()
    assert [event.key for event in events()] == ["kopi-senja/gajian@bluesky"]
    assert ran.code == 1  # as for every error in the files
    assert "posts/away.md:1:1: error: can not be read: it is a symbolic link" in ran.err


def test_attributes_that_leave_files_out_of_archives_leave_none_out_of_a_review(
    forge, approve, events, post
):
    forge.open(post())
    forge.push({".gitattributes": "content/** export-ignore\n"})
    forge.review("ayu")
    forge.merge()
    assert approve().code == 0
    assert [event.key for event in events()] == ["kopi-senja/gajian@bluesky"]
