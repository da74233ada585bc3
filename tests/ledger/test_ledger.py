"""The ledger: claims are decided on the newest state, and facts are only ever appended."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishing_fakes import KEY, NOW, REF, MemoryBranch, book, event
from whenever import Instant, TimeDelta

from mimin.ledger.claiming import NotClaimedError, Terms, lease_over, why_not
from mimin.ledger.ledger import Conclusion
from mimin.ledger.standing import State, fold
from mimin.ledger.verify import verify
from mimin.model.event import Event, Kind
from mimin.store import UnreachableError

OPEN = frozenset({State.CLAIMED, State.UNKNOWN})


@pytest.fixture
def branch():
    return MemoryBranch()


def claim(**fields):
    return event(Kind.CLAIMED, **fields)


def test_a_part_that_nobody_is_at_can_be_claimed():
    assert why_not(book(), claim()) == ""


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        ([claim()], "claimed by run a"),
        ([claim(), event(Kind.UNKNOWN)], "unknown by run a"),
        ([claim(), event(Kind.PUBLISHED)], "published by run a"),
        ([claim(), event(Kind.HANDED)], "handed by run a"),
        ([event(Kind.DROPPED, due=NOW, reason="missed: 3 h late")], "dropped: missed: 3 h late"),
    ],
)
def test_what_may_be_out_is_not_claimed(history, reason):
    assert reason in why_not(book(*history), claim(run="b"))


def test_what_was_proven_absent_can_be_claimed_again():
    history = [claim(), event(Kind.UNKNOWN), event(Kind.ABSENT)]
    assert why_not(book(*history), claim(run="b")) == ""


def test_a_refusal_for_good_forbids_the_same_payload_and_not_a_new_one():
    history = book(claim(), event(Kind.REFUSED, permanent=True, digest="d1", reason="too long"))
    assert why_not(history, claim(digest="d1")) == "refused: too long"
    assert why_not(history, claim(digest="d2")) == ""


def test_a_refusal_with_a_moment_forbids_until_then():
    moment = NOW + TimeDelta(minutes=10)
    history = book(claim(), event(Kind.REFUSED, retry_at=moment))
    assert "not again before" in why_not(history, claim(minutes=9))
    assert why_not(history, claim(minutes=10)) == ""


def test_a_part_waits_for_the_one_before_it():
    assert why_not(book(), claim(part=1)) == "part 1 is not out yet"
    assert why_not(book(claim()), claim(part=1)) == "part 1 is not out yet"
    assert why_not(book(claim(), event(Kind.PUBLISHED)), claim(part=1)) == ""


def test_a_freeze_forbids_the_claim_and_says_why():
    frozen = Event(at=NOW, kind=Kind.FROZEN, account="kopi-senja/*", reason="hacked")
    assert why_not(book(freezes=[frozen]), claim()).endswith(": hacked")


TWIN = "kopi-senja/gajian-lama@bluesky"


@pytest.mark.parametrize("kind", [Kind.CLAIMED, Kind.UNKNOWN, Kind.PUBLISHED, Kind.HANDED])
def test_what_may_be_out_under_a_name_that_the_run_does_not_know_is_not_claimed(kind):
    """Two runs have checked out the file before and after it was renamed."""
    before = NOW - TimeDelta(hours=1)
    history = [claim(key=TWIN, digest="same", due=before)] + (
        [] if kind is Kind.CLAIMED else [event(kind, key=TWIN, digest="same", due=before)]
    )
    assert TWIN in why_not(book(*history), claim(run="b", digest="same"), Terms(frozenset({KEY})))
    assert (
        why_not(book(*history), claim(run="b", digest="same"), Terms(frozenset({KEY, TWIN}))) == ""
    )
    assert why_not(book(*history), claim(run="b", digest="other"), Terms(frozenset({KEY}))) == ""
    assert why_not(book(*history), claim(run="b", digest="same")) == ""


def test_what_went_out_for_the_same_moment_under_an_unknown_name_may_be_the_same_post():
    """A run has the file as it was before it was renamed and mended in one commit."""
    history = book(claim(key=TWIN, digest="before the typo"))
    assert TWIN in why_not(history, claim(run="b", digest="after"), Terms(frozenset({KEY})))


def test_a_later_part_is_not_claimed_after_other_words_than_the_file_has():
    out = event(Kind.PUBLISHED, digest="d", content="out")
    history = book(claim(content="out"), out)
    later = claim(part=1, run="b")
    assert "other words" in why_not(history, later, Terms(contents=("new", "next")))
    assert why_not(history, later, Terms(contents=("out", "next"))) == ""


def test_a_freeze_holds_under_the_name_of_today_and_under_the_ledger_s():
    for name in ("kopi-senja/*", "warung/*"):
        frozen = Event(at=NOW, kind=Kind.FROZEN, account=name, reason="hacked")
        terms = Terms(account="warung/bluesky")
        assert why_not(book(freezes=[frozen]), claim(), terms).endswith(": hacked")


def test_a_name_that_is_not_out_holds_up_no_other():
    history = book(claim(key=TWIN, digest="same"), event(Kind.REFUSED, key=TWIN, digest="same"))
    assert why_not(history, claim(run="b", digest="same"), Terms(frozenset({KEY}))) == ""


@pytest.mark.parametrize(
    ("run", "kind", "minutes", "said"),
    [
        ("b", Kind.CLAIMED, -5, "run b claimed"),
        ("b", Kind.PUBLISHED, -5, "run b claimed"),
        ("b", Kind.REFUSED, -5, ""),
        ("b", Kind.CLAIMED, -11, ""),
        ("a", Kind.CLAIMED, -5, ""),
    ],
)
def test_what_is_late_keeps_clear_of_what_another_run_claimed_since_it_was_planned(
    run, kind, minutes, said
):
    other = "kopi-senja/lain@bluesky"
    history = [claim(key=other, run=run, minutes=minutes)]
    history += [] if kind is Kind.CLAIMED else [event(kind, key=other, run=run, minutes=minutes)]
    terms = Terms(quiet_since=NOW - TimeDelta(minutes=10))
    assert why_not(book(*history), claim(), terms)[:13] == said
    assert why_not(book(*history), claim()) == ""


def test_a_claim_is_refused_by_what_another_run_wrote_just_before(branch):
    mine, theirs = branch.ledger(), branch.ledger()
    mine.read()
    branch.interfere.append(lambda: theirs.claim(claim(run="b")))
    with pytest.raises(NotClaimedError, match="claimed by run b"):
        mine.claim(claim(run="a"))
    assert [found.run for found in mine.events()] == ["b"]


def test_nothing_is_claimed_when_the_remote_can_not_be_asked(branch):
    branch.deaf = True
    with pytest.raises(UnreachableError):
        branch.ledger().claim(claim())
    assert branch.contents == {}


def test_a_look_does_not_close_a_claim_that_was_made_meanwhile(branch):
    """Two runs reconcile at once: the slower one's answer is about the old claim."""
    ledger, slow = branch.ledger(), branch.ledger()
    old, new = claim(run="dead"), claim(run="b", minutes=10)
    ledger.record([old, event(Kind.UNKNOWN, run="dead")])
    assert ledger.conclude([Conclusion(event(Kind.ABSENT, run="b", minutes=9), old, OPEN)]) == [
        True
    ]
    ledger.claim(new)
    assert slow.conclude([Conclusion(event(Kind.ABSENT, run="c", minutes=9), old, OPEN)]) == [False]
    assert ledger.read().standing(KEY).state() is State.CLAIMED


def test_a_look_at_what_was_closed_meanwhile_writes_nothing(branch):
    ledger = branch.ledger()
    old = claim(run="dead")
    ledger.record([old, event(Kind.PUBLISHED, run="dead")])
    before = dict(branch.contents)
    assert ledger.conclude([Conclusion(event(Kind.UNKNOWN, run="c"), old, OPEN)]) == [False]
    assert branch.contents == before


def test_an_answer_across_the_turn_of_a_month_with_a_clock_behind_keeps_its_place(branch):
    """The second claim comes later, but its clock says November: it must stay the last word."""
    turn = Instant.from_utc(2026, 12, 1)

    def at(seconds, kind, run):
        moment = turn + TimeDelta(seconds=seconds)
        return Event(at=moment, kind=kind, account=REF, key=KEY, run=run)

    ledger = branch.ledger()
    ledger.claim(at(3, Kind.CLAIMED, "a"))
    ledger.record([at(4, Kind.REFUSED, "a")])
    ledger.claim(at(-2, Kind.CLAIMED, "b"))
    assert branch.ledger().read().standing(KEY).state() is State.CLAIMED
    assert [found.run for found in branch.ledger().events()] == ["a", "a", "b"]
    assert verify(branch.ledger().events()) == []
    with pytest.raises(NotClaimedError):
        branch.ledger().claim(at(9, Kind.CLAIMED, "c"))


def test_nothing_is_written_for_no_events(branch):
    branch.ledger().record([])
    assert branch.written == 0


def test_a_ledger_that_was_read_before_sees_what_others_append(branch):
    ledger, other = branch.ledger(), branch.ledger()
    assert ledger.read().standing(KEY).state() is State.PLANNED
    other.record([claim()])
    assert ledger.read().standing(KEY).state() is State.CLAIMED
    other.record([event(Kind.PUBLISHED)])
    assert ledger.read().standing(KEY).state() is State.PUBLISHED


def test_a_ledger_that_was_rewritten_is_read_anew(branch):
    ledger = branch.ledger()
    ledger.record([claim(), event(Kind.UNKNOWN)])
    ledger.read()
    path = next(iter(branch.contents))
    branch.contents[path] = branch.contents[path].split(b"\n")[0] + b"\n"
    assert ledger.read().standing(KEY).state() is State.CLAIMED


rows = st.lists(
    st.tuples(
        st.sampled_from([Kind.CLAIMED, Kind.PUBLISHED, Kind.UNKNOWN, Kind.ABSENT, Kind.REFUSED]),
        st.integers(0, 2),
        st.sampled_from([REF, "kopi-senja/x"]),
        st.integers(-40, 40),
    ),
    max_size=20,
)


@given(rows, st.lists(st.booleans(), min_size=20, max_size=20))
def test_reading_on_gives_what_reading_anew_gives(given_rows, looks):
    """Files grow, months change, clocks jump: what was read before never makes a difference."""
    branch = MemoryBranch()
    reader, writer = branch.ledger(), branch.ledger()
    for (kind, part, account, days), look in zip(given_rows, looks, strict=False):
        key = f"kopi-senja/gajian@{account.partition('/')[2]}"
        writer.record([event(kind, part=part, account=account, key=key, minutes=days * 1440)])
        if look:
            reader.read()
    assert reader.read() == branch.ledger().read()
    ordered = branch.ledger().events()
    assert reader.events() == ordered
    assert fold(ordered) == branch.ledger().read().standings


@pytest.mark.parametrize(("after", "over"), [(299, False), (300, False), (301, True)])
def test_a_lease_is_over_after_its_end_and_some_patience(after, over):
    held = claim()  # until NOW + 120 s
    assert lease_over(held, NOW + TimeDelta(seconds=after), 180) is over


def test_a_true_history_has_no_faults():
    history = [
        claim(),
        event(Kind.REFUSED),
        claim(run="b"),
        event(Kind.UNKNOWN, run="b"),
        event(Kind.ABSENT, run="c"),
        claim(run="c"),
        event(Kind.PUBLISHED, run="c"),
        event(Kind.PUBLISHED, run="d"),
        event(Kind.DROPPED),
        event(Kind.APPROVED),
    ]
    assert verify(history) == []


@pytest.mark.parametrize(
    ("history", "fault"),
    [
        ([claim(), claim(run="b")], "claimed while it was claimed"),
        ([claim(), event(Kind.UNKNOWN), claim(run="b")], "claimed while it was unknown"),
        ([claim(), event(Kind.PUBLISHED), claim(run="b")], "claimed while it was published"),
        ([event(Kind.PUBLISHED)], "published without a claim"),
        ([claim(), event(Kind.EDITED)], "edited, but nothing was out"),
        ([claim(), event(Kind.REFUSED), event(Kind.RETRACTED)], "retracted, but nothing was out"),
        (
            [claim(), event(Kind.PUBLISHED), event(Kind.PUBLISHED, remote_id="other")],
            "part 1: out twice, as other too",
        ),
    ],
)
def test_what_can_not_be_is_found(history, fault):
    (found,) = verify(history)
    assert fault in found


def test_one_post_on_the_network_is_no_receipt_of_two_deliveries():
    receipt = event(Kind.PUBLISHED, remote_id="17")
    first = [claim(), receipt]
    second = [each.model_copy(update={"key": "kopi-senja/b@x"}) for each in first]
    (found,) = verify(first + second)
    assert f"is the receipt of {KEY} too" in found
    elsewhere = [each.model_copy(update={"account": "kopi-senja/x"}) for each in second]
    assert verify(first + elsewhere) == []


def test_what_the_tool_before_us_sent_needs_no_claim():
    """As `mimin import` writes it, now and in older versions."""
    sent = event(Kind.PUBLISHED, run="", reason="imported", remote_id="")
    closed = event(Kind.DROPPED, run="", reason="imported: nothing more of it is to go out")
    assert verify([sent, sent.model_copy(update={"part": 1}), closed]) == []
    ours = sent.model_copy(update={"run": "a"})
    assert "published without a claim" in verify([ours])[0]


def test_what_a_person_posted_needs_no_claim():
    assert verify([event(Kind.PUBLISHED, by="Rara")]) == []


def test_no_account_s_file_hides_what_another_tells_of_the_same_delivery(branch):
    """An account was renamed, and somebody approved its post under the key of before."""
    out = [event(Kind.CLAIMED), event(Kind.PUBLISHED)]
    yes = event(Kind.APPROVED, account="kopi-senja/mastodon", minutes=5)
    ledger = branch.ledger()
    ledger.record([*out, yes])
    standing = ledger.read().standing(KEY)
    assert standing.state() is State.PUBLISHED
    assert len(standing.approvals) == 1
