"""A Mastodon instance that renders, waits and refuses as real ones do, held to the schemas."""

from __future__ import annotations

import html
import json
import re
from email import message_from_bytes
from email.policy import HTTP
from functools import cache
from pathlib import Path

import httpx2
import jsonschema

from mimin.testing.server import FakeServer

SCHEMAS = json.loads(
    (Path(__file__).parent.parent / "fixtures" / "mastodon-schemas.json").read_text("utf-8")
)
BASE = "https://mastodon.test"
TOKEN = "mastodon-token-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
OWN = "109"


@cache
def validator(name):
    """Give the validator of one of the API's forms."""
    schema = {"$ref": f"#/$defs/{name}", "$defs": SCHEMAS["$defs"]}
    return jsonschema.Draft202012Validator(schema)


class FakeMastodon(FakeServer):
    """One account with its statuses and uploads."""

    honours_key = True
    polls_needed = 0
    """How often an upload is still being processed when it is asked for."""
    fails = False
    """Whether no upload can be processed."""
    follows_pages = True
    more = {}
    """What else is said of the account."""

    def __init__(self, clock):
        super().__init__(clock)
        self.statuses = []
        self.media = {}
        self.keys = {}
        self.number = 1000

    def answer(self, request):
        if request.url.path == "/api/v2/instance":
            return self._instance()
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return httpx2.Response(401, json={"error": "The access token is invalid"})
        path = request.url.path
        if request.method == "POST" and path == "/api/v2/media":
            return self._upload(request)
        if request.method == "POST" and path == "/api/v1/statuses":
            return self._post(request)
        if path.startswith("/api/v1/statuses/"):
            return self._change(request, path.rpartition("/")[2])
        if path == "/api/v1/accounts/verify_credentials":
            return self._reply("CredentialAccount", self._account())
        if path == f"/api/v1/accounts/{OWN}/statuses":
            return self._timeline(request)
        if path.startswith("/api/v1/media/"):
            return self._processed(path.rpartition("/")[2])
        return httpx2.Response(404, json={"error": "Record not found"})

    def write(self, text, **fields):
        """Let somebody post on the account in another way."""
        status = self._status({"status": text, **fields})
        self.statuses.append(status)
        return status

    def _upload(self, request):
        head = b"content-type: " + request.headers["content-type"].encode() + b"\r\n\r\n"
        form = message_from_bytes(head + request.content, policy=HTTP)
        parts = {
            part.get_param("name", header="content-disposition"): part for part in form.iter_parts()
        }
        assert set(parts) <= set(SCHEMAS["upload"]["properties"]), parts
        assert set(SCHEMAS["upload"]["required"]) <= set(parts)
        described = (
            parts["description"].get_payload(decode=True).decode()
            if "description" in parts
            else None
        )
        name = self._next()
        self.media[name] = {
            "content": parts["file"].get_payload(decode=True),
            "mime": parts["file"].get_content_type(),
            "filename": parts["file"].get_filename(),
            "description": described,
            "wait": 1 if self.fails else self.polls_needed,
            "status": None,
        }
        return self._reply(
            "MediaAttachment", self._attachment(name), 202 if self.media[name]["wait"] else 200
        )

    def _processed(self, name):
        media = self.media[name]
        if self.fails:
            return httpx2.Response(
                422, json={"error": "Error processing thumbnail for uploaded media"}
            )
        if media["wait"]:
            media["wait"] -= 1
            return self._reply("MediaAttachment", self._attachment(name), 206)
        return self._reply("MediaAttachment", self._attachment(name))

    def _post(self, request):
        body = json.loads(request.content)
        assert set(body) <= {*SCHEMAS["$defs"]["BaseStatus"]["properties"], "status", "media_ids"}
        validator("MediaStatus" if "media_ids" in body else "TextStatus").validate(body)
        key = request.headers.get("idempotency-key")
        if self.honours_key and key in self.keys:
            return self._reply("Status", self.keys[key])
        refusal = self._refusal(body)
        if refusal:
            return httpx2.Response(refusal[0], json={"error": refusal[1]})
        status = self._status(body)
        self.statuses.append(status)
        self.keys[key] = status
        return self._reply("Status", status)

    def _change(self, request, name):
        found = [status for status in self.statuses if status["id"] == name]
        if not found:
            return httpx2.Response(404, json={"error": "Record not found"})
        (status,) = found
        if request.method == "DELETE":
            assert set(request.url.params) <= set(SCHEMAS["delete"])
            self.statuses.remove(status)
            return self._reply("Status", {**status, "text": "as it was written"})
        if request.method == "GET":
            return self._reply("Status", status)
        assert request.method == "PUT"
        body = json.loads(request.content)
        # The description names the form's field; in JSON it is a list of objects.
        described = body.pop("media_attributes", [])
        assert set(body) <= set(SCHEMAS["edit"]["properties"]), body
        jsonschema.validate(body, SCHEMAS["edit"])
        own = {item["id"] for item in status["media_attachments"]}
        fresh = [media for media in body["media_ids"] if media not in own]
        refusal = self._refusal({**body, "media_ids": fresh})
        if refusal:
            return httpx2.Response(refusal[0], json={"error": refusal[1]})
        for item in described:
            self.media[item["id"]]["description"] = item["description"]
        before = {**status, "edited_at": None}
        for media in fresh:
            self.media[media]["status"] = name
        status.update(
            content=render(body.get("status", "")),
            spoiler_text=body.get("spoiler_text", ""),
            sensitive=body.get("sensitive", False),
            language=body.get("language", status["language"]),
            media_attachments=[self._attachment(media) for media in body["media_ids"]],
        )
        if {**status, "edited_at": None} != before:
            status["edited_at"] = self.clock().format_iso(unit="millisecond")
        return self._reply("Status", status)

    def _instance(self):
        told = {
            "statuses": {
                "max_characters": 1000,
                "max_media_attachments": 6,
                "characters_reserved_per_url": 23,
            },
            "media_attachments": {
                "supported_mime_types": ["image/jpeg", "video/mp4"],
                "image_size_limit": 8_000_000,
                "image_matrix_limit": 16_000_000,
                "video_size_limit": 40_000_000,
                "video_frame_rate_limit": 60,
                "video_matrix_limit": 2_304_000,
                "description_limit": 1500,
            },
        }
        for name, part in told.items():
            jsonschema.validate(part, SCHEMAS["configuration"][name])
        return httpx2.Response(200, json={"domain": "mastodon.test", "configuration": told})

    def _refusal(self, body):
        if len(body.get("status", "")) > 500:
            return 422, "Validation failed: Text character limit of 500 exceeded"
        parent = body.get("in_reply_to_id")
        if parent and parent not in [status["id"] for status in self.statuses]:
            return 404, "The post you are trying to reply to does not appear to exist."
        for name in body.get("media_ids", ()):
            media = self.media.get(name)
            if media is None or media["status"]:
                return 422, f"Media {name} not found or already attached to another post"
            if media["wait"]:
                return 422, (
                    "Cannot attach files that have not finished processing. Try again in a moment!"
                )
        return None

    def _timeline(self, request):
        params = dict(request.url.params)
        assert set(params) <= set(SCHEMAS["timeline"]), params
        limit = min(int(params.get("limit", "20")), 40)
        newest = list(reversed(self.statuses))
        if "max_id" in params and self.follows_pages:
            newest = [status for status in newest if int(status["id"]) < int(params["max_id"])]
        page = newest[:limit]
        for status in page:
            validator("Status").validate(status)
        return httpx2.Response(200, json=page)

    def _status(self, body):
        name = self._next()
        for media in body.get("media_ids", ()):
            self.media[media]["status"] = name
        return {
            "id": name,
            "uri": f"{BASE}/users/kopisenja/statuses/{name}",
            "url": f"{BASE}/@kopisenja/{name}",
            "created_at": self.clock().format_iso(unit="millisecond"),
            "edited_at": None,
            "in_reply_to_id": body.get("in_reply_to_id"),
            "content": render(body.get("status", "")),
            "spoiler_text": body.get("spoiler_text", ""),
            "sensitive": body.get("sensitive", False),
            "language": body.get("language"),
            "visibility": body.get("visibility", "public"),
            "media_attachments": [self._attachment(media) for media in body.get("media_ids", ())],
            "account": self._account(),
            "emojis": [],
            "mentions": [],
            "tags": [],
            "favourites_count": 0,
            "reblogs_count": 0,
            "replies_count": 0,
        }

    def _attachment(self, name):
        media = self.media[name]
        address = None if media["wait"] else f"{BASE}/media/{name}"
        kind = "video" if media["mime"].startswith("video/") else "image"
        return {"id": name, "type": kind, "url": address, "description": media["description"]}

    def _account(self):
        wanted = SCHEMAS["$defs"]["CredentialAccount"]
        filler = {"string": "", "boolean": False, "integer": 0, "array": [], "object": {}}
        account = {}
        for field in wanted["required"]:
            schema = wanted["properties"][field]
            kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
            form = schema.get("format")
            plain = {"uri": BASE, "date-time": "2026-01-01T00:00:00Z"}.get(form, filler[kind])
            account[field] = plain
        return {**account, "id": OWN, "username": "kopisenja", "acct": "kopisenja", **self.more}

    def _reply(self, name, body, status=200):
        validator(name).validate(body)
        return httpx2.Response(status, json=body)

    def _next(self):
        self.number += 1
        return str(self.number)


class KeylessMastodon(FakeMastodon):
    """A server that ignores Idempotency-Key, as some do."""

    honours_key = False


TOKENS = re.compile(r"(https?://)(\S+)|@(\w+)@(\w[\w.-]*\w)|#(\w+)")


def render(text):
    """Write a text as Mastodon's TextFormatter does: shortened links, bare mentions, paragraphs."""
    paragraphs = re.split(r"\n{2,}", text.strip())
    return "".join(
        "<p>" + "<br />".join(_line(line) for line in paragraph.split("\n")) + "</p>"
        for paragraph in paragraphs
    )


def _line(line):
    pieces, cursor = [], 0
    for match in TOKENS.finditer(line):
        pieces += [html.escape(line[cursor : match.start()], quote=True), _token(match)]
        cursor = match.end()
    return "".join((*pieces, html.escape(line[cursor:], quote=True)))


def _token(match):
    if match[1]:
        address, shown, rest = html.escape(match[0]), match[2][:30], match[2][30:]
        return (
            f'<a href="{address}" target="_blank" rel="nofollow noopener">'
            f'<span class="invisible">{match[1]}</span>'
            f'<span class="{"ellipsis" if rest else ""}">{html.escape(shown)}</span>'
            f'<span class="invisible">{html.escape(rest)}</span></a>'
        )
    if match[3]:
        return (
            f'<span class="h-card"><a href="https://{match[4]}/@{match[3]}" class="u-url mention">'
            f"@<span>{match[3]}</span></a></span>"
        )
    tag = match[5]
    return f'<a href="{BASE}/tags/{tag}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
