"""What nobody sees is found by rule, and no writer of a language or of emoji is stopped by it."""

# ruff: noqa: RUF001 - signs of many scripts are the matter of these tests

from __future__ import annotations

from pathlib import Path

import pytest
import regex
import twitter_text
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mimin import unseen
from mimin.printable import json_text, log_safe, one_line, printable
from mimin.unseen import find_hidden, is_unseen, without_hidden

WRITTEN = {
    "Indonesian": "Gajian tiba! Kopi susu Rp18.000 ☕️ s.d. 30 Nov, Jl. Braga 1\xa0– “enak”…",
    "Javanese": "ꦱꦸꦒꦼꦁ\u200bꦫꦮꦸꦃ, Kopi\u200bꦏꦺꦴꦥꦶ\u200b꧇ ꧑꧒",
    "Balinese": "ᬓᭀᬧᬶ\u200b ᬩᬮᬶ, promo\u200bᬓᭀᬧᬶ",
    "Sundanese": "ᮊᮧᮕᮤ\u200b ᮞᮥᮔ᮪ᮓ",
    "Buginese": "ᨔᨙᨒᨆ\u200b ᨈᨘᨉᨂ",
    "Batak": "ᯂᯬᯒᯘ\u200bᯔᯮᯞᯪᯀᯖᯩ",
    "Persian": "می\u200cخواهم PDF\u200cها را ببینم؛ ۱۴۰۰ ه\u200d.ش «\u200cها» C++\u200e نه",
    "Arabic": "قهوة \u2068Kopi Senja\u2069 بسعر \u2066+62 812\u2069! \u200fمرحبًا ﷺ \u0600١٢",
    "Hebrew": "שָּׁלוֹם C#\u200e, (קפה)\u200f! בְּרֵאשִׁ֖ית יְרוּשָׁלַ\u05b4\u034f\u05bdם \u2067קפה\u2069",
    "Hindi": "क्\u200dष और क्\u200cष, राष्ट्रीय कॉफ़ी ‘\u200cहिंदी’ ₹५०",
    "Tamil": "க்\u200cஷ காபி குடிக்கலாம்",
    "Bengali": "র\u200d্যাব কফি",
    "Malayalam": "നന്\u200d കാപ്പി",
    "Sinhala": "ශ්\u200dරී ලංකා කෝපි",
    "Thai": "กาแฟ\u200bหอม 50%\u200bวันนี้ Promo\u200bกาแฟ น้ำ",
    "Lao": "ກາເຟ\u200bລາວ 10\u200bກີບ",
    "Khmer": "កាហ្វេ\u200bខ្មែរ (ថ្មី)\u200bថ្ងៃនេះ",
    "Burmese": "ကော်ဖီ\u200bသောက် 20\u200bကျပ် က\ufe00",
    "Tibetan": "ཀོ་ཕི་ ཧྐྵྨླྺྼྻྂ བཀྲ་ཤིས",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ ᠪᠠ\u180bᠨ ᠮᠡᠳᠡᠭᠡ\u202fᠶᠢᠨ ᠰᠠᠨᠠ\u180eᠭ᠎ᠠ",
    "Vietnamese": "Cà phê sữa đá, mời bạn! ca\u0300 phe\u0302 su\u031b\u0303a đa\u0301",
    "Korean": "커피 한 잔 어때요? \u1112\u1161\u11ab\u1100\u1173\u11af",
    "Japanese": "コーヒー☕️は\u3000いかが？ 葛\U000e0100城市 か\u3099 神\ufe00 、\ufe01",
    "Chinese": "咖啡，今天八折！《夕阳咖啡》",
    "German": "Kaf\xadfee\xadhaus\xadbesit\xadzer, 10\xa0% Rabatt – „heiß“",
    "French": "Café\xa0: 1\u202f500\xa0€ «\u202foui\u202f» !",
    "Yoruba": "Ẹ ǹ lẹ́ o\u0323\u0300 \u0301",
    "braille": "⠅⠕⠏⠊⠀⠎⠑⠝⠚⠁",
    "families": "👨‍👩‍👧‍👦 👩🏽‍💻 🏳️‍🌈 ❤️‍🔥 👁️‍🗨️ 🧑🏿‍🤝‍🧑🏻 ☝️🏽 ⛹🏻‍♀️ ⌨︎ 1️⃣ #️⃣ ©️",
    "flags": "🇮🇩🇯🇵 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🏴󠁧󠁢󠁷󠁬󠁳󠁿 🏴‍☠️",
}
"""Posts as people write them, with all that their scripts and emoji need."""


@pytest.mark.parametrize("language", WRITTEN)
def test_nobody_who_writes_a_language_is_stopped(language):
    text = WRITTEN[language]
    assert [(place, ascii(sign)) for place, sign in find_hidden(text)] == []
    assert log_safe(text) == text


@pytest.mark.parametrize("language", WRITTEN)
def test_a_post_of_every_language_passes_the_check(language, place):
    text = WRITTEN[language]
    head = f"---\ntitle: {text!r}\naccounts: mastodon\nat: 2026-12-03 10:30\n---\n"
    escaped = head.replace(repr(text), '"' + "".join(f"\\U{ord(sign):08X}" for sign in text) + '"')
    for written in (head.replace(repr(text), f'"{text}"'), escaped):
        place.write({"content/kopi-senja/posts/a.md": f"{written}{text}\n"})
        assert "hidden-character" not in place.run("check").out


def test_every_emoji_that_unicode_recommends_stays():
    """The list is Unicode's `emoji-test.txt` (UTS 51), as twitter-text has it."""
    listed = Path(twitter_text.__file__).with_name("regexp") / "emoji-test.txt"
    codes = [line.partition(";")[0] for line in listed.read_text().splitlines() if line[:1] != "#"]
    emoji = ["".join(chr(int(code, 16)) for code in each.split()) for each in codes if each]
    assert len(emoji) > 3500
    assert [ascii(each) for each in emoji if list(find_hidden(f"a {each} {each}b"))] == []


def _all_of(pattern):
    """Read a class of characters off Unicode's data, as `regex` has them."""
    found = regex.compile(pattern, regex.V1)
    return [chr(code) for code in range(0x110000) if found.match(chr(code))]


IGNORABLE = _all_of(r"\p{Default_Ignorable_Code_Point}")
FORMAT = _all_of(r"[\p{Cf}--\p{Prepended_Concatenation_Mark}]")
OTHER = [
    "\x00",
    "\x1b",
    "\x85",
    "\u2028",
    "\u2029",
    "\u2800",
    "\ufffc",
    "\ue000",
    "\uf8ff",
    "\ufdd0",
]
UNSEEN = st.sampled_from(sorted({*IGNORABLE, *FORMAT, *OTHER, "\ud800", "\U0010ffff"}))
CONTEXTS = ("a{}b", "{}", " {} ", "1{}2")


def test_no_ignorable_or_format_character_passes_in_a_text_of_latin_letters(record_property):
    assert len(IGNORABLE) == 4174, "another version of Unicode; look what came"
    signs = {*IGNORABLE, *FORMAT, *OTHER}
    record_property("counts", {"hidden characters in contexts": len(signs) * len(CONTEXTS)})
    passed = [
        (context, ascii(sign))
        for sign in signs
        for context in CONTEXTS
        if [found for _, found in find_hidden(context.format(sign))] != [sign]
    ]
    assert passed == []


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("ok\U000e0101\ufe03\ufe0f", "\U000e0101\ufe03\ufe0f"),  # bytes written as selectors
        ("☕\ufe0f\ufe0f", "\ufe0f"),
        ("1\ufe0f 2", "\ufe0f"),
        ("🏴\U000e0075\U000e0073\U000e0074\U000e0078\U000e007f", None),  # Texas: no such picture
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067 x", None),  # without its end
        ("م\u200c\u200c\u200c\u200cی", "\u200c\u200c\u200c"),
        ("م\u200c\u200d\u200c\u200dی", "\u200d\u200c"),
        ("שלום\u200e\u200f\u200e\u200f!", "\u200f\u200e"),
        ("pay \u200e\u200fme\nשלום", "\u200e\u200f"),  # another paragraph
        ("שלום \u2067a, \u2066b\u2069 c\u2069", "\u2067\u2069"),
        ("שלום \u2067 \u2066ab\u2069 \u2066cd\u2069\u2069", "\u2067\u2069"),  # shows cdab
        ("שלום \u2066abc\nשלום\u2069", "\u2066\u2069"),  # ends in another paragraph
        ("קפה \u202eabc\u202c", "\u202e\u202c"),
        ("កា\u17b4\u17b5", "\u17b4\u17b5"),
        ("𓀀\U00013430𓀁", "\U00013430"),
        ("가\u3164나\u115f\u1160\uffa0", "\u3164\u115f\u1160\uffa0"),
        ("a\u2800b", "\u2800"),
        ("e\u034f\u0301", "\u034f"),
        ("ᠠ\u180ex", "\u180e"),
        ("H\xade\xadl\xadlo", "\xad\xad\xad"),
        ("😀\u200dx a\u200d😀", "\u200d\u200d"),
        ("Z" + "\u0335\u0301\u0489" * 5, "\u0489" + "\u0335\u0301\u0489" * 2),
        ("a" + "\u0301\u200d\ufe0f" * 12, None),
        (
            "\u2061\u2062\u2063\u2064\ufff9\ufffa\ufffb",
            "\u2061\u2062\u2063\u2064\ufff9\ufffa\ufffb",
        ),
    ],
)
def test_what_hides_words_or_turns_their_order_is_found(text, hidden):
    found = "".join(sign for _, sign in find_hidden(text))
    assert found if hidden is None else ascii(found) == ascii(hidden)
    assert not list(find_hidden(printable(text)))


SEEN = st.sampled_from(
    [*"aé1# \n\r\tשم١กकᠠ日👩☕🏴🏽⠁\u0301\u064b\u093f\u200d\ufe0f\u2067\u2069:[", "##[", "::"]
)
TEXTS = st.lists(SEEN | UNSEEN | st.text(max_size=2), max_size=30).map("".join)


@given(TEXTS)
@example("א\u2067\u200b א\u2069")
@example("\u2067\t\u2067א\u2069\u2069")
@example("\u2067##[א\u2069")
@example("a" + "\u0301" * 8 + "\u200c\u064b")
@settings(max_examples=300)
def test_nothing_that_is_printed_hides_anything(text):
    for write in (printable, one_line, log_safe, json_text):
        shown = write(text)
        assert not list(find_hidden(shown)), write
        assert write(text) == shown
    assert printable(printable(text)) == printable(text)


@given(TEXTS)
@settings(max_examples=300)
def test_a_run_of_what_nobody_sees_has_two_signs_at_most(text):
    left = list(text)
    for place, _ in find_hidden(text):
        left[place] = "\n"
    kept = "".join(left)
    for flag in ("gbeng", "gbsct", "gbwls"):
        tags = "".join(chr(0xE0000 + ord(sign)) for sign in flag)
        kept = kept.replace(f"🏴{tags}\U000e007f", "")
    assert not regex.search(r"\p{DI}{3}", kept)
    assert not regex.search(r"[\p{Mn}--\p{DI}]{9}", kept, regex.V1)


@pytest.mark.parametrize(
    "text", ["★\ufe0f", "✓\ufe0f", "→\ufe0e", "•\ufe0f", "♡\ufe0f", "هـ\u200d"]
)
def test_a_sign_may_have_the_form_that_a_phones_keyboard_gives_it(text):
    assert not list(find_hidden(text))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Promo\u200b \u202a+62 812\u202c!", "Promo +62 812!"),
        ("\ufeffKopi \u200bSenja\x1b", "Kopi Senja"),
        ("👩\u200d👩 ☕\ufe0f", "👩\u200d👩 ☕\ufe0f"),
        ("\u200b\u200b", ""),
    ],
)
def test_what_a_page_says_is_taken_without_what_is_hidden_in_it(text, left):
    assert without_hidden(text) == left


@given(TEXTS)
def test_nothing_is_hidden_in_what_is_left(text):
    assert not list(find_hidden(without_hidden(text)))


def test_the_quick_look_says_of_no_character_that_it_is_seen_which_the_rules_find():
    """Every code point alone, and nine of every mark on a letter."""
    points = [chr(point) for point in range(0x110000)]
    assert not [c for c in points if is_unseen(c) and unseen._is_surely_seen(f"a{c}b")]
    marks = [c for c in points if regex.match(r"[\p{Mn}\p{Me}]", c)]
    assert len(marks) > 1900
    assert not [c for c in marks if unseen._is_surely_seen(f"a{c * 9}")]
