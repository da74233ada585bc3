"""Telegram's Bot API for one channel, held to its machine-readable description."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx2
from network_fakes import wire
from network_fakes.wire import FakeServer

API = json.loads(
    (Path(__file__).parent.parent / "fixtures" / "telegram-api.json").read_text("utf-8")
)
BASE = "https://telegram.test"
TOKEN = "123456789:AAtelegram-token_ABCDEFGHIJKLMNOPQR"
CHANNEL = -1001234567890
BOT = 123456789
PLAIN = {
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "String": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
    "True": lambda value: value is True,
    "InputFile": lambda value: isinstance(value, bytes),
}


def fits(value, kind):
    """Tell whether a value is of a type of the description."""
    if kind.startswith("Array of "):
        return isinstance(value, list) and all(fits(item, kind[9:]) for item in value)
    if kind in PLAIN:
        return PLAIN[kind](value)
    if kind == "ChatMember":
        return any(fits(value, name) for name in API["types"] if name.startswith("ChatMember"))
    return isinstance(value, dict) and not wrong(value, API["types"][kind])


def wrong(values, fields):
    """List what is missing, unknown or of another type."""
    missing = [name for name, field in fields.items() if field["required"] and name not in values]
    other = [
        name
        for name, value in values.items()
        if name not in fields or not any(fits(value, kind) for kind in fields[name]["types"])
    ]
    return missing + other


def snake_case(method):
    """Name our function for a method of the API."""
    return "_" + re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", method)


def utf16(text):
    return len(text.encode("utf-16-le")) // 2


def entities_parsed(text, entities):
    """Refuse entities that leave the text or cut a character in two."""
    for entity in entities:
        units = text.encode("utf-16-le")[entity["offset"] * 2 :][: entity["length"] * 2]
        if len(units) != entity["length"] * 2:
            return False
        try:
            units.decode("utf-16-le")
        except UnicodeDecodeError:
            return False
    return True


class RefusedError(Exception):
    """What the API answers instead of a result."""


class FakeTelegram(FakeServer):
    """One channel with its messages."""

    username = "kopisenja"

    def __init__(self, clock):
        super().__init__(clock)
        self.messages = []
        self.deleted = []
        self.number = 100
        self.rights = {"can_post_messages", "can_edit_messages", "can_delete_messages"}

    @property
    def posts(self):
        """Messages; of an album the first."""
        albums = {}
        return [
            message
            for message in self.messages
            if "media_group_id" not in message
            or albums.setdefault(message["media_group_id"], message) is message
        ]

    def answer(self, request):
        start, _, method = request.url.path.rpartition("/")
        if start != f"/bot{TOKEN}" or method not in API["methods"]:
            known = start.startswith("/bot") and method in API["methods"]
            return self._refused(401, "Unauthorized") if known else self._refused(404, "Not Found")
        values = self._values(request, method)
        faulty = wrong(values, API["methods"][method]["fields"])
        assert not faulty, (method, faulty)
        try:
            result = getattr(self, snake_case(method))(values)
        except RefusedError as refused:
            return self._refused(*refused.args)
        returns = API["methods"][method]["returns"]
        assert any(fits(result, kind) for kind in returns), (method, result)
        return httpx2.Response(200, json={"ok": True, "result": result})

    def _values(self, request, method):
        if request.method == "GET":
            values = dict(request.url.params)
            return {
                **values,
                **({"user_id": int(values["user_id"])} if "user_id" in values else {}),
            }
        if request.headers["content-type"] == "application/json":
            return json.loads(request.content)
        values = {}
        for name, part in wire.parts(request).items():
            content = part.get_payload(decode=True)
            if part.get_filename():
                values[name] = content
                continue
            kinds = API["methods"][method]["fields"][name]["types"]
            plain = "String" in kinds
            values[name] = content.decode() if plain else json.loads(content)
        if method == "sendMediaGroup":
            # What is attached has names of the sender's choice, which no description can hold.
            self.attached = {name: file for name, file in values.items() if isinstance(file, bytes)}
            values = {name: value for name, value in values.items() if name not in self.attached}
        return values

    def _refused(self, code, words, **parameters):
        body = {"ok": False, "error_code": code, "description": words}
        if parameters:
            assert not wrong(parameters, API["types"]["ResponseParameters"])
            body["parameters"] = parameters
        return httpx2.Response(code, json=body)

    def _in_channel(self, values):
        if str(values["chat_id"]) not in {str(CHANNEL), f"@{self.username}"}:
            raise RefusedError(400, "Bad Request: chat not found")

    def _post(self, values, **content):
        self._in_channel(values)
        if "can_post_messages" not in self.rights:
            raise RefusedError(403, "Forbidden: bot is not a member of the channel chat")
        message = {
            "message_id": self.number,
            "date": int(self.clock().timestamp()),
            "chat": self._chat(),
            **content,
        }
        self.number += 1
        parent = values.get("reply_parameters")
        if parent:
            found = self._message(parent["message_id"], "message to be replied not found")
            message["reply_to_message"] = {
                name: value for name, value in found.items() if name != "reply_to_message"
            }
        self.messages.append(message)
        return message

    def _text(self, text, entities, most, words):
        if utf16(text) > most:
            raise RefusedError(400, f"Bad Request: {words} is too long")
        if not entities_parsed(text, entities):
            raise RefusedError(400, "Bad Request: can't parse entities: wrong offset")

    def _said(self, values):
        self._text(values["text"], values.get("entities", []), 4096, "message")
        if not values["text"].strip():
            raise RefusedError(400, "Bad Request: message text is empty")
        given = ("entities", "link_preview_options")
        return {"text": values["text"], **{name: values[name] for name in given if name in values}}

    def _captioned(self, values):
        caption, entities = values.get("caption", ""), values.get("caption_entities", [])
        self._text(caption, entities, 1024, "message caption")
        return {name: values[name] for name in ("caption", "caption_entities") if values.get(name)}

    def _send_message(self, values):
        return self._post(values, **self._said(values))

    def _send_photo(self, values):
        return self._post(values, photo=[self._size(values["photo"])], **self._captioned(values))

    def _send_video(self, values):
        return self._post(
            values, video=self._video(values["video"], values), **self._captioned(values)
        )

    def _send_media_group(self, values):
        items = values["media"]
        if not 2 <= len(items) <= 10:
            raise RefusedError(400, "Bad Request: wrong number of messages")
        assert {item["media"] for item in items} == {f"attach://{name}" for name in self.attached}
        album = str(self.number)
        found = []
        for item in items:
            content = self.attached[item["media"].removeprefix("attach://")]
            shown = (
                {"photo": [self._size(content)]}
                if item["type"] == "photo"
                else {"video": self._video(content, item)}
            )
            caption = self._captioned(item)
            found.append(self._post(values, media_group_id=album, **shown, **caption))
        return found

    def _edit_message_text(self, values):
        return self._changed(values, self._said(values))

    def _edit_message_caption(self, values):
        return self._changed(values, {"caption": "", **self._captioned(values)})

    def _changed(self, values, content):
        self._in_channel(values)
        message = self._message(values["message_id"], "message to edit not found")
        dropped = {"entities", "caption_entities", "link_preview_options"} - set(content)
        if not dropped & set(message) and content.items() <= message.items():
            raise RefusedError(
                400,
                "Bad Request: message is not modified: specified new message content and reply"
                " markup are exactly the same as a current content and reply markup of the message",
            )
        for name in dropped & set(message):
            del message[name]
        message.update(content)
        return message

    def _delete_message(self, values):
        self._in_channel(values)
        message = self._message(values["message_id"], "message to delete not found")
        if int(self.clock().timestamp()) - message["date"] >= 48 * 3600:
            raise RefusedError(400, "Bad Request: message can't be deleted for everyone")
        self.messages.remove(message)
        self.deleted.append(message["message_id"])
        return True

    def _message(self, number, otherwise):
        for message in self.messages:
            if message["message_id"] == number:
                return message
        raise RefusedError(400, f"Bad Request: {otherwise}")

    def _get_me(self, _):
        return {"id": BOT, "is_bot": True, "first_name": "Mimin", "username": "kopisenja_bot"}

    def _get_chat(self, values):
        self._in_channel(values)
        gifts = dict.fromkeys(API["types"]["AcceptedGiftTypes"], True)
        more = {"accent_color_id": 1, "max_reaction_count": 11, "accepted_gift_types": gifts}
        return {**self._chat(), **more}

    def _get_chat_member(self, values):
        self._in_channel(values)
        assert values["user_id"] == BOT
        fields = API["types"]["ChatMemberAdministrator"]
        rights = {name: name in self.rights for name in fields if name.startswith("can_")}
        user = self._get_me(None)
        if not self.rights:
            return {"status": "left", "user": user}
        return {"status": "administrator", "user": user, "is_anonymous": False, **rights}

    def _chat(self):
        chat = {"id": CHANNEL, "type": "channel", "title": "Kopi Senja"}
        return {**chat, "username": self.username} if self.username else chat

    def _size(self, content):
        names = {"file_id": "AgAC", "file_unique_id": "AQAD"}
        return {**names, "width": 1200, "height": 800, "file_size": len(content)}

    def _video(self, content, values):
        names = {"file_id": "BAAC", "file_unique_id": "AgAD", "mime_type": "video/mp4"}
        self.video = content
        measures = {name: values.get(name, 0) for name in ("width", "height", "duration")}
        return {**names, **measures, "file_size": len(content)}
