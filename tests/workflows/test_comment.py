"""`mimin comment`: the one comment on a pull request."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from mimin.publishing.comment import LONGEST, MARK, harmless

NOW = "2026-12-01T09:00+07:00"
SHA = "1f2e3d4c5b6a79880716253443526170fedcba98"
POST = "---\nat: 2026-12-01 10:00\naccounts: [bluesky, mastodon]\n---\n"
PATH = "content/kopi-senja/posts/gajian.md"
PULL = ("--post", "--pull", "12")


@pytest.fixture
def ready(place):
    place.base = place.commit()
    place.write({PATH: POST + "Gajian tiba!\n"})
    place.commit()
    return place


def comment(place, *args, **options):
    return place.run("comment", "--base", place.base, "--now", NOW, *args, **options)


def test_it_shows_the_plan_the_problems_and_what_each_account_gets(ready):
    ran = comment(ready)
    assert (ran.code, ran.lines[0]) == (0, MARK)
    assert "2 to publish, 0 changed, 0 no longer planned" in ran.out
    assert "None in what changed." in ran.out
    assert "bluesky as bluesky: 12/300 graphemes" in ran.out
    assert "  | Gajian tiba!" in ran.out


def test_it_shows_problems_with_their_lines(ready):
    ready.write({PATH: POST + "a" * 400 + "\n"})
    ready.commit()
    ran = comment(ready)
    assert re.search(r"- \*\*error\*\* content/kopi-senja/posts/gajian\.md:\d+: .*400", ran.out)


def test_what_does_not_change_is_not_shown(ready):
    ready.base = ready.git("rev-parse", "HEAD").strip()
    ran = comment(ready)
    assert "Merging this changes nothing that is published." in ran.out
    assert "What each account gets" not in ran.out


HOSTILE = "@kopi/tim ```\n```\n</details><img src=x> [klik](https://evil.example) ````\n"


def test_what_a_post_says_can_neither_call_people_nor_break_out(ready):
    ready.write({PATH: POST.replace("---\nat", "---\ntitle: '@tim <b> ``` |'\nat") + HOSTILE})
    ready.commit()
    body = comment(ready).out
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    fences = [token.content for token in tokens if token.type == "fence"]
    assert len(fences) == 1
    assert "</details><img src=x>" in fences[0]
    outside = body.replace(fences[0], "")
    assert not re.search(r"@\w", outside)
    assert "<b>" not in outside
    assert all("img" not in token.content for token in tokens if token.type == "html_block")


def test_what_is_too_long_is_left_out_whole_and_counted(ready):
    many = {
        f"content/kopi-senja/posts/p{number}.md": POST + f"Pos {number} " + "kopi é " * 35 + "\n"
        for number in range(150)
    }
    ready.write(many)
    ready.commit()
    body = comment(ready).out
    assert len(body.encode()) <= LONGEST
    assert re.search(r"… and \d+ deliveries more than fit here", body)
    assert re.search(r"… and \d+ posts more than fit here; `mimin preview FILE`", body)
    assert body.count("<details>") == body.count("</details>") > 10


def test_the_first_run_posts_and_the_next_ones_write_in_place(ready, talk):
    talk.say("ayu", "Bagus!")
    first = comment(ready, *PULL, env=talk.environment)
    again = comment(ready, *PULL, env=talk.environment)
    ready.write({PATH: POST + "Gajian lagi!\n"})
    ready.commit()
    third = comment(ready, *PULL, env=talk.environment)
    assert [ran.err for ran in (first, again, third)] == [
        "posted on #12\n", "kept on #12\n", "updated on #12\n",
    ]  # fmt: skip
    assert talk.written == ["POST /issues/12/comments", "PATCH /issues/comments/2"]
    assert "Gajian lagi!" in talk.comments[1]["body"]
    assert talk.comments[0]["body"] == "Bagus!"


def test_a_comment_of_somebody_else_is_left_alone_whatever_it_begins_with(ready, talk):
    talk.say("mallory", MARK + "\nmine")
    comment(ready, *PULL, env=talk.environment)
    assert talk.comments[0]["body"] == MARK + "\nmine"
    assert talk.written == ["POST /issues/12/comments"]


def test_our_comment_is_found_behind_a_hundred_others(ready, talk):
    for number in range(120):
        talk.say("ayu", f"{number}")
    talk.say("github-actions[bot]", MARK + "\nold")
    comment(ready, *PULL, env=talk.environment)
    assert talk.written == ["PATCH /issues/comments/121"]


def test_a_token_that_may_not_is_told_what_it_needs(ready, talk):
    talk.refuses["POST"] = 403
    ran = comment(ready, *PULL, env=talk.environment)
    assert ran.code == 1
    assert "pull-requests: write" in ran.err
    assert "ghs_" not in ran.err


def test_without_a_token_nothing_is_posted(ready):
    ran = comment(ready, *PULL, env={"GITHUB_REPOSITORY": "a/b"})
    assert (ran.code, "GITHUB_TOKEN" in ran.err) == (2, True)


@pytest.fixture
def from_fork(place, talk, tmp_path):
    def post(text, head="ayu:gajian", commit=SHA):
        file = tmp_path / "comment.md"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        words = ("comment", "--text", file, "--post", "--head", head, "--commit", commit)
        return place.run(*words, env=talk.environment)

    return post


def test_the_text_of_a_fork_is_posted_without_its_teeth(from_fork, talk):
    ran = from_fork(f"{MARK}\n@tim [x](https://evil.example) <img src=x>\n")
    assert ran.code == 0
    (made,) = talk.comments
    assert made["body"].startswith(MARK + "\n@\u200btim")
    assert "](" not in made["body"]
    assert "<img" not in made["body"]
    assert "own run" in made["body"]


@pytest.mark.parametrize("text", ["hello", f" {MARK}\n", MARK + "\n" + "a" * LONGEST, b"\xff\xfe"])
def test_what_is_no_comment_of_ours_is_not_posted(from_fork, talk, text):
    ran = from_fork(text)
    assert (ran.code, talk.asked) == (2, [])


@pytest.mark.parametrize("where", [{"head": "ayu:lain"}, {"commit": "0" * 40}])
def test_a_pull_request_that_has_moved_on_gets_no_old_text(from_fork, talk, where):
    ran = from_fork(MARK + "\nx\n", **where)
    assert ran.code == 0
    assert "nothing posted" in ran.err
    assert talk.written == []


@given(st.text())
def test_nothing_in_an_untrusted_text_is_a_mention_html_or_a_link(text):
    found = harmless(text)
    assert not re.search(r"@\w|<[a-zA-Z!?]|\]\(|://", re.sub("</?(details|summary)>", "", found))
    assert harmless(found).replace("\u200b", "") == found.replace("\u200b", "")


@pytest.mark.parametrize(
    "words", [(), ("--base", "HEAD", "--text", "README"), ("--base", "HEAD", "--post")]
)
def test_options_that_do_not_go_together_are_refused(ready, words):
    (ready.root / "README").write_text("x")
    assert ready.run("comment", *words).code == 2
