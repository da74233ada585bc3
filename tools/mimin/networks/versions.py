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


VERSIONS: tuple[ApiVersion, ...] = ()
"""Bluesky and Mastodon end none on a day that is known; LinkedIn's and Meta's will stand here."""
