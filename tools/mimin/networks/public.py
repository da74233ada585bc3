"""Public addresses: a way to servers that strangers name, and to nothing inside of a network.

A link in a post, a picture that a page names and a redirect may lead to a router, a database or a
cloud's metadata (169.254.169.254). So a name is looked up once, every address that it has must be
public, and the connection goes to the address that was judged; the name stays in `Host` and in TLS.
"""

from __future__ import annotations

import ipaddress
import time
from typing import TYPE_CHECKING

import httpcore2

from mimin.networks.timed import Resolve, TimedTransport, look_up

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 30
"""For a page or file in all: look-ups, connections, redirects, headers and every byte."""

_REFUSED_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network
            *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),  # private
            "100.64.0.0/10",  # between a provider and its customers; one cloud's metadata
            "127.0.0.0/8",  # this machine
            "168.63.129.16/32",  # Azure's own server inside of each machine; in no registry
            "169.254.0.0/16",  # this link; most clouds' metadata
            "192.0.0.0/24",  # IETF protocol assignments; one cloud's metadata
            *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),  # documentation
            *("192.31.196.0/24", "192.175.48.0/24"),  # AS112, which answers for private names
            "192.52.193.0/24",  # relays of multicast (AMT)
            "192.88.99.0/24",  # relays of 6to4, no longer used
            "198.18.0.0/15",  # measurements
            *("224.0.0.0/4", "240.0.0.0/4"),  # multicast, reserved, broadcast
        ),
    )
)
"""IANA IPv4 Special-Purpose Address Registry (as of 2025-10) and IPv4 Multicast Address Space."""
_HANDED_OUT_6 = ipaddress.IPv6Network("2000::/3")
"""The rest of IPv6 is local, multicast or reserved (RFC 4291)."""
_REFUSED_6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # IETF protocol assignments: Teredo, which holds IPv4 addresses, ORCHID
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, which holds an IPv4 address, no longer used
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
        ),
    )
)
"""IANA IPv6 Special-Purpose Address Registry (as of 2025-10), inside of 2000::/3."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""How a machine without IPv4 reaches servers that have nothing else (RFC 6052)."""
_ISATAP = 0x5EFE
"""What stands before an IPv4 address at the end of an IPv6 one (RFC 5214, section 6.1)."""


def is_public(address: str) -> bool:
    """Tell whether everybody on the Internet can have this IP address.

    An IPv4 address inside of an IPv6 one is judged like the address itself. Ways over which nobody
    serves pages (6to4, Teredo, ISATAP) are not taken at all.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return not any(found in network for network in _REFUSED_4)
    if found.ipv4_mapped is not None:
        return is_public(str(found.ipv4_mapped))
    inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    if found in _NAT64:
        return is_public(str(inner))
    if (int(found) >> 32) & 0xFCFFFFFF == _ISATAP:
        return False
    return found in _HANDED_OUT_6 and not any(found in network for network in _REFUSED_6)


class PublicTransport(TimedTransport):
    """A transport of httpx2 for one page or file: to public addresses, and in so many seconds."""

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        permits: Callable[[str], bool] = is_public,
        resolve: Resolve = look_up,
    ) -> None:
        """Start the time; *permits* and *resolve* are there for tests with servers of their own."""
        until = time.monotonic() + seconds

        def judge(host: str, addresses: list[str]) -> None:
            refused = [address for address in addresses if not permits(address)]
            if refused or not addresses:
                raise httpcore2.ConnectError(
                    f"{host} is at {', '.join(refused) or 'no address'}, which is not public; "
                    "use an address that everybody can reach"
                )

        super().__init__(lambda: until, resolve=resolve, judge=judge)
