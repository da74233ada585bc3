"""A validator for what X's API takes and gives, by names and types; closed: nothing else passes."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

FILE = json.loads((Path(__file__).parent.parent / "fixtures" / "x-shapes.json").read_text("utf-8"))

NEW = {
    "tweet.fields": "post.fields",
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
}
"""Name in live traffic → name in the OpenAPI description."""
OLD_ONLY = {"referenced_tweets"}
"""What could be asked for as a field, and is an expansion now."""


class ShapeError(AssertionError):
    """Something on the wire is not what X's description says."""


def validate_request(call, fields):
    check(FILE["requests"][call], fields, call)


def validate_response(call, fields):
    check(FILE["responses"][call], renamed(fields), call)


def renamed(value):
    """Give the names of the description to what has those of live traffic."""
    if isinstance(value, dict):
        return {NEW.get(name, name): renamed(item) for name, item in value.items()}
    return [renamed(item) for item in value] if isinstance(value, list) else value


def check(shape, value, place):
    if isinstance(shape, dict):
        _check_fields(shape, value, place)
    elif isinstance(shape, list):
        inner, fewest, most = shape
        if not isinstance(value, list) or not fewest <= len(value) <= most:
            raise ShapeError(f"{place}: no list of {fewest} to {most}: {value!r}")
        for number, item in enumerate(value):
            check(inner, item, f"{place}[{number}]")
    elif shape in FILE["shapes"]:
        check(FILE["shapes"][shape], value, place)
    elif not _is(shape, value, place):
        raise ShapeError(f"{place}: {value!r} is no {shape}")


def _check_fields(shape, value, place):
    if not isinstance(value, dict):
        raise ShapeError(f"{place}: no object: {value!r}")
    known = {name.rstrip("!"): inner for name, inner in shape.items()}
    missing = {name[:-1] for name in shape if name.endswith("!")} - set(value)
    if missing or set(value) - set(known):
        raise ShapeError(f"{place}: {sorted(missing)} missing, got {sorted(value)}")
    for name, item in value.items():
        check(known[name], item, f"{place} {name}")


def _is(shape, value, place):
    word, _, most = shape.partition(" ")
    if word == "string":
        return isinstance(value, str) and len(value) <= int(most or 10**6)
    if word == "names":
        allowed = FILE["names"][place.rpartition(" ")[2]].split()
        return set(value.split(",")) <= set(allowed)
    if ".." in word:
        low, high = map(int, word.split(".."))
        return str(value).isdigit() and low <= int(value) <= high
    return {
        "anything": lambda: True,
        "boolean": lambda: isinstance(value, bool),
        "bytes": lambda: isinstance(value, bytes),
        "id": lambda: isinstance(value, str) and re.fullmatch(r"[0-9]{1,19}", value),
        "integer": lambda: isinstance(value, int) and not isinstance(value, bool),
        "moment": lambda: value.endswith("Z") and datetime.fromisoformat(value),
    }.get(word, lambda: value in word.split("|"))()
