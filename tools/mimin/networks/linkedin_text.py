"""LinkedIn's little text: what a plain text is written as, and read back from.

LinkedIn cuts a post, without a word, at the first reserved character that is not escaped
(learn.microsoft.com/linkedin, Posts API, little text format).
"""

from __future__ import annotations

import re

RESERVED = "\\|{}@[]()<>#*_~"
"""Characters that mean something, unless a backslash stands before them."""

# A word with a # before it stays as it is: LinkedIn makes a hashtag of it.
_TAG = r"(?<![^\s(\[{\"'“\u2018«])#(?=\d*[^\W\d_])"
_MEANS_SOMETHING = re.compile(rf"(?P<tag>{_TAG})|[{re.escape(RESERVED)}]")

_WRITTEN = re.compile(
    r"\\(?P<literal>.)"
    r"|\{hashtag\|\\?#\|(?P<tag>(?:\\.|[^{}|\\])*)\}"
    r"|@\[(?P<name>(?:\\.|[^\]\\])*)\]\([^()]*\)",
    re.DOTALL,
)


def escape(text: str) -> str:
    """Write a text so that LinkedIn shows it as it is, with its hashtags as hashtags."""
    return _MEANS_SOMETHING.sub(
        lambda found: found[0] if found["tag"] else f"\\{found[0]}",
        text,
    )


def plain(commentary: str) -> str:
    """Read little text as people see it: `{hashtag|\\#|kopi}` is `#kopi`, a mention its name."""
    return _WRITTEN.sub(_seen, commentary)


def _seen(found: re.Match[str]) -> str:
    if found["literal"] is not None:
        return found["literal"]
    if found["tag"] is not None:
        return f"#{plain(found['tag'])}"
    return plain(found["name"])
