"""Versions: which version of a network's API an account asks for, and when the network ends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whenever import Date

from mimin.model.base import Day
from mimin.networks import linkedin_versions as linkedin

if TYPE_CHECKING:
    from mimin.model.brand import Account


@dataclass(frozen=True)
class ApiVersion:
    """One version of one network's API, with the last day on which it surely works."""

    network: str
    version: str
    ends: Day
    announced: bool = False
    """Whether the network has said that it refuses the version after that day; else it may."""


# Graph API, "Versions" and "Platform Versioning": v26.0 is of 2026-07-29, its end is not announced,
# and each version lives for two years at least, so that this is the earliest day.
VERSIONS: tuple[ApiVersion, ...] = (
    ApiVersion("instagram", "v26.0", "2028-07-29"),
    ApiVersion("facebook", "v26.0", "2028-07-29"),
)
"""The versions that are asked for where an account names none; Bluesky, Mastodon and Threads end
none on a day that is known, and LinkedIn has a table of its own."""


def version_of(account: Account, settings: Mapping[str, str] | None = None) -> ApiVersion | None:
    """Tell which version is asked for, as far as the day of its end is known.

    Args:
        account: Whose network it is.
        settings: Those of a payload, where they differ from the account's.
    """
    said = (account.settings if settings is None else settings).get("version")
    if account.network == "linkedin":
        return _of_linkedin(said or linkedin.DEFAULT)
    for known in VERSIONS:
        if known.network == account.network and said in {None, known.version}:
            return known
    return None


def _of_linkedin(version: str) -> ApiVersion | None:
    if not linkedin.is_version(version):
        return None
    first = linkedin.ENDS.get(version)
    announced = first is not None or version < min(linkedin.ENDS)
    if first is None and announced:
        first = min(linkedin.ENDS.values())  # what is older than the table is gone
    elif first is None:
        first = Date(int(version[:4]) + 1, int(version[4:]), 1)
    return ApiVersion("linkedin", version, first.subtract(days=1).format_iso(), announced)
