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


def token_host(network: str, server: str, handle: str) -> str:
    """Name the server that an account's secret is sent to, as files say it.

    Args:
        network: The network's name.
        server: `server:` of the account; empty when it has none.
        handle: Its handle; on Mastodon it may name the server.

    Returns:
        Scheme and host; the network's name where its address is its own and in no file.
    """
    if not server and network == "mastodon":
        _, mark, host = handle.removeprefix("@").rpartition("@")
        server = host if mark else ""
    if not server:
        return network
    try:
        return base_address(server).casefold()
    except ValueError:  # nothing is sent there; the check says why
        text = "_".join(server.casefold().split())
        return text if "://" in text else f"https://{text}"


def is_own_host(host: str) -> bool:
    """Tell whether `token_host` gave a network's name: no file decides where the secret goes."""
    return "://" not in host


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
