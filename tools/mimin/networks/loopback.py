"""The place on this machine to which a browser is sent back after a log-in (RFC 8252, 7.3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

PATH = "/callback"
_DONE = (
    "<!doctype html><meta charset=utf-8><title>mimin</title><p>Selesai. / Done. You can close this."
)


class Callback:
    """Waits for one visit and keeps the address that was asked for."""

    def __init__(self, server: HTTPServer) -> None:
        """Wait at *server*."""
        self._server = server
        self.address = ""
        """The whole address of the visit; empty while there was none."""

    @property
    def redirect(self) -> str:
        """The address that the app has to know."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{PATH}"

    def wait(self, seconds: float) -> str:
        """Wait for the visit; an empty string when nobody came."""
        thread = Thread(target=self._serve, daemon=True)
        thread.start()
        thread.join(seconds)
        return self.address

    def _serve(self) -> None:
        while not self.address:
            self._server.handle_request()


@contextmanager
def listening(port: int) -> Iterator[Callback]:
    """Listen on this machine only; 0 takes any free port.

    Raises:
        OSError: if the port is taken.
    """

    class Visit(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            # Browsers ask for an icon, too; only the callback is ours.
            ours = self.path.partition("?")[0] == PATH
            content = _DONE.encode() if ours else b""
            self.send_response(200 if ours else 404)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            if ours:
                callback.address = f"http://127.0.0.1{self.path}"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing: the code stands in the address."""

    with HTTPServer(("127.0.0.1", port), Visit) as server:
        callback = Callback(server)
        yield callback
