"""When a network that answered 429 may be asked again, in the five ways in which they say it."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from whenever import Instant, TimeDelta

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADERS = ("retry-after", "x-ratelimit-reset", "ratelimit-reset")
_LONGEST_WAIT = 10 * 366 * 86400
"""A larger number is not a number of seconds to wait but a moment (epoch)."""


def retry_moment(headers: Mapping[str, str], now: Instant) -> Instant | None:
    """Read the first of the headers that can be read; None when there is none.

    `Retry-After` is seconds or an HTTP date, `ratelimit-reset` seconds since 1970 on Bluesky,
    `X-RateLimit-Reset` an ISO time on Mastodon.
    """
    moments = (_read(headers.get(name, "").strip(), now) for name in HEADERS)
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


def _read(value: str, now: Instant) -> Instant | None:
    for form in (_number, _iso, _http_date):
        try:
            return form(value, now)
        except (ValueError, OverflowError):
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
