"""Languages: tags as the networks take them, such as `id`, `en` or `zh-Hant`.

Source: BCP 47 (RFC 5646), of which networks take a language of two or three letters (ISO 639) with
script and region behind it. Names of languages are those of Unicode CLDR, by Babel.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated

from pydantic import AfterValidator

_TAG = re.compile(r"([a-z]{2,3})(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?")
_USUAL = frozenset({"id", "en", "jv", "su", "ms", "de", "nl", "fr", "es", "ar", "zh", "ja", "ko"})
"""Known without opening Babel, which takes longer than a check of a post."""
_SPOKEN = ("id", "en")
"""Languages in which people may write a language's name."""
_MISTAKEN = {"jp": "ja", "cn": "zh", "kr": "ko", "in": "id", "ina": "id", "indo": "id"}
"""Countries and old tags that stand for a language → its tag."""


def check_language(text: str) -> str:
    """Refuse what is no tag of a language.

    Raises:
        ValueError: with the tag to write, where it is known.
    """
    found = _TAG.fullmatch(text)
    if found and _is_known(found[1]):
        return text
    tag = _meant(text.strip())
    way_out = f"write {tag}" if tag else "write a tag such as id or en"
    raise ValueError(f"it is no tag of a language; {way_out}")


def _is_known(language: str) -> bool:
    """Tell whether a language's part of a tag is one; of three letters, CLDR has not all names."""
    if language in _MISTAKEN:
        return False
    return language in _USUAL or len(language) == 3 or language in _names("en")


def _meant(text: str) -> str:
    low = text.casefold().removeprefix("bahasa ")
    if low in _MISTAKEN:
        return _MISTAKEN[low]
    tag = low.replace("_", "-").partition("-")[0]
    if re.fullmatch("[a-z]{2,3}", tag) and tag in _names("en"):
        return tag
    for spoken in _SPOKEN:
        for code, name in _names(spoken).items():
            if low == name.casefold():
                return code
    return next((code for code in _names("en") if low == _own_name(code)), "")


@cache
def _names(language: str) -> dict[str, str]:
    from babel import Locale

    return dict(Locale(language).languages)


def _own_name(code: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale(code).languages.get(code, "")).casefold()
    except (UnknownLocaleError, ValueError):
        return ""


Language = Annotated[str, AfterValidator(check_language)]
"""A language's tag."""
