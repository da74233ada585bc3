"""The simulator itself: it must be a fair network, repeat itself, and find engines that are wrong."""

from __future__ import annotations

import pytest

from simulator.actions import Size, write_script
from simulator.command import main
from simulator.mutants import MUTANTS, mutated
from simulator.replay import choose, command_for, shrink
from simulator.trial import attempt

SMALL = Size(accounts=4, days=5, trouble=3.0)
TROUBLED = Size(accounts=4, days=3, trouble=4.0)
SEEDS = {
    "claim after the call": 1,
    "unknown taken for refused": 1,
}


def first_broken(name, seeds, off=frozenset()):
    for seed in seeds:
        with mutated(name):
            trial = attempt(write_script(seed, SMALL), off)
        if trial.violations:
            return trial
    return None


@pytest.mark.parametrize("seed", [201, 202, 203])
def test_days_full_of_faults_break_no_promise(seed):
    trial = attempt(write_script(seed, TROUBLED))
    assert trial.violations == ()
    assert trial.tally["parts"] > 0
    assert trial.tally["threads left"] == 0


def test_a_seed_gives_the_same_world_again():
    script = write_script(205, Size(accounts=3, days=2, trouble=4.0))
    first, second = attempt(script), attempt(script)
    assert first.tally == second.tally
    assert first.tally["runs"] > 0
