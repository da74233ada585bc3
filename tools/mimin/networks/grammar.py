"""What X takes for a URL, a domain or an emoji: twitter-text-parser, loaded when first needed."""

from __future__ import annotations

import re
import sys
from functools import cache, lru_cache
from importlib import import_module, resources
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DOT = re.compile(r"\.[^\W\d_]")
_HOST = re.compile(r"\.[^\W\d_][A-Za-z0-9.-]*")
# Addresses that nobody can read otherwise, under top levels that are sure to stay.
_PLAIN_URL = re.compile(
    r"\s?(https?://(?!t\.co(?:/|$))(?:[a-z0-9]{1,30}\.){1,4}(?:com|org|net|id|co|io|me|info)"
    r"(?:/[A-Za-z0-9_/-]{0,200})?)"
)
_SPACES = " \t\n\v\f\r"
_SPACE = re.compile(f"[{_SPACES}]")

_LONGEST_EMOJI = 8
_MOST_DOTS = 100

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
    found = []
    for start, end in dotted(text):
        # The library looks at what is in front of a URL, so a space before the word goes with it.
        first = max(start - 1, 0)
        found += [(first + at, length) for at, length in _urls_of(text[first:end])]
    return found


def is_plain_url(text: str, start: int, end: int) -> bool:
    """Tell whether a word is nothing but an address that nobody can read otherwise."""
    return _PLAIN_URL.fullmatch(text, start, end) is not None


def match_emoji(text: str, start: int) -> int:
    """Measure the longest emoji that begins at `start`; 0 if none does."""
    known = _emoji()
    for length in range(_LONGEST_EMOJI, 0, -1):
        if text[start : start + length] in known:
            return length
    return 0


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
    # Links repeat over posts and accounts, and the library takes 50 µs for one.
    found = _finder()(_LONG_RUN.sub(_hollow, word))
    return tuple((url["indices"][0], len(url["url"])) for url in found)


def _hollow(run: re.Match[str]) -> str:
    """Blank the middle of what is too long for a host, as the library begins anew at each letter.

    Both ends stay, where a host can stand beside other letters, and so does the length. A path
    goes on over slashes, but not over the letters of most other scripts.
    """
    text = run[0]
    middle = _ENDS_PATH.sub(" ", text[_LONGEST_HOST:-_LONGEST_HOST])
    filled = _GOES_ON.sub("/", middle)
    return f"{text[:_LONGEST_HOST]}{filled}{text[-_LONGEST_HOST:]}"


@cache
def _finder() -> Callable[[str], list[dict[str, Any]]]:
    """Give the library's function, with a pattern that is linear over `(a)(a)(a)…` in a path.

    The library writes a path as repetitions of `X|B`, where X is looked for to the end of the text
    and B is one pair of brackets. With B first the same text is found, as X goes on after any B.
    """
    urls = _library("extract_urls")
    path = _library("regexp.valid_url_path").valid_url_path.pattern
    ending = _library("regexp.valid_url_path_ending_chars").valid_url_path_ending_chars.pattern
    character, _, pair = ending.partition("|")
    before, found, after = path.partition(f"{ending})")
    if found and before.startswith("(?:(?:"):
        own = f"(?:(?:{pair}|{before.removeprefix('(?:(?:')}{character}){after}"
        whole = urls.extract_url
        vars(urls)["extract_url"] = re.compile(whole.pattern.replace(path, own), whole.flags)
    finder: Callable[[str], list[dict[str, Any]]] = urls.extract_urls_with_indices
    return finder


@cache
def _emoji() -> frozenset[str]:
    return frozenset(entry.emoji for entry in _library("regexp.emoji").emoji_list)


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
