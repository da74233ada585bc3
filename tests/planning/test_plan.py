"""The plan: for each delivery what publishing would do now, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from publishing_fakes import NOW, POST, REF, book, brand, delivery, event, examined
from whenever import Instant, TimeDelta

from mimin.model.brand import Approval, Late
from mimin.model.delivery import delivery_key
from mimin.model.event import Event, Kind
from mimin.model.problem import Problem, Severity
from mimin.model.schedule import Campaign, ScheduleFields
from mimin.planning.plan import Action, Cause, Rules, make_plan

PATH = "content/kopi-senja/posts/gajian.md"
DIGEST = delivery().digest
HOUR = TimeDelta(hours=1)


def rules(now=NOW, *, committed=None, schedule=None, lookahead=10, **fields):
    return Rules(
        now=now,
        lookahead=TimeDelta(minutes=lookahead),
        brands={"kopi-senja": brand(**fields)},
        schedules={"kopi-senja": schedule} if schedule else {},
        committed={PATH: "b1"} if committed is None else committed,
    )


def plan_one(*events, post=None, of=None, freezes=(), **given):
    (line,) = make_plan([post or examined(of or delivery())], book(*events, freezes=freezes),
                        rules(**given))  # fmt: skip
    return line


def claimed(part=0, **fields):
    return event(Kind.CLAIMED, part=part, digest=DIGEST, **fields)


def published(part=0, digest=DIGEST, **fields):
    return event(Kind.PUBLISHED, part=part, digest=digest, **fields)


def test_what_is_due_now_is_published():
    line = plan_one()
    assert (line.action, line.cause, line.sends) == (Action.PUBLISH, Cause.DUE, True)


@pytest.mark.parametrize(("minutes", "cause"), [(10, Cause.DUE), (11, Cause.LATER)])
def test_what_falls_due_within_the_lookahead_is_taken_and_no_more(minutes, cause):
    line = plan_one(now=NOW - TimeDelta(minutes=minutes))
    assert line.cause is cause
    assert line.sends is (cause is Cause.DUE)


@pytest.mark.parametrize(
    ("history", "cause", "action"),
    [
        ([claimed()], Cause.CLAIMED, Action.BLOCKED),
        ([claimed(), event(Kind.UNKNOWN)], Cause.UNKNOWN, Action.BLOCKED),
        ([claimed(), event(Kind.HANDED)], Cause.WAITING, Action.BLOCKED),
        ([claimed(), published()], Cause.OUT, Action.NONE),
        ([claimed(), published(digest="")], Cause.OUT, Action.NONE),
        ([claimed(), published(digest="old")], Cause.EDIT, Action.CHANGE),
        ([event(Kind.DROPPED, due=NOW)], Cause.DROPPED, Action.NONE),
        ([claimed(), event(Kind.REFUSED)], Cause.RETRY, Action.PUBLISH),
        ([claimed(), event(Kind.UNKNOWN), event(Kind.ABSENT)], Cause.DUE, Action.PUBLISH),
    ],
)
def test_the_ledger_goes_before_the_file(history, cause, action):
    line = plan_one(*history)
    assert (line.cause, line.action) == (cause, action)


def test_the_ledger_goes_before_the_hour_too():
    """What may be out is not sent because its time was moved to tomorrow."""
    moved = delivery(due=NOW + 24 * HOUR)
    assert plan_one(claimed(), event(Kind.UNKNOWN), of=moved).cause is Cause.UNKNOWN
    assert plan_one(claimed(), published(), of=moved, now=NOW + 24 * HOUR).cause is Cause.OUT


def test_a_refusal_for_good_waits_for_a_change_of_the_post():
    refused = event(Kind.REFUSED, permanent=True, digest=DIGEST, reason="too long")
    line = plan_one(claimed(), refused)
    assert (line.cause, line.note) == (Cause.REFUSED, "refused: too long; change the post")
    assert plan_one(claimed(), refused, of=delivery(text="Lain")).cause is Cause.RETRY


@pytest.mark.parametrize(("minutes", "cause"), [(9, Cause.REFUSED), (10, Cause.RETRY)])
def test_a_refusal_with_a_moment_waits_for_it(minutes, cause):
    refused = event(Kind.REFUSED, retry_at=NOW + TimeDelta(minutes=10))
    assert plan_one(claimed(), refused, now=NOW + TimeDelta(minutes=minutes)).cause is cause


LATE_CASES = [
    (Late.HOLD, Cause.HELD, Action.BLOCKED),
    (Late.POST, Cause.LATE, Action.PUBLISH),
    (Late.DROP, Cause.MISSED, Action.DELETE),
]


@pytest.mark.parametrize(("late", "cause", "action"), LATE_CASES)
def test_what_is_later_than_its_grace_follows_the_brand(late, cause, action):
    in_time = plan_one(now=NOW + 2 * HOUR, late=late)
    too_late = plan_one(now=NOW + 2 * HOUR + TimeDelta(seconds=1), late=late)
    assert in_time.cause is Cause.DUE
    assert (too_late.cause, too_late.action) == (cause, action)


@pytest.mark.parametrize(("late", "cause", "action"), LATE_CASES)
def test_the_campaign_goes_before_the_brand_and_the_post_before_both(late, cause, action):
    campaign = Campaign(
        name="Gajian",
        starts="2026-12-01",
        ends="2026-12-31",
        late=late,
        grace=TimeDelta(minutes=5),
    )
    schedule = ScheduleFields(campaigns={"gajian": campaign})
    late_by_six = NOW + TimeDelta(minutes=6)
    post = examined(campaign="gajian")
    line = plan_one(post=post, schedule=schedule, now=late_by_six)
    assert (line.cause, line.action) == (cause, action)
    patient = examined(campaign="gajian", grace=600.0)
    assert plan_one(post=patient, schedule=schedule, now=late_by_six).cause is Cause.DUE
    own = examined(campaign="gajian", late=Late.DROP)
    assert plan_one(post=own, schedule=schedule, now=late_by_six).cause is Cause.MISSED


def test_no_grace_is_a_grace_of_nothing():
    post = examined(grace=0.0)
    assert plan_one(post=post).cause is Cause.DUE
    assert plan_one(post=post, now=NOW + TimeDelta(seconds=1)).cause is Cause.HELD


def test_what_has_expired_never_goes_out_whatever_the_late_policy():
    of = delivery(expires=NOW + HOUR)
    line = plan_one(of=of, now=NOW + HOUR, late=Late.POST)
    assert (line.cause, line.action) == (Cause.EXPIRED, Action.DELETE)


def test_what_a_run_dropped_goes_out_when_it_is_given_a_new_time():
    dropped = event(Kind.DROPPED, due=NOW, reason="missed: 3 h late")
    moved = delivery(due=NOW + 24 * HOUR)
    assert plan_one(dropped, of=moved).cause is Cause.LATER
    assert plan_one(dropped, of=moved, now=NOW + 24 * HOUR).cause is Cause.DUE
    by_person = event(Kind.DROPPED, due=NOW, by="Rara")
    assert plan_one(by_person, of=moved, now=NOW + 24 * HOUR).cause is Cause.DROPPED


def test_a_draft_a_broken_post_and_one_without_a_time_are_not_sent():
    problem = Problem(path=PATH, code="text-too-long", message="310 characters")
    warning = problem.model_copy(update={"severity": Severity.WARNING})
    assert plan_one(post=examined(draft=True)).cause is Cause.DRAFT
    assert plan_one(post=examined(problems=(problem,))).cause is Cause.PROBLEMS
    assert plan_one(post=examined(problems=(warning,))).cause is Cause.DUE
    assert plan_one(of=delivery(due=None)).cause is Cause.UNSCHEDULED


@pytest.mark.parametrize("committed", [{}, {PATH: "b0"}])
def test_merging_is_the_approval_so_what_is_not_committed_is_not_sent(committed):
    line = plan_one(committed=committed)
    assert (line.cause, line.action) == (Cause.UNCOMMITTED, Action.BLOCKED)
    assert PATH in line.note
    assert plan_one(committed=committed, approval=Approval.NONE).cause is Cause.DUE


def test_a_picture_that_is_not_committed_holds_its_post():
    post = examined(inputs={PATH: "b1", "content/kopi-senja/posts/gajian.jpg": "b2"})
    assert plan_one(post=post).cause is Cause.UNCOMMITTED


def test_a_picture_in_the_media_folder_does_not_wait_for_one_that_is_not_beside_the_post():
    beside, kept = "content/kopi-senja/posts/gajian.jpg", "content/kopi-senja/media/gajian.jpg"
    post = examined(inputs={PATH: "b1", beside: "", kept: "b2"})
    assert plan_one(post=post, committed={PATH: "b1", kept: "b2"}).cause is Cause.DUE
    taken_away = {PATH: "b1", kept: "b2", beside: "b3"}
    assert plan_one(post=post, committed=taken_away).cause is Cause.UNCOMMITTED


def test_a_review_approves_one_digest_and_no_other():
    review = {"approval": Approval.REVIEW}
    handles = {"via": "github", "pull": "7"}
    yes = event(Kind.APPROVED, digest=DIGEST, by="sari", handles=handles)
    assert plan_one(**review).note == "nobody has approved it yet"
    approved = plan_one(yes, **review)
    assert (approved.cause, approved.approved) == (Cause.DUE, ("sari",))
    assert approved.note == "approved by sari"
    changed = plan_one(yes, of=delivery(text="Lain"), **review)
    assert (changed.cause, changed.sends) == (Cause.UNAPPROVED, False)
    assert changed.note == "the payload changed since sari approved it in #7"
    assert plan_one(yes, committed={}, **review).cause is Cause.UNCOMMITTED


@pytest.mark.parametrize("scope", ["*", "kopi-senja/*", REF])
def test_a_freeze_blocks_what_would_be_sent_and_drops_nothing(scope):
    frozen = [Event(at=NOW, kind=Kind.FROZEN, account=scope, reason="hacked")]
    line = plan_one(freezes=frozen)
    assert (line.cause, line.action) == (Cause.FROZEN, Action.BLOCKED)
    assert "hacked" in line.note
    assert plan_one(freezes=frozen, of=delivery(expires=NOW)).action is Action.BLOCKED


def thread(digest=None, **fields):
    return delivery(4, **({"digest": digest} if digest else {}), **fields)


WHOLE = thread().digest


def parts_out(count, digest=WHOLE):
    kinds = (Kind.CLAIMED, Kind.PUBLISHED)
    return [
        event(kind, part=part, parts=4, digest=digest, content=thread().contents[part])
        for part in range(count)
        for kind in kinds
    ]


def test_a_thread_goes_on_with_what_is_missing_also_long_after_its_time():
    line = plan_one(*parts_out(2), of=thread(), now=NOW + 48 * HOUR)
    assert (line.cause, line.note) == (Cause.RESUME, "2 of 4 parts are missing")
    assert plan_one(*parts_out(4), of=thread()).cause is Cause.OUT


def test_a_thread_that_expired_half_way_is_not_continued():
    line = plan_one(*parts_out(2), of=thread(expires=NOW), now=NOW)
    assert line.cause is Cause.EXPIRED


def test_a_post_that_grew_after_it_went_out_gets_no_further_part():
    """A typo was mended and the text is cut in two now: the rest is no answer to the old."""
    line = plan_one(claimed(), published(), of=thread())
    assert (line.cause, line.action) == (Cause.HALF_OUT, Action.BLOCKED)


def test_a_post_that_shrank_after_it_went_out_is_only_changed():
    line = plan_one(*parts_out(4), of=delivery(2))
    assert (line.cause, line.action) == (Cause.CHANGED, Action.NONE)


def test_a_thread_goes_on_when_the_part_that_was_refused_was_changed():
    refused = event(Kind.REFUSED, part=2, permanent=True, digest=WHOLE)
    history = [*parts_out(2), event(Kind.CLAIMED, part=2, digest=WHOLE), refused]
    assert plan_one(*history, of=thread()).cause is Cause.REFUSED
    mended = thread()
    mended = replace(mended, digest="mended", contents=(*mended.contents[:2], "new", "new"))
    assert plan_one(*history, of=mended).cause is Cause.RESUME


@pytest.mark.parametrize(
    "now_in_the_file",
    [
        pytest.param(("new", "0", "1", "2"), id="a part was put in before what is out"),
        pytest.param(("0", "2"), id="a part that is out was taken out"),
        pytest.param(("0", "new", "2"), id="a part that is out was changed"),
        pytest.param(("1", "0", "2"), id="two parts that are out were exchanged"),
        pytest.param(("0",), id="only the first part is left"),
    ],
)
def test_a_thread_does_not_go_on_after_other_parts_than_those_that_are_out(now_in_the_file):
    """Parts 1 and 2 are out, part 3 was refused; then the author changed the file."""
    out = thread().contents
    refused = event(Kind.REFUSED, part=2, permanent=True, digest=WHOLE)
    history = [*parts_out(2), event(Kind.CLAIMED, part=2, digest=WHOLE), refused]
    contents = tuple(out[int(part)] if part.isdigit() else part for part in now_in_the_file)
    changed = replace(thread(), digest="changed", contents=contents, parts=len(contents))
    line = plan_one(*history, of=changed)
    assert (line.action, line.cause) == (Action.BLOCKED, Cause.HALF_OUT)
    assert f"`mimin done {line.key} --leave`" in line.note


def test_receipts_that_do_not_say_what_their_part_was_go_on_only_with_the_very_same_payload():
    """The first version of the ledger kept the digest of the whole payload alone."""
    old = [replace_content(each) for each in parts_out(2)]
    assert plan_one(*old, of=thread()).cause is Cause.RESUME
    assert plan_one(*old, of=thread(text="Lain")).cause is Cause.HALF_OUT


def replace_content(found):
    return found.model_copy(update={"content": ""})


def test_a_thread_that_is_half_out_does_not_sleep_until_a_time_that_was_moved():
    line = plan_one(*parts_out(2), of=thread(due=NOW + 1000 * HOUR))
    assert (line.cause, line.sends, line.delivery.due) == (Cause.RESUME, True, NOW)
    line = plan_one(*parts_out(2), of=thread(due=None))
    assert (line.cause, line.sends, line.moment) == (Cause.RESUME, True, NOW)


def test_a_thread_that_is_half_out_and_made_a_draft_waits_for_a_person():
    line = plan_one(*parts_out(2), post=examined(thread(), draft=True))
    assert (line.action, line.cause) == (Action.BLOCKED, Cause.HALF_OUT)


def test_a_refused_part_is_judged_though_another_event_is_newer():
    """The clock of the run that sent part 1 was ahead."""
    late_moment = NOW + TimeDelta(minutes=30)
    refused = event(Kind.REFUSED, part=1, retry_at=late_moment)
    history = [*parts_out(1), event(Kind.CLAIMED, part=1, digest=WHOLE), refused]
    history[1] = event(Kind.PUBLISHED, digest=WHOLE, minutes=9)
    assert plan_one(*history, of=thread()).cause is Cause.REFUSED


def test_a_refused_part_that_was_cut_away_is_not_waited_for():
    history = [event(Kind.REFUSED, part=1), claimed(), published()]
    assert plan_one(*history).cause is Cause.OUT


def test_a_post_that_is_out_and_then_repeats_is_not_sent_again():
    first = delivery(occurrence=1)
    second = delivery(occurrence=2, due=NOW + HOUR)
    lines = make_plan([examined(first, second)], book(claimed(), published()), rules())
    assert [line.cause for line in lines] == [Cause.OUT, Cause.LATER]
    assert delivery_key(POST, REF) == delivery_key(POST, REF, 1) != delivery_key(POST, REF, 2)


def test_the_plan_is_in_the_order_of_the_due_times():
    given = [
        delivery(post=f"kopi-senja/p{number}", due=due)
        for number, due in enumerate([NOW + HOUR, None, NOW, NOW + TimeDelta(minutes=1)])
    ]
    lines = make_plan([examined(*given)], book(), rules())
    assert [line.delivery.post[-1] for line in lines] == ["2", "3", "0", "1"]


def test_every_delivery_is_in_the_plan_exactly_once():
    """Nothing is left out in silence, whatever its cause."""
    given = [delivery(account=f"kopi-senja/{name}") for name in ("bluesky", "mastodon", "x")]
    lines = make_plan([examined(*given, draft=True)], book(), rules())
    assert {line.delivery.key for line in lines} == {one.key for one in given}


def test_a_renamed_post_does_not_go_out_again():
    old = delivery_key("kopi-senja/gajian-lama", REF)
    history = [claimed(key=old), published(key=old)]
    line = plan_one(*history)
    assert (line.action, line.cause, line.key) == (Action.NONE, Cause.OUT, old)


@pytest.mark.parametrize("kind", [Kind.CLAIMED, Kind.UNKNOWN, Kind.HANDED])
def test_a_post_that_was_renamed_while_it_may_be_out_waits_for_what_comes_of_it(kind):
    old = delivery_key("kopi-senja/gajian-lama", REF)
    line = plan_one(claimed(key=old), *([] if kind is Kind.CLAIMED else [event(kind, key=old)]))
    assert (line.action, line.key) == (Action.BLOCKED, old)
    assert line.cause in {Cause.CLAIMED, Cause.UNKNOWN, Cause.WAITING}


def test_a_renamed_post_goes_out_when_its_old_name_is_proven_absent():
    old = delivery_key("kopi-senja/gajian-lama", REF)
    line = plan_one(claimed(key=old), event(Kind.ABSENT, key=old))
    assert line.cause is Cause.DUE


def test_another_text_is_no_twin_of_what_is_gone():
    old = delivery_key("kopi-senja/gajian-lama", REF)
    moved = delivery(due=NOW - HOUR, text="Lain")
    line = plan_one(claimed(key=old), published(key=old, due=NOW), of=moved)
    assert line.cause is Cause.DUE


def test_a_post_that_was_out_whole_and_grew_since_is_out():
    history = [claimed(parts=1), published()]
    line = plan_one(*history, of=delivery(2, text="Lain"))
    assert (line.action, line.cause) == (Action.NONE, Cause.CHANGED)


def test_half_a_thread_that_was_cut_anew_is_blocked_and_waits_for_a_person():
    history = [claimed(parts=3), published()]
    line = plan_one(*history, of=delivery(2, text="Lain"))
    assert (line.action, line.cause) == (Action.BLOCKED, Cause.HALF_OUT)


def test_a_network_that_says_wait_until_the_year_9999_is_asked_again_a_day_later():
    far = Instant("9999-01-01T00:00Z")
    history = [event(Kind.CLAIMED, digest=DIGEST), event(Kind.REFUSED, retry_at=far)]
    day = 24 * HOUR
    assert plan_one(*history, now=NOW + 0.99 * day).cause is Cause.REFUSED
    assert plan_one(*history, now=NOW + day, late=Late.POST).cause is Cause.RETRY
