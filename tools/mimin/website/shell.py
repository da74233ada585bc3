"""The shell: one page as the theme renders it, with holes that thousands of pages fill."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, repeat

from mimin.website.markup import text

_SECRET = os.urandom(8).hex()
"""Made anew in every process, so that no text that is in a page already can name a hole."""
TITLE = f"mimin-title-{_SECRET}"
BODY = f"mimin-body-{_SECRET}"
_CANONICAL = re.compile(r'(?<!\s)\s*<link rel="(canonical|prev|next)"[^>]*>')
_BODY = re.compile(rf"(?:<h1[^>]*>[^<]*</h1>\s*)?<p>{BODY}</p>")
_HEAD = "</head>"


def unlisted(html: str) -> str:
    """Ask search engines to keep a page out of what they find, and not to follow its links."""
    return html.replace(_HEAD, f'<meta name="robots" content="noindex, nofollow">{_HEAD}', 1)


@dataclass(frozen=True)
class Shell:
    """The text between the holes."""

    html: str
    secret: str = _SECRET
    """Of the process that made it: pages may be written by others."""

    @classmethod
    def cut(cls, html: str) -> Shell:
        """Make a shell of a rendered page: what belongs to that page alone is taken out."""
        return cls(_BODY.sub(BODY, _CANONICAL.sub("", html), count=1))

    def unlisted(self) -> Shell:
        """Ask search engines, should they come by, to leave the page alone."""
        return replace(self, html=unlisted(self.html))

    @property
    def whole(self) -> bool:
        """Whether the theme put the body where it can be found."""
        return BODY in self.html

    @property
    def content(self) -> str:
        """The shell as text that is the same in every process."""
        return self.html.replace(self.secret, "")

    @cached_property
    def _pieces(self) -> list[str]:
        return re.split(f"(mimin-(?:title|body)-{self.secret}|{_HEAD})", self.html)

    def fill(self, title: str, body: str, canonical: str = "") -> str:
        """Make a page; *body* is HTML, *title* is text.

        The shell is cut at its holes before anything is put in, so nothing that is put in is
        looked through for holes.
        """
        link = f'<link rel="canonical" href="{text(canonical)}">' if canonical else ""
        holes = {
            f"mimin-title-{self.secret}": repeat(text(title)),
            f"mimin-body-{self.secret}": chain([body], repeat("")),
            _HEAD: chain([link + _HEAD], repeat(_HEAD)),
        }
        return "".join(next(holes[piece]) if piece in holes else piece for piece in self._pieces)
