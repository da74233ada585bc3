"""Time: no text, however hostile, costs more than in proportion to its length.

Each measured thing gets texts of a hundred kinds and more, of one length and of four times that
length. What is linear takes four times as long, what is quadratic sixteen times. Only processor
time is measured, the least of several tries; what takes hardly longer than merely reading the text
letter by letter is not judged, as it is too short to be measured.
"""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import re
import sys
import time
from pathlib import Path

import hostile_texts
import pytest
import regex

import mimin
from mimin import printable
from mimin.compose import hashtags, mentions, parts, text, walk
from mimin.importers import cutting, escape, tweet
from mimin.importers.incoming import UnreadableError
from mimin.model.brand import Person
from mimin.model.payload import Span
from mimin.model.post import PostFields
from mimin.networks import (
    counting,
    discord_message,
    grammar,
    linkedin_text,
    links,
    marks,
    mastodon_text,
    matching,
    pinterest_pin,
    threads,
)
from mimin.planning import markdown
from mimin.workspace.frontmatter import parse_yaml, read_document, read_yaml
from mimin.workspace.validation import validate

SHORT, TIMES, MOST = 2_000, 4, 9.0
"""A ratio of 9 lies well between 4 and 16: n·log n and a noisy machine stay below."""
TRIES = 5

_CACHES = (
    *(links.detect, grammar._urls_of, parts.passages, text.render, walk._parse),
    *(hashtags.hashtags, counting.weighted, counting.graphemes, counting.mastodon),
    counting.threads,
)
_RINA = {"rina": Person(name="Rina", handles={"bluesky": "rina.example.com"}, did="did:plc:a")}


def _cost(work, given):
    for cached in _CACHES:
        cached.cache_clear()
    begun = time.process_time()
    with contextlib.suppress(UnreadableError, ValueError):
        work(given)
    return time.process_time() - begun


def _read(given):
    """Read letter by letter: the yardstick."""
    return [letter for letter in given * 4 if letter > "a"]


def growth(work, kind, length, yard):
    """Measure how many times longer a text takes that is four times as long; 1 for at once."""
    short, long = kind(length), kind(length * TIMES)
    least_short = least_long = float("inf")
    for _ in range(TRIES):
        least_long = min(least_long, _cost(work, long))
        if least_long < 4 * yard:
            return 1.0
        least_short = min(least_short, _cost(work, short))
        if least_long / least_short <= MOST:
            break
    return least_long / least_short


def too_steep(work, kinds, length=SHORT):
    for kind in (lambda _: "a.b #a @b [x](y) <b> é\n", lambda _: "x"):
        _cost(work, kind(0))  # what is loaded at the first use
    letters = "a" * (length * TIMES)
    yard = min(_cost(_read, letters) for _ in range(TRIES))
    found = {name: round(growth(work, kind, length, yard), 1) for name, kind in kinds.items()}
    return {name: ratio for name, ratio in found.items() if ratio > MOST}


def _mention(given):
    spans = tuple(Span(start=at, end=at + 1, url="https://a.co") for at in range(0, len(given), 5))
    mentions.mention(given, spans, _RINA, "bluesky")


def _tweets(given):
    tweet.read_tweets(given)


TEXTS = {
    **{f"count {name}": count for name, count in counting.COUNTERS.items()},
    **{f"guess {name}": count for name, count in counting.CEILINGS.items()},
    "find what Bluesky shows": links.detect,
    "find marks": marks.find_marks,
    "read Markdown, links as facets": lambda given: parts.passages(given, "facet"),
    "read Markdown, links written out": lambda given: parts.passages(given, "bare"),
    "cut into parts": parts.scan,
    "fill in people": _mention,
    "find people": mentions.lines_of_places,
    "add tags": lambda given: hashtags.hashtags(given, ("kopi", "a", "rina")),
    "escape for LinkedIn": linkedin_text.escape,
    "read LinkedIn's text": linkedin_text.plain,
    "recognise a text": matching.text_hash,
    "recognise a text on Mastodon": mastodon_text.text_hash,
    "find a pin's link": lambda given: (
        pinterest_pin._LINK.search(given),
        pinterest_pin._LINK_ALONE.search(given),
    ),
    "escape for Discord": lambda given: discord_message._SPECIAL.sub(r"\\\g<0>", given),
    "find Threads' topics": threads._SIGN.findall,
    "write as code for GitHub": markdown.cell,
    "write for GitHub as it is, where it may": markdown.words,
    "write out what is hidden": printable.log_safe,
    "escape for Markdown": escape.escape,
    "escape lines of dashes": escape.escape_breaks,
    "read tweets": _tweets,
    "cut long texts": lambda given: cutting.cut(given, 280, 10, 10),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_of_any_kind_takes_time_in_proportion_to_its_length(name, record_property):
    record_property("counts", {"hostile texts": len(hostile_texts.BODIES)})
    assert too_steep(TEXTS[name], hostile_texts.BODIES) == {}


def _document(given):
    document = read_document(f"---\n{given}---\nHalo.")
    validate(PostFields, document.fields, "a.md")


YAML = {
    "read as a document": _document,
    "read fast where it is simple": read_yaml,
    "read with the parser": parse_yaml,
}


@pytest.mark.parametrize("name", YAML)
def test_yaml_of_any_kind_takes_time_in_proportion_to_its_length(name, record_property):
    record_property("counts", {"hostile YAML": len(hostile_texts.YAML)})
    # Longer, so that both lengths pass the bounds of lists, where the parser comes into play.
    assert too_steep(YAML[name], hostile_texts.YAML, 4 * SHORT) == {}


def test_html_of_any_kind_takes_time_in_proportion_to_its_length(record_property):
    record_property("counts", {"hostile HTML": len(hostile_texts.HTML)})
    assert too_steep(mastodon_text.html_hash, hostile_texts.HTML) == {}


def _patterns():
    """Find every pattern that a module of mimin keeps, by the place it has in the source."""
    for found in pkgutil.walk_packages(mimin.__path__, "mimin."):
        if found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if isinstance(value, (re.Pattern, type(regex.compile("a")))):
                yield f"{found.name}.{name}", value


PATTERNS = dict(sorted(_patterns()))
EVERYTHING = {**hostile_texts.BODIES, **hostile_texts.HTML}

GUARDED = {
    "mimin.networks.counting._GRAPHEME": "long runs of flags are cut before it sees them",
    "mimin.importers.twitter_together._TEMPLATE": "it sees names of files, of 255 bytes at most",
}
"""Patterns that are quadratic where they stand alone, and why that can not be used."""


def _used(name):
    """Use a pattern as its module does: at one place, or from each letter on."""
    module, _, short = name.rpartition(".")
    source = Path(sys.modules[module].__file__).read_text()
    # What is handed on may be used in any way.
    anchored = not re.search(rf"{short}\b(?!\.(?:match|fullmatch)\b| = )", source)
    pattern = PATTERNS[name]

    def use(text):
        given = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
        pattern.match(given)
        pattern.fullmatch(given)
        for _ in () if anchored else pattern.finditer(given):
            pass

    return use


@pytest.mark.parametrize("name", PATTERNS)
def test_every_pattern_of_the_source_is_linear(name, record_property):
    record_property("counts", {"patterns against hostile texts": len(EVERYTHING)})
    steep = too_steep(_used(name), EVERYTHING, SHORT // 4)
    if name in GUARDED:
        assert steep, "it is linear now; take it off the list"
    else:
        assert steep == {}
