"""Discord's webhooks for one channel, held to Discord's own OpenAPI description."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

import httpx2
import jsonschema
from network_fakes import wire
from network_fakes.wire import FakeServer

SCHEMAS = json.loads(
    (Path(__file__).parent.parent / "fixtures" / "discord-schemas.json").read_text("utf-8")
)
BASE = "https://discord.com"
ID = "1199887766554433221"
TOKEN = "discord-token_ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ADDRESS = f"{BASE}/api/webhooks/{ID}/{TOKEN}"
GUILD, CHANNEL, THREAD = "1100000000000000001", "1100000000000000002", "1100000000000000003"


@cache
def validator(name):
    """Give the validator of one of the API's forms; a field that it does not name is an error."""
    schema = {"$ref": f"#/$defs/{name}", "$defs": closed(SCHEMAS["$defs"])}
    return jsonschema.Draft202012Validator(schema)


def closed(definitions):
    """Allow no other fields than those that are described."""
    return {
        name: {**form, "additionalProperties": False} if "properties" in form else form
        for name, form in definitions.items()
        if name != "Error"
    } | {"Error": definitions["Error"]}


class FakeDiscord(FakeServer):
    """One channel with its webhook."""

    forum = False

    def __init__(self, clock):
        super().__init__(clock)
        self.messages = []
        self.access = (TOKEN,)
        self.exists = True
        self.uploads = {}

    def answer(self, request):
        start, _, rest = request.url.path.partition(f"/api/v10/webhooks/{ID}/")
        token, _, place = rest.partition("/messages/")
        if start or not rest or not self.exists:
            return self._error(404, 10015, "Unknown Webhook")
        if token != TOKEN:
            return self._error(401, 50027, "Invalid Webhook Token")
        query = dict(parse_qsl(request.url.query.decode()))
        calls = {"POST": "execute", "PATCH": "edit", "DELETE": "delete", "GET": "get"}
        call = calls[request.method]
        assert set(query) <= set(SCHEMAS["parameters"].get(call, ())), query
        if call == "execute":
            return self._execute(request, query)
        if call == "get":
            return self._reply("GuildIncomingWebhookResponse", self._webhook())
        return self._change(request, query, place)

    def _execute(self, request, query):
        body, files = self._said(request, "IncomingWebhookRequestPartial")
        if len(body.get("content", "")) > 2000:
            return self._invalid("content", "Must be 2000 or fewer in length.")
        if not body.get("content") and not files:
            return self._error(400, 50006, "Cannot send an empty message")
        if self.forum and not (body.get("thread_name") or query.get("thread_id")):
            words = "Webhooks posted to forum channels must have a thread_name or thread_id"
            return self._error(400, 220001, words)
        if body.get("thread_name") and not self.forum:
            words = "Webhooks can only create threads in forum channels"
            return self._error(400, 220003, words)
        given = body.get("attachments", [])
        assert {item["id"] for item in given} == {str(number) for number in range(len(files))}
        message = self._message(body, query, files)
        self.messages.append(message)
        if query.get("wait") != "true":
            return httpx2.Response(204)
        return self._reply("MessageResponse", self._shown(message))

    def _change(self, request, query, number):
        where = query.get("thread_id", CHANNEL)
        found = [message for message in self.messages if message["id"] == number]
        if not found or found[0]["channel_id"] != where:
            return self._error(404, 10008, "Unknown Message")
        if request.method == "DELETE":
            self.messages.remove(found[0])
            return httpx2.Response(204)
        body, _ = self._said(request, "IncomingWebhookUpdateRequestPartial")
        found[0].update(content=body["content"], edited_timestamp=self._now())
        return self._reply("MessageResponse", self._shown(found[0]))

    def _said(self, request, form):
        if request.headers["content-type"] == "application/json":
            body, files = json.loads(request.content), {}
        else:
            parts = wire.parts(request)
            body = json.loads(parts.pop("payload_json").get_payload(decode=True))
            files = {name: part.get_payload(decode=True) for name, part in parts.items()}
            assert list(files) == [f"files[{number}]" for number in range(len(files))]
        validator(form).validate(body)
        # Without this a text could ring for a whole server.
        assert body["allowed_mentions"] == {"parse": []}
        return body, files

    def _message(self, body, query, files):
        number = str(1200000000000000000 + len(self.messages))
        attachments = []
        for item, content in zip(body.get("attachments", ()), files.values(), strict=True):
            name = item["filename"]
            self.uploads[name] = content
            address = f"https://cdn.discordapp.com/attachments/1/2/{name}"
            shown = {"id": f"{number[:-1]}{item['id']}", "filename": name, "size": len(content)}
            described = {"description": item["description"]} if "description" in item else {}
            attachments.append({**shown, "url": address, "proxy_url": address, **described})
        return {
            "id": number,
            "channel_id": query.get("thread_id") or (THREAD if self.forum else CHANNEL),
            "type": 0,
            "content": body.get("content", ""),
            "timestamp": self._now(),
            "edited_timestamp": None,
            "flags": body.get("flags", 0),
            "attachments": attachments,
            "webhook_id": ID,
            "thread_name": body.get("thread_name"),
            "author": {"id": ID, "username": body.get("username", "Kopi Senja")},
        }

    def _shown(self, message):
        author = {
            "avatar": None,
            "discriminator": "0000",
            "public_flags": 0,
            "flags": 0,
            "bot": True,
            "global_name": None,
            "primary_guild": None,
            **message["author"],
        }
        lists = {name: [] for name in ("mentions", "mention_roles")}
        flags = {"pinned": False, "mention_everyone": False, "tts": False}
        plain = {name: value for name, value in message.items() if name != "thread_name"}
        return {**plain, **lists, **flags, "author": author}

    def _webhook(self):
        return {
            "id": ID,
            "type": 1,
            "name": "Kopi Senja",
            "avatar": None,
            "application_id": None,
            "channel_id": CHANNEL,
            "guild_id": GUILD,
            "token": TOKEN,
            "url": ADDRESS,
        }

    def _now(self):
        return self.clock().format_iso(unit="millisecond")

    def _reply(self, form, body):
        validator(form).validate(body)
        return httpx2.Response(200, json=body)

    def _invalid(self, field, words):
        errors = {field: {"_errors": [{"code": "BASE_TYPE_BAD_LENGTH", "message": words}]}}
        return self._error(400, 50035, "Invalid Form Body", errors=errors)

    def _error(self, status, code, words, **more):
        return httpx2.Response(status, json=error(code, words, **more))


def error(code, words, **more):
    """Give the body of a refusal as Discord writes it."""
    body = {"code": code, "message": words, **more}
    validator("ErrorResponse").validate(body)
    return body
