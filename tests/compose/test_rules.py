"""Counting is left out only where it can change nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimin.compose.rules import Rules, alt_remarks, text_remarks
from mimin.model.limits import Limits
from mimin.model.media import Media
from mimin.model.payload import Part
from mimin.networks.counting import CEILINGS, COUNTERS

IMAGE = Media(path="a.png", sha256="0" * 64, mime="image/png", size=1, width=1, height=1, alt="")


@pytest.mark.parametrize("unit", sorted(COUNTERS))
@given(text=st.text(max_size=30), limit=st.integers(1, 120))
def test_a_ceiling_changes_no_remark(unit, text, limit):
    limits = Limits(text=limit, text_unit=unit, alt=limit, alt_unit=unit)
    count = COUNTERS[unit]
    counted = Rules(network="bluesky", limits=limits, measure=count, measure_alt=count)
    quick = replace(counted, ceiling=CEILINGS[unit], ceiling_alt=CEILINGS[unit])
    part, image = Part(text=text), IMAGE.model_copy(update={"alt": text})
    assert list(text_remarks(part, None, quick, "")) == list(text_remarks(part, None, counted, ""))
    assert list(alt_remarks(image, quick)) == list(alt_remarks(image, counted))


def test_a_text_below_its_ceiling_is_not_measured(rules):
    def never(text):
        raise AssertionError(text)

    quick = replace(rules(text=20), measure=never, measure_alt=never, ceiling=len, ceiling_alt=len)
    assert not list(text_remarks(Part(text="kopi"), None, quick, ""))
    assert not list(alt_remarks(IMAGE.model_copy(update={"alt": "kopi"}), quick))


def test_a_warning_that_counts_is_always_measured_with_its_text(rules):
    counted = replace(rules(text=5, warning_counted=True), ceiling=len)
    assert [r.code for r in text_remarks(Part(text="kopi"), "!!", counted, "")] == ["text-too-long"]
