"""A GitHub with comments, in this process; what it takes and gives fits GitHub's own schemas."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from jsonschema import Draft202012Validator

SCHEMAS = json.loads((Path(__file__).parent / "fixtures/github.json").read_text())
TOKEN = "ghs_thisisthetoken0123456789"
REPOSITORY = "kopi-senja/accounts"
_ROOT = f"/repos/{REPOSITORY}"
SHA = "1f2e3d4c5b6a79880716253443526170fedcba98"


def valid(name, body):
    Draft202012Validator(SCHEMAS[name]).validate(body)
    return body


def user(login):
    kind = "Bot" if login.endswith("[bot]") else "User"
    fields = dict.fromkeys(SCHEMAS["comment"]["properties"]["user"]["required"], "x")
    return {**fields, "login": login, "id": 1, "type": kind, "site_admin": False,
            "gravatar_id": None}  # fmt: skip


class Talk:
    """The conversation of pull request #12, from `ayu:gajian`."""

    def __init__(self):
        self.comments = []
        self.asked = []
        self.refuses = {}
        self.address = ""

    @property
    def environment(self):
        return {
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_API_URL": self.address,
        }

    @property
    def written(self):
        return [f"{method} {path}" for method, path in self.asked if method != "GET"]

    def say(self, login, body):
        number = len(self.comments) + 1
        fields = dict.fromkeys(SCHEMAS["comment"]["required"], "x")
        comment = {**fields, "id": number, "body": body, "user": user(login)}
        comment["author_association"] = "NONE"
        self.comments.append(valid("comment", comment))
        return comment

    def answer(self, method, url, body):
        parts = urlsplit(url)
        path, query = parts.path.removeprefix(_ROOT), parse_qs(parts.query)
        self.asked.append((method, path))
        if method in self.refuses:
            return self.refuses[method], {"message": "Resource not accessible by integration"}
        if path == "/pulls":
            return 200, self._pulls(query)
        if path == "/issues/12/comments" and method == "GET":
            page, size = int(query["page"][0]), int(query["per_page"][0])
            return 200, self.comments[(page - 1) * size : page * size]
        if path == "/issues/12/comments":
            return 201, self.say("github-actions[bot]", valid("comment-write", body)["body"])
        if (match := re.fullmatch(r"/issues/comments/(\d+)", path)) and method == "PATCH":
            comment = self.comments[int(match[1]) - 1]
            comment.update(valid("comment-write", body))
            return 200, comment
        return 404, {"message": "Not Found"}

    def _pulls(self, query):
        assert query["state"] == ["open"]
        if query["head"] != ["ayu:gajian"]:
            return []
        head = {"ref": "gajian", "sha": SHA, "label": "ayu:gajian"}
        return [valid("pull", {"number": 12, "state": "open", "title": "Gajian", "head": head})]


@pytest.fixture
def talk():
    """Serve a conversation on this machine."""
    made = Talk()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self):
            size = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(size)) if size else None
            assert self.headers["authorization"] == f"Bearer {TOKEN}"
            status, answer = made.answer(self.command, self.path, body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - http.server's names

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()
