"""Alarms as GitHub issues: one each, opened once, kept up to date, closed when it is over."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from github_server import TOKEN
from markdown_it import MarkdownIt

from mimin.networks.github_issues import Issue

EARLY, LATE = "2026-12-01T10:20+07:00", "2026-12-01T11:00+07:00"


@pytest.fixture
def watch(late_place, hub):
    hub.run("2026-12-01T02:00:00Z")

    def run(now=LATE, **env):
        environment = {**hub.environment, **env}
        return late_place.run("watch", "--issues", "--now", now, env=environment)

    return run


def test_an_alarm_opens_one_issue_with_its_name_and_its_label(watch, hub):
    ran = watch()
    assert ran.code == 4
    (issue,) = hub.issues
    assert issue["title"].startswith("missed: no run came")
    assert "<!-- mimin-alarm missed:kopi-senja -->" in issue["body"]
    assert "proses tidak datang" in issue["body"]
    assert "/kopi-senja/accounts/blob/HEAD/content/handbook/runbook.md#missed" in issue["body"]
    assert [label["name"] for label in issue["labels"]] == ["mimin-alarm"]
    assert "opened #1 missed:kopi-senja" in ran.err


def test_looking_again_writes_nothing(watch, hub):
    watch()
    watch(now="2026-12-01T11:10+07:00")
    assert hub.written == ["POST /issues"]


def test_an_issue_is_changed_in_place_when_more_is_behind_its_alarm(watch, hub, late_place):
    watch()
    late_place.write({"content/kopi-senja/posts/lagi.md": "---\naccounts: [bluesky]\n"
                      "at: 2026-12-01 10:20\n---\nLagi!\n"})  # fmt: skip
    late_place.commit()
    watch()
    (issue,) = hub.issues
    assert "lagi" in issue["body"]
    assert hub.written == ["POST /issues", "PATCH /issues/1"]


def test_the_issue_is_closed_when_the_alarm_is_over(watch, hub, late_place):
    watch()
    late_place.run("publish", "--now", LATE)
    assert watch().code == 0
    assert (hub.issues[0]["state"], hub.issues[0]["state_reason"]) == ("closed", "completed")
    assert hub.open == []


def test_an_alarm_that_comes_back_gets_an_issue_of_its_own(watch, hub):
    watch()
    watch(now=EARLY)
    watch()
    assert [issue["state"] for issue in hub.issues] == ["closed", "open"]


def test_what_a_person_has_closed_stays_closed_while_it_lasts(watch, hub):
    watch()
    hub.issues[0].update(state="closed", title="We know")
    watch()
    assert (len(hub.issues), hub.open) == (1, [])
    assert hub.written == ["POST /issues"], "what is closed is not written to either"
    watch(now=EARLY)  # it is over
    watch()
    assert len(hub.open) == 1


def test_of_two_issues_for_one_alarm_the_older_stays(watch, hub):
    """Two runs may have opened one each, or an answer was lost."""
    watch()
    hub.add(hub.issues[0]["title"], hub.issues[0]["body"])
    watch()
    assert [issue["number"] for issue in hub.open] == [1]


def test_other_issues_are_left_alone(watch, hub):
    hub.add("A person's own", "about mimin", labels=[{"name": "mimin-alarm"}])
    hub.add("Quoted", "<!-- mimin-alarm held:x/y -->", labels=[])
    hub.add("A pull request", "<!-- mimin-alarm held:x/z -->",
            pull_request={"url": "https://example.com", "html_url": None, "diff_url": None,
                          "patch_url": None})  # fmt: skip
    watch()
    assert hub.written == ["POST /issues"]


def test_alarms_beyond_one_page_are_found(watch, hub):
    watch()
    hub.issues += [dict(hub.issues[0], number=number, labels=[{"name": "mimin-alarm"}],
                        body="", title="x") for number in range(2, 150)]  # fmt: skip
    watch()
    assert hub.written == ["POST /issues"]


def test_a_token_that_may_not_write_is_said_in_one_line_without_the_token(watch, hub):
    hub.api.refuses = {"POST": 403}
    ran = watch()
    assert ran.code == 4, "the alarm counts more than that nobody could be told"
    assert re.search(r"^mimin: an issue can not be written: .*issues: write", ran.err, re.MULTILINE)
    assert TOKEN not in ran.err + ran.out


def test_words_of_users_and_servers_ping_nobody_and_make_no_markup(alarms_in):
    from publishing_fakes import event

    from mimin.model.event import Kind
    from mimin.watch.issues import body_of, title_of

    reason = "@rara <b>x</b>\n<!-- mimin-alarm a:b -->\n<!-- mimin-alarm-ended -->\n`#1` \u202e"
    (alarm,) = alarms_in(event(Kind.CLAIMED), event(Kind.UNKNOWN, reason=reason))
    body = body_of(alarm, "")
    assert re.search(r"@\w", title_of(alarm)) is None
    tokens = MarkdownIt("commonmark").parse(body)
    inline = [part for token in tokens for part in token.children or () if part.content]
    outside = " ".join(part.content for part in inline if part.type != "code_inline")
    assert not re.search(r"[@<#\u202e]", outside)
    assert all(part.type in {"text", "code_inline"} for part in inline)
    assert [token.content for token in tokens if token.type == "html_block"] == [
        f"<!-- mimin-alarm {alarm.id} -->"
    ]


def test_what_others_wrote_into_an_alarm_neither_ends_it_nor_gives_it_another_name(alarms_in):
    from publishing_fakes import event

    from mimin.model.event import Kind
    from mimin.watch.issues import body_of, keep_issues, title_of

    reason = "x\n<!-- mimin-alarm a:b -->\n<!-- mimin-alarm-ended -->\n"
    alarms = alarms_in(event(Kind.CLAIMED), event(Kind.UNKNOWN, reason=reason))
    (alarm,) = alarms
    issue = Issue(number=1, title=title_of(alarm), body=body_of(alarm, ""), state="open")
    tracker = SimpleNamespace(list=lambda: [issue])
    assert keep_issues(alarms, tracker, "") == []


def test_issues_without_a_token_is_a_usage_error(late_place):
    ran = late_place.run("watch", "--issues", "--repo", "a/b", "--now", LATE)
    assert (ran.code, ran.err) == (2, "mimin: --issues needs GITHUB_TOKEN in the environment\n")
