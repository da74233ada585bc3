"""What YouTube's refusals mean: which of them only a changed post helps, and when quota is back.

Source: YouTube Data API v3, "Errors" and "Quota"; the reason stands in `error.errors[].reason`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from whenever import Time, TimeDelta

from mimin.networks.http import Limited, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from whenever import Instant

_DAILY = frozenset({"quotaExceeded", "dailyLimitExceeded"})
"""The project's units of the day are used up."""
_CHANNEL = frozenset({"uploadLimitExceeded"})
"""The channel has uploaded as much as it may in 24 hours."""
_PASSING = frozenset(
    {
        "rateLimitExceeded",
        "userRateLimitExceeded",
        "uploadRateLimitExceeded",
        "processingFailure",
        # A video that is seconds old may not be known everywhere when its comment comes.
        "videoNotFound",
    }
)
"""What another try may find better."""
TROUBLE = frozenset({"processingFailure", "backendError", "internalError"})
"""Trouble inside, whatever the status: a call that publishes may have been carried out."""
_WHO = 401
"""The status of refusals that are about the token, whatever their reason."""
_MIDNIGHT = Time(0)
_QUOTA_ZONE = "America/Los_Angeles"
"""Quota starts anew at midnight Pacific time."""


@contextmanager
def explained(clock: Callable[[], Instant]) -> Iterator[None]:
    """Give the refusals of the calls inside what their reasons say."""
    try:
        yield
    except (Refusal, Limited) as refusal:
        reason = reason_of(refusal)
        if reason in _DAILY | _CHANNEL | _PASSING:
            refusal.permanent = False
        if reason in _DAILY:
            refusal.retry_at = next_quota(clock())
        if reason in _CHANNEL:
            refusal.retry_at = clock() + TimeDelta(hours=24)
        of_the_post = reason.startswith(("invalid", "commentsDisabled", "mediaBodyRequired"))
        if of_the_post and getattr(refusal, "status", 0) != _WHO:
            refusal.permanent = True
        raise


def reason_of(refusal: Refusal | Limited) -> str:
    """Read YouTube's own word for a refusal; empty when there is none."""
    body = refusal.body
    error = body.get("error") if isinstance(body, dict) else None
    errors = error.get("errors") if isinstance(error, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return str(first.get("reason", "")) if isinstance(first, dict) else ""


def next_quota(now: Instant) -> Instant:
    """Tell when the units of the next day are there."""
    tomorrow = now.to_tz(_QUOTA_ZONE).date().add(days=1)
    return tomorrow.at(_MIDNIGHT).assume_tz(_QUOTA_ZONE).to_instant()
