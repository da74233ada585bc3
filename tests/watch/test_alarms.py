"""Alarms: what went wrong or will, each under a name that lasts as long as it does."""

from __future__ import annotations

import pytest
from publishing_fakes import KEY, NOW, POST, REF, brand, delivery, event, examined
from whenever import TimeDelta

from mimin.model.brand import Account, Approval, Late
from mimin.model.event import Event, Kind
from mimin.model.problem import Problem
from mimin.networks.versions import ApiVersion
from mimin.watch import planned
from mimin.watch.alarm import Code
from mimin.watch.watch import RULES
from mimin.watch.words import CATALOGUES, describe

MINUTE = TimeDelta(minutes=1)
HOUR = TimeDelta(hours=1)
DAY = TimeDelta(hours=24)
DIGEST = delivery().digest
FILE = "content/kopi-senja/posts/gajian.md"


def ids(alarms):
    return [alarm.id for alarm in alarms]


def claimed(**fields):
    return event(Kind.CLAIMED, digest=DIGEST, **fields)


def ran(minutes):
    """Something that a run did for the brand."""
    return event(Kind.PUBLISHED, key="kopi-senja/other@x", minutes=minutes)


def named(name, due, **fields):
    return examined(delivery(post=f"kopi-senja/{name}", due=due), id=name, **fields)


def test_nothing_is_wrong_when_nothing_is(alarms_in):
    out = [claimed(), event(Kind.PUBLISHED, digest=DIGEST)]
    assert alarms_in(*out, posts=[examined()], minutes=600) == []
    assert alarms_in() == []


@pytest.mark.parametrize(("minutes", "found"), [(29, []), (31, ["missed:kopi-senja"])])
def test_a_run_that_did_not_come_is_noticed_after_half_an_hour(alarms_in, minutes, found):
    assert ids(alarms_in(posts=[examined()], minutes=minutes)) == found


def test_a_missed_run_is_one_alarm_a_brand_however_much_it_left(alarms_in):
    posts = [named(f"p{number}", NOW + number * 20 * MINUTE) for number in range(5)]
    (alarm,) = alarms_in(posts=posts, minutes=200, brand=brand(late=Late.POST, grace=DAY))
    assert alarm.id == "missed:kopi-senja"
    assert alarm.since == NOW
    assert "kopi-senja/p0@bluesky" in alarm.deliveries


def test_a_run_that_works_a_backlog_off_is_not_a_missed_one(alarms_in):
    posts = [named(f"p{number}", NOW + number * MINUTE) for number in range(3)]
    sent = event(Kind.PUBLISHED, key="kopi-senja/p0@bluesky", minutes=195)
    given = {"posts": posts, "brand": brand(late=Late.POST), "minutes": 200}
    assert "missed:kopi-senja" not in ids(alarms_in(sent, **given))
    assert "missed:kopi-senja" in ids(alarms_in(**given))


def test_what_is_held_because_no_run_came_is_a_missed_run_too(alarms_in):
    """A policy of holding must not hide that nothing runs any more."""
    both = [f"held:{POST}", "missed:kopi-senja"]
    assert sorted(ids(alarms_in(posts=[examined()], minutes=180))) == both
    assert sorted(ids(alarms_in(ran(minutes=-1), posts=[examined()], minutes=180))) == both
    assert ids(alarms_in(ran(minutes=1), posts=[examined()], minutes=180)) == both[:1]


def test_an_alarm_says_the_same_an_hour_later(alarms_in):
    """Else its issue would be edited by every run."""
    earlier, later = (alarms_in(posts=[examined()], minutes=minutes) for minutes in (180, 300))
    assert earlier == later


@pytest.mark.parametrize(("minutes", "found"), [(60, False), (70, True)])
def test_a_run_that_was_here_a_moment_ago_gets_its_time(alarms_in, minutes, found):
    """It may still be waiting for the next delivery's second."""
    ids_found = ids(alarms_in(ran(minutes=35), posts=[examined()], minutes=minutes))
    assert ("missed:kopi-senja" in ids_found) is found


def test_what_a_person_wrote_does_not_prove_that_runs_come(alarms_in):
    said = event(Kind.PUBLISHED, key="kopi-senja/other@x", minutes=100, by="Rara")
    assert "missed:kopi-senja" in ids(alarms_in(said, posts=[examined()], minutes=110))


def test_what_is_held_waits_for_a_person_once_a_post(alarms_in):
    post = examined(delivery(), delivery(account="kopi-senja/x"))
    (alarm,) = alarms_in(ran(minutes=1), posts=[post], minutes=180)
    assert alarm.id == f"held:{POST}"
    assert len(alarm.deliveries) == 2
    assert alarm.urgent


def test_a_claim_whose_run_died_is_an_alarm_after_its_lease(alarms_in):
    given = {"posts": [examined()]}
    assert alarms_in(claimed(), minutes=4, **given) == []
    assert ids(alarms_in(claimed(), minutes=6, **given)) == [f"claim:{KEY}"]


def test_an_unknown_is_an_alarm_even_when_its_post_is_gone(alarms_in):
    events = [claimed(), event(Kind.UNKNOWN, reason="time-out")]
    (alarm,) = alarms_in(*events)
    assert alarm.id == f"unknown:{KEY}"
    assert "time-out" in describe(alarm)


def test_a_pack_waits_for_a_person_from_the_moment_it_is_handed_over(alarms_in):
    """As `publish` says when it ends."""
    events = [claimed(), event(Kind.HANDED, due=NOW)]
    assert ids(alarms_in(*events, minutes=1)) == [f"handed:{KEY}"]


def test_what_is_out_twice_comes_first(alarms_in):
    events = [claimed(), event(Kind.PUBLISHED), event(Kind.PUBLISHED, remote_id="wall:again")]
    found = alarms_in(*events, posts=[named("late", NOW - 60 * MINUTE)])
    assert ids(found)[0] == f"twice:{KEY}"


@pytest.mark.parametrize(("tries", "found"), [(2, []), (3, [f"refused:{KEY}"])])
def test_refusals_are_an_alarm_when_they_repeat(alarms_in, tries, found):
    events = []
    for number in range(tries):
        events += [claimed(minutes=number), event(Kind.REFUSED, minutes=number, reason="busy")]
    assert ids(alarms_in(*events, posts=[examined()], minutes=10)) == found


def test_a_refusal_for_good_is_an_alarm_until_the_post_is_changed(alarms_in):
    events = [claimed(), event(Kind.REFUSED, permanent=True, digest=DIGEST, reason="too long")]
    (alarm,) = alarms_in(*events, posts=[examined()], minutes=1)
    assert (alarm.id, alarm.details["reason"]) == (f"refused:{KEY}", "too long")
    changed = examined(delivery(text="Baru"))
    assert alarms_in(*events, posts=[changed], minutes=1) == []


@pytest.mark.parametrize(("hours", "found"), [(47, True), (49, False)])
def test_what_is_not_ready_is_an_alarm_two_days_before(alarms_in, hours, found):
    due = NOW + hours * HOUR
    problem = Problem(path=FILE, code="text-too-long", message="310 characters")
    posts = {
        Code.DRAFT: named("d", due, draft=True),
        Code.BROKEN: named("b", due, problems=(problem,)),
    }
    for code, post in posts.items():
        assert (f"{code}:{post.key}" in ids(alarms_in(posts=[post]))) is found
    review = brand(approval=Approval.REVIEW)
    unapproved = f"unapproved:{POST}"
    assert (unapproved in ids(alarms_in(posts=[named("gajian", due)], brand=review))) is found


def test_what_will_not_go_out_any_more_is_told_for_a_week(alarms_in):
    expired = examined(delivery(expires=NOW + HOUR))
    assert ids(alarms_in(ran(minutes=1), posts=[expired], minutes=61)) == [f"dropped:{POST}"]
    drop = event(Kind.DROPPED, minutes=61, due=NOW, reason="expired")
    assert ids(alarms_in(drop, posts=[expired], minutes=70)) == [f"dropped:{POST}"]
    assert alarms_in(drop, posts=[expired], minutes=8 * 24 * 60) == []


def test_what_a_person_dropped_is_no_alarm(alarms_in):
    drop = event(Kind.DROPPED, due=NOW, reason="no longer true", by="Rara")
    assert alarms_in(drop, posts=[examined()], minutes=60) == []


def freeze(scope="kopi-senja/*", minutes=0):
    at = NOW + minutes * MINUTE
    return Event(at=at, kind=Kind.FROZEN, account=scope, by="Rara", reason="hacked?")


def test_a_freeze_is_an_alarm_when_something_waits_behind_it_or_after_a_day(alarms_in):
    given = {"freezes": [freeze()]}
    ahead = [examined(delivery(due=NOW + 10 * DAY))]
    assert alarms_in(posts=ahead, minutes=60, **given) == []
    (behind,) = alarms_in(posts=[examined()], minutes=1, **given)
    assert (behind.id, behind.deliveries) == ("frozen:kopi-senja/*", (KEY,))
    assert ids(alarms_in(posts=ahead, minutes=25 * 60, **given)) == ["frozen:kopi-senja/*"]


def test_a_freeze_that_was_lifted_is_no_alarm(alarms_in):
    lifted = Event(at=NOW + HOUR, kind=Kind.RESUMED, account="kopi-senja/*", by="Rara")
    assert alarms_in(freezes=[freeze(), lifted], minutes=26 * 60) == []


def with_account(**fields):
    account = Account(network="sandbox", handle="kopisenja", **fields)
    return brand(accounts={"bluesky": account})


def test_a_token_that_dies_before_a_planned_post_names_the_posts_behind_it(alarms_in):
    """The secret works on its last day, in the brand's own zone."""
    dying = with_account(secret="KS_TOKEN", secret_expires="2027-01-31")
    before = named("before", NOW + 61 * DAY)  # 31 January, 09:00 in Jakarta
    after = [named(f"after{day}", NOW + day * DAY) for day in (62, 63)]
    assert alarms_in(posts=[before], brand=dying) == []
    (alarm,) = alarms_in(posts=[before, *after], brand=dying)
    assert alarm.id == f"token:{REF}"
    assert alarm.deliveries == ("kopi-senja/after62@bluesky", "kopi-senja/after63@bluesky")
    assert "KS_TOKEN" in describe(alarm)
    assert alarm.since is None


def test_a_token_about_to_die_is_an_alarm_with_nothing_behind_it_too(alarms_in):
    dying = with_account(secret="KS_TOKEN", secret_expires="2026-12-10")
    assert ids(alarms_in(brand=dying)) == [f"token:{REF}"]


def test_a_version_that_ends_is_an_alarm_sixty_days_before_if_it_is_used(alarms_in):
    used = ApiVersion("sandbox", "202607", "2027-01-15")
    (alarm,) = alarms_in(brand=with_account(), version_of=lambda account: used)
    assert alarm.id == "version:sandbox/202607"
    far = ApiVersion("sandbox", "202607", "2027-03-15")
    assert alarms_in(brand=with_account(), version_of=lambda account: far) == []


def usual(count=3):
    return [
        event(Kind.PUBLISHED, key=f"kopi-senja/old{day}@bluesky", minutes=-1440.0 * day)
        for day in range(1, count + 1)
    ]


def test_an_account_that_usually_posts_and_has_nothing_planned_is_an_alarm(alarms_in):
    assert ids(alarms_in(*usual())) == [f"idle:{REF}"]
    assert alarms_in(*usual(2)) == []
    assert alarms_in(*usual(), minutes=30 * 24 * 60) == [], "it posts no more, and is let be"
    assert alarms_in(*usual(), posts=[examined(delivery(due=NOW + 6 * DAY))]) == []
    assert ids(alarms_in(*usual(), posts=[examined(delivery(due=NOW + 8 * DAY))])) == [
        f"idle:{REF}"
    ]
    assert alarms_in(*usual(), posts=[examined(delivery(due=NOW + 8 * DAY))],
                     brand=brand(quiet=9 * DAY)) == []  # fmt: skip


def test_a_salvo_is_an_alarm_before_it_goes_out(alarms_in):
    posts = [named(f"p{number}", NOW + (60 + number) * MINUTE) for number in range(3)]
    assert ids(alarms_in(posts=posts)) == [f"salvo:{REF}"]
    assert alarms_in(posts=posts[:2]) == []
    assert ids(alarms_in(posts=posts[:2], brand=brand(spacing=5 * MINUTE))) == [f"salvo:{REF}"]


def test_an_alarm_keeps_its_name_while_it_lasts(alarms_in):
    one = alarms_in(posts=[examined()], minutes=40)
    later = alarms_in(posts=[examined(), named("also", NOW + MINUTE)], minutes=100)
    assert ids(one) == ids(later) == ["missed:kopi-senja"]


@pytest.mark.parametrize("language", CATALOGUES)
def test_every_code_has_words_in_every_language(language):
    assert set(CATALOGUES[language]) == set(Code)


def test_words_are_one_line_with_every_place_filled(alarms_in):
    problem = Problem(path=FILE, code="text-too-long", message="310 characters")
    found = alarms_in(
        claimed(key="kopi-senja/c@bluesky"),
        claimed(key="kopi-senja/u@bluesky"),
        event(Kind.UNKNOWN, key="kopi-senja/u@bluesky", reason="line\nbreak {odd}"),
        claimed(key="kopi-senja/h@bluesky"),
        event(Kind.HANDED, key="kopi-senja/h@bluesky"),
        event(Kind.PUBLISHED, key="kopi-senja/t@bluesky"),
        event(Kind.PUBLISHED, key="kopi-senja/t@bluesky", remote_id="wall:again"),
        posts=[named("m", NOW), named("b", NOW, problems=(problem,)), named("d", NOW, draft=True)],
        freezes=[freeze("*", minutes=-2000)],
        minutes=300,
        brand=with_account(secret="KS_TOKEN", secret_expires="2026-12-01"),
        version_of=lambda account: ApiVersion("sandbox", "1", "2026-12-20"),
    )
    assert {alarm.code for alarm in found} >= {"claim", "unknown", "handed", "twice", "frozen",
                                               "broken", "draft", "token", "version"}  # fmt: skip
    for alarm in found:
        for language in ("en", "id", "id-ID", "fr"):
            text = describe(alarm, language)
            assert "\n" not in text
            assert "{" not in text.replace("{odd}", "")
    assert describe(found[0], "fr") == describe(found[0], "en") != describe(found[0], "id")


def test_every_rule_says_in_its_first_line_what_its_code_says():
    """The list of rules and the list of codes can not drift apart."""
    rules = (*RULES, planned.blocked)
    names = {rule.__name__.replace("_", "-") for rule in rules}
    assert names == {str(code) for code in Code if not code.startswith("workflow-")}
