"""Whatever the order in which several runners append: every line is there exactly once."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mimin.store import Append, Put, Remove
from mimin.store.change import combine

FILES = ["a.jsonl", "b/2026-12.jsonl"]
change = st.one_of(
    st.binary(max_size=5).map(Append), st.binary(max_size=5).map(Put), st.just(Remove())
)


@given(before=st.none() | st.binary(max_size=5), first=change, second=change)
def test_two_changes_added_up_are_the_one_after_the_other(before, first, second):
    assert combine(first, second).apply(before) == second.apply(first.apply(before))


@pytest.mark.long
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    turns=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from(FILES), st.booleans(), st.booleans()),
        min_size=1,
        max_size=6,
    )
)
def test_any_interleaving_keeps_every_line_exactly_once(yard, at, turns):
    """Each turn: who appends, where, with a line break or not, and whether a rival cuts in."""
    with tempfile.TemporaryDirectory(dir=yard.folder) as name:
        room = Path(name).name
        remote = yard.remote(f"{room}/remote.git")
        branches = [yard.branch(yard.clone(remote, f"{room}/{n}"), keeps=bool) for n in range(4)]
        expected = {file: [] for file in FILES}
        for number, (who, file, ended, cut) in enumerate(turns):
            rivals = iter([f"rival {number}"] if cut else [])
            line = f"line {number}"

            def decide(_snapshot, rivals=rivals, file=file, line=line, ended=ended):
                for rival in rivals:
                    wish = {file: Append(rival.encode())}
                    branches[3].transact(lambda _, wish=wish: wish, message="rival", at=at)
                return {file: Append(f"{line}\n".encode() if ended else line.encode())}

            branches[who].transact(decide, message=line, at=at)
            expected[file] += [*([f"rival {number}"] if cut else []), line]
        found = branches[0].read().blobs(FILES)
        assert {file: found.get(file, b"").decode().splitlines() for file in FILES} == expected
