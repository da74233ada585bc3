"""What a list has to show before it proves that a post is not there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from whenever import Instant, TimeDelta

from mimin.model.payload import Part, Payload
from mimin.networks.matching import (
    TEXT,
    Listed,
    match,
    match_comment,
    reach_of,
    repeats,
    start_of,
    text_hash,
)
from mimin.networks.protocol import Absent, Job, Known, Receipt

AT = Instant.from_utc(2026, 12, 1, 3, 30)
LATER = AT + TimeDelta(minutes=9)


def job(**fields):
    payload = Payload(account="kopi-senja/akun", network="x", parts=(Part(text=""), Part(text="")))
    handles = {TEXT: text_hash("Halo")}
    return Job(key="k", payload=payload, index=0, due=AT, at=AT, handles=handles, **fields)


def post(name, minutes, text="Lain", **fields):
    receipt = Receipt(remote_id=name, url=f"https://net.test/p/{name}")
    return Listed(receipt=receipt, at=AT + TimeDelta(minutes=minutes), text=text, **fields)


def known(name, minutes):
    return Known(name, AT + TimeDelta(minutes=minutes))


def look(listed, wanted, *, complete=True, now=LATER):
    return match(listed, wanted, now, complete=complete)


@pytest.mark.parametrize(
    ("listed", "knows", "answer"),
    [
        ([], [], None),
        ([], [known("1", -60)], None),
        ([post("9", -60)], [], Absent.PROVEN),
        ([post("1", -60)], [known("1", -60)], Absent.PROVEN),
        # Of another account, of another server, or of yesterday.
        ([post("9", -60)], [known("1", -60)], None),
        # The newest is shown, but another of that time is not.
        ([post("2", -5), post("9", -60)], [known("2", -5), known("1", -10)], None),
        # Only what came after the claim is shown: what came before may be on a lost page.
        ([post("3", 30)], [known("3", 30)], None),
        ([post("3", 30), post("1", -60)], [known("3", 30), known("1", -60)], Absent.PROVEN),
        # A person has told the address.
        ([post("1", -60)], [known("https://net.test/p/1/", -60)], Absent.PROVEN),
        ([post("1", -60)], [known("https://net.test/p/11", -60)], None),
    ],
)
def test_a_list_proves_absence_only_if_it_shows_what_must_be_on_it(listed, knows, answer):
    assert look(listed, job(known=tuple(knows))) is answer
    assert look(listed, job(known=tuple(knows)), complete=False) is None
    assert look(listed, job(known=tuple(knows)), now=AT + TimeDelta(minutes=2)) is None


def test_our_words_on_the_list_of_another_account_are_not_ours():
    ours, other = post("5", 0, "Halo"), post("9", -60)
    assert look([ours], job()) == ours.receipt
    assert look([ours, other], job(known=(known("1", -60),))) is None
    assert look([ours, post("1", -60)], job(known=(known("1", -60),))) == ours.receipt
    # One that is gone by hand does not make the others anybody else's.
    assert (
        look([ours, post("1", -60)], job(known=(known("2", -5), known("1", -60)))) == ours.receipt
    )


def test_the_parts_before_have_to_be_shown():
    wanted = replace(job(sent=(Receipt(remote_id="1"),)), index=1)
    assert look([post("1", 0)], wanted) is Absent.PROVEN
    assert look([post("9", -60)], wanted) is None


def test_a_list_is_read_back_to_the_newest_known_post():
    assert reach_of(job()) == start_of(job())
    wanted = job(known=(known("2", -600), known("1", -9000)))
    # Its receipt may have been written a day after it came out.
    assert reach_of(wanted) == AT - TimeDelta(minutes=600) - TimeDelta(hours=24)


def test_what_others_wrote_is_not_ours_and_shows_how_far_the_list_goes():
    comment = replace(job(sent=(Receipt(remote_id="1"),)), index=1)
    theirs = post("7", 1, "Halo", own=False)
    assert match_comment([theirs], comment, LATER, complete=True) is None
    older = post("6", -60, own=False)
    assert match_comment([theirs, older], comment, LATER, complete=True) is Absent.PROVEN


def test_paging_that_gives_the_same_again_does_not_go_on():
    seen = set()
    assert not repeats(seen, ["1", "2"])
    assert not repeats(seen, ["2", "3"])
    assert repeats(seen, ["1", "3"])
    assert not repeats(seen, [])
