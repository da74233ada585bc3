"""A small GitHub in this process: issues and one workflow, every body held to GitHub's schemas."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from jsonschema import Draft202012Validator

SCHEMAS = json.loads((Path(__file__).parent / "fixtures/github.json").read_text())
TOKEN = "ghs_thisisthetoken0123456789"
REPOSITORY = "kopi-senja/accounts"
_ROOT = f"/repos/{REPOSITORY}"


def valid(name, body):
    Draft202012Validator(SCHEMAS[name]).validate(body)
    return body


def made(name, **fields):
    """Make the least that fits a schema, with *fields*."""
    schema = SCHEMAS[name]
    plain = {"integer": 1, "boolean": False, "array": [], "string": "x", "object": {}}
    found = {}
    for key in schema["required"]:
        kind = schema["properties"][key].get("type", "object")
        found[key] = None if isinstance(kind, list) else plain[kind]
    return valid(name, {**found, **fields})


@dataclass
class Hub:
    """Issues, and how the publishing workflow is."""

    issues: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    state: str = "active"
    runs: list = field(default_factory=list)
    has_workflow: bool = True
    refuses: dict = field(default_factory=dict)
    """Method → status that it answers with."""
    address: str = ""

    @property
    def environment(self):
        return {
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_API_URL": self.address,
        }

    @property
    def open(self):
        return [issue for issue in self.issues if issue["state"] == "open"]

    @property
    def written(self):
        return [f"{method} {path}" for method, path in self.asked if method != "GET"]

    def add(self, title, body="", **fields):
        number = len(self.issues) + 1
        fields = {"state": "open", "labels": [{"name": "mimin-alarm"}], **fields}
        self.issues.append(made("issue", number=number, title=title, body=body, **fields))
        return self.issues[-1]

    def run(self, at, conclusion="success", status="completed"):
        url = f"https://github.com/{REPOSITORY}/actions/runs/{len(self.runs)}"
        self.runs.append(
            made("workflow-run", created_at=at, conclusion=conclusion, status=status, html_url=url)
        )

    def answer(self, method, url, body):
        parts = urlsplit(url)
        path, query = parts.path.removeprefix(_ROOT), parse_qs(parts.query)
        self.asked.append((method, path))
        if method in self.refuses:
            return self.refuses[method], {"message": "Resource not accessible by integration"}
        if path == "/issues" and method == "GET":
            return 200, self._listed(query)
        if path == "/issues":
            valid("issue-create", body)
            labels = [{"name": name} for name in body["labels"]]
            return 201, self.add(body["title"], body["body"], labels=labels)
        if (match := re.fullmatch(r"/issues/(\d+)", path)) and method == "PATCH":
            issue = self.issues[int(match[1]) - 1]
            issue.update(valid("issue-update", body))
            return 200, valid("issue", issue)
        return self._workflow(path)

    def _listed(self, query):
        label, page = query["labels"][0], int(query["page"][0])
        size = int(query["per_page"][0])
        found = [
            issue
            for issue in reversed(self.issues)
            if label in {entry["name"] for entry in issue["labels"]}
            and query["state"][0] in {"all", issue["state"]}
        ]
        return found[(page - 1) * size : page * size]

    def _workflow(self, path):
        if not self.has_workflow or not path.startswith("/actions/workflows/publish.yml"):
            return 404, {"message": "Not Found"}
        if path.endswith("/runs"):
            return 200, {"total_count": len(self.runs), "workflow_runs": self.runs[::-1]}
        place = ".github/workflows/publish.yml"
        return 200, made("workflow", state=self.state, path=place)


class Serving:
    """Serves a hub on this machine until it is left."""

    def __init__(self, hub):
        class Handler(BaseHTTPRequestHandler):
            def _serve(self):
                size = int(self.headers.get("content-length") or 0)
                body = json.loads(self.rfile.read(size)) if size else None
                assert self.headers["authorization"] == f"Bearer {TOKEN}"
                status, answer = hub.answer(self.command, self.path, body)
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - http.server's names

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        hub.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
