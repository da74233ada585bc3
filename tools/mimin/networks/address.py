"""Addresses of servers: which of them a token may be sent to."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit


@lru_cache
def base_address(server: str) -> str:
    """Read a server's address, as `https://example.social` or only its host name.

    Raises:
        ValueError: if it is not a plain https address (http is for this machine only).
    """
    address, host = _split(server)
    if address.scheme != "https" and not (address.scheme == "http" and _is_this_machine(host)):
        raise ValueError(
            f"{server!r} is not https, so it would show the token to everybody on the way"
        )
    if address.path.strip("/") or address.query or address.fragment or "@" in address.netloc:
        raise ValueError(
            f"{server!r} is more than a server's address; write https:// and its host name"
        )
    return f"{address.scheme}://{address.netloc}"


def _split(server: str) -> tuple[SplitResult, str]:
    text = server.strip()
    try:
        address = urlsplit(text if "://" in text else f"https://{text}")
        host, _ = address.hostname, address.port
    except ValueError:
        host = None
    if not host or any(character.isspace() for character in text):
        raise ValueError(f"{server!r} is not a server's address; write https:// and its host name")
    return address, host


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
