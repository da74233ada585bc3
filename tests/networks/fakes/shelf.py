"""Servers on this machine that media can be fetched from: a site, and a bucket of S3's kind."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Shelf:
    """What a server holds, and what it was asked."""

    def __init__(self):
        self.files = {}
        """Path → type and content."""
        self.answers = {}
        """Path → status and headers, in place of the file."""
        self.calls = []
        """Method, path, query and headers of each call."""
        self.address = ""
        self.drop = 0
        """How many calls are cut off before they are answered."""


@contextmanager
def serving():
    """Serve a shelf on loopback; a PUT puts onto it, as S3 does (PutObject)."""
    shelf = Shelf()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self):
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            shelf.calls.append((self.command, parts.path, parse_qs(parts.query), headers))
            body = self.rfile.read(int(headers.get("content-length", 0)))
            if shelf.drop:
                shelf.drop -= 1
                self.close_connection = True
                return
            if parts.path in shelf.answers:
                self._answer(*shelf.answers[parts.path], b"")
            elif self.command == "PUT":
                shelf.files[parts.path] = (headers.get("content-type", ""), body)
                self._answer(200, {"ETag": '"1"'}, b"")
            elif parts.path in shelf.files:
                kind, content = shelf.files[parts.path]
                about = {"ETag": '"1"', "Last-Modified": "Tue, 01 Dec 2026 02:00:00 GMT"}
                self._answer(200, {"Content-Type": kind, **about}, content)
            else:
                self._answer(404, {}, b"")

        def _answer(self, status, headers, content):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_PUT = do_HEAD = _handle  # noqa: N815 - the names that http.server calls

        def log_message(self, *args):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shelf.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield shelf
    finally:
        server.shutdown()
        server.server_close()
