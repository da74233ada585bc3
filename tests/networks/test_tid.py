"""TIDs are valid, and the same part always gets the same one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whenever import Instant, TimeDelta

from mimin.networks.tid import ALPHABET, derive_tid, encode_tid

FIXTURES = Path(__file__).parent / "fixtures"
SYNTAX = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
DUE = Instant.from_utc(2026, 12, 1, 3, 30)


def cases(name):
    lines = (FIXTURES / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def decode(tid):
    number = 0
    for digit in tid:
        number = number * 32 + ALPHABET.index(digit)
    return number >> 10, number & 1023


@pytest.mark.parametrize("tid", cases("tid_syntax_valid.txt"))
def test_valid_tids_of_the_protocol_are_written_as_they_are(tid):
    assert SYNTAX.fullmatch(tid)
    microseconds, clock = decode(tid)
    # The syntax lets the highest bit through that the specification wants to be 0.
    if microseconds < 2**53:
        assert encode_tid(microseconds, clock) == tid


@pytest.mark.parametrize("text", cases("tid_syntax_invalid.txt"))
def test_the_syntax_used_here_refuses_what_the_protocol_refuses(text):
    assert not SYNTAX.fullmatch(text)


@given(st.integers(0, 2**53 - 1), st.integers(0, 1023))
def test_every_moment_and_clock_gives_a_valid_tid_that_holds_both(microseconds, clock):
    tid = encode_tid(microseconds, clock)
    assert SYNTAX.fullmatch(tid)
    assert decode(tid) == (microseconds, clock)


@given(st.integers(0, 2**53 - 2), st.integers(0, 1023), st.integers(0, 1023))
def test_later_moments_sort_later(microseconds, one, other):
    assert encode_tid(microseconds, one) < encode_tid(microseconds + 1, other)


@given(st.integers(-(2**70), 2**70), st.integers(-(2**20), 2**20))
def test_even_nonsense_gives_a_valid_tid(microseconds, clock):
    assert SYNTAX.fullmatch(encode_tid(microseconds, clock))


def test_a_tid_stays_the_same_for_ever():
    # Changing this would let a delivery that is under way be sent under a second key.
    assert derive_tid(DUE, "kopi-senja/gajian@bluesky") == "3n3lcm4mtihwq"


def test_the_parts_of_a_thread_follow_each_other():
    keys = [derive_tid(DUE, "kopi-senja/utas@bluesky", part) for part in range(100)]
    assert keys == sorted(set(keys))
    assert decode(keys[-1])[0] // 1_000_000 == DUE.timestamp()


def test_a_tid_says_when_to_the_second():
    microseconds, _ = decode(derive_tid(DUE, "a/b@c/0"))
    assert microseconds // 1_000_000 == DUE.timestamp()


@given(st.text(), st.text())
def test_two_parts_that_are_due_together_do_not_meet(one, other):
    assert (derive_tid(DUE, one) == derive_tid(DUE, other)) == (one == other)


def test_another_second_gives_another_tid():
    assert derive_tid(DUE, "a") < derive_tid(DUE + TimeDelta(seconds=1), "a")
