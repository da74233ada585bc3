"""Pinterest's API for one account, held to Pinterest's own OpenAPI description."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

import httpx2
import jsonschema

from mimin.testing import server as wire
from mimin.testing.server import FakeServer

SCHEMAS = json.loads(
    (Path(__file__).parent.parent / "fixtures" / "pinterest-schemas.json").read_text("utf-8")
)
BASE = "https://api.pinterest.com"
STORE = "pinterest-media-upload.s3-accelerate.amazonaws.com"
TOKEN = "pina_ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
BOARD, SECTION, OWN = "549755885175", "5195035116725", "383790605689"
FORM = {"key": "uploads/ab", "policy": "cG9saWN5LXNlY3JldA", "x-amz-signature": "0a1b2c3d4e5f"}


def plain(form):
    """Write OpenAPI 3.0's `nullable` as JSON Schema does."""
    if isinstance(form, list):
        return [plain(item) for item in form]
    if not isinstance(form, dict):
        return form
    changed = {name: plain(item) for name, item in form.items() if name != "nullable"}
    if form.get("nullable") and "type" in form:
        changed["type"] = [form["type"], "null"]
    return changed


@cache
def validator(name, *, closed=False):
    """Give the validator of one of the API's forms; `closed` forbids other fields."""
    form = {"$ref": f"#/$defs/{name}", "$defs": plain(SCHEMAS["$defs"])}
    return jsonschema.Draft202012Validator({**form, "unevaluatedProperties": not closed})


class FakePinterest(FakeServer):
    """One account with a board."""

    polls_needed = 0
    fails = False
    lag = 0
    """How many of the newest pins are not listed yet."""
    zone = ""
    """How Pinterest writes the zone of a time, if it does."""

    def __init__(self, clock):
        super().__init__(clock)
        self.pins = []
        self.media = {}
        self.access = [TOKEN]
        self.refresh = []
        self.page = 100
        self.oldest_first = False

    def answer(self, request):
        path, method = request.url.path, request.method
        if request.url.host == STORE:
            return self._store(request)
        if path == "/v5/oauth/token":
            return self._renew(request)
        if request.headers.get("authorization") not in {f"Bearer {name}" for name in self.access}:
            return self._error(401, 2, "Authentication failed.")
        name = path.removeprefix("/v5/")
        calls = {
            ("POST", "pins"): self._create,
            ("POST", "media"): self._register,
            ("GET", "user_account"): self._account,
            ("GET", f"boards/{BOARD}"): self._board,
            ("GET", f"boards/{BOARD}/pins"): self._list,
            ("GET", f"boards/{BOARD}/sections/{SECTION}/pins"): self._list,
        }
        if (method, name) in calls:
            return calls[method, name](request)
        kind, _, number = name.partition("/")
        if kind == "media" and number in self.media:
            return self._processed(number)
        if kind == "pins":
            return self._change(request, number)
        if kind == "boards":
            return self._error(404, 40, "Board not found.")
        return self._error(404, 4184, "Not found.")

    def _create(self, request):
        body = self._said(request, "PinCreate")
        source = body["media_source"]
        if body["board_id"] != BOARD:
            return self._error(404, 40, "Board not found.")
        if source["source_type"] == "video_id":
            covers = [name for name in source if name.startswith("cover_image")]
            status = self.media.get(source["media_id"], {}).get("status")
            if status != "succeeded" or not covers:
                return self._error(400, 1, "Media not ready or cover missing.")
        number = str(1000 + len(self.pins))
        given = ("title", "description", "link", "alt_text", "board_id", "board_section_id")
        pin = {
            "id": number,
            **{name: body.get(name) for name in given},
            "created_at": self.clock().format_iso(unit="second").rstrip("Z") + self.zone,
            "media": {"media_type": "image"},
        }
        self.pins.append({**pin, "source": source})
        return self._reply("Pin", pin, 201)

    def _list(self, request):
        query = dict(parse_qsl(request.url.query.decode()))
        assert set(query) <= set(SCHEMAS["parameters"]["pins"]), query
        assert 1 <= int(query["page_size"]) <= 250
        shown = self.pins if self.oldest_first else list(reversed(self.pins))[self.lag :]
        start = int(query.get("bookmark", "0"))
        page = [{k: v for k, v in pin.items() if k != "source"} for pin in shown]
        for pin in page:
            validator("Pin").validate(pin)
        rest = start + self.page < len(page)
        bookmark = str(start + self.page) if rest else None
        return httpx2.Response(
            200, json={"items": page[start : start + self.page], "bookmark": bookmark}
        )

    def _change(self, request, number):
        found = [pin for pin in self.pins if pin["id"] == number]
        if not found:
            return self._error(404, 50, "Pin not found.")
        if request.method == "DELETE":
            self.pins.remove(found[0])
            return httpx2.Response(204)
        if request.method == "GET":
            return self._reply("Pin", {k: v for k, v in found[0].items() if k != "source"})
        found[0].update(self._said(request, "PinUpdate"))
        return self._reply("Pin", {k: v for k, v in found[0].items() if k != "source"})

    def _register(self, request):
        self._said(request, "MediaUploadCreate")
        number = str(5000 + len(self.media))
        status = "registered"
        self.media[number] = {"status": status, "wait": self.polls_needed, "content": b""}
        upload = {"media_id": number, "media_type": "video", "upload_url": f"https://{STORE}/"}
        return self._reply("MediaUpload", {**upload, "upload_parameters": FORM}, 201)

    def _store(self, request):
        assert "authorization" not in request.headers
        parts = wire.parts(request)
        # S3 reads the fields up to the file, and no further.
        assert list(parts) == [*FORM, "file"]
        assert all(parts[name].get_payload(decode=True).decode() == FORM[name] for name in FORM)
        media = list(self.media.values())[-1]
        media.update(content=parts["file"].get_payload(decode=True), status="processing")
        return httpx2.Response(204)

    def _processed(self, number):
        media = self.media[number]
        if media["status"] == "processing":
            media["status"] = "failed" if self.fails else "succeeded"
            if media["wait"]:
                media.update(wait=media["wait"] - 1, status="processing")
        shown = {"media_id": number, "media_type": "video", "status": media["status"]}
        return self._reply("Media", shown)

    def _renew(self, request):
        form = dict(parse_qsl(request.content.decode()))
        secret = base64.b64encode(b"1234567:app-secret").decode()
        assert request.headers["authorization"] == f"Basic {secret}"
        assert form["grant_type"] == "refresh_token"
        assert "client_id" not in form
        if form["refresh_token"] not in self.refresh:
            return self._error(401, 283, "Your refresh token is invalid or expired.")
        self.access = [f"pina_renewed_{len(self.requests)}_ABCDEFGHIJ"]
        self.refresh = [f"pinr_renewed_{len(self.requests)}_ABCDEFGHIJ"]
        body = {
            "response_type": "refresh_token",
            "access_token": self.access[0],
            "token_type": "bearer",
            "expires_in": 2_592_000,
            "scope": "boards:read,pins:read,pins:write",
            "refresh_token": self.refresh[0],
            "refresh_token_expires_in": 5_184_000,
            "refresh_token_expires_at": 1_800_000_000,
        }
        return self._reply("OauthAccessTokenResponse", body)

    def _account(self, _):
        account = {"id": OWN, "username": "kopisenja", "business_name": "Kopi Senja"}
        return self._reply("Account", {**account, "account_type": "BUSINESS"})

    def _board(self, _):
        return self._reply("Board", {"id": BOARD, "name": "Menu", "privacy": "PUBLIC"})

    def _said(self, request, form):
        body = json.loads(request.content)
        validator(form, closed=True).validate(body)
        return body

    def _reply(self, form, body, status=200):
        validator(form).validate(body)
        return httpx2.Response(status, json=body)

    def _error(self, status, code, words):
        return self._reply("Error", {"code": code, "message": words}, status)
