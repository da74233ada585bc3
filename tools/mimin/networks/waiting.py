"""When a network that answered 429 may be asked again, in the ways in which they say it."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from whenever import Instant, TimeDelta

from mimin.foreign import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADERS = (
    "retry-after",
    "x-ratelimit-reset",
    "ratelimit-reset",
    "x-rate-limit-reset",
    "x-business-use-case-usage",
)
DAILY = ("x-user-limit-24hour", "x-app-limit-24hour")
"""Limits of X that hold for a day; when nothing is `-remaining` of one, its `-reset` counts."""
LONGEST = TimeDelta(hours=24)
"""The longest wait that is believed. No limit that the networks document holds for more than a day
(Meta's and X's windows of 24 hours, Bluesky's points of a day, the midnights of LinkedIn and
Google), so that more is a server's mistake; asking once more tomorrow costs one call, and waiting
until the year 9999 a post."""
_LONGEST_WAIT = 10 * 366 * 86400
"""A larger number is not a number of seconds to wait but a moment (epoch)."""


def retry_moment(headers: Mapping[str, str], now: Instant) -> Instant | None:
    """Read the first of the headers that can be read; None when there is none.

    `Retry-After` is seconds or an HTTP date, `ratelimit-reset` seconds since 1970 on Bluesky,
    `X-RateLimit-Reset` an ISO time on Mastodon, `x-rate-limit-reset` seconds since 1970 on X,
    `X-Business-Use-Case-Usage` JSON with minutes on Meta's networks. None is later than `LONGEST`
    from *now*.
    """
    spent = [name for name in DAILY if headers.get(f"{name}-remaining", "").strip() == "0"]
    names = (*(f"{name}-reset" for name in spent), *HEADERS)
    moments = (_read(headers.get(name, "").strip(), now) for name in names)
    return next((moment for moment in moments if moment is not None), None)


def moment_in(body: object, now: Instant) -> Instant | None:
    """Read `retry_after` of the answer itself; None when it does not say it.

    Telegram has it among the `parameters` (Bot API, ResponseParameters), Discord at the top.
    """
    if not isinstance(body, dict):
        return None
    inner = body.get("parameters")
    seconds = (inner if isinstance(inner, dict) else body).get("retry_after")
    return _read(str(seconds), now) if isinstance(seconds, int | float) else None


def at_most(moment: Instant, now: Instant) -> Instant:
    """Give a moment to come back at, or the latest that is believed."""
    return min(moment, now + LONGEST)


def _read(value: str, now: Instant) -> Instant | None:
    for form in (_number, _iso, _http_date, _usage):
        try:
            return at_most(form(value, now), now)
        except (ValueError, OverflowError, TypeError, AttributeError):
            continue
    return None


def _number(value: str, now: Instant) -> Instant:
    seconds = float(value)
    if seconds > _LONGEST_WAIT:
        return Instant.from_timestamp(int(seconds))
    return now + TimeDelta(seconds=max(seconds, 0))


def _iso(value: str, _now: Instant) -> Instant:
    return Instant.parse_iso(value)


def _http_date(value: str, _now: Instant) -> Instant:
    return Instant(parsedate_to_datetime(value))


def _usage(value: str, now: Instant) -> Instant:
    """Read `{id: [{…, "estimated_time_to_regain_access": minutes}]}`; 0 is: not limited."""
    usages = [usage for found in read_json(value).values() for usage in found]
    minutes = max(float(usage.get("estimated_time_to_regain_access", 0)) for usage in usages)
    if minutes <= 0:
        raise ValueError(value)
    return now + TimeDelta(minutes=minutes)
