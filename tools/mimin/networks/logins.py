"""How a person logs in at each network from a terminal: addresses, scopes and names, as data.

OAuth 2.0 by loopback redirect (RFC 8252) with PKCE (RFC 7636), or by device code (RFC 8628), with
the names in which networks differ from that. Sources: the networks' own pages on authorisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

GRAPH = "v26.0"
"""The version of Meta's Graph API that log-ins go through."""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One network's log-in. An address that begins with `/` is on the account's own server."""

    authorize: str
    """The page on which a person says yes."""
    endpoint: str
    """Where a code is traded for tokens."""
    scopes: tuple[str, ...]
    separator: str = " "
    """What stands between two scopes."""
    pkce: Literal["base64url", "hex", ""] = "base64url"
    """How the challenge is written; empty where the network knows none."""
    id_field: str = "client_id"
    basic: bool = False
    """Whether the client's id and secret go into a header and not into the form."""
    secret_needed: bool = True
    """Whether the app has a secret without which there are no tokens."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """What else stands in the address that the person opens."""
    exchange: str = ""
    """Address that makes a long-lived token of a short-lived one (Meta)."""
    exchange_grant: str = ""
    """The name of that grant."""
    device: str = ""
    """Address that gives a device code; empty where there is none."""
    app: str = ""
    """Where a person makes the app, in words."""


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """A network whose secret comes from its own app or settings, in words for a person."""

    words: str


FLOWS: Mapping[str, Flow | Elsewhere] = MappingProxyType(
    {
        "x": Flow(
            authorize="https://x.com/i/oauth2/authorize",
            endpoint="https://api.x.com/2/oauth2/token",
            scopes=("tweet.read", "tweet.write", "users.read", "media.write", "offline.access"),
            basic=True,
            secret_needed=False,
            app="developer.x.com, your project's app, user authentication settings",
        ),
        "instagram": Flow(
            authorize="https://www.instagram.com/oauth/authorize",
            endpoint="https://api.instagram.com/oauth/access_token",
            scopes=(
                "instagram_business_basic",
                "instagram_business_content_publish",
                "instagram_business_manage_comments",
            ),
            separator=",",
            pkce="",
            exchange="https://graph.instagram.com/access_token",
            exchange_grant="ig_exchange_token",
            app="developers.facebook.com, your app, Instagram, API set-up with Instagram login",
        ),
        "facebook": Flow(
            authorize=f"https://www.facebook.com/{GRAPH}/dialog/oauth",
            endpoint=f"https://graph.facebook.com/{GRAPH}/oauth/access_token",
            scopes=(
                "pages_show_list",
                "pages_read_engagement",
                "pages_manage_posts",
                "pages_manage_engagement",
                "pages_read_user_content",
            ),
            separator=",",
            pkce="",
            exchange=f"https://graph.facebook.com/{GRAPH}/oauth/access_token",
            exchange_grant="fb_exchange_token",
            app="developers.facebook.com, your app, Facebook login",
        ),
        "threads": Flow(
            authorize="https://threads.net/oauth/authorize",
            endpoint="https://graph.threads.net/oauth/access_token",
            scopes=(
                "threads_basic",
                "threads_content_publish",
                "threads_manage_replies",
                "threads_read_replies",
                "threads_delete",
            ),
            separator=",",
            pkce="",
            exchange="https://graph.threads.net/access_token",
            exchange_grant="th_exchange_token",
            app="developers.facebook.com, your app, Threads API",
        ),
        "tiktok": Flow(
            authorize="https://www.tiktok.com/v2/auth/authorize/",
            endpoint="https://open.tiktokapis.com/v2/oauth/token/",
            scopes=("user.info.basic", "video.list", "video.upload", "video.publish"),
            separator=",",
            pkce="hex",
            id_field="client_key",
            app="developers.tiktok.com, your app, Login Kit for desktop",
        ),
        "youtube": Flow(
            authorize="https://accounts.google.com/o/oauth2/v2/auth",
            endpoint="https://oauth2.googleapis.com/token",
            scopes=(
                "https://www.googleapis.com/auth/youtube",
                "https://www.googleapis.com/auth/youtube.force-ssl",
            ),
            extra=MappingProxyType({"access_type": "offline", "prompt": "consent"}),
            device="https://oauth2.googleapis.com/device/code",
            app="console.cloud.google.com, APIs and services, credentials, desktop app",
        ),
        "linkedin": Flow(
            authorize="https://www.linkedin.com/oauth/v2/authorization",
            endpoint="https://www.linkedin.com/oauth/v2/accessToken",
            scopes=("openid", "profile", "w_member_social"),
            pkce="",
            app="developer.linkedin.com, your app, auth",
        ),
        "pinterest": Flow(
            authorize="https://www.pinterest.com/oauth/",
            endpoint="https://api.pinterest.com/v5/oauth/token",
            scopes=("pins:read", "pins:write", "boards:read", "user_accounts:read"),
            separator=",",
            pkce="",
            basic=True,
            app="developers.pinterest.com, your app",
        ),
        "mastodon": Flow(
            authorize="/oauth/authorize",
            endpoint="/oauth/token",
            scopes=("read:accounts", "read:statuses", "write:statuses", "write:media"),
            app="your instance, preferences, development, new application",
        ),
        "bluesky": Elsewhere(
            words="in the app: settings, privacy and security, app passwords, add app password"
        ),
        "telegram": Elsewhere(
            words="@BotFather, /newbot, copy the token; then make the bot an admin of the channel"
        ),
        "discord": Elsewhere(
            words="in the channel's settings: integrations, webhooks, new webhook, copy its URL"
        ),
    }
)
"""Network → how to log in. Networks that need no secret are not among them."""
