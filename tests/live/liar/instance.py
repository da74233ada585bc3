"""An account on a Mastodon instance: what it holds, and the true answer to every call."""

from __future__ import annotations

import html
import json
import re
import time
from collections import Counter, deque
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import HTTP
from urllib.parse import parse_qs, urlsplit

FIRST = 115_000_000_000_000_000


class Account:
    """One account, known by its token. It does not look at `Idempotency-Key`."""

    def __init__(self, token, base):
        self.token, self.base = token, base
        self.id = str(FIRST + sum(token.encode()) * 1000 + len(token))
        self.name = re.sub(r"\W", "_", token)
        self.statuses, self.media, self.late = [], {}, []
        self.told = set()
        """Ids of statuses that were answered truthfully."""
        self.offset, self.date, self.number = 0.0, 0, 0
        self.rules, self.counts, self.kill, self.pid = [], {}, None, 0
        self.log, self.lied = deque(maxlen=200), Counter()

    def now(self):
        return time.time() + self.offset

    def settle(self):
        """Store what was to be stored late."""
        due = [item for item in self.late if item[0] <= self.now()]
        self.late = [item for item in self.late if item not in due]
        for moment, body, answered in due:
            self.store(body, answered, moment)

    def answer(self, method, target, headers, content):
        """Give status, body and headers."""
        parts = urlsplit(target)
        path, query = parts.path, {name: v[0] for name, v in parse_qs(parts.query).items()}
        if path == "/api/v1/accounts/verify_credentials":
            return 200, self.profile() | {"source": {"privacy": "public"}}, {}
        if path == "/api/v2/instance":
            limits = {"statuses": {"max_characters": 500, "max_media_attachments": 4}}
            return 200, {"domain": "liar.test", "configuration": limits}, {}
        if path.startswith("/api/v2/media"):
            return 200, self.upload(headers, content), {}
        if path.startswith("/api/v1/media/"):
            found = self.media.get(path.rpartition("/")[2])
            return (200, found["shown"], {}) if found else _missing()
        if path == "/api/v1/statuses":
            body = json.loads(content)
            return self.refusal(body) or (200, self.store(body), {})
        if path.startswith("/api/v1/statuses/"):
            return self.change(method, path.rpartition("/")[2], content)
        if path.endswith("/statuses"):
            return self.timeline(path, query)
        return _missing()

    def profile(self):
        return {"id": self.id, "username": self.name, "acct": self.name, "display_name": self.name}

    def refusal(self, body):
        if "in_reply_to_id" in body and body["in_reply_to_id"] not in self.ids():
            said = "The post you are trying to reply to does not appear to exist."
            return 404, {"error": said}, {}
        for name in body.get("media_ids", ()):
            if name not in self.media or self.media[name]["status"]:
                said = f"Media {name} not found or already attached to another post"
                return 422, {"error": said}, {}
        return None

    def ids(self):
        return {status["id"] for status in self.statuses}

    def store(self, body, answered=None, moment=None):
        """Store a status; *answered* is the one that was promised when it is stored late."""
        status = answered or self.draft(body, moment)
        for name in body.get("media_ids", ()):
            self.media[name]["status"] = status["id"]
        self.statuses.append(status)
        return status

    def draft(self, body, moment=None):
        """Make a status without storing it."""
        self.number += 1
        moment = self.now() if moment is None else moment
        name = str(FIRST + int(moment * 1000) % 10**12 * 1000 + self.number)
        made = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
        address = f"{self.base}/@{self.name}/{name}"
        return {
            "id": name,
            "uri": address,
            "url": address,
            "created_at": made.replace("+00:00", "Z"),
            "edited_at": None,
            "in_reply_to_id": body.get("in_reply_to_id"),
            "in_reply_to_account_id": self.id if body.get("in_reply_to_id") else None,
            "content": _rendered(body["status"]),
            "text": body["status"],
            "spoiler_text": body.get("spoiler_text", ""),
            "sensitive": body.get("sensitive", False),
            "language": body.get("language"),
            "visibility": body.get("visibility", "public"),
            "account": self.profile(),
            "reblog": None,
            "mentions": [],
            "tags": [],
            "media_attachments": [self.media[item]["shown"] for item in body.get("media_ids", ())],
        }

    def upload(self, headers, content):
        head = f"content-type: {headers['content-type']}\r\n\r\n".encode()
        form = message_from_bytes(head + content, policy=HTTP)
        fields = {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
            for part in form.iter_parts()
        }
        self.number += 1
        name = str(FIRST + self.number)
        described = fields.get("description", b"").decode()
        shown = {"id": name, "type": "image", "url": f"{self.base}/media/{name}"}
        self.media[name] = {"shown": shown | {"description": described}, "status": None}
        return self.media[name]["shown"]

    def change(self, method, name, content):
        found = [status for status in self.statuses if status["id"] == name]
        if not found:
            return _missing()
        if method == "DELETE":
            self.statuses.remove(found[0])
        elif method == "PUT":
            body = json.loads(content)
            found[0] |= {"content": _rendered(body["status"]), "text": body["status"]}
            found[0]["edited_at"] = datetime.fromtimestamp(self.now(), UTC).isoformat()
        return 200, found[0], {}

    def timeline(self, path, query, *, hidden=()):
        """Give a page of the account's statuses, newest first, with the address of the next."""
        if path.split("/")[-2] != self.id:
            return 200, [], {}
        listed = [s for s in self.statuses if s["id"] not in hidden]
        listed.sort(key=lambda status: int(status["id"]), reverse=True)
        if "max_id" in query:
            listed = [status for status in listed if int(status["id"]) < int(query["max_id"])]
        page = listed[: min(int(query.get("limit", "20")), 40)]
        headers = {}
        if len(page) < len(listed):
            following = f"{self.base}{path}?max_id={page[-1]['id']}"
            headers["link"] = f'<{following}>; rel="next"'
        return 200, page, headers


def _missing():
    return 404, {"error": "Record not found"}, {}


def _rendered(text):
    paragraphs = (html.escape(part).replace("\n", "<br />") for part in text.split("\n\n"))
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
