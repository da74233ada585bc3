"""The site's own words, in Indonesian and English: two catalogues with the same keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mimin.website.words_english import ENGLISH
from mimin.website.words_indonesian import INDONESIAN

CATALOGUES: Mapping[str, Mapping[str, str]] = MappingProxyType({"id": INDONESIAN, "en": ENGLISH})


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    language: str

    def __call__(self, key: str, /, **values: object) -> str:
        """Give the words called *key*, with their places filled."""
        text = CATALOGUES[self.language][key]
        return text.format(**values) if values else text

    def number(self, value: float) -> str:
        """Write a number as the language groups it; at most one decimal."""
        whole = isinstance(value, int) or float(value).is_integer()
        text = f"{int(value):,}" if whole else f"{value:,.1f}"
        if self.language == "id":
            return text.translate(str.maketrans(",.", ".,"))
        return text

    def count(self, key: str, number: int) -> str:
        """Say how many; English has a form for one, Indonesian does not need it."""
        form = f"{key}.one" if number == 1 else f"{key}.many"
        return self(form, number=self.number(number))

    def span(self, seconds: float) -> str:
        """Write a stretch of time with its two largest units."""
        minutes = round(abs(seconds) / 60)
        if minutes < 1:
            return self("span.seconds", number=round(abs(seconds)))
        days, rest = divmod(minutes, 1440)
        hours, minutes = divmod(rest, 60)
        found = [("days", days), ("hours", hours), ("minutes", minutes if not days else 0)]
        return " ".join(self(f"span.{unit}", number=value) for unit, value in found if value)


def words_for(language: str) -> Words:
    """Give the words for *language*; English for every language that has no catalogue."""
    base = language.lower().partition("-")[0]
    return Words(base if base in CATALOGUES else "en")
