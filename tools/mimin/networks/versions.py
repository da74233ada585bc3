"""Versions: the API versions that adapters ask for and that their networks will end."""

from __future__ import annotations

from dataclasses import dataclass

from mimin.model.base import Day


@dataclass(frozen=True)
class ApiVersion:
    """One version of one network's API, with the day it ends."""

    network: str
    version: str
    ends: Day


# Graph API, "Versions" and "Platform Versioning": v26.0 is of 2026-07-29, its end is not announced,
# and each version lives for two years at least, so that this is the earliest day.
VERSIONS: tuple[ApiVersion, ...] = (
    ApiVersion("instagram", "v26.0", "2028-07-29"),
    ApiVersion("facebook", "v26.0", "2028-07-29"),
)
"""Bluesky, Mastodon and Threads end none on a day that is known; LinkedIn's will stand here."""
