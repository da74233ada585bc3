"""What Meta's error codes prove about a call, and what helps: Instagram, Facebook and Threads.

The code alone is not enough: the subcode goes before it. A refusal is proof that nothing went out
unless it speaks of trouble inside or of a duplicate, which may be our own first try.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from mimin.foreign import read_number
from mimin.networks.http import Refusal, Unclear
from mimin.networks.protocol import NotPublished
from mimin.networks.waiting import retry_moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from whenever import Instant


class Fate(Enum):
    """What a refused call can hope for."""

    CHANGE = auto()
    """Only a changed post helps."""
    AGAIN = auto()
    """Nothing is wrong with the post: token, account, media host or container."""
    LATER = auto()
    """Too many calls or posts."""
    DOUBT = auto()
    """It may have been done all the same."""


GONE = 33
"""Subcode of 100: the object does not exist, or this token may not see it."""
TOKEN = frozenset({"102", "190"})
"""Codes of a token that is worth nothing any more."""

# Instagram Platform, "Error codes" (2026-06-02). Facebook's and the last four of Instagram's are
# known from other tools only; Threads API, "Troubleshooting".
SUBCODES: Mapping[int, Fate] = {
    GONE: Fate.AGAIN,
    2207001: Fate.DOUBT,
    2207003: Fate.AGAIN,
    2207004: Fate.CHANGE,
    2207005: Fate.CHANGE,
    2207006: Fate.AGAIN,
    2207008: Fate.AGAIN,
    2207009: Fate.CHANGE,
    2207010: Fate.CHANGE,
    2207020: Fate.AGAIN,
    2207023: Fate.CHANGE,
    2207026: Fate.CHANGE,
    2207027: Fate.AGAIN,
    2207032: Fate.DOUBT,
    2207042: Fate.LATER,
    2207050: Fate.AGAIN,
    2207051: Fate.AGAIN,
    2207052: Fate.AGAIN,
    2207053: Fate.AGAIN,
    2207057: Fate.CHANGE,
    2207028: Fate.CHANGE,
    2207077: Fate.AGAIN,
    2207081: Fate.CHANGE,
    2207082: Fate.AGAIN,
    # Facebook
    1346003: Fate.CHANGE,
    1349125: Fate.CHANGE,
    1363047: Fate.DOUBT,
    1366046: Fate.CHANGE,
    1366051: Fate.DOUBT,
    1390008: Fate.LATER,
    1404006: Fate.AGAIN,
    1404078: Fate.AGAIN,
    1404102: Fate.CHANGE,
    1404112: Fate.AGAIN,
    1609008: Fate.CHANGE,
    1609010: Fate.DOUBT,
    2061006: Fate.CHANGE,
    2069019: Fate.CHANGE,
    4854002: Fate.AGAIN,
    # Threads
    4279013: Fate.AGAIN,
    4279071: Fate.CHANGE,
}
"""Subcode → what it means for the call."""

_CODES: Mapping[int, Fate] = {
    -2: Fate.AGAIN,
    -1: Fate.DOUBT,
    1: Fate.DOUBT,
    2: Fate.DOUBT,
    4: Fate.LATER,
    10: Fate.AGAIN,
    17: Fate.LATER,
    24: Fate.AGAIN,
    25: Fate.AGAIN,
    32: Fate.LATER,
    100: Fate.CHANGE,
    102: Fate.AGAIN,
    190: Fate.AGAIN,
    352: Fate.CHANGE,
    368: Fate.AGAIN,
    506: Fate.DOUBT,
    613: Fate.LATER,
    9004: Fate.AGAIN,
    9007: Fate.AGAIN,
    36000: Fate.CHANGE,
    36001: Fate.CHANGE,
    36003: Fate.CHANGE,
    36004: Fate.CHANGE,
}
_SEEN_LIVE = frozenset({2207051})
"""Subcodes that were seen with posts that are live."""
_PERMISSIONS = range(200, 300)
_LIMITS = range(80001, 80010)


def judged(refusal: Refusal, now: Instant) -> NotPublished | Unclear:
    """Give what a refusal really says: proof, with the hope that there is, or doubt."""
    fate = _fate(refusal)
    if fate is Fate.DOUBT:
        return Unclear(str(refusal), status=refusal.status, body=refusal.body)
    if fate is not None:
        refusal.permanent = fate is Fate.CHANGE
    if fate is Fate.LATER:
        refusal.retry_at = retry_moment(refusal.headers, now)
    if refusal.code == "100" and refusal.says("appsecret_proof"):
        # It is about the app, and the post is as it should be.
        return NotPublished(
            f"{refusal}; the app asks for a proof of its secret: put it into the account's secret "
            'as `{"access_token": "…", "client_secret": "…"}`'
        )
    if refusal.code in TOKEN:
        return NotPublished(f"{refusal}; log in again and set the account's secret anew")
    return refusal


def is_proof(refusal: Refusal) -> bool:
    """Tell whether a refused call that publishes has published nothing.

    A limit proves it nowhere: Instagram and Threads have told it of posts that were live
    (github.com/gitroomhq/postiz-app/issues/1681). Nor does a code that nobody documents, or none.
    """
    sub, code = subcode(refusal), refusal.code
    if sub in _SEEN_LIVE:
        return False
    number = read_number(code)
    known = number in _CODES or number in _PERMISSIONS
    return (known or sub in SUBCODES) and _fate(refusal) in {Fate.CHANGE, Fate.AGAIN}


def subcode(refusal: Refusal) -> int:
    """Give the subcode; 0 where there is none."""
    found = _error(refusal).get("error_subcode")
    return found if isinstance(found, int) else 0


def is_gone(refusal: Refusal) -> bool:
    """Tell whether the object does not exist for this token."""
    return refusal.code == "100" and subcode(refusal) == GONE


def _fate(refusal: Refusal) -> Fate | None:
    """Find the fate; None leaves it to the HTTP status."""
    known = SUBCODES.get(subcode(refusal))
    if known is not None:
        return known
    if _error(refusal).get("is_transient") is True:
        return Fate.DOUBT
    try:
        code = int(refusal.code)
    except ValueError:
        return None
    if code in _PERMISSIONS:
        return Fate.AGAIN
    # Nearly all of Meta's refusals are a 400, so that this says nothing about whose fault it is.
    return Fate.LATER if code in _LIMITS else _CODES.get(code, Fate.AGAIN)


def _error(refusal: Refusal) -> Mapping[str, object]:
    body = refusal.body
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}
