"""The lies: what the server does, and what it says about it, as data.

A lie about a creating call is what is done (`now`, `late`, `no`) and what is answered, in one name:
`now, 502 page`. All others are one word for what the answer is.
"""

from __future__ import annotations

SETTLES_WITHIN = 100
"""Seconds after which what is stored late is there; an adapter waits longer before it concludes."""

REFUSALS = ("429", "403", "422", "404")
"""Answers by which an instance says that it did nothing."""
UNCLEAR = (
    "500",
    "502 page",
    "503",
    "404 page",
    "broken",
    "other",
    "empty",
    "closed",
    "cut",
    "hang",
)
"""Answers that say nothing about what was done."""

ABOUT_CREATING = (
    *(f"{done}, {answer}" for done in ("now", "late", "no") for answer in UNCLEAR),
    *(f"no, {answer}" for answer in REFUSALS),
    "late, success",
)
ABOUT_CHANGES = tuple(f"{done}, {answer}" for done in ("now", "no") for answer in UNCLEAR)
"""Of an edit and of a taking down."""
ABOUT_LISTS = (
    "empty list",
    "lag",
    "short",
    "same page",
    "other's list",
    "500",
    "502 page",
    "404 page",
    "broken",
    "other",
    "closed",
    "cut",
    "hang",
)
ABOUT_US = ("other's id", "401", "500", "broken", "closed")
ABOUT_UPLOADS = ("500", "broken", "closed", "hang", "422", "success")
"""`success` is an id of an upload that was lost."""
ABOUT_TIME = (-7200, 7200)
"""Seconds by which `Date` is wrong."""

UNNOTICED = (
    *(f"now, {answer}" for answer in REFUSALS),
    "no, success",
    "ours missing",
    "long lag",
)
"""Lies that no look can tell from the truth, or that nobody looks for: outside the promise."""

LAG = {"lag": 100, "long lag": 20 * 60}
"""Seconds that a status is on no list."""

JSON, PAGE = "application/json", "text/html"
SAID = {
    "429": (429, JSON, b'{"error":"Too many requests"}'),
    "401": (401, JSON, b'{"error":"The access token is invalid"}'),
    "403": (403, JSON, b'{"error":"This action is not allowed"}'),
    "404": (404, JSON, b'{"error":"Record not found"}'),
    "422": (422, JSON, b'{"error":"Validation failed: Text can\'t be blank"}'),
    "500": (500, JSON, b'{"error":"An unexpected error occurred"}'),
    "503": (503, JSON, b'{"error":"Remote data could not be fetched"}'),
    "404 page": (404, PAGE, b"<!doctype html><title>404 Not Found</title>nginx"),
    "502 page": (502, PAGE, b"<html><h1>502 Bad Gateway</h1></html>"),
    "other": (200, JSON, b'{"ok":true}'),
    "empty": (200, JSON, b""),
    "empty list": (200, JSON, b"[]"),
}
"""Answer → status, type and body. Those that are not here depend on the true answer."""
