"""Hashtags from the front matter: those that the text lacks, in one line for its end."""

from __future__ import annotations

import re
from functools import lru_cache

_TAG = re.compile(r"[^\s!-/:-@\[-^`{-~]+$")


@lru_cache(maxsize=64)
def hashtags(text: str, tags: tuple[str, ...]) -> tuple[str, tuple[int, ...]]:
    """Write the tags that a text lacks in one line, and give the numbers of those that are none.

    The accounts of a post mostly have one text, so the answer is kept for the next of them.
    """
    malformed = tuple(
        number for number, tag in enumerate(tags) if not _TAG.match(tag) or tag.isdecimal()
    )
    folded = text.casefold() if "#" in text else ""
    lacking = [
        f"#{tag}"
        for number, tag in enumerate(tags)
        if number not in malformed and not (f"#{tag}".casefold() in folded and _has_tag(text, tag))
    ]
    return " ".join(dict.fromkeys(lacking)), malformed


def better(tag: str) -> str:
    """Write as a hashtag what is none: words joined, each with a capital; empty if that is none."""
    words = re.findall(r"\w+", tag)
    joined = words[0] if len(words) == 1 else "".join(word[:1].upper() + word[1:] for word in words)
    return joined if joined and not joined.isdecimal() else ""


def with_line(text: str, line: str) -> str:
    """Put a line of tags under a text."""
    return f"{text}\n\n{line}" if text and line else text or line


def _has_tag(text: str, tag: str) -> bool:
    return re.search(rf"(?<!\w)#{re.escape(tag)}(?!\w)", text, re.IGNORECASE) is not None
