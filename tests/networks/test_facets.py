"""Links, mentions and tags are found where Bluesky's own client finds them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimin.networks.links import Kind, byte_span, detect

CASES = json.loads((Path(__file__).parent / "fixtures/bluesky_facets.json").read_text("utf-8"))


def cut(text: str) -> list[dict[str, str]]:
    """Cut a text as the vendor's cases are written; handles resolve to `did:fake:<handle>`."""
    pieces = []
    cursor = 0
    for span in detect(text):
        pieces.append({"text": text[cursor : span.start]})
        value = f"did:fake:{span.value}" if span.kind is Kind.MENTION else span.value
        pieces.append({"text": text[span.start : span.end], "value": value})
        cursor = span.end
    pieces.append({"text": text[cursor:]})
    return [piece for piece in pieces if piece["text"]]


def found(text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.value) for span in detect(text)]


@pytest.mark.parametrize("case", CASES["segments"], ids=lambda case: case["text"])
def test_links_and_mentions_agree_with_the_vendors_cases(case):
    assert cut(case["text"]) == case["segments"]


@pytest.mark.parametrize(
    ("case", "kind"),
    [(case, Kind.TAG) for case in CASES["tags"]]
    + [(case, Kind.CASHTAG) for case in CASES["cashtags"]],
    ids=lambda value: value["text"] if isinstance(value, dict) else value,
)
def test_tags_agree_with_the_vendors_cases(case, kind):
    text, spans = case["text"], detect(case["text"])
    places = [byte_span(text, span.start, span.end) for span in spans]
    assert [span.value for span in spans] == case["tags"]
    assert {span.kind for span in spans} <= {kind}
    assert places == [(index["byteStart"], index["byteEnd"]) for index in case["index"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("👉https://kopi.id", [("https://kopi.id", "https://kopi.id")]),
        ("☕️kopi-senja.co.id/menu!", [("kopi-senja.co.id/menu", "https://kopi-senja.co.id/menu")]),
        ("“https://kopi.id/a”", [("https://kopi.id/a", "https://kopi.id/a")]),
        ("https://kopi.id/a...", [("https://kopi.id/a", "https://kopi.id/a")]),
        ("(lihat https://kopi.id/a_(b)).", [("https://kopi.id/a_(b)", "https://kopi.id/a_(b)")]),
        ("HTTPS://KOPI.ID", [("HTTPS://KOPI.ID", "HTTPS://KOPI.ID")]),
        ("httpbin.org", [("httpbin.org", "https://httpbin.org")]),
        ("kopi.id:8080/a", [("kopi.id:8080/a", "https://kopi.id:8080/a")]),
        ("\uff08https://kopi.id\uff09", [("https://kopi.id", "https://kopi.id")]),
        ("https:// lalu http://?", []),
        ("budi@kopi.id kopi.id@gmail.com", []),
        ("kopi.id-nya performance.now() Selesai.Besok 10.00", []),
        ("kafeé.com example.com.みんな @com", []),
        ("#kopi.id", [("#kopi.id", "kopi.id")]),
        ("#a(https://kopi.id", [("#a(https://kopi.id", "a(https://kopi.id")]),
        ("「https://kopi.id」です", [("https://kopi.id", "https://kopi.id")]),
        ("(#kopi) US$ABC https://a.com/#b", [("https://a.com/#b", "https://a.com/#b")]),
        ("https://a.com/?q=$AAPL&u=@a.com", [("https://a.com/?q=$AAPL&u=@a.com",) * 2]),
        (
            "hai @kopi.senja dan @kopi-senja.bsky.social.",
            [("@kopi-senja.bsky.social", "kopi-senja.bsky.social")],
        ),
        ("“@budi.test” @x", [("@budi.test", "budi.test")]),
        ("@budi.test_lain", []),
        ("@budi.test.a_b", []),
    ],
)
def test_what_people_write_around_links_is_not_part_of_them(text, expected):
    assert found(text) == expected


@given(
    st.lists(st.sampled_from([*"#@$.(/)! \n☕é家", "https://", "kopi", ".id", "#a", "1️⃣"])).map(
        "".join
    )
)
def test_spans_are_in_order_apart_and_within_the_text(text):
    cursor = 0
    for span in detect(text):
        assert cursor <= span.start < span.end <= len(text)
        cursor = span.end
        first, last = byte_span(text, span.start, span.end)
        assert text.encode()[first:last].decode() == text[span.start : span.end]


def test_a_hashtag_has_64_signs_as_a_reader_counts_them():
    tag = "👍🏽" * 64
    assert found(f"#{tag}") == [(f"#{tag}", tag)]
    assert found(f"#{tag}👍🏽") == []
