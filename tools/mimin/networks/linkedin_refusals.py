"""What LinkedIn's refusals mean: its own codes stand deep inside of the answer."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from mimin.networks.protocol import NotPublished

if TYPE_CHECKING:
    from mimin.networks.http import Refusal

_UNFINISHED = re.compile(r"MEDIA_ASSET_(?:WAITING_UPLOAD|PROCESSING)\b")
_URN = r"urn:li:(?:share|ugcPost):\d+"
_DUPLICATE = re.compile(rf"DUPLICATE_POST|duplicate of {_URN}")
_ITS_URN = re.compile(rf"duplicate of (?P<urn>{_URN})")


def is_duplicate(refusal: Refusal) -> bool:
    """Tell whether LinkedIn has the post already."""
    return refusal.status == 422 and _DUPLICATE.search(_said(refusal)) is not None


def duplicate_of(refusal: Refusal) -> str | None:
    """Give the URN of the post that LinkedIn has already, where it names it."""
    named = _ITS_URN.search(_said(refusal))
    return named["urn"] if named else None


def is_duplicate_comment(refusal: Refusal) -> bool:
    """Tell whether LinkedIn may have the comment already; how it says so is not documented."""
    return "duplicate" in _said(refusal).casefold()


def explained(refusal: Refusal, version: str) -> NotPublished:
    """Say of a refusal whether another post is needed, and what else would mend it."""
    said = _said(refusal)
    if refusal.status == 426 or "VERSION" in said:
        return NotPublished(
            f"{refusal}; LinkedIn may have ended version {version}: set `version:` of the account"
            " to a newer one"
        )
    refusal.permanent = refusal.permanent and not _UNFINISHED.search(said)
    return refusal


def _said(refusal: Refusal) -> str:
    return f"{refusal} {json.dumps(refusal.body)}"
