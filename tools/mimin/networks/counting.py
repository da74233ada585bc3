"""How long a text is to each network: nobody counts like anybody else."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import regex  # type: ignore[import-untyped]  # it ships no types

from mimin.networks import grammar
from mimin.networks.normal import normalize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mimin.model.limits import Unit

URL_LENGTH = 23
"""What a link costs on X and on Mastodon, however long or short it is."""

# twitter-text config v3: these ranges weigh 1, everything else 2. Of what is written as two UTF-16
# units each weighs 1, but half a pair weighs 2.
_HEAVY = re.compile(
    r"[^\u0000-\u10FF\u2000-\u200D\u2010-\u201F\u2032-\u2037\uD800-\uDFFF]"
    r"|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]"
)
_EMOJI_WEIGHT = 2
# What an emoji of twitter-text can begin with; to look saves trying its 30 branches at each letter.
_EMOJI_BEGINS = r"#*0-9\u00A9\u00AE\u203C-\u2BFF\u3030-\u303D\u3297\u3299\uD83C-\uD83E\uE50A\uFE0F"

_URL_SURPLUS = URL_LENGTH - len("t.c")
"""The most that a link can cost on X above its characters."""
_SCHEMED_SURPLUS = URL_LENGTH - len("http://t.c")
"""The same on Mastodon."""

# Two neighbours in ASCII are always two graphemes (but for CR LF), so only other characters and the
# ASCII ones that touch them need the full rules.
_BEYOND_ASCII = re.compile(r"[^\x00-\x7F]+(?:[\x00-\x7F][^\x00-\x7F]+)*")
_GRAPHEME = regex.compile(r"\X")
# Flags are pairs counted from where their run begins, so that a long run can be cut after each
# even number of them. \X counts from there for each of them anew.
_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff]{64}(?=[\U0001f1e6-\U0001f1ff])")

_PICTURE = regex.compile(r"[\p{Extended_Pictographic}\p{Regional_Indicator}\u20E3]")

# Mastodon lets more into a path than X does and requires the scheme
# (mastodon/mastodon, config/initializers/twitter_regex.rb).
_PLAIN = r"[^\s<>()?]"
_PATH = re.compile(rf"/(?:{_PLAIN}|\({_PLAIN}*(?:\({_PLAIN}+\){_PLAIN}*)?\))*")
_PATH_NEVER_ENDS_WITH = "!*\"'「」;:=,.$%[]~&|@"
_QUERY = re.compile(r"\?[A-Za-z0-9!?*'();:&=+$/%#\[\]_.,~|@^\u00A0-\U0010FFFF-]*")
_QUERY_NEVER_ENDS_WITH = "!?*'();:+$%[].,~|@^"

# A remote account (mastodon/mastodon, app/models/account.rb and app/lib/extractor.rb).
_WORD = r"[\p{L}\p{M}\p{Nd}\p{Pc}]"
_MENTION = regex.compile(
    rf"(?<![=/\p{{L}}\p{{M}}\p{{Nd}}\p{{Pc}}])(@[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*)"
    rf"@{_WORD}+(?:[.-]+{_WORD}+)*"
)
_NOT_AFTER_MENTION = re.compile(r"[@\uFF20\u00C0-\u024F]|://")


@lru_cache(maxsize=16)
def weighted(text: str) -> int:
    """Count as X does: twitter-text, configuration version 3."""
    if text.isascii() and "." not in text:
        return len(text)
    units = grammar.utf16_units(normalize("NFC", text))
    total = cursor = 0
    for start, cost, length in _entities(units):
        # X reads from left to right: what begins inside of a link or an emoji is part of it.
        if start >= cursor:
            total += _weight(units[cursor:start]) + cost
            cursor = start + length
    return total + _weight(units[cursor:])


@lru_cache(maxsize=16)
def graphemes(text: str) -> int:
    """Count what a reader sees as one character (extended grapheme clusters)."""
    if text.isascii() and "\r" not in text:
        return len(text)
    return len(text) - sum(len(stretch) - len(clusters) for stretch, clusters in _clusters(text))


def codepoints(text: str) -> int:
    """Count Unicode code points."""
    return len(text)


def utf16(text: str) -> int:
    """Count UTF-16 code units, as JavaScript and the phones' systems do."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8_bytes(text: str) -> int:
    """Count bytes of UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def strict(text: str) -> int:
    """Count code points and UTF-16 units and give the larger, for vendors that do not say which.

    No text has fewer UTF-16 units than code points, so that is the number.
    """
    return utf16(text)


@lru_cache(maxsize=16)
def mastodon(text: str) -> int:
    """Count as Mastodon's StatusLengthValidator does.

    Graphemes; a link with its scheme costs 23, and of `@user@domain` the domain is free.
    """
    if "://" not in text and "@" not in text:
        return graphemes(text)
    pieces = []
    cursor = 0
    for start, end, stand_in in sorted((*_schemed_urls(text), *_remote_mentions(text))):
        if start >= cursor:
            pieces += [text[cursor:start], stand_in]
            cursor = end
    return graphemes("".join((*pieces, text[cursor:])))


@lru_cache(maxsize=16)
def threads(text: str) -> int:
    """Count as Threads does: graphemes, but an emoji costs its bytes of UTF-8.

    Meta does not say what an emoji is; symbols such as © are taken for one, which can only be too
    strict.
    """
    length = len(text)
    for stretch, clusters in _clusters(text):
        length += len(clusters) - len(stretch)
        length += sum(utf8_bytes(cluster) - 1 for cluster in clusters if _is_picture(cluster))
    return length


COUNTERS: Mapping[Unit, Callable[[str], int]] = MappingProxyType(
    {
        "weighted": weighted,
        "graphemes": graphemes,
        "codepoints": codepoints,
        "utf16": utf16,
        "utf8_bytes": utf8_bytes,
        "max_codepoints_utf16": strict,
        "mastodon": mastodon,
        "graphemes_emoji_as_utf8_bytes": threads,
    }
)
"""Name of a unit → the function that counts in it."""


def _times(most: int) -> Callable[[str], int]:
    return lambda text: most * len(text)


def _weighted_ceiling(text: str) -> int:
    """Take every character beyond ASCII for a heavy one, and every dotted name for a URL."""
    length = len(text)
    if not text.isascii():
        text = normalize("NFC", text)
        length = 2 * len(text) - len(text.encode("ascii", "ignore"))
    return length + (_URL_SURPLUS * grammar.count_hosts(text) if "." in text else 0)


def _mastodon_ceiling(text: str) -> int:
    return len(text) + _SCHEMED_SURPLUS * text.count("://")


CEILINGS: Mapping[Unit, Callable[[str], int]] = MappingProxyType(
    {
        "weighted": _weighted_ceiling,
        "graphemes": len,
        "codepoints": len,
        "utf16": _times(2),
        "utf8_bytes": _times(4),
        "max_codepoints_utf16": _times(2),
        "mastodon": _mastodon_ceiling,
        "graphemes_emoji_as_utf8_bytes": _times(4),
    }
)
"""Name of a unit → what the length of a text never exceeds, found without really counting.

Counting is what costs most of all in a check, and most texts are far from their limit.
"""


def _clusters(text: str) -> Iterator[tuple[str, list[str]]]:
    """Cut what is not plainly one grapheme a character into its graphemes."""
    for stretch in _stretches(text):
        cursor = 0
        for run in _FLAGS.finditer(stretch):
            yield (piece := stretch[cursor : run.end()]), _GRAPHEME.findall(piece)
            cursor = run.end()
        yield (piece := stretch[cursor:]), _GRAPHEME.findall(piece)


def _stretches(text: str) -> Iterator[str]:
    """Cut out what is not plainly one grapheme a character."""
    if "\r" in text:
        yield text
        return
    for found in _BEYOND_ASCII.finditer(text):
        yield text[max(found.start() - 1, 0) : found.end() + 1]


def _is_picture(cluster: str) -> bool:
    return not cluster.isascii() and _PICTURE.search(cluster) is not None


def _weight(units: str) -> int:
    return len(units) + len(_HEAVY.findall(units))


def _entities(units: str) -> list[tuple[int, int, int]]:
    """Find what X does not weigh by its characters, as (start, cost, length) in UTF-16 units."""
    found = [(start, URL_LENGTH, length) for start, length in grammar.find_urls_in_units(units)]
    if not units.isascii():
        spans = (each.span() for each in _emoji().finditer(units))
        found += [(start, _EMOJI_WEIGHT, end - start) for start, end in spans]
    # Where both begin at one place, it is a URL to X.
    return sorted(found, key=lambda entity: (entity[0], -entity[1]))


@cache
def _emoji() -> re.Pattern[str]:
    from mimin.networks.x_emoji import PATTERN

    return re.compile(f"(?=[{_EMOJI_BEGINS}])(?:{PATTERN})")


def _schemed_urls(text: str) -> Iterator[tuple[int, int, str]]:
    if "://" not in text:
        return
    for start, end in grammar.dotted(text):
        if grammar.is_plain_url(text, start, end):
            yield start, end, "x" * URL_LENGTH
            continue
        for host in grammar.schemed_domain().finditer(text, start, end):
            yield host.start(), _url_end(text, host.end()), "x" * URL_LENGTH


def _url_end(text: str, end: int) -> int:
    """Find where a URL ends whose host ends at `end`, without the marks of the sentence."""
    path = _PATH.match(text, end)
    if path:
        end += len(path[0].rstrip(_PATH_NEVER_ENDS_WITH))
    query = _QUERY.match(text, end)
    if query:
        end += len(query[0].rstrip(_QUERY_NEVER_ENDS_WITH))
    return end


def _remote_mentions(text: str) -> Iterator[tuple[int, int, str]]:
    for mention in _MENTION.finditer(text):
        if not _NOT_AFTER_MENTION.match(text, mention.end()):
            yield mention.start(), mention.end(), mention[1]
