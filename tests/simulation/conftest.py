"""What the simulator's tests share."""

from __future__ import annotations

import pytest

from simulator.actions import START, Size, write_script
from simulator.mutants import mutated
from simulator.schedule import Schedule
from simulator.trial import attempt

SMALL = Size(accounts=4, days=5, trouble=3.0)


@pytest.fixture
def small():
    """Give the size of worlds in which mutants are looked for."""
    return SMALL


@pytest.fixture
def hunt():
    """Let a mutant live in world after world until a rule is broken."""

    def look(name, seeds, off=frozenset(), size=SMALL):
        for seed in seeds:
            with mutated(name):
                trial = attempt(write_script(seed, size), off)
            if trial.violations:
                return trial
        return None

    return look


@pytest.fixture
def schedule():
    """Give an empty simulated world's time."""
    return Schedule(START)
