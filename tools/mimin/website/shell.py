"""The shell: one page as the theme renders it, with holes that thousands of pages fill."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

TITLE = "mimin-hole-title-1f0c"
BODY = "mimin-hole-body-1f0c"
_CANONICAL = re.compile(r'(?<!\s)\s*<link rel="(canonical|prev|next)"[^>]*>')
_BODY = re.compile(rf"(?:<h1[^>]*>[^<]*</h1>\s*)?<p>{BODY}</p>")


@dataclass(frozen=True)
class Shell:
    """The text between the holes."""

    html: str

    @classmethod
    def cut(cls, html: str) -> Shell:
        """Make a shell of a rendered page: what belongs to that page alone is taken out."""
        return cls(_BODY.sub(BODY, _CANONICAL.sub("", html), count=1))

    def unlisted(self) -> Shell:
        """Ask search engines, should they come by, to leave the page alone."""
        rule = '<meta name="robots" content="noindex, nofollow"></head>'
        return Shell(self.html.replace("</head>", rule, 1))

    @property
    def whole(self) -> bool:
        """Whether the theme put the body where it can be found."""
        return BODY in self.html

    def fill(self, title: str, body: str, canonical: str = "") -> str:
        """Make a page; *body* is HTML, *title* is text."""
        html = self.html.replace(TITLE, escape(title))
        if canonical:
            link = f'<link rel="canonical" href="{escape(canonical)}"></head>'
            html = html.replace("</head>", link, 1)
        return html.replace(BODY, body, 1)
