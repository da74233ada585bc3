"""Texts are as long as each network says they are."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mimin.networks import grammar
from mimin.networks.counting import (
    CEILINGS,
    COUNTERS,
    codepoints,
    graphemes,
    mastodon,
    strict,
    threads,
    utf8_bytes,
    utf16,
    weighted,
)

FIXTURES = Path(__file__).parent / "fixtures"
CONFORMANCE = [
    pytest.param(case["text"], case["weightedLength"], id=case["description"])
    for group in json.loads((FIXTURES / "twitter_text_weights.json").read_text("utf-8")).values()
    for case in group
]

VENDORS = json.loads((FIXTURES / "twitter_text_library.json").read_text("utf-8"))

FAMILY = "👨‍👩‍👧‍👦"
REMOTE = "@alice@a-rather-long-instance-name.example"


def url(length: int) -> str:
    return "https://example.com/".ljust(length, "x")


# text, X, Mastodon, Bluesky's graphemes, Bluesky's bytes
SAMPLES = {
    "CJK": ("家" * 150, 300, 150, 150, 450),
    "a long link": ("a" * 100 + " " + url(250), 124, 124, 351, 351),
    "joined emoji": (FAMILY * 60, 120, 60, 60, 1500),
    "combining marks": (("e" + "\u0316" * 10) * 200, 2200, 200, 200, 4200),
    "remote mentions": (" ".join([REMOTE] * 20), 859, 139, 859, 859),
    "a link in a long text": ("a" * 380 + " " + url(150), 404, 404, 531, 531),
}

# What a caption is made of, and what makes counters disagree.
FRAGMENTS = st.sampled_from(
    [
        *(" ", "\n", "\r\n", "\r", "\t", "\u00a0", "\u3000", "\u200b", "\ufeff", "."),
        *("kopi", "Rp18.000", "e\u0301", "é", "\u0600", "家", "안녕", "क्षि", "\u2013", "“", "\x1c"),
        *("☕", "☕️", "🇮🇩", "🇮", "1️⃣", "#⃣", "👍🏽", FAMILY, "©", "™", "\u200d", "\ufe0f"),
        *("https://kopi.id/a?b=c#d", "http://kopi.id/(a)", "kopi.id", "KOPI.CO.ID/x", "t.co/abc"),
        *("https://t.co/a.", "://", "https://", "家.com/x", "-kopi.id", "a_b.com", "HTTPS://X.COM"),
        *(
            "@budi",
            "@budi@kopi.social",
            "budi@kopi.id",
            "#kopi",
            "/",
            "(",
            ")",
            "'",
            "!",
            "😷x.com",
        ),
    ]
)
CAPTIONS = st.lists(FRAGMENTS | st.text(max_size=3), max_size=12).map("".join)


@pytest.mark.parametrize(("text", "length"), CONFORMANCE)
def test_x_weights_agree_with_the_vendors_own_suite(text, length):
    assert weighted(text) == length


@pytest.mark.parametrize(
    ("text", "x", "on_mastodon", "clusters", "size"), SAMPLES.values(), ids=SAMPLES
)
def test_texts_that_other_tools_get_wrong_are_counted_right(text, x, on_mastodon, clusters, size):
    assert weighted(text) == x
    assert mastodon(text) == on_mastodon
    assert graphemes(text) == clusters
    assert utf8_bytes(text) == size


@pytest.mark.parametrize(
    ("text", "length"),
    [pytest.param(text, length, id=ascii(text)) for text, length in VENDORS],
)
def test_x_weights_are_those_of_the_vendors_library(text, length):
    assert weighted(text) == length


def test_plain_text_weighs_what_the_way_through_the_patterns_gives():
    for text in ("Kopi senja, 18 ribu", "a b\r\nc", "#a @b $C 1 2 *"):
        assert weighted(f"{text}☕") == weighted(text) + 2


@settings(max_examples=300)
@given(CAPTIONS)
@example("a\r\nb")
@example("é\r\nb")
def test_graphemes_counted_in_stretches_are_those_counted_in_one_go(text):
    assert graphemes(text) == len(regex.findall(r"\X", text))


@settings(max_examples=300)
@given(CAPTIONS)
def test_threads_adds_the_bytes_of_emoji_to_graphemes(text):
    clusters = regex.findall(r"\X", text)
    pictures = [
        cluster
        for cluster in clusters
        if regex.search(r"[\p{Extended_Pictographic}\p{Regional_Indicator}\u20E3]", cluster)
    ]
    size = sum(len(cluster.encode()) for cluster in pictures)
    assert threads(text) == len(clusters) - len(pictures) + size


@given(CAPTIONS)
def test_utf16_is_never_less_than_code_points(text):
    assert strict(text) == max(codepoints(text), utf16(text))
    assert utf16(text) == len(text.encode("utf-16-le")) // 2
    assert utf8_bytes(text) == len(text.encode())


@given(st.text(alphabet="kopi senja 10.0\n,!#"), st.text(alphabet="kopi senja 10.0\n,!#"))
def test_plain_text_is_as_long_as_its_parts_in_every_unit(first, second):
    for count in COUNTERS.values():
        assert count(f"{first} {second}") == count(first) + 1 + count(second)


@pytest.mark.parametrize("unit", COUNTERS)
@pytest.mark.parametrize("text", ["\ud83d", "a\ud83d.com", "https://a.com/\udc00"])
def test_half_a_surrogate_pair_is_counted_and_not_fatal(unit, text):
    assert COUNTERS[unit](text) > 0


@pytest.mark.parametrize("unit", COUNTERS)
def test_nothing_has_no_length(unit):
    assert COUNTERS[unit]("") == 0


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("😀", 4),
        (FAMILY, 25),
        ("🇮🇩", 8),
        ("1️⃣", 7),
        ("é家", 2),
        ("kopi ☕️ pagi", 11 + 5),
    ],
)
def test_threads_counts_the_bytes_of_emoji_only(text, length):
    assert threads(text) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("https://a.co", 23),
        ("HTTP://EXAMPLE.COM/", 23),
        ("(https://example.com/kopi_(susu)).", 23 + 3),
        ("https://example.com/kopi/家/é", 23),
        ("https://example.com/a?b=c, lalu", 23 + 6),
        ("https://example.com:8080/a#b", 23),
        ("https://example.com/a.?b=c", 23 + 5),
        ("xhttps://example.com", 20),
        ("example.com", 11),
        ("ftp://example.com", 17),
        ("https://localhost/", 18),
        ("https://a.com\nhttps://b.com", 23 + 1 + 23),
    ],
)
def test_mastodon_counts_a_link_as_23_only_with_its_scheme(text, length):
    assert mastodon(text) == length


ADDRESSES = st.from_regex(
    r"https?://([a-z0-9]{1,3}\.){1,4}(com|id|co|kopi)(/[A-Za-z0-9_/.-]{0,6})?[.,)]?", fullmatch=True
)


@given(st.lists(ADDRESSES | st.sampled_from(["kopi", "a.id", "(", "@ani@b.id", "#"]), max_size=5))
def test_mastodon_counts_an_address_alike_with_and_without_the_library(words):
    text = " ".join(words)
    with mock.patch.object(grammar, "_PLAIN_URL", re.compile(r"(?!)")):
        long_way = mastodon(text)
    assert mastodon(text) == long_way


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("@budi", 5),
        ("@budi@kopi.social", 5),
        ("@budi.s@kopi.social!", 8),
        ("hai @budi@kopi.social, @ani@kopi.social.", 4 + 5 + 2 + 4 + 1),
        ("budi@kopi.social", 16),
        ("kopi/@budi@kopi.social", 22),
        ("@budi@kopi.social https://a.com", 5 + 1 + 23),
        ("@budi@kopi.social@lain", 22),
        ("https://kopi.com/@budi@kopi.social", 23),
    ],
)
def test_mastodon_gives_the_domain_of_a_mention_for_free(text, length):
    assert mastodon(text) == length


def test_only_words_with_a_letter_after_a_dot_are_looked_at_and_each_once():
    text = "Jam 10.00.\nmenu.kopi.co.id/a.b lalu\ta.b"
    assert [text[start:end] for start, end in grammar.dotted(text)] == [
        "menu.kopi.co.id/a.b",
        "a.b",
    ]


def test_a_word_of_nothing_but_dots_does_not_hang_the_check():
    text = "a." * 12_500
    assert weighted(text) == len(text)
    assert mastodon(f"https://{text}") == len("https://") + len(text)


def test_what_stands_in_front_of_a_domain_is_part_of_it_after_a_space_as_well():
    # One label of 60 characters is too long once 家 is encoded, so this is no link to X.
    label = "家" + "a" * 59
    assert weighted(f"x {label}.com") == 2 + 61 + 4


def test_a_link_that_ends_a_sentence_leaves_the_full_stop_to_it():
    assert weighted("Baca https://kopi.id/menu.") == 5 + 23 + 1


# What weighs more than it seems to: composition that takes characters apart, light emoji, hosts.
HEAVY = st.sampled_from(
    ["क़", "\ufb2c", "\U0001d160", "©", "®", "™", "1️⃣", "☕", "a.id", "http://b.co"]
)


@pytest.mark.parametrize("unit", sorted(COUNTERS))
@given(text=st.lists(FRAGMENTS | HEAVY | st.characters(), max_size=12).map("".join))
@example(text="a.id b.id c.co.id/x http://a.id/ https://t.co")
@example(text="क़" * 9 + "\U0001d160" * 9)
@example(text="©®" * 9)
def test_no_text_is_longer_than_its_ceiling(unit, text):
    assert COUNTERS[unit](text) <= CEILINGS[unit](text)


HOSTS = st.lists(
    st.sampled_from([*"a1.-_/:@日é ", "com", "co", "id", "みんな", "https://", "://", "t.co/"]),
    max_size=14,
).map("".join)


@given(HOSTS)
@settings(max_examples=1500)
@example("a.com.-b.com")
@example("a.com..b.com/a.id")
@example("日a.com日b.com")
def test_no_address_escapes_the_ceiling_of_x(text):
    assert weighted(text) <= CEILINGS["weighted"](text)


ADDRESSES = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["", " ", "\n", "a", "@"]),
    st.sampled_from(["https://", "http://", "HTTP://", "//"]),
    st.lists(st.sampled_from(["a.", "b1.", "co.", "t.", "-.", "a-b.", "x" * 31 + "."])).map(
        "".join
    ),
    st.sampled_from(["com", "org", "net", "id", "co", "io", "me", "info", "comm", "example"]),
    st.text("/aB0-_.?&=", max_size=8) | st.sampled_from(["", "/", "/a", ":80", "/" + "a" * 300]),
)


@given(ADDRESSES)
@settings(max_examples=1500)
@example("https://t.co/abc_d")
@example("https://a.co")
def test_an_ordinary_address_is_found_as_any_other_would_be(word):
    if grammar._PLAIN_URL.fullmatch(word):
        assert grammar._urls_of(word) == tuple(grammar._extract(word))


@pytest.mark.parametrize("unit", sorted(COUNTERS))
def test_ordinary_captions_are_far_enough_below_their_ceiling_to_need_no_counting(unit):
    assert (
        CEILINGS[unit]("Buka jam 10.00 \u2013 22.00. Menu: https://kopi.id/menu. Datang, ya!") < 280
    )


def run(code: str) -> str:
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_plain_text_never_loads_the_library():
    code = """
import sys
from mimin.networks.counting import weighted
weighted("Buka jam 10.00 \u2013 22.00. Datang, ya!")
print("twitter_text" in sys.modules)
"""
    assert run(code) == "False"


def test_the_library_works_where_setuptools_is_missing():
    code = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"pkg_resources", "setuptools"}:
            raise ImportError(name)
sys.meta_path.insert(0, Missing())
from mimin.networks.counting import weighted
print(weighted("👍🏽 https://kopi.id"), "pkg_resources" in sys.modules)
"""
    assert run(code) == "26 False"
