"""LinkedIn as its API behaves: cuts little text, names duplicates, hides members' posts, sunsets.

LinkedIn publishes no machine-readable description; the shapes are those of its documentation.
"""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, unquote

import httpx2
from network_fakes.shapes import check
from network_fakes.wire import FakeServer

BASE = "https://api.linkedin.com"
UPLOADS = "https://www.linkedin.com/dms-uploads/"
TOKEN = "linkedin-access-0-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REFRESH = "linkedin-refresh-0-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SUB = "782bbtaQ"
MEMBER = f"urn:li:person:{SUB}"
PAGE = "urn:li:organization:2414183"
RESERVED = "|{}@[]()<>*_~"

SHAPES = {
    "post": {
        "author!": "urn person|organization",
        "commentary!": "string",
        "visibility!": "PUBLIC|CONNECTIONS|LOGGED_IN",
        "distribution!": {
            "feedDistribution!": "MAIN_FEED|NONE",
            "targetEntities!": ["anything", 0, 0],
            "thirdPartyDistributionChannels!": ["anything", 0, 0],
        },
        "lifecycleState!": "PUBLISHED|DRAFT",
        "isReshareDisabledByAuthor!": "boolean",
        "content": {
            "media": {
                "id!": "urn image|video|document",
                "altText": "string 4086",
                "title": "string",
            },
            "multiImage": {"images!": [{"id!": "urn image", "altText": "string 4086"}, 2, 20]},
            "article": {
                "source!": "string",
                "title!": "string 400",
                "description": "string",
                "thumbnail": "urn image",
            },
        },
    },
    "patch": {"patch!": {"$set!": {"commentary!": "string"}}},
    "comment": {
        "actor!": "urn person|organization",
        "object!": "urn share|ugcPost|activity",
        "message!": {"text!": "string 1250"},
    },
    "image": {"initializeUploadRequest!": {"owner!": "urn person|organization"}},
    "video": {
        "initializeUploadRequest!": {
            "owner!": "urn person|organization",
            "fileSizeBytes!": "integer",
            "uploadCaptions!": "boolean",
            "uploadThumbnail!": "boolean",
        }
    },
    "finalize": {
        "finalizeUploadRequest!": {
            "video!": "urn video",
            "uploadToken!": "string",
            "uploadedPartIds!": ["string", 1, 9999],
        }
    },
    "list": {
        "q!": "author",
        "author!": "urn organization|person",
        "start": "0..100000",
        "count": "1..100",
        "sortBy": "LAST_MODIFIED|CREATED",
    },
}


class FakeLinkedIn(FakeServer):
    """One member, and one page that the member runs."""

    readable = (PAGE,)
    """Authors whose posts and comments this app may read."""
    dead_versions = ("202511",)
    part_bytes = 4_194_304
    polls_needed = 0
    """How often a video is still being processed when it is asked for."""
    fails_processing = False

    def __init__(self, clock):
        super().__init__(clock)
        self.access = {TOKEN}
        self.refresh = {REFRESH}
        self.posts = []
        self.comments = []
        self.ghosts = []
        """What was deleted: LinkedIn goes on to refuse it for a day or two."""
        self.media = {}
        self.number = 0

    def answer(self, request):
        if str(request.url) == "https://www.linkedin.com/oauth/v2/accessToken":
            return self._renew(request)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.access:
            return refused(401, "INVALID_ACCESS_TOKEN", "Invalid access token")
        if str(request.url).startswith(UPLOADS):
            return self._take_bytes(request)
        assert str(request.url).startswith(BASE)
        if request.url.path == "/v2/userinfo":
            return httpx2.Response(200, json={"sub": SUB, "name": "Rara Kopi"})
        version = request.headers["linkedin-version"]
        assert re.fullmatch(r"20\d{4}", version), version
        assert request.headers["x-restli-protocol-version"] == "2.0.0"
        if version in self.dead_versions:
            return refused(426, "NONEXISTENT_VERSION", f"Requested version {version} is not active")
        return self._routed(request)

    def _routed(self, request):
        method = request.headers.get("x-restli-method", request.method)
        raw = request.url.raw_path.decode().partition("?")[0]
        place, *rest = raw.removeprefix("/rest/").split("/")
        assert all(":" not in piece for piece in rest), f"a URN in a path is encoded: {raw}"
        names = [unquote(piece) for piece in rest]
        params = dict(request.url.params)
        body = json.loads(request.content) if request.content else None
        calls = {
            ("posts", "POST", 0): lambda: self._post(body),
            ("posts", "FINDER", 0): lambda: self._list(params),
            ("posts", "GET", 1): lambda: self._get(*names),
            ("posts", "PARTIAL_UPDATE", 1): lambda: self._patch(*names, body),
            ("posts", "DELETE", 1): lambda: self._delete(*names),
            ("images", "POST", 0): lambda: self._new_image(params, body),
            ("videos", "POST", 0): lambda: self._new_video(params, body),
            ("videos", "GET", 1): lambda: self._video_state(*names),
            ("socialActions", "POST", 2): lambda: self._comment(names[0], body),
            ("socialActions", "GET", 2): lambda: self._list_comments(names[0], params),
            ("socialActions", "DELETE", 3): lambda: self._uncomment(names[0], names[2], params),
        }
        return calls[place, method, len(rest)]()

    def write(self, text, author=PAGE, **fields):
        """Let somebody post in another way."""
        return self._add(
            {"author": author, "commentary": text, "lifecycleState": "PUBLISHED", **fields}
        )

    def _renew(self, request):
        form = dict(parse_qsl(request.content.decode()))
        assert form["grant_type"] == "refresh_token"
        assert form["client_id"]
        assert form["client_secret"]
        if form["refresh_token"] not in self.refresh:
            body = {"error": "invalid_request", "error_description": "The token is unknown"}
            return httpx2.Response(400, json=body)
        self.number += 1
        token = f"linkedin-access-{self.number}-ABCDEFGHIJKLMN"
        self.access = {token}
        # The refresh token stays, and its end with it.
        known = {"refresh_token": form["refresh_token"], "refresh_token_expires_in": 20_000_000}
        return httpx2.Response(
            200, json={"access_token": token, "expires_in": 5_184_000, **known, "scope": "openid"}
        )

    def _post(self, body):
        check(SHAPES["post"], body, "post")
        assert len(body.get("content", {"one": 1})) == 1
        if body["author"] not in {MEMBER, PAGE}:
            return refused(403, "ACCESS_DENIED", "Field Value validation failed: author")
        if len(body["commentary"]) > 3000:
            return refused(422, "FIELD_LENGTH_TOO_LONG", "commentary is too long")
        for name in urns_in(body.get("content", {})):
            media = self.media[name]
            if not media["ready"]:
                return refused(400, "MEDIA_ASSET_PROCESSING", f"{name} is processing")
        same = [post for post in (*self.posts, *self.ghosts) if self._is_the_same(post, body)]
        if same:
            return duplicate(same[-1]["id"])
        post = self._add(body)
        return httpx2.Response(201, headers={"x-restli-id": post["id"]})

    def _is_the_same(self, post, body):
        names = ("author", "commentary", "content")
        return all(post["body"].get(name) == body.get(name) for name in names)

    def _add(self, body):
        kind = "ugcPost" if "video" in json.dumps(body.get("content", {})) else "share"
        now = self._now()
        post = {
            "id": f"urn:li:{kind}:{self._next()}",
            "body": body,
            "seen": seen(body["commentary"]),
            "made": now,
            "modified": now,
        }
        self.posts.append(post)
        return post

    def _list(self, params):
        check(SHAPES["list"], params, "list")
        if params["author"] not in self.readable:
            return refused(403, "ACCESS_DENIED", "Not enough permissions to access: posts.FINDER")
        found = [post for post in self.posts if post["body"]["author"] == params["author"]]
        found.sort(key=lambda post: post["modified"], reverse=True)
        start = int(params.get("start", "0"))
        page = found[start : start + int(params.get("count", "10"))]
        return httpx2.Response(200, json={"elements": [self._shown(post) for post in page]})

    def _get(self, name):
        post = self._named(name)
        if post is None:
            return refused(404, "NOT_FOUND", f"{name} is not there")
        if post["body"]["author"] not in self.readable:
            return refused(403, "ACCESS_DENIED", "Not enough permissions to access: posts.GET")
        return httpx2.Response(200, json=self._shown(post))

    def _shown(self, post):
        known = {name: value for name, value in post["body"].items() if value is not None}
        return {
            **known,
            # As LinkedIn writes hashtags itself.
            "commentary": re.sub(r"(?<!\S)#(\w+)", r"{hashtag|\\#|\1}", known["commentary"]),
            "id": post["id"],
            "createdAt": post["made"],
            "publishedAt": post["made"],
            "lastModifiedAt": post["modified"],
        }

    def _patch(self, name, body):
        check(SHAPES["patch"], body, "patch")
        post = self._named(name)
        if post is None:
            return refused(404, "NOT_FOUND", f"{name} is not there")
        post["body"] = {**post["body"], **body["patch"]["$set"]}
        post["seen"] = seen(post["body"]["commentary"])
        post["modified"] = self._now()
        return httpx2.Response(204)

    def _delete(self, name):
        post = self._named(name)
        if post:
            self.posts.remove(post)
            self.ghosts.append(post)
            self.comments = [each for each in self.comments if each["object"] != name]
        return httpx2.Response(204)

    def _comment(self, name, body):
        check(SHAPES["comment"], body, "comment")
        assert body["object"] == name
        if self._named(name) is None:
            return refused(404, "NOT_FOUND", f"{name} is not there")
        number = self._next()
        made = {
            **body,
            "id": str(number),
            "commentUrn": f"urn:li:comment:({name},{number})",
            "created": {"actor": body["actor"], "time": self._now()},
        }
        self.comments.append(made)
        return httpx2.Response(201, headers={"x-restli-id": str(number)}, json=made)

    def _list_comments(self, name, params):
        post = self._named(name)
        if post["body"]["author"] not in self.readable:
            return refused(403, "ACCESS_DENIED", "Not enough permissions to access: comments")
        start = int(params.get("start", "0"))
        found = [each for each in self.comments if each["object"] == name]
        page = found[start : start + int(params.get("count", "10"))]
        return httpx2.Response(200, json={"elements": page})

    def _uncomment(self, name, number, params):
        assert set(params) == {"actor"}
        wanted = (name, number, params["actor"])
        kept = [
            each for each in self.comments if (each["object"], each["id"], each["actor"]) != wanted
        ]
        if len(kept) == len(self.comments):
            return refused(404, "NOT_FOUND", "no such comment")
        self.comments = kept
        return httpx2.Response(204)

    def _new_image(self, params, body):
        assert params == {"action": "initializeUpload"}
        check(SHAPES["image"], body, "image")
        name, address = self._new("image")
        return httpx2.Response(200, json={"value": {"uploadUrl": address, "image": name}})

    def _new_video(self, params, body):
        if params == {"action": "finalizeUpload"}:
            return self._finalize(body)
        assert params == {"action": "initializeUpload"}
        check(SHAPES["video"], body, "video")
        size = body["initializeUploadRequest"]["fileSizeBytes"]
        name, address = self._new("video")
        self.media[name] |= {"size": size, "wait": self.polls_needed, "done": False}
        pieces = [
            {
                "uploadUrl": f"{address}/{number}",
                "firstByte": first,
                "lastByte": min(first + self.part_bytes, size) - 1,
            }
            for number, first in enumerate(range(0, size, self.part_bytes))
        ]
        value = {"video": name, "uploadToken": "token-of-it", "uploadInstructions": pieces}
        return httpx2.Response(200, json={"value": value})

    def _new(self, kind):
        number = self._next()
        name = f"urn:li:{kind}:D5{number}"
        self.media[name] = {"pieces": {}, "content": b"", "ready": False}
        return name, f"{UPLOADS}{name.replace(':', '-')}"

    def _take_bytes(self, request):
        assert request.method == "PUT"
        name, _, piece = str(request.url).removeprefix(UPLOADS).partition("/")
        media = self.media[name.replace("-", ":", 3)]
        media["pieces"][piece or "0"] = request.content
        if not piece:
            media |= {"content": request.content, "ready": True}
        return httpx2.Response(201, headers={"etag": f'"tag-{piece or 0}"'})

    def _finalize(self, body):
        check(SHAPES["finalize"], body, "finalize")
        asked = body["finalizeUploadRequest"]
        media = self.media[asked["video"]]
        media["content"] = b"".join(media["pieces"].values())
        if len(media["content"]) != media["size"]:
            return refused(400, "INVALID_UPLOAD", "the parts are not the file")
        if asked["uploadedPartIds"] != [f"tag-{piece}" for piece in media["pieces"]]:
            return refused(400, "INVALID_UPLOAD", "the tags are not those of the parts")
        media["done"] = True
        return httpx2.Response(200)

    def _video_state(self, name):
        media = self.media[name]
        if not media["done"]:
            status = "WAITING_UPLOAD"
        elif media["wait"]:
            media["wait"] -= 1
            status = "PROCESSING"
        elif self.fails_processing:
            status = "PROCESSING_FAILED"
        else:
            media["ready"] = True
            status = "AVAILABLE"
        return httpx2.Response(200, json={"id": name, "status": status})

    def _named(self, name):
        return next((post for post in self.posts if post["id"] == name), None)

    def _now(self):
        return int(self.clock().timestamp(unit="millisecond"))

    def _next(self):
        self.number += 1
        return (self._now() << 22) + self.number


def seen(commentary):
    """Show little text as people see it: cut at the first reserved character not escaped."""
    shown, at = [], 0
    while at < len(commentary):
        sign = commentary[at]
        if sign == "\\":
            at += 1
            shown.append(commentary[at : at + 1])
        elif sign in RESERVED or (sign == "#" and not re.match(r"#\w", commentary[at:])):
            break
        else:
            shown.append(sign)
        at += 1
    return "".join(shown)


def urns_in(value):
    if isinstance(value, dict):
        return [name for item in value.values() for name in urns_in(item)]
    if isinstance(value, list):
        return [name for item in value for name in urns_in(item)]
    return re.findall(r"urn:li:(?:image|video):[\w-]+", value) if isinstance(value, str) else []


def refused(status, code, message):
    return httpx2.Response(status, json={"status": status, "code": code, "message": message})


def duplicate(name):
    message = f"Content is a duplicate of {name}"
    body = {
        "status": 422,
        "code": "INVALID_CONTENT",
        "message": message,
        "errorDetails": {"inputErrors": [{"code": "DUPLICATE_POST", "description": message}]},
    }
    return httpx2.Response(422, json=body)
