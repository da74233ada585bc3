"""Public addresses: a way to servers that strangers name, and to nothing inside of a network.

A link in a post, a picture that a page names and a redirect may lead to a router, a database or a
cloud's metadata (169.254.169.254). So a name is looked up once, every address that it has must be
public, and the connection goes to the address that was judged; the name stays in `Host` and in TLS.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2

if TYPE_CHECKING:
    import ssl

SECONDS = 30
"""For a page or file in all: connections, redirects, headers and every byte of the answer."""

Resolve = Callable[[str, int], list[str]]
"""Gives the addresses of a name; raises OSError."""

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")
"""IETF protocol assignments (RFC 6890); one cloud has its metadata at 192.0.0.192."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Tell whether everybody on the Internet can have this IP address.

    Sources: IANA's registries of special-purpose addresses, by way of `ipaddress`; RFC 4291 for
    what of IPv6 is handed out; RFC 6052, 3056 and 4380 for IPv4 addresses inside of IPv6 ones.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return _is_public_4(found.ipv4_mapped)
        if found in _NAT64:
            return _is_public_4(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
        inner = [found.sixtofour, *(found.teredo or ())]
        if not all(_is_public_4(one) for one in inner if one is not None):
            return False
        return found in _GLOBAL_UNICAST and found.is_global and not found.is_multicast
    return _is_public_4(found)


def _is_public_4(address: ipaddress.IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and address not in _PROTOCOLS


def look_up(host: str, port: int) -> list[str]:
    """Ask the system for all addresses of a name, or of an address in whichever spelling.

    Raises:
        OSError: if there is none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class PublicTransport(httpx2.HTTPTransport):
    """A transport of httpx2 for one page or file: to public addresses, and in so many seconds."""

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        permits: Callable[[str], bool] = is_public,
        resolve: Resolve = look_up,
    ) -> None:
        """Start the time; *permits* and *resolve* are there for tests with servers of their own."""
        context = httpx2.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        # The same pool as httpx2's own, but for what makes its connections.
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            max_keepalive_connections=0,
            network_backend=_Backend(time.monotonic() + seconds, permits, resolve),
        )


class _Backend(httpcore2.NetworkBackend):
    """Makes connections to permitted addresses."""

    def __init__(self, until: float, permits: Callable[[str], bool], resolve: Resolve) -> None:
        self._until = until
        self._permits = permits
        self._resolve = resolve
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"{host} has no address: {error}") from None
        refused = [address for address in addresses if not self._permits(address)]
        if refused or not addresses:
            raise httpcore2.ConnectError(
                f"{host} is at {', '.join(refused) or 'no address'}, which is not public; "
                "use an address that everybody can reach"
            )
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                stream = self._plain.connect_tcp(
                    address, port, _left(self._until, timeout), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self._until)
        raise failure


class _Stream(httpcore2.NetworkStream):
    """A connection that ends at its moment, however slowly the other side sends."""

    def __init__(self, stream: httpcore2.NetworkStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._until, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._until, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(self._until, timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(until: float, timeout: float | None) -> float:
    """Give the seconds that a step may take.

    Raises:
        ReadTimeout: if the time of all steps is over.
    """
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("it takes too long in all")
    return left if timeout is None else min(left, timeout)
