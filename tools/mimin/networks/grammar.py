"""What X takes for a URL or a domain: the patterns of twitter-text, loaded when first needed.

The patterns are those of twitter-text-parser, which has them from twitter-text 3.1.0. What is done
with them is written here after twitter-text itself (`extractUrlsWithIndices.js` and `lib/idna.js`
of the npm package): twitter-text-parser finds no address in hosts that Python's IDNA refuses.
`tests/live/test_counting_live.py` holds it to the original.
"""

from __future__ import annotations

import re
import sys
from functools import cache, lru_cache
from importlib import import_module, resources
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOT = re.compile(r"\.[^\W\d_]")
_HOST = re.compile(r"\.[^\W\d_][A-Za-z0-9.-]*")
# Addresses that nobody can read otherwise, under top levels that are sure to stay.
_PLAIN_URL = re.compile(
    r"\s?(https?://(?!t\.co(?:/|$))(?:[a-z0-9]{1,30}\.){1,4}(?:com|org|net|id|co|io|me|info)"
    r"(?:/[A-Za-z0-9_/-]{0,200})?)"
)
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_FIRST_HALF = re.compile("[\ud800-\udbff](?=[\udc00-\udfff]|$)")
_SPACES = " \t\n\v\f\r"
_SPACE = re.compile(f"[{_SPACES}]")

_MOST_DOTS = 100
_LONGEST_LABEL = 63
"""In characters of Punycode (RFC 1035, 2.3.4)."""
_LONGEST_URL = 4096
_LONGEST_SLUG = 40
"""What follows `t.co/`."""
_NOT_BEFORE_BARE = frozenset("-_./")
"""No host begins behind these where no scheme says that one begins."""
# Ideographic full stops part labels as well (RFC 3490, 3.1).
_LABEL_STOPS = re.compile("[\u3002\uff0e\uff61]")
# Where case does not count, Python takes these for i and s, JavaScript for letters like any other.
_LIKE_ASCII = str.maketrans("\u0130\u0131\u017f", "\u0100\u0101\u0101")

_LONGEST_HOST = 253
"""RFC 1035, 2.3.4, without the dot at the end."""
# What the library takes for a part of a host, and its dots: all but white space and these signs.
_NO_HOST = (
    r"\s!#%&'()*+,\\/:;<=>?@\[\]^{|}~$\uFFFE\uFEFF\uFFFF"
    r"\u202A-\u202E\u061C\u200E\u200F\u2066-\u2069"
)
_LONG_RUN = re.compile(rf"(?<![^{_NO_HOST}])[^{_NO_HOST}]{{{2 * _LONGEST_HOST + 1},}}")
# Beside ASCII only letters with accents and Cyrillic ones go on with a path.
_GOES_ON = re.compile(r"[^ ]")
_ENDS_PATH = re.compile(r"[^\x00-\u024F\u0400-\u052F\u1E00-\u1EFF]")


def dotted(text: str) -> Iterator[tuple[int, int]]:
    """Find the words that a domain can be in: those with a letter after a dot."""
    end = 0
    for dot in _DOT.finditer(text):
        if dot.start() < end:
            continue
        # The word before ended at a space, so that nothing needs a look twice.
        start = max(text.rfind(space, end, dot.start()) for space in _SPACES) + 1
        space = _SPACE.search(text, dot.end())
        end = space.start() if space else len(text)
        # The library's patterns take for ever over `a.a.a.a.…`, and no address is like that.
        if text.count(".", start, end) <= _MOST_DOTS:
            yield start, end


def count_hosts(text: str) -> int:
    """Count what can be the end of a host; there are at most as many URLs.

    Each URL has a dot before its top level, and none begins right behind a dot or a hyphen, so that
    no two share a stretch of these characters.
    """
    return len(_HOST.findall(text))


def find_urls(text: str) -> list[tuple[int, int]]:
    """Find what X shortens to a t.co link, as (start, length) in code points."""
    units = utf16_units(text)
    found = find_urls_in_units(units)
    if len(units) == len(text):
        return found
    return [(_characters(units[:at]), _characters(units[at : at + size])) for at, size in found]


def find_urls_in_units(units: str) -> list[tuple[int, int]]:
    """Find them in a text of UTF-16 units, as (start, length) in such units."""
    found = []
    for start, end in dotted(units):
        # The library looks at what is in front of a URL, so a space before the word goes with it.
        first = max(start - 1, 0)
        found += [(first + at, length) for at, length in _urls_of(units[first:end])]
    return found


def is_plain_url(text: str, start: int, end: int) -> bool:
    """Tell whether a word is nothing but an address that nobody can read otherwise."""
    return _PLAIN_URL.fullmatch(text, start, end) is not None


@lru_cache(maxsize=1024)
def is_top_level(label: str) -> bool:
    """Tell whether `label` is a top-level domain such as `com` or `id`."""
    return _top_level().fullmatch(label) is not None


@cache
def schemed_domain() -> re.Pattern[str]:
    """Give the pattern of `http://` or `https://`, a domain and a port; group 1 holds all of it."""
    domain = _library("regexp.valid_domain").valid_domain.pattern
    return re.compile(
        rf"(?<![A-Za-z0-9@\uFF20$#\uFF03])(https?://{domain}(?::[0-9]+)?)", re.IGNORECASE
    )


@lru_cache(maxsize=4096)
def _urls_of(word: str) -> tuple[tuple[int, int], ...]:
    plain = _PLAIN_URL.fullmatch(word)
    if plain:
        return ((plain.start(1), len(plain[1])),)
    # Links repeat over posts and accounts, and finding one takes 50 µs.
    return tuple(_extract(_LONG_RUN.sub(_hollow, word)))


def _extract(units: str) -> list[tuple[int, int]]:
    """Find the URLs of a text in UTF-16 units, as JavaScript and so the patterns have them."""
    found: list[tuple[int, int]] = []
    patterns = _patterns()
    for match in patterns.url.finditer(units.translate(_LIKE_ASCII)):
        _, before, url, scheme, domain, _, path, _ = match.groups()
        start = match.start(3)
        if not _is_valid(units[slice(*match.span(5))], len(scheme or "https://") + len(url)):
            continue
        if scheme:
            shortened = patterns.short.match(url)
            if shortened is None:
                found.append((start, len(url)))
            elif len(shortened[1]) <= _LONGEST_SLUG:
                found.append((start, shortened.end()))
        elif before not in _NOT_BEFORE_BARE:
            found += _bare_urls(start, domain, url if path else domain)
    return found


def _bare_urls(start: int, domain: str, url: str) -> Iterator[tuple[int, int]]:
    """Find the ASCII domains in a domain without a scheme; what follows it goes with the last."""
    names = [each[0] for each in _patterns().ascii_domain.finditer(domain)]
    cursor = 0
    for left, name in enumerate(names, 1 - len(names)):
        # twitter-text looks for the name again, and so takes the first that is written alike.
        first = domain.find(name, cursor)
        cursor = first + len(name)
        # The length of the last leaves out what is not ASCII around it.
        yield start + first, len(name) + (0 if left else len(url) - len(domain))


def _is_valid(domain: str, length: int) -> bool:
    """Tell whether each label of *domain* is short enough, and the URL of *length* with it."""
    if (
        domain.startswith("xn--")
        and not domain.isascii()
        and not _patterns().ascii_domain.search(domain)
    ):
        return False
    return length <= _LONGEST_URL and all(
        0 < _encoded(e) <= _LONGEST_LABEL for e in domain.split(".")
    )


def _encoded(label: str) -> int:
    """Give the length of *label* in Punycode; of what is too long anyway, any that is too long."""
    if label.isascii() or len(label) > 2 * _LONGEST_LABEL:
        return len(label)
    label = _whole(label)
    if len(label) > _LONGEST_LABEL:
        return len(label)
    names = _LABEL_STOPS.sub(".", label).split(".")
    return len(
        ".".join(n if n.isascii() else "xn--" + n.encode("punycode").decode() for n in names)
    )


def utf16_units(text: str) -> str:
    """Write each character beyond U+FFFF as the two halves that JavaScript has it in."""
    return _ASTRAL.sub(_halves, text)


def _halves(astral: re.Match[str]) -> str:
    high, low = divmod(ord(astral[0]) - 0x10000, 0x400)
    return chr(0xD800 + high) + chr(0xDC00 + low)


def _whole(units: str) -> str:
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _characters(units: str) -> int:
    """Count the whole characters; what X takes for a URL can end within one, which then counts."""
    return len(units) - len(_FIRST_HALF.findall(units))


def _hollow(run: re.Match[str]) -> str:
    """Blank the middle of what is too long for a host, as the library begins anew at each letter.

    Both ends stay, where a host can stand beside other letters, and so does the length. A path
    goes on over slashes, but not over the letters of most other scripts.
    """
    text = run[0]
    middle = _ENDS_PATH.sub(" ", text[_LONGEST_HOST:-_LONGEST_HOST])
    filled = _GOES_ON.sub("/", middle)
    return f"{text[:_LONGEST_HOST]}{filled}{text[-_LONGEST_HOST:]}"


class _Patterns(NamedTuple):
    url: re.Pattern[str]
    ascii_domain: re.Pattern[str]
    short: re.Pattern[str]
    """A link of t.co."""


@cache
def _patterns() -> _Patterns:
    """Give the library's patterns, the one of a URL changed where it would take for ever.

    It is linear over `(a)(a)(a)…` in a path. The library writes a path as repetitions of
    `X|B`, where X is looked for to the end of the text and B is one pair of brackets. With B first
    the same text is found, as X goes on after any B.
    """
    path = _library("regexp.valid_url_path").valid_url_path.pattern
    ending = _library("regexp.valid_url_path_ending_chars").valid_url_path_ending_chars.pattern
    whole: re.Pattern[str] = _library("regexp.extract_url").extract_url
    character, _, pair = ending.partition("|")
    before, found, after = path.partition(f"{ending})")
    if found and before.startswith("(?:(?:"):
        own = f"(?:(?:{pair}|{before.removeprefix('(?:(?:')}{character}){after}"
        whole = re.compile(whole.pattern.replace(path, own), whole.flags)
    return _Patterns(
        url=whole,
        ascii_domain=_library("regexp.valid_ascii_domain").valid_ascii_domain,
        short=_library("regexp.valid_tco_url").valid_tco_url,
    )


@cache
def _top_level() -> re.Pattern[str]:
    generic = _library("regexp.valid_gtld").valid_gtld.pattern
    country = _library("regexp.valid_cctld").valid_cctld.pattern
    return re.compile(f"{generic}|{country}", re.IGNORECASE)


def _library(module: str) -> ModuleType:
    """Import a module of twitter_text without setuptools.

    The library reads its emoji list through `pkg_resources`, which it does not declare, which
    Python 3.12 no longer brings and which costs 140 ms and a warning where it exists. It calls one
    function of it, so that is all it gets.
    """
    missing = "pkg_resources" not in sys.modules
    if missing:
        sys.modules["pkg_resources"] = _Resources("pkg_resources")
    try:
        return import_module(f"twitter_text.{module}")
    finally:
        if missing:
            del sys.modules["pkg_resources"]


class _Resources(ModuleType):
    """The one function of `pkg_resources` that twitter_text calls."""

    @staticmethod
    def resource_string(module: str, name: str) -> bytes:
        """Read a file that lies beside a module."""
        return resources.files(module.rpartition(".")[0]).joinpath(name).read_bytes()
