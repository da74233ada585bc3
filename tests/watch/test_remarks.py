"""What waits for a person is found by any command: one line on standard error, never a fetch."""

from __future__ import annotations

import json

import pytest

LATE = "2026-12-01T11:00+07:00"
REMARK = "1 alarm (missed); `mimin watch` says what to do"
POST = "---\naccounts: [bluesky]\nat: 2026-12-01 08:00\n---\nPagi!\n"


@pytest.fixture
def with_ledger(late_place):
    """A run was here at eight; the one at ten did not come."""
    late_place.write({"content/kopi-senja/posts/pagi.md": POST})
    late_place.commit()
    late_place.run("publish", "--now", "2026-12-01T08:00+07:00")
    return late_place


def test_check_plan_and_publish_end_with_the_remark(with_ledger):
    assert REMARK in with_ledger.check(now=LATE).err
    assert REMARK in with_ledger.run("plan", "--now", LATE).err
    other = with_ledger.run("publish", "--account", "mastodon", "--now", LATE)
    assert REMARK in other.err
    assert other.code == 0, "it is a remark; the exit code is about what was asked for"


def test_nothing_is_said_when_nothing_waits(with_ledger):
    with_ledger.run("publish", "--now", LATE)
    for command in ("check", "plan", "publish"):
        assert "alarm" not in with_ledger.run(command, "--now", LATE).err


def test_results_stay_free_of_it(with_ledger):
    ran = with_ledger.run("check", "--format", "json", "--now", LATE)
    assert REMARK in ran.err
    json.loads(ran.out)
    ran = with_ledger.run("plan", "--format", "json", "--now", LATE)
    json.loads(ran.out)


def test_check_says_it_again_when_nothing_has_changed_and_looks_again_when_something_has(
    with_ledger,
):
    assert [REMARK in with_ledger.check(now=LATE).err for _ in range(3)] == [True] * 3
    with_ledger.run("publish", "--now", LATE)
    assert REMARK not in with_ledger.check(now=LATE).err


def test_a_remark_is_made_anew_when_a_time_has_come(with_ledger):
    """Between 08:00 and 10:30 nothing but time goes by."""
    for now, found in (("09:00", False), ("10:29", False), ("10:31", True), ("10:35", True)):
        ran = with_ledger.check(now=f"2026-12-01T{now}+07:00")
        assert (REMARK in ran.err) is found, now
    earlier = with_ledger.check(now="2026-12-01T10:20+07:00")
    assert "alarm" not in earlier.err, "a clock that goes back asks anew"


@pytest.mark.parametrize("minutes", [0, 29, 40, 119, 130, 600])
def test_alarms_stay_the_same_until_the_moment_that_is_told(look_at, minutes):
    from publishing_fakes import NOW, delivery, examined
    from whenever import TimeDelta

    from mimin.watch.watch import find_alarms, next_change

    posts = [
        examined(delivery(expires=NOW + TimeDelta(hours=8))),
        examined(delivery(post="kopi-senja/next", due=NOW + TimeDelta(hours=50)), id="next",
                 draft=True),
    ]  # fmt: skip
    look = look_at(posts=posts, minutes=minutes)
    until = (next_change(look) - NOW).total("minutes")
    assert minutes < until <= minutes + 24 * 60
    last = look_at(posts=posts, minutes=until - 0.1)
    assert find_alarms(last) == find_alarms(look)


def test_the_ledger_s_name_is_the_ledger_s_name():
    from mimin.cli.alarming import _LEDGER
    from mimin.ledger.ledger import BRANCH

    assert _LEDGER == BRANCH


def test_check_says_nothing_where_there_is_no_ledger_or_no_git(late_place, place_at, tmp_path):
    assert "alarm" not in late_place.check(now=LATE).err
    bare = place_at(tmp_path / "bare")
    assert bare.check(now=LATE).code == 0


def test_check_never_asks_the_remote_for_alarms(with_ledger):
    with_ledger.git("remote", "add", "origin", "https://unreachable.invalid/x.git")
    ran = with_ledger.check(now=LATE)
    assert REMARK in ran.err
    assert ran.code == 0


def test_watch_gives_its_codes_subjects_and_words(with_ledger):
    ran = with_ledger.run("watch", "--format", "json", "--now", LATE)
    (row,) = json.loads(ran.out)["alarms"]
    assert ran.code == 4
    assert {key: row[key] for key in ("id", "code", "subject", "urgent", "deliveries")} == {
        "id": "missed:kopi-senja",
        "code": "missed",
        "subject": "kopi-senja",
        "urgent": True,
        "deliveries": ["kopi-senja/gajian@bluesky"],
    }
    assert row["since"] == "2026-12-01T03:00:00Z"
    assert row["runbook"] == "runbook.md#missed"


def test_watch_speaks_indonesian_and_markdown(with_ledger):
    ran = with_ledger.run("watch", "--format", "markdown", "--language", "id", "--now", LATE)
    assert ran.out.startswith("* **missed**: ``proses tidak datang")


def test_watch_ends_well_when_nothing_waits(with_ledger):
    with_ledger.run("publish", "--now", LATE)
    ran = with_ledger.run("watch", "--format", "markdown", "--now", LATE)
    assert (ran.code, ran.out) == (0, "Nothing waits for a person.\n")
