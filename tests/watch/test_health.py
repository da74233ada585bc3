"""The publishing workflow itself: switched off, overdue, failing."""

from __future__ import annotations

import json

import pytest
from github_server import REPOSITORY

NOW = "2026-12-01T09:00+07:00"  # 02:00 UTC


@pytest.fixture
def codes(late_place, hub):
    def look(**env):
        ran = late_place.run(
            "watch", "--format", "json", "--now", NOW, env={**hub.environment, **env}
        )
        return [alarm["code"] for alarm in json.loads(ran.out)["alarms"]], ran

    return look


def test_a_workflow_that_runs_is_no_alarm(codes, hub):
    hub.run("2026-12-01T01:00:00Z")
    found, ran = codes()
    assert (found, ran.code) == ([], 0)


@pytest.mark.parametrize("state", ["disabled_inactivity", "disabled_manually", "deleted"])
def test_a_workflow_that_is_not_started_any_more_is_an_alarm(codes, hub, state):
    hub.state = state
    hub.run("2026-12-01T01:59:00Z")
    found, ran = codes()
    assert (found, ran.code) == (["workflow-off"], 4)
    assert state in ran.out


def test_a_workflow_that_has_not_run_for_three_hours_is_an_alarm(codes, hub):
    hub.run("2026-11-30T22:59:00Z")
    assert codes()[0] == ["workflow-late"]
    hub.run("2026-11-30T23:01:00Z")
    assert codes()[0] == []


def test_a_workflow_that_never_ran_is_an_alarm(codes):
    assert codes()[0] == ["workflow-late"]


def test_the_last_finished_run_counts_whether_or_not_one_is_under_way(codes, hub):
    hub.run("2026-12-01T01:00:00Z")
    hub.run("2026-12-01T01:30:00Z", conclusion="failure")
    hub.run("2026-12-01T01:55:00Z", conclusion=None, status="in_progress")
    found, ran = codes()
    assert found == ["workflow-failed"]
    assert f"https://github.com/{REPOSITORY}/actions/runs/1" in ran.out


def test_a_repository_without_the_workflow_is_no_alarm(codes, hub):
    hub.has_workflow = False
    assert codes()[0] == []


def test_a_github_that_does_not_answer_hides_no_alarm_and_is_told(codes, hub):
    hub.api.refuses = {"GET": 403}
    found, ran = codes()
    assert (found, ran.code) == ([], 1)
    assert "publish.yml can not be read" in ran.err


def test_without_a_token_nobody_is_asked(codes, hub):
    found, ran = codes(GITHUB_TOKEN="")
    assert (found, ran.code, hub.asked) == ([], 0, [])
