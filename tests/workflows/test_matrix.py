"""`mimin plan --matrix`: the jobs of the publishing workflow."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from mimin.networks.sandbox_faults import Fault, inject
from mimin.planning.matrix import MOST, as_matrix, jobs
from mimin.planning.plan import Action, Cause

NOW = "2026-12-01T09:00+07:00"
POST = "---\nat: 2026-12-01 09:{minute}\naccounts: [bluesky, mastodon]\n---\nGajian!\n"
LATE_POST = "---\nat: 2026-12-01 18:00\naccounts: [bluesky]\n---\nNanti!\n"
FERN = """\
name: Fern
zone: Asia/Jakarta
languages: [id]
accounts:
  bluesky: {network: sandbox, like: bluesky, handle: fern.example.com}
"""


@pytest.fixture
def ready(place):
    place.write(
        {
            "content/fern/brand.yml": FERN,
            "content/kopi-senja/posts/gajian.md": POST.format(minute="10"),
            "content/fern/posts/nanti.md": LATE_POST,
        }
    )
    place.commit()
    return place


def matrix(place, *args, now=NOW):
    ran = place.run("plan", "--matrix", "--now", now, *args)
    assert (ran.code, len(ran.lines)) == (0, 1), ran
    return json.loads(ran.out)["include"]


def test_a_brand_with_something_due_gets_one_job_with_its_own_environment(ready):
    assert matrix(ready, "--lookahead", "15m") == [
        {"brand": "kopi-senja", "environment": "kopi-senja", "due": 2}
    ]


def test_the_brand_whose_turn_comes_first_is_the_first(ready):
    assert [job["brand"] for job in matrix(ready, "--lookahead", "1d")] == ["kopi-senja", "fern"]


def test_there_is_no_job_when_nothing_is_due(ready):
    assert matrix(ready, "--lookahead", "5m") == []


def test_a_brand_can_be_asked_for(ready):
    found = matrix(ready, "--lookahead", "1d", "--brand", "fern")
    assert [job["brand"] for job in found] == ["fern"]


def test_what_is_unknown_gets_a_job_because_the_network_can_be_asked(ready):
    inject(ready.root / ".mimin", "kopi-senja/bluesky", Fault.ANSWER_LOST)
    ready.run("publish", "--now", "2026-12-01T09:10+07:00")
    assert [job["due"] for job in matrix(ready, "--lookahead", "5m")] == [1]


def test_what_is_out_gets_no_job(ready):
    ready.run("publish", "--now", "2026-12-01T09:10+07:00")
    assert matrix(ready, "--lookahead", "5m", now="2026-12-01T09:11+07:00") == []


def test_it_does_not_go_with_a_comparison(ready):
    ran = ready.run("plan", "--matrix", "--base", "HEAD")
    assert (ran.code, "--matrix" in ran.err) == (2, True)


def test_more_brands_than_a_matrix_holds_leave_the_later_ones_to_the_next_run():
    lines = [
        SimpleNamespace(
            post=SimpleNamespace(brand=f"brand-{number}"),
            acts=True,
            action=Action.PUBLISH,
            cause=Cause.DUE,
        )
        for number in range(MOST + 3)
    ]
    kept = json.loads(as_matrix(jobs(lines)))["include"]
    assert (len(kept), kept[0]["brand"]) == (MOST, "brand-0")
