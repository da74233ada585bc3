"""Templates → HTML: one Jinja environment that escapes whatever a user wrote."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from mimin.printable import printable

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from mimin.model.brand import Account


def render(template: str, **values: object) -> str:
    """Fill a template of this package."""
    return environment().get_template(template).render(**values)


def show_code(text: str) -> Markup:
    """Show what stands between backticks as code; everything is escaped."""
    from markupsafe import Markup, escape

    text = printable(text)
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return escape(text)
    shown = (
        Markup("<code>{}</code>").format(p) if n % 2 else escape(p) for n, p in enumerate(pieces)
    )
    return Markup("").join(shown)


def show_handle(account: Account) -> str:
    """Write a handle the way its audience knows it; a name with spaces takes no @."""
    return account.shown


def _show_hidden(value: object) -> object:
    """Show what nobody sees in the words of others; our own markup stays as it is."""
    return printable(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


@cache
def environment() -> Environment:
    """Give the environment; a name that a template uses and nobody gave is a bug, not a blank."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from mimin.website.marks import MARKS

    made = Environment(
        loader=PackageLoader("mimin.website"),
        autoescape=True,
        finalize=_show_hidden,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # looking for changed templates costs more than filling a small one
    )
    from mimin.website import dates, markup
    from mimin.website.drawing import web_address

    made.globals["marks"] = MARKS
    made.globals["markup"] = markup
    made.globals["dates"] = dates
    made.globals["web"] = web_address
    made.globals["networks"] = NETWORK_NAMES
    made.filters["code"] = show_code
    made.filters["handle"] = show_handle
    return made


NETWORK_NAMES = {
    "x": "X",
    "bluesky": "Bluesky",
    "mastodon": "Mastodon",
    "instagram": "Instagram",
    "facebook": "Facebook",
    "threads": "Threads",
    "tiktok": "TikTok",
    "linkedin": "LinkedIn",
    "telegram": "Telegram",
    "whatsapp": "WhatsApp",
    "youtube": "YouTube",
    "pinterest": "Pinterest",
    "discord": "Discord",
    "slack": "Slack",
    "sandbox": "Sandbox",
    "manual": "Manual",
}
"""Networks as they write themselves."""
