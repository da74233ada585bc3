"""X as its API behaves: links shortened, duplicates refused, videos processed, tokens rotating."""

from __future__ import annotations

import base64
import json
import re
from email import message_from_bytes
from email.policy import HTTP
from urllib.parse import parse_qsl

import httpx2
from network_fakes.shapes import ShapeError
from network_fakes.wire import FakeServer
from network_fakes.x_shapes import NEW, OLD_ONLY, validate_request, validate_response
from whenever import Instant

from mimin.networks import grammar
from mimin.networks.counting import weighted

BASE = "https://api.x.com"
TOKEN = "x-access-0-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REFRESH = "x-refresh-0-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CLIENT = "x-client"
CLIENT_SECRET = "x-client-secret-ABCDEFGHIJKLMNOP"
OWN = "2244994945"
HANDLE = "kopisenja"
EPOCH = 1288834974657
"""When ids begin, in milliseconds since 1970."""

PROBLEMS = "https://api.x.com/2/problems/"


class FakeX(FakeServer):
    """One account with its posts and uploads."""

    generation = "tweet"
    """Whose names it uses: `tweet` as live traffic, `post` as the OpenAPI description."""
    polls_needed = 0
    """How often an upload is still being processed when it is asked for."""
    fails_processing = False
    refuses_duplicates = True
    page_size = 100

    def __init__(self, clock):
        super().__init__(clock)
        self.access = {TOKEN}
        self.refresh = {REFRESH}
        self.posts = []
        self.media = {}
        self.handle = HANDLE
        self.protected = False
        self.subscription = "None"
        self.number = 0

    def answer(self, request):
        method, path = request.method, request.url.path
        if (method, path) == ("POST", "/2/oauth2/token"):
            return self._renew(request)
        bearer = request.headers.get("authorization", "")
        if bearer.removeprefix("Bearer ") not in self.access:
            return problem(401, "about:blank", "Unauthorized", "Unauthorized")
        call, name = routed(method, path)
        if call is None:
            return problem(404, "about:blank", "Not Found", "no such path")
        try:
            return self._answer(call, name, request)
        except ShapeError as error:
            if request.method == "GET":
                return problem(400, PROBLEMS + "invalid-request", "Invalid Request", str(error))
            raise

    def _answer(self, call, name, request):
        fields = fields_of(request)
        if method_of(call) == "GET":
            fields = self._described(call, fields)
        if call in {
            "POST /2/tweets",
            "POST /2/media/upload",
            "POST /2/media/upload/initialize",
            "POST /2/media/upload/{id}/append",
            "POST /2/media/metadata",
            "GET /2/media/upload",
            "GET /2/users/me",
            "GET /2/users/{id}/tweets",
        }:
            validate_request(call, fields)
        else:
            assert not fields, fields
        answer = self._calls()[call](name, fields)
        if isinstance(answer, httpx2.Response):
            return answer
        validate_response(call, answer)
        return httpx2.Response(201 if call == "POST /2/tweets" else 200, json=answer)

    def _described(self, call, fields):
        """Take a query under the names of this generation only."""
        wrong = {"post.fields"} if self.generation == "tweet" else {"tweet.fields"}
        if wrong & set(fields):
            raise ShapeError(f"{call}: the query parameter {sorted(wrong)} is not one of those")
        if "tweet.fields" in fields:
            asked = [name for name in fields.pop("tweet.fields").split(",") if name not in OLD_ONLY]
            fields["post.fields"] = ",".join(NEW.get(name, name) for name in asked)
        return fields

    def _calls(self):
        return {
            "POST /2/tweets": self._post,
            "DELETE /2/tweets/{id}": self._delete,
            "POST /2/media/upload": self._upload,
            "POST /2/media/upload/initialize": self._initialize,
            "POST /2/media/upload/{id}/append": self._append,
            "POST /2/media/upload/{id}/finalize": self._finalize,
            "POST /2/media/metadata": self._metadata,
            "GET /2/media/upload": self._status,
            "GET /2/users/me": self._me,
            "GET /2/users/{id}/tweets": self._timeline,
        }

    def write(self, text, **fields):
        """Let somebody post on the account in another way."""
        return self._add({"text": text, **fields})

    def _renew(self, request):
        form = dict(parse_qsl(request.content.decode()))
        basic = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        authorized = request.headers.get("authorization") == f"Basic {basic}"
        assert form.pop("grant_type") == "refresh_token"
        if not authorized or form.get("refresh_token") not in self.refresh:
            body = {"error": "invalid_request", "error_description": "Value passed was invalid."}
            return httpx2.Response(400, json=body)
        self.number += 1
        token, refresh = (f"x-{kind}-{self.number}-ABCDEFGHIJ" for kind in ("access", "refresh"))
        self.access, self.refresh = {token}, {refresh}
        return httpx2.Response(
            200,
            json={
                "token_type": "bearer",
                "expires_in": 7200,
                "access_token": token,
                "refresh_token": refresh,
                "scope": "tweet.read tweet.write users.read media.write offline.access",
            },
        )

    def _post(self, _, body):
        for name in body.get("media", {}).get("media_ids", ()):
            if not self.media.get(name, {}).get("ready"):
                return problem(
                    400, PROBLEMS + "invalid-request", "Invalid Request", "Your media IDs are bad"
                )
        if weighted(body.get("text", "")) > 280:
            return problem(400, PROBLEMS + "invalid-request", "Invalid Request", "text is too long")
        parent = body.get("reply", {}).get("in_reply_to_tweet_id")
        if parent and parent not in [post["id"] for post in self.posts]:
            words = "You attempted to reply to a Tweet that is deleted or not visible to you."
            return problem(403, "about:blank", "Forbidden", words)
        said = [(post["said"], tuple(post["media"])) for post in self.posts]
        if self.refuses_duplicates and (body.get("text", ""), ()) in said and "media" not in body:
            words = "You are not allowed to create a Tweet with duplicate content."
            return problem(403, "about:blank", "Forbidden", words)
        post = self._add(body)
        history = NEW["edit_history_tweet_ids"]
        if self.generation == "tweet":
            history = "edit_history_tweet_ids"
        return {"data": {"id": post["id"], "text": post["text"], history: [post["id"]]}}

    def _add(self, body):
        self.number += 1
        milliseconds = int(self.clock().timestamp(unit="millisecond"))
        name = str((milliseconds - EPOCH << 22) + self.number)
        media = body.get("media", {}).get("media_ids", [])
        text, urls = shortened(body.get("text", ""), media, name, self.handle)
        post = {
            "id": name,
            "said": body.get("text", ""),
            "body": body,
            "text": text,
            "urls": urls,
            "media": media,
            "alts": [self.media[each].get("alt") for each in media if each in self.media],
            "at": self.clock(),
            "parent": body.get("reply", {}).get("in_reply_to_tweet_id"),
        }
        self.posts.append(post)
        return post

    def _delete(self, name, _):
        kept = [post for post in self.posts if post["id"] != name]
        if len(kept) == len(self.posts):
            return problem(404, PROBLEMS + "resource-not-found", "Not Found Error", "no such post")
        self.posts = kept
        return {"data": {"deleted": True}}

    def _upload(self, _, fields):
        assert fields["media_category"] == "tweet_image", "GIFs and videos go in chunks"
        assert len(fields["media"]) <= 5_000_000
        return {"data": self._state(self._new(fields["media_category"], fields["media"]))}

    def _new(self, category, content=b"", **more):
        self.number += 1
        name = str(1_700_000_000_000_000_000 + self.number)
        self.media[name] = {
            "category": category,
            "content": content,
            "wait": self.polls_needed,
            "ready": not self.polls_needed and not self.fails_processing,
            "alt": None,
            **more,
        }
        return name

    def _initialize(self, _, fields):
        name = self._new(
            fields["media_category"], total=fields["total_bytes"], ready=False, segments={}
        )
        return {"data": {"id": name, "media_key": f"7_{name}", "expires_after_secs": 86400}}

    def _append(self, name, fields):
        number = int(fields["segment_index"])
        segments = self.media[name]["segments"]
        assert number == len(segments), "chunks come in order"
        segments[number] = fields["media"]
        return {"data": {"expires_at": 1_800_000_000}}

    def _finalize(self, name, _):
        media = self.media[name]
        media["content"] = b"".join(media["segments"].values())
        if len(media["content"]) != media["total"]:
            words = "Segments do not add up to provided total file size"
            return problem(400, PROBLEMS + "invalid-request", "Invalid Request", words)
        media["ready"] = not media["wait"] and not self.fails_processing
        return {"data": self._state(name, begins=True)}

    def _status(self, _, fields):
        media = self.media[fields["media_id"]]
        media["wait"] = max(media["wait"] - 1, 0)
        media["ready"] = not media["wait"] and not self.fails_processing
        return {"data": self._state(fields["media_id"], asked=True)}

    def _state(self, name, *, asked=False, begins=False):
        media = self.media[name]
        state = {
            "id": name,
            "media_key": f"3_{name}",
            "size": len(media["content"]),
            "expires_after_secs": 86400,
        }
        if media["ready"] and not asked:
            return state
        if media["wait"]:
            word = "pending" if begins else "in_progress"
            return state | {"processing_info": {"state": word, "check_after_secs": 1}}
        word = "failed" if self.fails_processing else "succeeded"
        return state | {"processing_info": {"state": word, "progress_percent": 100}}

    def _metadata(self, _, fields):
        self.media[fields["id"]]["alt"] = fields["metadata"]["alt_text"]["text"]
        return {"data": {"id": fields["id"], "associated_metadata": fields["metadata"]}}

    def _me(self, _, fields):
        known = {
            "id": OWN,
            "username": self.handle,
            "name": "Kopi Senja",
            "protected": self.protected,
            "subscription_type": self.subscription,
        }
        asked = {"id", "username", "name", *fields.get("user.fields", "").split(",")}
        return {"data": {name: value for name, value in known.items() if name in asked}}

    def _timeline(self, name, fields):
        assert name == OWN
        start = Instant.parse_iso(fields["start_time"]) if "start_time" in fields else None
        found = [
            post for post in reversed(self.posts) if start is None or post["at"].round() >= start
        ]
        size = min(int(fields.get("max_results", "10")), self.page_size)
        first = int(fields.get("pagination_token", "page0").removeprefix("page"))
        page = found[first : first + size]
        meta = {"result_count": len(page)}
        if len(found) > first + size:
            meta["next_token"] = f"page{first + size}"
        shown = [self._shown(post) for post in page]
        return {"data": shown, "meta": meta} if shown else {"meta": meta}

    def _shown(self, post):
        old = self.generation == "tweet"
        shown = {
            "id": post["id"],
            "text": post["text"],
            "created_at": post["at"].format_iso(unit="millisecond"),
        }
        if post["urls"]:
            shown["entities"] = {"urls": post["urls"]}
        if post["media"]:
            shown["attachments"] = {"media_keys": [f"3_{name}" for name in post["media"]]}
        if post["parent"]:
            reference = {"type": "replied_to", "id": post["parent"]}
            shown["referenced_tweets" if old else "referenced_posts"] = [reference]
        if len(post["said"]) > 280:
            whole = {"text": shown["text"], "entities": shown.pop("entities", {})}
            shown["note_tweet" if old else "note_post"] = whole
            shown["text"] = shown["text"][:270] + "…"
        return shown


def shortened(text, media, name, handle):
    """Write a text as X gives it back: t.co for links and for its own media, marks escaped."""
    pieces, urls, cursor = [], [], 0
    for start, length in sorted(grammar.find_urls(text)):
        said = text[start : start + length]
        pieces.append(escaped(text[cursor:start]))
        full = said if re.match(r"https?://", said, re.IGNORECASE) else f"http://{said}"
        if re.fullmatch(r"https?://[^/?#]+", full):
            full += "/"
        pieces.append(_linked(pieces, urls, f"https://t.co/{name[-6:]}{len(urls)}", full))
        cursor = start + length
    pieces.append(escaped(text[cursor:]))
    for number, each in enumerate(media, 1):
        if number == 1:
            pieces.append(" " if text else "")
            short = f"https://t.co/{name[-6:]}m"
            address = f"https://x.com/{handle}/status/{name}/photo/1"
            pieces.append(_linked(pieces, urls, short, address, media_key=f"3_{each}"))
    return "".join(pieces), urls


def _linked(pieces, urls, short, full, **more):
    start = sum(map(len, pieces))
    end = start + len(short)
    urls.append({"start": start, "end": end, "url": short, "expanded_url": full, **more})
    return short


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def routed(method, path):
    """Find which call a path is, and the id in it."""
    for pattern, call in (
        (r"/2/tweets", "/2/tweets"),
        (r"/2/tweets/(\d+)", "/2/tweets/{id}"),
        (r"/2/media/upload", "/2/media/upload"),
        (r"/2/media/upload/initialize", "/2/media/upload/initialize"),
        (r"/2/media/upload/(\d+)/append", "/2/media/upload/{id}/append"),
        (r"/2/media/upload/(\d+)/finalize", "/2/media/upload/{id}/finalize"),
        (r"/2/media/metadata", "/2/media/metadata"),
        (r"/2/users/me", "/2/users/me"),
        (r"/2/users/(\d+)/tweets", "/2/users/{id}/tweets"),
    ):
        match = re.fullmatch(pattern, path)
        if match:
            return f"{method} {call}", match[1] if match.groups() else ""
    return None, ""


def method_of(call):
    return call.partition(" ")[0]


def fields_of(request):
    if request.method == "GET":
        return dict(request.url.params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        return multipart(kind, request.content)
    return json.loads(request.content) if request.content else {}


def multipart(kind, content):
    """Read a form with files: text as text, files as bytes."""
    head = b"content-type: " + kind.encode() + b"\r\n\r\n"
    fields = {}
    for part in message_from_bytes(head + content, policy=HTTP).iter_parts():
        name = part.get_param("name", header="content-disposition")
        value = part.get_payload(decode=True)
        fields[name] = value if part.get_filename() else value.decode()
    return fields


def problem(status, kind, title, detail):
    body = {"type": kind, "title": title, "detail": detail, "status": status}
    validate_response("problem", body)
    return httpx2.Response(status, json=body)
