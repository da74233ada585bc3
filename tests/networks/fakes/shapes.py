"""A validator for what an API takes and gives, by names and types; closed: nothing else passes.

A shape is a type's name, an object of shapes (`name!` has to be there), or a list as
`[shape, fewest, most]`. Types: `string`, `string 1000` (longest), `boolean`, `integer`, `0..999`,
`bytes`, `moment`, `id`, `urn share|ugcPost`, `names` (with commas, of those allowed at that place),
`anything`, or the words themselves, as `one|other`.
"""

from __future__ import annotations

import re
from datetime import datetime


class ShapeError(AssertionError):
    """Something on the wire is not what the API's description says."""


def check(shape, value, place, *, shapes=None, names=None):
    known = shapes or {}
    if isinstance(shape, dict):
        _check_fields(shape, value, place, shapes=known, names=names)
    elif isinstance(shape, list):
        inner, fewest, most = shape
        if not isinstance(value, list) or not fewest <= len(value) <= most:
            raise ShapeError(f"{place}: no list of {fewest} to {most}: {value!r}")
        for number, item in enumerate(value):
            check(inner, item, f"{place}[{number}]", shapes=known, names=names)
    elif shape in known:
        check(known[shape], value, place, shapes=known, names=names)
    elif not _is(shape, value, (names or {}).get(place.rpartition(" ")[2], "")):
        raise ShapeError(f"{place}: {value!r} is no {shape}")


def _check_fields(shape, value, place, **known):
    if not isinstance(value, dict):
        raise ShapeError(f"{place}: no object: {value!r}")
    inner = {name.rstrip("!"): one for name, one in shape.items()}
    missing = {name[:-1] for name in shape if name.endswith("!")} - set(value)
    if missing or set(value) - set(inner):
        raise ShapeError(f"{place}: {sorted(missing)} missing, got {sorted(value)}")
    for name, item in value.items():
        check(inner[name], item, f"{place} {name}", **known)


def _is(shape, value, allowed):
    word, _, more = shape.partition(" ")
    if word == "string":
        return isinstance(value, str) and len(value) <= int(more or 10**6)
    if word == "names":
        return set(value.split(",")) <= set(allowed.split())
    if word == "urn":
        return isinstance(value, str) and re.fullmatch(rf"urn:li:({more}):[A-Za-z0-9_-]+", value)
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
