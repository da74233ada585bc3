"""Thousands of made texts are as long, and as clickable, as the vendors' own libraries say."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.live.texts import emoji_of_unicode, texts

from mimin.networks.counting import graphemes, weighted
from mimin.networks.links import byte_span, detect
from mimin.networks.x_emoji import PATTERN
from mimin.printable import find_hidden

pytestmark = pytest.mark.live

HERE = Path(__file__).parent / "vendors"
SEED = int(os.environ.get("MIMIN_SEED", "20261130"))
COUNT = int(os.environ.get("MIMIN_TEXTS", "6000"))

Find = tuple[int, int, str, str]
"""First and last byte, kind, value."""

WHY = {
    "before": "the client finds what stands after a space or bracket, we also after an emoji",
    "space": "U+FEFF is a space in JavaScript only, U+0085 in Python only; no post may hold them",
    "capitals": "the client takes HTTPS:// and a top level in capitals for no link",
    "hyphen": "the client finds no host with a hyphen that has no scheme before it",
    "shorter": "we leave to the sentence what ends it: quotes, brackets and marks of any script",
    "longer": "the client cuts one mark or bracket off an end even where it belongs to it",
    "joined": "we take no host from what letters, signs or emoji directly follow",
    "passed": "the client passes by what follows a bracket in a word that it found no link in",
    "within": "we find nothing within a longer find, the client finds both",
}
"""Why a find is ours or the client's alone: each is wanted, and `test_facets.py` asserts it."""


@pytest.fixture(scope="module")
def said(vendors: Path) -> dict[str, dict[str, Any]]:
    """Ask the libraries about all texts in one go."""
    every = [*texts(SEED, COUNT), *(f"a{each}" for each in emoji_of_unicode())]
    every += emoji_of_unicode()
    asked = subprocess.run(
        ["node", str(vendors / "ask.mjs")],
        input=json.dumps(every),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return dict(zip(every, json.loads(asked.stdout), strict=True))


def test_every_text_weighs_what_it_weighs_to_twitter_text(said):
    different = {
        text: weighted(text) for text, its in said.items() if weighted(text) != its["weight"]
    }
    assert different == {}
    assert len(said) > COUNT


def test_what_twitter_text_calls_invalid_is_empty_too_long_or_holds_a_hidden_character(said):
    passing = [
        text
        for text, its in said.items()
        if not its["valid"] and 0 < weighted(text) <= 280 and not any(find_hidden(text))
    ]
    assert passing == []


def test_every_text_has_as_many_graphemes_as_bluesky_counts(said):
    different = [text for text, its in said.items() if graphemes(text) != its["graphemes"]]
    assert different == []


def test_every_find_is_bluesky_s_too_or_the_difference_is_a_known_one(said, record_property):
    reasons: Counter[str] = Counter()
    unexplained = []
    for text, its in said.items():
        raw = text.encode()
        ours = {
            (*byte_span(text, span.start, span.end), span.kind, span.value) for span in detect(text)
        }
        theirs = {
            (first, last, _kind(kind, value), value) for first, last, kind, value in its["facets"]
        }
        reasons["same"] += len(ours & theirs)
        for find in ours ^ theirs:
            other = theirs if find in ours else ours
            why = _reason(raw, find, other, mine=find in ours)
            reasons[why] += 1
            if why not in WHY:
                unexplained.append((text, find))
    record_property("finds", dict(reasons))
    assert unexplained == []
    assert reasons["same"] > COUNT / 4


def test_the_pattern_of_emoji_is_the_vendors_own(vendors):
    source = (vendors / "node_modules/twemoji-parser/dist/lib/regex.js").read_text("utf-8")
    found = re.search(r"exports\.default = /(.*)/g;", source)
    assert found is not None
    assert found[1] == PATTERN


def _kind(kind: str, value: str) -> str:
    return "cashtag" if kind == "tag" and value.startswith("$") else kind


def _reason(raw: bytes, find: Find, others: Iterable[Find], *, mine: bool) -> str:
    first, last, kind, _ = find
    before, text = raw[:first].decode()[-1:], raw[first:last].decode()
    host = re.split("[/?#:]", text)[0]
    if "\ufeff" in raw.decode() or "\x85" in raw.decode():
        return "space"
    if mine and before and not (before.isspace() or before == "("):
        return "before"
    beside = [other for other in others if other[0] == first]
    if beside:
        return "shorter" if (beside[0][1] < last) != mine else "longer"
    if any(other[0] < last and first < other[1] for other in others):
        return "within"
    if kind == "link" and not mine:
        return "joined"
    if mine and before == "(":
        return "passed"
    if kind in {"link", "mention"} and (re.match("HTTPS?://", text) or host != host.lower()):
        return "capitals"
    return "hyphen" if kind == "link" and "-" in host else "unknown"
