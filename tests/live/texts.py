# ruff: noqa: RUF001, SIM905, E501 - characters that look alike, and long lists of them
"""Texts for the vendors' libraries: seeded, and made of what makes counters disagree."""

from __future__ import annotations

import random
from collections.abc import Iterator
from importlib import resources

# Words of many scripts, some of which put no spaces between words.
_WORDS = """
kopi Senja Rp18.000 10.30 na\u00efve Stra\u00dfe \u0130stanbul \u0131slak e\u0301clair Å K \u017f \u0167 \ufb01lm
العربية עברית فارسی हिन्दी क़ বাংলা தமிழ் ไทย ខ្មែរ မြန်မာ ລາວ 日本語 カフェ 咖啡 커피 Кофе Ελλάδα Հայ ქართ
አማ ᠮᠣᠩ ꦏꦺꦴꦥꦶ 𝐤𝐨𝐩𝐢 ｋｏｐｉ 𠮷 ʻ
""".split()
_HOSTS = [
    *"kopi.id a.co menu.kopi.my.id KOPI.CO.ID t.co kopi.com x-y.net a_b.org kopi.notatld".split(),
    *"日本語.jp кофе.рф КОФЕ.РФ café.fr kopi.みんな xn--d1acufc.xn--p1ai b.みんな ελλάδα.gr".split(),
    *"العربية.com -a.com a-.com a..com 1.2.3.4 kopi.id. .id kopi.shop x.y".split(),
    *("a" * 63 + ".id", "a" * 64 + ".id", "日" * 20 + ".id"),
]
_PATHS = [
    *("", "", "", ""),
    *"/ /a /menu?b=c&d /a_(b) /a(b(c)d)e /кофе /café /日本 /a. /a, /@ani/ ?q=1 ?q=é #bagian".split(),
    *":8080/x :80 /a//b /~a /a!b /%F0%9F%98%80 /ι".split(),
    "/" + "a" * 45,
]
_MARKS = [
    *(" " * 6),
    "\r\n",
    *"\n\t\u00a0\u3000\u2003\u2028\x85\u200b\u2060\u200d\u200c\ufe0f\ufe0e\u20e3\x07\x00",
    *"\u200e\u200f\u202e\u2066\u2069\u061c\ufeff\ufffe\uffff\ue50a\u0301\u0316\u0345\u3099\u034f",
    *".,!?:;…。、！．｡·-_–—/()[]{}<>\"“”「」'’&=+*%|~@＠#＃$^`\\©®™ⓜ019🇮🇩",
    *"\U0001f3fb\U0001f3ff\U000e0067\U000e007f",
]
_HANDLES = [
    *"@kopi @kopi_senja @kopi.bsky.social @a.test @kopi.id. @kopi@kopi.social ＠kopi ani@kopi.id".split(),
    *"@kopi.bsky.social, @日本 @-a.com @a.notatld @x.com/a".split(),
    "@" + "a" * 30,
]
_TAGS = [
    *"#kopi #Kopi2026 ＃kopi #2026 #kopi_senja! #日本語。 #कॉफ़ी #☕ #\ufe0f ##a # #a.b #a#b".split(),
    *"#kopi's #\u200bkopi #1️⃣".split(),
    *("#" + "a" * 64, "#" + "a" * 65, "#" + "日" * 64, "#" + "👨\u200d👩\u200d👧" * 10),
]
_CASHTAGS = "$KOPI $kopi $KOPI.JK $A1 $1A $TOOLONG $a, ($BBCA) $$A".split()


def emoji_of_unicode() -> list[str]:
    """Read every sequence of Unicode's emoji-test.txt, however qualified, and its components."""
    lines = resources.files("twitter_text").joinpath("regexp", "emoji-test.txt").read_text("utf-8")
    codes = (line.partition(";")[0].split() for line in lines.splitlines() if ";" in line[:80])
    return ["".join(chr(int(code, 16)) for code in each) for each in codes if each[0] != "#"]


def texts(seed: int, count: int) -> Iterator[str]:
    """Make *count* texts, the same for the same *seed*."""
    chance = random.Random(seed)
    emoji = emoji_of_unicode()
    for _ in range(count):
        pieces = [
            _piece(chance, emoji) for _ in range(chance.choice([1, 2, 3, 3, 4, 5, 8, 13, 40]))
        ]
        yield chance.choice(["", "", "", " "]).join(pieces)


def _piece(chance: random.Random, emoji: list[str]) -> str:
    kind = chance.randrange(20)
    if kind < 5:
        return _emoji(chance, emoji)
    if kind < 9:
        scheme = chance.choice(["", "", "", "http://", "https://", "HTTPS://", "//", "ftp://"])
        return scheme + chance.choice(_HOSTS) + chance.choice(_PATHS)
    if kind < 13:
        return chance.choice(_MARKS)
    if kind < 17:
        return chance.choice(_WORDS)
    return chance.choice((_HANDLES, _TAGS, _CASHTAGS)[kind - 17])


def _emoji(chance: random.Random, emoji: list[str]) -> str:
    """Give an emoji, mostly as it should be, else as keyboards, editors and slips leave it."""
    found = chance.choice(emoji)
    slip = chance.randrange(10)
    if slip == 0:
        found = found.replace("\ufe0f", "")
    elif slip == 1:
        found += chance.choice(["\ufe0f", "\ufe0e", "\u200d", "\U0001f3fd", "\u20e3"])
    elif slip == 2:
        found = found[: chance.randrange(len(found) + 1)]
    elif slip == 3:
        found = "\u200d".join((found, chance.choice(emoji)))
    elif slip == 4:
        found = found[:1] + "\ufe0f" + found[1:]
    return found * chance.choice([1, 1, 1, 2, 3])
