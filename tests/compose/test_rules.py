"""Counting is left out only where it can change nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimin.compose.rules import MOST, surely_fits
from mimin.networks.counting import COUNTERS


@pytest.mark.parametrize("unit", sorted(COUNTERS))
@given(text=st.text(max_size=30), limit=st.integers(0, 120))
def test_what_surely_fits_does_fit(unit, text, limit):
    if surely_fits(text, unit, limit):
        assert COUNTERS[unit](text) <= limit


@pytest.mark.parametrize("unit", sorted(MOST))
def test_a_short_text_is_not_counted(unit):
    assert surely_fits("kopi", unit, 16)
    assert not surely_fits("kopi", unit, 3)
