"""Lines: what is written is read again, and what can not be read is said with its place."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishing_fakes import KEY, NOW, REF, event
from whenever import Instant

from mimin.errors import StoreError
from mimin.ledger.lines import (
    FREEZES,
    LONGEST_LINE,
    account_of,
    decode,
    encode,
    is_record,
    path_of,
    place_of,
)
from mimin.model.event import Event, Kind
from mimin.printable import one_line

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
instants = st.integers(0, 4_000_000_000).map(Instant.from_timestamp)
events = st.builds(
    Event,
    at=instants,
    kind=st.sampled_from(Kind),
    account=st.sampled_from([REF, "kopi-senja/*", "*"]),
    key=st.sampled_from(["", KEY]),
    part=st.integers(0, 9),
    run=texts,
    digest=texts,
    due=st.none() | instants,
    until=st.none() | instants,
    handles=st.dictionaries(texts, texts, max_size=3),
    remote_id=texts,
    url=texts,
    reason=texts,
    permanent=st.booleans(),
    retry_at=st.none() | instants,
    by=texts,
    simulated=st.booleans(),
)


@given(st.lists(events, max_size=5))
def test_what_is_written_is_read_again(given_events):
    content = b"".join(map(encode, given_events))
    written = [each.model_copy(update={"reason": one_line(each.reason)}) for each in given_events]
    assert decode(content, "events/a/b/2026-12.jsonl") == written
    assert content.count(b"\n") == len(given_events)


def test_a_reason_is_written_so_that_no_reader_obeys_it_and_an_old_one_is_read_as_it_was():
    reason = "no\n::add-mask::\x1b[2J\u202e"
    assert json.loads(encode(event(Kind.REFUSED, reason=reason)))["reason"] == one_line(reason)
    old = json.dumps({**json.loads(encode(event(Kind.REFUSED))), "reason": reason}).encode()
    assert decode(old, "events/a/b/2026-12.jsonl")[0].reason == reason


def test_a_line_is_json_with_sorted_keys_and_a_version():
    line = encode(event(Kind.CLAIMED, part=1))
    fields = json.loads(line)
    assert list(fields) == sorted(fields)
    assert fields["v"] == 2
    assert (fields["kind"], fields["part"], fields["account"]) == ("claimed", 1, REF)


def test_a_damaged_line_is_named_by_file_and_line():
    content = encode(event(Kind.CLAIMED)) + b'{"kind": "claimed"\n'
    with pytest.raises(StoreError, match=r"events/k/b/2026-12\.jsonl:42 is damaged"):
        decode(content, "events/k/b/2026-12.jsonl", 41)


@pytest.mark.parametrize("line", [b"", b"[]", b"3", b'{"v":1,"kind":"shouted","account":"a/b"}'])
def test_no_line_is_skipped_in_silence(line):
    with pytest.raises(StoreError, match="is damaged"):
        decode(line + b"\n", "x")


def test_an_unknown_field_is_damage_because_it_may_mean_anything():
    line = json.loads(encode(event(Kind.CLAIMED))) | {"undo": True}
    with pytest.raises(StoreError, match=r"x:1 is damaged \(undo"):
        decode(json.dumps(line).encode(), "x")


def test_a_line_of_a_newer_mimin_asks_for_an_update():
    line = json.loads(encode(event(Kind.CLAIMED))) | {"v": 3}
    with pytest.raises(StoreError, match="x:1 has format 3; this mimin reads up to 2; update it"):
        decode(json.dumps(line).encode(), "x")


@pytest.mark.parametrize("count", [-1, 1001, 900_000_000])
def test_a_part_that_no_thread_can_have_is_damage(count):
    """Such a line once kept `ledger show` busy until memory ran out."""
    line = json.loads(encode(event(Kind.CLAIMED))) | {"part": count}
    with pytest.raises(StoreError, match=r"x:1 is damaged \(part"):
        decode(json.dumps(line).encode(), "x")


HOSTILE = {
    "enormous": b'{"reason": "' + b"x" * LONGEST_LINE + b'"}',
    "deep": b"[" * 100_000,
    "deep in an event": b'{"handles": ' + b'{"a":' * 100_000,
    "a number of many digits": b'{"v": ' + b"9" * 10_000 + b"}",
    "a version that is none": b'{"v": ' + b"9" * 40 + b"}",
    "a field that steers a terminal": b'{"\\u001b[2J": 1}',
    "nothing but a bracket": b"{",
    "no text": b"\xff\xfe\x00",
    "a year that is none": b'{"v":2,"kind":"claimed","account":"a/b","at":"10000-01-01T00:00Z"}',
}


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_line_is_damage_said_shortly_and_soon(line):
    start = time.perf_counter()
    with pytest.raises(StoreError, match=r"^ledger: x:2 is damaged") as caught:
        decode(encode(event(Kind.CLAIMED)) + line + b"\n", "x")
    assert len(str(caught.value)) < 600
    assert str(caught.value).isprintable()
    assert not is_record(line)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("change", [{"v": 3}, {"v": 3, "undo": True}, {}])
def test_what_a_newer_mimin_wrote_is_a_record_too(change):
    fields = json.loads(encode(event(Kind.CLAIMED))) | change
    assert is_record(json.dumps(fields).encode())


@pytest.mark.parametrize("line", [b"", b" ", b"{oops", b"[]", b'{"v": 2}', b'{"v": "3"}'])
def test_what_no_mimin_can_read_is_no_record(line):
    assert not is_record(line)


def test_what_editors_change_is_read_as_it_was():
    content = encode(event(Kind.CLAIMED)) * 2
    windows = b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")
    assert decode(windows, "x") == decode(content, "x")


def test_a_line_of_the_version_before_is_read_as_it_stands():
    line = b'{"account":"k/b","at":"2026-12-01T02:00:00Z","key":"k/a@b","kind":"claimed","v":1}\n'
    [read] = decode(line, "x")
    assert (read.v, read.kind, read.content, read.author) == (1, Kind.CLAIMED, "", "")


def test_each_account_has_a_file_a_month_and_freezes_have_one():
    assert path_of(event(Kind.CLAIMED)) == f"events/{REF}/2026-12.jsonl"
    assert account_of(f"events/{REF}/2026-12.jsonl") == REF
    assert path_of(Event(at=NOW, kind=Kind.FROZEN, account="*")) == FREEZES
    assert account_of(FREEZES) is None


def test_an_event_is_never_put_before_the_newest_file_of_its_account():
    """A clock behind at the turn of a month must not put an answer before what it answers."""
    newest = f"events/{REF}/2027-01.jsonl"
    others = ["events/kopi-senja/x/2028-01.jsonl", "events/z/bluesky/2029-01.jsonl", FREEZES]
    assert place_of(event(Kind.CLAIMED), [*others, newest]) == newest
    assert place_of(event(Kind.CLAIMED), others) == f"events/{REF}/2026-12.jsonl"
    older = f"events/{REF}/2026-11.jsonl"
    assert place_of(event(Kind.CLAIMED), [older]) == f"events/{REF}/2026-12.jsonl"
