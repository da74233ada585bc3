"""Addresses of servers: which of them a token may be sent to."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from mimin.model.base import fold

_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]+")
_PORTS = {"https": 443, "http": 80}


@lru_cache
def base_address(server: str) -> str:
    """Read a server's address, as `https://example.social` or only its host name.

    Returns:
        Scheme, host and port, written in the one way in which two that are equal are the same.

    Raises:
        ValueError: if it is not a plain https address (http is for this machine only).
    """
    address, host = _split(server)
    if address.scheme != "https" and not (address.scheme == "http" and _is_this_machine(host)):
        raise ValueError(
            f"{server!r} is not https, so it would show the token to everybody on the way; "
            f"write https://{address.netloc or server}"
        )
    if address.path.strip("/") or address.query or address.fragment or "@" in address.netloc:
        raise ValueError(
            f"{server!r} is more than a server's address; write https:// and its host name"
        )
    port = "" if address.port in {None, _PORTS[address.scheme]} else f":{address.port}"
    return f"{address.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def token_host(network: str, server: str, handle: str) -> str:
    """Name the server that an account's secret is sent to, as files say it.

    Args:
        network: The network's name.
        server: `server:` of the account; empty when it has none.
        handle: Its handle; on Mastodon it may name the server.

    Returns:
        Scheme and host; the network's name where its address is its own and in no file.
    """
    server = server_of(network, server, handle)
    if not server:
        return network
    try:
        return base_address(server)
    except ValueError:  # nothing is sent there; the check says why
        text = re.sub(r"[^a-z0-9.:/_-]+", "_", fold(server))
        return text if "://" in text else f"https://{text}"


def server_of(network: str, server: str, handle: str) -> str:
    """Give the server that an account's file names, as it is written; empty if it names none."""
    return server or (host_in(handle) if network == "mastodon" else "")


def host_in(handle: str) -> str:
    """Give the server that a handle such as `name@example.social` names; empty if it names none."""
    return handle.rpartition("@")[2] if "@" in handle else ""


def ascii_host(host: str) -> str:
    """Write a host's name as networks do, `xn--fotodon-ywa.org`; empty if it can not be one."""
    import httpx2

    try:
        return httpx2.URL(f"https://{host}").raw_host.decode("ascii")
    except (httpx2.InvalidURL, ValueError):
        return ""


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
    if not address.netloc.isascii():  # not the host, whose capitals `urlsplit` has made small
        written = address.netloc.rpartition("@")[2].partition(":")[0]
        raise ValueError(not_ascii(server, written))
    host = fold(host).removesuffix(".")
    if not _HOST.fullmatch(host):
        raise ValueError(f"{server!r} is not a server's address; write https:// and its host name")
    return address, host


def not_ascii(text: str, host: str) -> str:
    """Say that a host is written with letters that can be taken for others, and the way out."""
    plain = ascii_host(host)
    way_out = f"write {plain} instead of {host}" if plain else "write https:// and its host name"
    return f"{text!r} has letters that can be taken for those of another server; {way_out}"


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
