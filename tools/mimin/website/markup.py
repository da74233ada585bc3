"""Markup: small pieces of HTML for pages that are made ten thousand times.

They are put together by hand, because a template engine takes five times as long for them. So
whoever writes here escapes: every text that comes from a file or a network passes `text`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from whenever import Instant

from mimin.model.brand import Account
from mimin.planning.plan import Cause
from mimin.printable import printable
from mimin.website import dates
from mimin.website.marks import MARKS
from mimin.website.rendering import NETWORK_NAMES, show_code, show_handle
from mimin.website.words import Words

_SPECIAL = re.compile("[&<>\"']")


def text(value: str) -> str:
    """Escape what somebody wrote, for an element as for a quoted attribute; show what is hidden."""
    value = printable(value)
    return escape(value) if _SPECIAL.search(value) else value


def code(value: str) -> str:
    """Show what stands between backticks as code; everything is escaped."""
    return str(show_code(value))


@lru_cache(maxsize=256)
def mark(cause: Cause, words: Words) -> str:
    """Show a standing as icon, tone and words."""
    found = MARKS[cause]
    says = text(words(f"cause.{cause}"))
    return (
        f'<span class="mimin-mark mimin-mark--{found.tone}" data-icon="{found.icon}">{says}</span>'
    )


@lru_cache(maxsize=256)
def network(rules: str) -> str:
    """Show a network's mark and name."""
    name = text(NETWORK_NAMES.get(rules, rules))
    return f'<span class="mimin-net" data-net="{text(rules)}">{name}</span>'


def simulated(words: Words, key: str = "simulated") -> str:
    """Say that nothing leaves this machine; with `simulated.partly`, that some of it does not."""
    about = text(words("simulated.about"))
    return f'<span class="mimin-sim" title="{about}">{text(words(key))}</span>'


@lru_cache(maxsize=4096)
def due(moment: Instant, zone: str, words: Words) -> str:
    """Show a due time in full, in the brand's zone and in UTC."""
    local, utc = dates.full_time(moment, zone, words), dates.utc_time(moment, words)
    return (
        f'<span class="mimin-due"><time datetime="{moment.format_iso()}">{text(local)}</time>'
        f'<span class="mimin-utc">{text(utc)}</span></span>'
    )


@lru_cache(maxsize=4096)
def happened(moment: Instant, zone: str, words: Words) -> str:
    """Show the time of something that happened."""
    local = dates.full_time(moment, zone, words)
    return f'<time datetime="{moment.format_iso()}">{text(local)}</time>'


def handle(account: Account) -> str:
    """Write a handle the way its audience knows it; a name with spaces takes no @."""
    return text(show_handle(account))
