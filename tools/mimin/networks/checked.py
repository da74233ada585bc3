"""When what is known of each network was last compared with what the network says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from whenever import Date

from mimin.networks.known import LIMITS

GOOD_FOR = 365
"""Days after which a table may well be out of date."""

CHECKED: Mapping[str, Date] = MappingProxyType(dict.fromkeys(LIMITS, Date(2026, 11, 23)))
"""Network → the day of the last comparison: limits, prices, scopes, versions, refusals.

Whoever looks a network up again writes its own day here.
"""


def is_old(network: str, day: Date) -> bool:
    """Tell whether what is known of a network is older than a year."""
    known = CHECKED.get(network)
    return known is not None and known.add(days=GOOD_FOR) < day
