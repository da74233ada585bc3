"""The shape of a payload: enough to say later which side of it was changed."""

from __future__ import annotations

import hashlib
import json

from mimin.model.payload import Payload

_SIDES = (
    "text",
    "media",
    "place",
    "alt",
    "card",
    "language",
    "warning",
    "visibility",
    "account",
    "headline",
    "replies",
    "labels",
    "settings",
)
_NAMES = {
    "text": "the text",
    "media": "a picture or video",
    "place": "the place of a file",
    "alt": "an alt text",
    "card": "the link card",
    "language": "the language",
    "warning": "the content warning",
    "visibility": "the visibility",
    "account": "the account",
    "headline": "the headline",
    "replies": "who may answer",
    "labels": "a label",
    "settings": "the network's settings",
}


def shape_of(payload: Payload) -> str:
    """Write the shape: each side with the beginning of its hash."""
    dumped = payload.model_dump(mode="json")
    parts = dumped["parts"]
    media = [part["media"] for part in parts]
    sides = {
        "text": [[part["text"], part["spans"]] for part in parts],
        "media": [[item["sha256"] for item in row] for row in media],
        "place": [[item["path"] for item in row] for row in media],
        "alt": [[item["alt"] for item in row] for row in media],
        "card": [part["card"] for part in parts],
        "language": dumped["languages"],
        "warning": dumped["warning"],
        "visibility": dumped["visibility"],
        "account": [dumped["account"], dumped["network"]],
        "headline": payload.headline,
        "replies": payload.replies.value,
        "labels": [payload.paid, payload.ai],
        "settings": payload.settings,
    }
    return " ".join(f"{side}={_short(sides[side])}" for side in _SIDES)


def what_changed(then: str, now: str) -> str:
    """Name the sides in which two shapes differ; empty when the older one says nothing."""
    old = dict(pair.split("=", 1) for pair in then.split() if "=" in pair)
    new = dict(pair.split("=", 1) for pair in now.split() if "=" in pair)
    names = [
        _NAMES[side] for side in _SIDES if side in old and side in new and old[side] != new[side]
    ]
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _short(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]
