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
_ITS_URN = re.compile(rf"duplicate of (?P<urn>{_URN})")


def is_duplicate(refusal: Refusal) -> bool:
    """Tell whether LinkedIn may have the post or comment already, in whatever words it says so."""
    return "duplicate" in _said(refusal).casefold()


def duplicate_of(refusal: Refusal) -> str | None:
    """Give the URN of the post that LinkedIn has already, where it names it."""
    named = _ITS_URN.search(_said(refusal))
    return named["urn"] if named else None


def is_gone(refusal: Refusal) -> bool:
    """Tell whether LinkedIn says that it has no such post or comment; a wrong path is a 404 too."""
    body = refusal.body
    if refusal.status != 404 or not isinstance(body, dict):
        return False
    named = "code" in body or "serviceErrorCode" in body
    return named and not re.search("RESOURCE_NOT_FOUND|No virtual resource", _said(refusal))


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
