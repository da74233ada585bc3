"""A small GitHub in this process: parts that answer, held to GitHub's own schemas, and a server."""

from __future__ import annotations

import json
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from jsonschema import Draft202012Validator

DEFS = json.loads((Path(__file__).parent / "schemas.json").read_text())["$defs"]
TOKEN = "ghs_thisisthetoken0123456789"
REPOSITORY = "kopi-senja/accounts"
ROOT = f"/repos/{REPOSITORY}"


@cache
def _validator(name):
    schema = {"$ref": f"#/$defs/{name.removesuffix('[]')}"}
    if name.endswith("[]"):
        schema = {"type": "array", "items": schema}
    return Draft202012Validator({**schema, "$defs": DEFS})


def valid(name, body):
    """Hold a body to GitHub's schema of that name; `name[]` is a list of them."""
    _validator(name).validate(body)
    return body


def _sample(schema):
    """Make the least that fits a schema."""
    if "$ref" in schema:
        return _sample(DEFS[schema["$ref"].rsplit("/", 1)[1]])
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return _sample(schema[key][0])
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: _sample(properties[name]) for name in schema.get("required", ())}
    plain = {"array": [], "integer": 1, "number": 1, "boolean": False, "null": None}
    return plain.get(kind, "x")


def made(name, **fields):
    """Make the least that fits a schema, with *fields*."""
    return {**_sample({"$ref": f"#/$defs/{name}"}), **fields}


def user(login, kind=None):
    """Make an account; None is one that is gone."""
    if login is None:
        return None
    kind = kind or ("Bot" if login.endswith("[bot]") else "User")
    return made("simple-user", login=login, type=kind)


def error(status, message, headers=None):
    """Answer with an error."""
    return status, valid("basic-error", {"message": message}), dict(headers or {})


class GitHub:
    """One repository; each part answers for some paths and gives None for all others."""

    def __init__(self, *parts):
        self.parts = list(parts)
        self.asked = []
        """(method, path, headers), as they came."""
        self.refuses = {}
        """Method → status that it answers with."""
        self.url = ""
        self.prefix = ""
        """What stands before every path on a server of one's own."""

    @property
    def environment(self):
        """What a workflow's step is given."""
        return {
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_API_URL": self.url + self.prefix,
        }

    @property
    def written(self):
        """What was written, in words."""
        return [
            f"{method} {path.removeprefix(ROOT)}"
            for method, path, _ in self.asked
            if method != "GET"
        ]

    def answer(self, method, url, headers, body):
        """Give status, body and headers."""
        parts = urlsplit(url)
        self.asked.append((method, url, headers))
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return error(401, "Bad credentials")
        if method in self.refuses:
            return error(self.refuses[method], "Resource not accessible by integration")
        path, query = parts.path.removeprefix(self.prefix), parse_qs(parts.query)
        for part in self.parts:
            found = part.answer(method, path, query, body)
            if found is not None:
                return found
        return error(404, "Not Found")

    def __enter__(self):
        """Serve on this machine."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_):
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(hub):
    class Handler(BaseHTTPRequestHandler):
        def _serve(self):
            size = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(size)) if size else None
            given = {name.lower(): value for name, value in self.headers.items()}
            status, answer, headers = hub.answer(self.command, self.path, given, body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            headers = {"content-type": "application/json", **headers}
            for name, value in {**headers, "content-length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - http.server's names

        def log_message(self, *args):
            pass

    return Handler
