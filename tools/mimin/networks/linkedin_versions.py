"""Versions of LinkedIn's API: each lives about a year, then every call with it is refused.

Source: learn.microsoft.com/linkedin/marketing/integrations/migrations, as of `KNOWN_ON`.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from whenever import Date

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT = "202607"
"""The newest version that was current when this was written."""

KNOWN_ON = Date(2026, 11, 23)
"""The day on which the table below was the truth."""

ENDS: Mapping[str, Date] = MappingProxyType(
    {
        "202511": Date(2026, 11, 16),
        "202601": Date(2027, 1, 15),
        "202602": Date(2027, 2, 15),
        "202603": Date(2027, 3, 16),
    }
)
"""Version → the day from which it is refused, where LinkedIn has said it. What is older is gone."""

_FORM = re.compile(r"(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])")


def is_version(text: str) -> bool:
    """Tell whether a text has the form of a version, a year and a month as `202607`."""
    return _FORM.fullmatch(text) is not None


def has_ended(version: str, day: Date) -> bool:
    """Tell whether LinkedIn has announced that a version is gone on this day."""
    if version < min(ENDS):
        return True
    return version in ENDS and ENDS[version] <= day


def forecast(version: str) -> str:
    """Say when a version ends or may end, for a person."""
    if version in ENDS:
        return f"version {version} of LinkedIn's API ends on {ENDS[version]}"
    earliest = f"{int(version[:4]) + 1}-{version[4:]}"
    return f"version {version} of LinkedIn's API may end from {earliest} on"
