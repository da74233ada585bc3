"""A Mastodon server on loopback that ignores `Idempotency-Key`, lies on command and kills.

Usage: python server.py; it says its address on the first line. An account is there as soon as its
token is used. `PUT /control/TOKEN` sets what it does: `offset` (seconds from the real time), `date`
(seconds by which `Date` is wrong), `rules` (`{"on": kind, "nth": n or 0 for all, "lie": name}`),
`kill` (`{"nth": n, "when": before, stored, answered or soon, "group": bool}`; soon is `after`
seconds later) of the process `pid`, and
`like`, another account to begin as. `GET /control/TOKEN` gives all that it holds.
"""

from __future__ import annotations

import copy
import json
import os
import signal
import socket
import sys
import threading
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from instance import Account
from lies import JSON, LAG, SAID, SETTLES_WITHIN

HANGS = 1.5
"""Seconds without an answer; the client's patience is shorter, see `site/sitecustomize.py`."""


class Liar(BaseHTTPRequestHandler):
    """One call."""

    def serve(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.close_connection = True
        if self.path.startswith("/control/"):
            self._control(self.path.rpartition("/")[2], body)
            return
        token = self.headers.get("authorization", "").removeprefix("Bearer ")
        if not token:
            self._say(*SAID["401"])
            return
        with self.server.lock:
            account = self.server.account(token)
            account.settle()
            kind = _kind(self.command, urlsplit(self.path).path)
            lie, kill = _drawn(account, kind)
            account.lied.update([f"{kind}: {lie}"] if lie else ())
            account.log.append(f"{self.command} {self.path[:60]} {lie or ''} {kill or ''}".rstrip())
            if kill == "soon":
                threading.Timer(account.kill["after"], _kill, [account]).start()
            if kill == "before":
                _kill(account)
                return
            answer = self._true(account, kind, body, lie)
            if kill == "stored":
                _kill(account)
                return
            if kind == "create" and not lie and answer[0] == 200:
                account.told.add(answer[1]["id"])
        self.date = account.now() + account.date
        self._tell(answer, lie)
        if kill == "answered":
            _kill(account)

    do_GET = do_POST = do_PUT = do_DELETE = serve  # noqa: N815 - the names are the interface

    def _true(self, account, kind, body, lie):
        """Do what the lie says is done; give the answer that would be true."""
        done = lie.partition(", ")[0] if kind == "create" else ""
        if done in {"late", "no"}:
            fields = json.loads(body)
            refused = account.refusal(fields)
            if refused:
                return refused
            status = account.draft(fields)
            if done == "late":
                moment = account.now() + SETTLES_WITHIN * self.server.chance(account)
                promised = status if lie.endswith("success") else None
                account.late.append((moment, fields, promised))
            return 200, status, {}
        if kind in {"edit", "delete"} and lie.startswith("no, "):
            return 200, {}, {}
        if kind == "list" and lie:
            return self._list(account, lie)
        if kind == "upload" and lie == "success":
            return 200, {"id": "7", "type": "image", "url": f"{account.base}/media/7"}, {}
        if lie == "other's id":
            return 200, account.profile() | {"id": "4711"}, {}
        return account.answer(self.command, self.path, dict(self._lower()), body)

    def _list(self, account, lie):
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        hidden = ()
        if lie in LAG:
            youngest = datetime.fromtimestamp(account.now() - LAG[lie], UTC).isoformat()
            hidden = {s["id"] for s in account.statuses if s["created_at"] > youngest}
        if lie == "ours missing":
            hidden = {s["id"] for s in account.statuses if s["id"] not in account.told}
        if lie == "same page":
            query.pop("max_id", None)
            query["limit"] = "2"
        if lie == "other's list":
            other = Account("somebody", account.base)
            other.offset = account.offset
            other.store({"status": "Kami orang lain"})
            return 200, other.statuses, {}
        found = account.timeline(parts.path, query, hidden=hidden)
        if lie == "short":
            return (200, found[1][:1] if "max_id" not in query else [], {})
        return found

    def _tell(self, answer, lie):
        """Say the truth, or what the lie says instead."""
        word = lie.rpartition(", ")[2]
        status, body, headers = answer
        if word == "hang":
            time.sleep(HANGS)
        elif word == "closed":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1" + b"\0" * 7)
        elif word in SAID:
            reset = datetime.fromtimestamp(self.date + 300, UTC).isoformat(timespec="milliseconds")
            more = {"x-ratelimit-reset": reset.replace("+00:00", "Z")} if word == "429" else {}
            self._say(*SAID[word], more)
        else:
            content = json.dumps(body).encode()
            if word == "broken":
                content = content[: len(content) // 2]
            self._say(status, JSON, content, headers, cut=word == "cut")

    def _say(self, status, kind, content, headers=None, *, cut=False):
        told = {"content-type": kind, "content-length": str(len(content)), "connection": "close"}
        self.send_response(status)
        for name, value in {**told, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut else content)

    def date_time_string(self, timestamp=None):
        """Write `Date`, by the account's own clock."""
        moment = datetime.fromtimestamp(getattr(self, "date", time.time()), UTC)
        return format_datetime(moment, usegmt=True)

    def _control(self, token, body):
        with self.server.lock:
            account = self.server.account(token)
            if self.command == "PUT":
                _set(account, json.loads(body), self.server)
            account.settle()
            shown = {"id": account.id, "statuses": account.statuses, "log": list(account.log)}
            shown |= {"late": len(account.late), "lied": account.lied}
        self._say(200, JSON, json.dumps(shown).encode())

    def _lower(self):
        return ((name.lower(), value) for name, value in self.headers.items())

    def log_message(self, *args):
        pass


def _kind(method, path):
    if path == "/api/v1/statuses":
        return "create"
    if path.endswith("/verify_credentials"):
        return "whoami"
    if path.endswith("/statuses"):
        return "list"
    if path.startswith("/api/v1/statuses/"):
        return {"PUT": "edit", "DELETE": "delete"}.get(method, "status")
    return "upload" if path == "/api/v2/media" else "other"


def _drawn(account, kind):
    """Count the call; give the lie that is due, and when in it to kill."""
    for name in (kind, "all"):
        account.counts[name] = account.counts.get(name, 0) + 1
    lies = [
        rule["lie"]
        for rule in account.rules
        if rule["on"] == kind and rule["nth"] in {0, account.counts[kind]}
    ]
    kill = account.kill
    hit = kill is not None and kill["nth"] == account.counts["all"]
    return lies[0] if lies else "", kill["when"] if hit else ""


def _kill(account):
    kill, account.kill = account.kill, None
    if kill is None or not account.pid:
        return  # the run has ended meanwhile
    try:
        (os.killpg if kill["group"] else os.kill)(account.pid, signal.SIGKILL)
    except ProcessLookupError:
        account.kill = kill


def _set(account, fields, server):
    if "like" in fields:
        other = server.account(fields.pop("like"))
        account.statuses, account.media = copy.deepcopy((other.statuses, other.media))
        account.told = account.ids()
        account.id, account.name, account.number = other.id, other.name, other.number
    if "rules" in fields:
        account.counts = {}
    vars(account).update(fields)


class Instance(ThreadingHTTPServer):
    """All accounts, behind one address."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Liar)
        self.base = f"http://127.0.0.1:{self.server_port}"
        self.accounts = {}
        self.lock = threading.Lock()

    def account(self, token):
        return self.accounts.setdefault(token, Account(token, self.base))

    def chance(self, account):
        """Draw from 0 to 1; the same for the same account and call."""
        return (sum(account.token.encode()) * 31 + account.number * 17) % 100 / 100

    def handle_error(self, request, client_address):
        """Say nothing of clients that were killed."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


if __name__ == "__main__":
    instance = Instance()
    print(instance.base, flush=True)
    instance.serve_forever()
