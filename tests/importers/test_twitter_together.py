from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from whenever import Instant

from mimin.importers.report import Outcome
from mimin.importers.sources import plan_from
from mimin.ledger.standing import State as Standing
from mimin.ledger.standing import fold

MERGED = "2021-05-07T10:00:00+00:00"


def codes(arrival) -> set[str]:
    return set(arrival.report.codes)


def test_a_tweet_is_its_text_and_nothing_but_its_text(tweets, options, arrive, sent) -> None:
    text = "# 1 *not* Markdown_ <b>\n- a [link](x)\n\n\n  https://a.example/b_c #tag & co."
    tweets.write("tweets/halo.tweet", f"{text}\n", MERGED)
    arrival = tweets.plan(options)
    assert sent(arrive(arrival)["halo"], "x", arrival) == [text]


def test_what_was_merged_counts_as_sent(tweets, options, arrive) -> None:
    tweets.write("tweets/2021/halo.tweet", "Halo\n", MERGED)
    arrival = tweets.plan(options)
    post = arrive(arrival)["halo"]
    assert post.dues == (Instant.parse_iso("2021-05-07T10:00:00Z"),)
    assert fold(arrival.events)["kedai/halo@x"].state() is Standing.PUBLISHED
    assert "published-assumed" in codes(arrival)


def test_a_file_without_the_suffix_is_named_and_comes_only_on_request(tweets, options) -> None:
    tweets.write("tweets/01-02-2021-survei", "Isi survei\n", MERGED)
    arrival = tweets.plan(options)
    assert arrival.report.files[0].outcome is Outcome.REFUSED
    assert "not-a-tweet-file" in codes(arrival)
    wanted = options.model_copy(update={"include_unsuffixed": True})
    arrival = tweets.plan(wanted)
    assert arrival.report.files[0].outcome is Outcome.IMPORTED
    assert "never-sent" in codes(arrival)
    assert arrival.events == ()
    text = arrival.texts["content/kedai/posts/undated/01-02-2021-survei.md"]
    assert "draft: true" in text
    assert "at:" not in text


def test_a_readme_is_no_tweet_even_on_request(tweets, options) -> None:
    tweets.write("tweets/README.md", "How to tweet\n")
    tweets.write("tweets/a.tweet", "Halo\n")
    wanted = options.model_copy(update={"include_unsuffixed": True})
    assert tweets.plan(wanted).report.counts["refused"] == 1


def test_a_thread_with_media_in_each_part(tweets, options, arrive, sent) -> None:
    tweets.write("media/satu.png", b"1")
    tweets.write("media/dua.jpg", b"2")
    thread = (
        "---\nmedia:\n  - file: satu.png\n    alt: One\n---\nSatu\n\n---\n\n"
        "---\nmedia:\n  - file: dua.jpg\n    alt: Two [2]\n---\nDua\n---\nTiga\n"
    )
    tweets.write("tweets/utas.tweet", thread, MERGED)
    arrival = tweets.plan(options)
    post = arrive(arrival)["utas"]
    assert sent(post, "x", arrival) == ["Satu", "Dua", "Tiga"]
    assert post.fields.media is not None
    assert [(m.file, m.alt) for m in post.fields.media] == [("utas-1.png", "One")]
    assert "![Two \\[2\\]](utas-2.jpg)" in post.body
    assert arrival.report.media == 2
    assert [event.part for event in arrival.events] == [0, 1, 2, 0]


def test_a_thread_may_be_cut_by_another_sign(tweets, options, arrive, sent) -> None:
    text = "---\nthread-delimiter: ====\n---\nSatu\n---\nmasih satu\n====\nDua\n"
    tweets.write("tweets/utas.tweet", text, MERGED)
    arrival = tweets.plan(options)
    found = sent(arrive(arrival)["utas"], "x", arrival)
    assert found == ["Satu\n---\nmasih satu", "Dua"]


URL = "https://twitter.example/kedai/status/1"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (f"---\nretweet: {URL}\n---\n", "retweet-not-mapped", 2),
        (f"---\nretweet: {URL}\n---\nSetuju!\n", "quote-not-mapped", 2),
        (f"---\nreply: {URL}\n---\nTerima kasih\n", "reply-not-mapped", 2),
        ("Kopi atau teh?\n\n( ) kopi\n()  teh\n", "poll-not-mapped", 1),
        ("---\npoll: [kopi, teh]\n---\nMana?\n", "poll-not-mapped", 2),
    ],
)
def test_what_a_post_can_not_say_stays_a_draft_with_a_note(
    tweets, anew, arrive, text, code, line
) -> None:
    tweets.write("tweets/a.tweet", text, MERGED)
    tweets.write("tweets/b.tweet", "Halo\n", MERGED)
    arrival = tweets.plan(anew)
    posts = arrive(arrival)
    assert posts["a"].fields.draft
    assert posts["a"].fields.at is None
    assert posts["b"].dues == (Instant.parse_iso("2026-12-01T02:00:00Z"),)
    note = posts["a"].fields.note or ""
    assert URL in note or "kopi / teh" in note
    assert [(r.code, r.line) for r in arrival.report.remarks if r.path == "tweets/a.tweet"] == [
        (code, line)
    ]


def test_a_schedule_that_the_tool_ignored_is_kept_in_the_note(tweets, options, arrive) -> None:
    text = "---\nschedule: 2021-06-01T10:00\nemoji: yes\n---\nHalo\n"
    tweets.write("tweets/a.tweet", text, MERGED)
    arrival = tweets.plan(options)
    assert arrive(arrival)["a"].fields.note == "schedule: 2021-06-01T10:00"
    assert {"schedule-not-mapped", "key-not-mapped"} <= codes(arrival)


def test_template_names_and_unknown_times_are_named(tweets, options, arrive) -> None:
    tweets.write("tweets/<your-path>.tweet", "Halo\n", MERGED)
    tweets.write("tweets/02-09-2022-Please-change-the-title.tweet", "Halo lagi\n")
    arrival = tweets.plan(options)
    posts = arrive(arrival)
    assert arrival.report.codes["template-name"] == 2
    undated = posts["02-09-2022-please-change-the-title"]
    assert undated.fields.draft
    assert undated.fields.note == "the file's name says 02-09-2022"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"Caf\xe9", "not-utf-8"),
        (b"---\nmedia: [\n---\nHalo\n", "bad-front-matter"),
        (b"---\nmedia: []\n---\n", "empty"),
        (b"a" * (1024 * 1024 + 1), "too-large"),
    ],
)
def test_a_file_that_can_not_be_read_is_refused(tweets, options, content, code) -> None:
    tweets.write("tweets/a.tweet", content, MERGED)
    arrival = tweets.plan(options)
    assert [remark.code for remark in arrival.report.remarks] == [code]
    assert arrival.report.counts["refused"] == 1


def test_a_link_to_another_file_is_not_followed(tweets, options, tmp_path) -> None:
    (tmp_path / "rahasia").write_text("geheim")
    (tweets.root / "tweets/a.tweet").symlink_to(tmp_path / "rahasia")
    arrival = tweets.plan(options)
    assert codes(arrival) == {"not-a-file"}


def test_windows_line_ends_are_read(tweets, options, arrive, sent) -> None:
    tweets.write("tweets/a.tweet", b"Satu\r\n---\r\nDua\r\n", MERGED)
    arrival = tweets.plan(options)
    assert sent(arrive(arrival)["a"], "x", arrival) == ["Satu", "Dua"]


def commit(root: Path) -> None:
    """Commit everything in *root*, long ago."""

    def git(*words: str) -> None:
        who = ["-c", "user.name=Penulis", "-c", "user.email=penulis@example.org"]
        dates = {"GIT_AUTHOR_DATE": "1600000000 +0700", "GIT_COMMITTER_DATE": "1600000000 +0700"}
        path = {"PATH": os.environ["PATH"], "HOME": str(root)}
        subprocess.run(["git", *who, *words], cwd=root, env=dates | path, check=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "Add a tweet")


def test_merge_times_come_from_the_source_repository(tweets, options) -> None:
    tweets.write("tweets/sebuah tweet.tweet", "Halo\n")
    commit(tweets.root)
    arrival = plan_from("twitter-together", tweets.root, options)
    assert {event.due for event in arrival.events} == {Instant.from_timestamp(1600000000)}


def test_the_history_of_a_project_around_the_source_says_nothing(tweets, options) -> None:
    """A folder inside another project has no history of its own, even if paths are alike."""
    tweets.write("tweets/a.tweet", "Halo\n")
    tweets.write("copy/tweets/a.tweet", "Halo\n")
    commit(tweets.root)
    assert plan_from("twitter-together", tweets.root / "copy", options).events == ()


def test_an_empty_part_of_a_thread_is_said(tweets, options) -> None:
    tweets.write("tweets/a.tweet", "\n---\nDua\n---\nTiga\n", MERGED)
    arrival = tweets.plan(options)
    said = [each.message for each in arrival.report.remarks if each.code == "empty-part"]
    assert said == ["part 1 says nothing (x); write it or take it out"]


@pytest.mark.parametrize("before", ["", "Satu\n---\n"])
def test_a_part_that_begins_with_the_sign_of_a_thread_is_said(tweets, options, before) -> None:
    """twitter-together takes the sign for text where nothing stands between front matter and it."""
    front = "---\nmedia:\n  - file: cup.png\n    alt: A cup\n---\n"
    tweets.write("tweets/a.tweet", f"{before}{front}---\nDua\n", MERGED)
    said = [
        each.message for each in tweets.plan(options).report.remarks if each.code == "empty-part"
    ]
    assert len(said) == 1
    assert f"part {2 if before else 1} begins with a line `---`" in said[0]


def test_the_account_is_one_of_x_itself(tweets, options) -> None:
    tweets.write("tweets/a.tweet", "Satu\n", MERGED)
    assert "network: x\n" in tweets.plan(options).texts["content/kedai/brand.yml"]


def test_what_nobody_sees_in_a_tweet_is_left_out_and_told(tweets, options, arrive, sent) -> None:
    tweets.write("tweets/halo.tweet", "Pro\u200bmo \u202a+62 812\u202c ☕\ufe0f\n", MERGED)
    arrival = tweets.plan(options)
    assert sent(arrive(arrival)["halo"], "x", arrival) == ["Promo +62 812 ☕\ufe0f"]
    assert "hidden-left-out" in codes(arrival)
