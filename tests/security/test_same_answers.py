"""What was made linear says the same as what it stands for, which is simple and slow."""

from __future__ import annotations

import importlib
import re
import unicodedata
from unittest import mock

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from mimin.compose import variant
from mimin.compose.page import Page
from mimin.importers import cutting
from mimin.networks import counting, grammar, links, mastodon_text
from mimin.networks.normal import normalize

_SIGNS = """
a b1 xn-- a-b a_b - _ . .. .com .id .co.id t.co/ / // http:// https:// ( ) (a) (a(b)c) (( ! !(a)
(a)! ? ?a=b & # @ @a/ : :80 \u00e9 \u65e5\u672c \u3002 \u0436 ~ + ' "
"""
_WORDS = st.lists(st.sampled_from(_SIGNS.split()), max_size=30).map("".join)


def _library_s(word):
    """Find URLs with the library's own pattern."""
    own = importlib.import_module("twitter_text.regexp.extract_url").extract_url
    patterns = grammar._patterns()._replace(url=own)
    with mock.patch.object(grammar, "_patterns", return_value=patterns):
        return grammar._extract(word)


def test_the_pattern_of_x_was_really_exchanged():
    own = importlib.import_module("twitter_text.regexp.extract_url").extract_url
    assert grammar._patterns().url.pattern != own.pattern


@settings(max_examples=1500)
@given(_WORDS)
def test_addresses_are_found_as_the_library_finds_them(word):
    assert grammar._extract(word) == _library_s(word)


@settings(max_examples=300)
@given(_WORDS, st.integers(0, 600), st.sampled_from(["a", "a-", "0", "Z_"]))
def test_what_is_too_long_for_a_host_changes_no_address_around_it(word, count, unit):
    for text in (f"https://a.co/{unit * count}{word}", f"{unit * count} {word}"):
        assert grammar._extract(grammar._LONG_RUN.sub(grammar._hollow, text)) == _library_s(text)


_FLAGGED = st.text(
    alphabet="\U0001f1ee\U0001f1e9\u0301\u200d\ufe0fa\U0001f44d\U0001f3fd", max_size=300
)


@settings(max_examples=300)
@given(_FLAGGED, st.integers(0, 300))
def test_graphemes_are_those_of_unicode_however_many_flags_there_are(text, flags):
    whole = text + "\U0001f1ee" * flags + text
    assert counting.graphemes(whole) == len(regex.findall(r"\X", whole))


@settings(max_examples=300)
@given(st.text(alphabet="ae\u0301\u0323\u0327é\ufb01\uac00\u1100\u1161", max_size=100))
def test_texts_are_normalised_as_python_does_it(text):
    assert normalize("NFC", text) == unicodedata.normalize("NFC", text)
    assert normalize("NFKC", text) == unicodedata.normalize("NFKC", text)


def _trim(url):
    while True:
        last = url[-1]
        opened = links._BRACKETS.get(last)
        if last not in links._SENTENCE_MARKS and (
            opened is None or url.count(last) <= url.count(opened)
        ):
            return url
        url = url[:-1]


@settings(max_examples=500)
@given(st.text(alphabet="a.)(]}[{!\uff1f\uff08\uff09", max_size=40))
def test_addresses_end_where_they_ended(rest):
    assert links._trim(f"https://a{rest}") == _trim(f"https://a{rest}")


@settings(max_examples=500)
@given(st.text(alphabet="a#!1.é…_", max_size=30))
def test_tags_end_where_they_ended(tag):
    assert links._without_punctuation(tag) == regex.sub(r"\p{P}+$", "", tag)


@settings(max_examples=500)
@given(st.text(alphabet="a [](b", max_size=40))
def test_long_texts_are_cut_at_the_blanks_at_which_they_were_cut(text):
    simple = re.finditer(r"[ ]+(?![^\[\]]*\]\()", text)
    assert [found.span() for found in cutting._words(text)] == [found.span() for found in simple]


_PIECES = st.lists(
    st.sampled_from(
        [
            "a",
            " ",
            "&amp;",
            "&#233;",
            "&lt;",
            "<p>",
            "</p>",
            "<br/>",
            "<br />",
            "< ",
            '<a href="https://a.co/?b=c&amp;d" class="e">',
            "</a>",
            '<span class="f">',
            "</span>",
            '<p class="quote-inline">',
            "@<span>b</span>",
            "&#12345678901;",
        ]
    ),
    max_size=20,
).map("".join)


@settings(max_examples=500)
@given(_PIECES)
def test_what_an_instance_sends_is_read_as_before(content):
    reader = mastodon_text._Reader()
    reader.feed(content)
    reader.close()
    assert mastodon_text.normal_html(content) == mastodon_text.normal_text("".join(reader.pieces))


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "newline", "span", "apart"]), st.text(" ab")), max_size=30
    )
)
def test_links_stay_where_they_are_on_a_page_of_many_lines(steps):
    page, starts = Page(), []
    for what, text in steps:
        if what == "newline":
            page.newline()
        elif what == "apart":
            page.block(apart=True)
        elif what == "span":
            start = page.mark()
            page.add(text or "x")
            page.span(start, "https://a.co")
            starts.append(text or "x")
        else:
            page.add(text)
    text, spans = page.finish()
    assert [text[span.start : span.end] for span in spans] == [
        shown.strip() for shown in starts if shown.strip()
    ]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(["<!--", "-->", "<!-->", "a", " ", "\n", "-"]), max_size=12))
def test_a_variant_of_nothing_but_notes_says_nothing(pieces):
    body = "".join(pieces)
    assert variant._says(body) == bool(re.sub(r"(?s)<!--.*?-->", "", body).strip())
