from __future__ import annotations

from whenever import Instant

from mimin.workspace.zones import _SHORT

UNKNOWN_TO_IANA = {"MEZ", "MESZ", "ET", "CT", "MT", "PT", "SGT", "MYT", "PHT", "ICT", "GST", "TRT"}
"""German and spoken names, and those for which IANA shows numbers, as `+08`."""


def test_each_short_name_of_a_zone_is_shown_by_the_clocks_of_its_places():
    year = [Instant.from_utc(2026, month, 15) for month in (1, 7)]
    for short in set(_SHORT) - UNKNOWN_TO_IANA:
        shown = {moment.to_tz(place).tz_abbrev() for place in _SHORT[short] for moment in year}
        assert short in shown, (short, shown)


def test_every_place_is_one():
    for places in _SHORT.values():
        for place in places:
            Instant.from_utc(2026, 1, 1).to_tz(place)
