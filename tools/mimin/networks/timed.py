"""Timed connections: whatever the other side does, a call ends at its moment.

The time-outs of httpx2 count anew with every byte, and none of them counts the look-up of a name.
So a server that sends a byte now and then, or a name that nobody answers for, could hold a run for
hours. Here one moment counts for all of it: look-up, connection, TLS, headers and body.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterable
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2

if TYPE_CHECKING:
    import ssl

_SLOWEST = 20_000
"""Bytes a second that a server takes of an upload at least; a slow line has several times that."""
_PIECE = 16_384
"""Bytes that are handed over at once, with a look at the time before each."""

Resolve = Callable[[str, int], list[str]]
"""Gives the addresses of a name; raises OSError."""
Judge = Callable[[str, list[str]], None]
"""Raises `httpcore2.ConnectError` where no connection may be made from a name to its addresses."""


def look_up(host: str, port: int) -> list[str]:
    """Ask the system for all addresses of a name, or of an address in whichever spelling.

    Raises:
        OSError: if there is none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def no_cookies() -> CookieJar:
    """Give what takes no cookie: a server's words for its next call are nothing that we repeat."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=()))


class TimedTransport(httpx2.HTTPTransport):
    """A transport of httpx2 whose connections are looked up, made and used within a time.

    Every call has a connection of its own. One that the server closed while we waited for the due
    second would break just then, and could not be told from an answer that was lost.
    """

    def __init__(
        self,
        until: Callable[[], float],
        *,
        resolve: Resolve = look_up,
        judge: Judge | None = None,
    ) -> None:
        """Take the moment (`time.monotonic`) at which a connection ends from *until*, as it begins.

        While something is sent, the moment is as much later as a slow line needs for it.
        """
        context = httpx2.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        # The same pool as httpx2's own, but for what makes its connections.
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            max_keepalive_connections=0,
            network_backend=_Backend(until, resolve, judge),
        )


class _Backend(httpcore2.NetworkBackend):
    """Makes connections to the addresses that were judged, and to no other."""

    def __init__(
        self, until: Callable[[], float], resolve: Resolve, judge: Judge | None = None
    ) -> None:
        self._until = until
        self._resolve = resolve
        self._judge = judge
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        until = self._until()
        addresses = self._addresses(host, port, _left(until, timeout, httpcore2.ConnectTimeout))
        if self._judge is not None:
            self._judge(host, addresses)
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in addresses:
            left = _left(until, timeout, httpcore2.ConnectTimeout)
            try:
                stream = self._plain.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, until)
        raise failure

    def _addresses(self, host: str, port: int, seconds: float) -> list[str]:
        """Look a name up; the system has no time limit for that, so a thread of its own does it."""
        answers: queue.SimpleQueue[list[str] | BaseException] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolve(host, port))
            except BaseException as error:  # noqa: BLE001 - it is raised again below
                answers.put(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        try:
            found = answers.get(timeout=seconds)
        except queue.Empty:
            message = f"nobody says within {seconds:.0f} s at which address {host} is"
            raise httpcore2.ConnectTimeout(message) from None
        thread.join()  # who forks has no other threads
        if isinstance(found, OSError | ValueError):
            raise httpcore2.ConnectError(f"{host} has no address: {found}")
        if isinstance(found, BaseException):
            raise found
        return found


class _Stream(httpcore2.NetworkStream):
    """A connection that ends at its moment, however slowly the other side sends or takes."""

    def __init__(self, stream: httpcore2.NetworkStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._until, timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send; what it took is not taken from the time for the answer."""
        begun = time.monotonic()
        until = self._until + len(buffer) / _SLOWEST
        for at in range(0, len(buffer), _PIECE):
            left = _left(until, timeout, httpcore2.WriteTimeout)
            self._stream.write(buffer[at : at + _PIECE], left)
        self._until += min(time.monotonic() - begun, len(buffer) / _SLOWEST)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(self._until, timeout, httpcore2.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(until: float, timeout: float | None, over: type[Exception]) -> float:
    """Give the seconds that a step may take.

    Raises:
        Exception: *over*, if the time of all steps is over.
    """
    left = until - time.monotonic()
    if left <= 0:
        raise over("it takes too long in all")
    return left if timeout is None else min(left, timeout)
