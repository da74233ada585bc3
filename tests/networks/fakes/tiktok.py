"""A TikTok that takes uploads and addresses, works on them and moderates, as its pages describe.

TikTok publishes no machine-readable contract, so names and types stand here, from the reference
pages of the Content Posting API.
"""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl

import httpx2
from network_fakes.wire import FakeServer

BASE = "https://open.tiktokapis.com"
UPLOAD = "https://open-upload.tiktokapis.com/video/"
TOKEN = "act.tiktok-access-token-ABCDEFGH"
REFRESH = "rft.tiktok-refresh-token-ABCDEFGH"
PRIVACY = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")
MB = 1_000_000

VIDEO_INFO = {
    "title": str,
    "privacy_level": str,
    "disable_comment": bool,
    "disable_duet": bool,
    "disable_stitch": bool,
    "video_cover_timestamp_ms": int,
    "brand_content_toggle": bool,
    "brand_organic_toggle": bool,
    "is_aigc": bool,
}
PHOTO_INFO = {
    "title": str,
    "description": str,
    "privacy_level": str,
    "disable_comment": bool,
    "auto_add_music": bool,
    "brand_content_toggle": bool,
    "brand_organic_toggle": bool,
}
FILE = {"source": str, "video_size": int, "chunk_size": int, "total_chunk_count": int}
FETCHED = {"source": str, "photo_images": list, "photo_cover_index": int}
NO_ERROR = {"code": "ok", "message": "", "log_id": "202612010330"}


def fields(body, known, required=()):
    """Hold an object to the names and types of a reference page."""
    assert set(body) <= set(known), set(body) - set(known)
    assert set(required) <= set(body), set(required) - set(body)
    for name, value in body.items():
        assert type(value) is known[name], (name, value)


def refusal(status, code, message=""):
    """Write an error as the API writes it."""
    body = {"data": {}, "error": {"code": code, "message": message, "log_id": "1"}}
    return httpx2.Response(status, json=body)


def units(text):
    return len(text.encode("utf-16-le")) // 2


class FakeTikTok(FakeServer):
    """One creator with posts, drafts and uploads."""

    smallest = 5 * MB
    largest = 64 * MB

    def __init__(self, clock):
        super().__init__(clock)
        self.access = [TOKEN]
        self.refresh = [REFRESH]
        self.scopes = {"video.publish", "video.upload", "video.list", "user.info.basic"}
        self.options = PRIVACY
        self.longest = 600
        self.off = set()
        self.audited = True
        self.posts = {}
        self.polls_needed = 0
        """How often a post is still being worked on when it is asked for."""
        self.moderation = 0
        """How often a public post that is out has no id yet."""
        self.fail_reason = ""
        """Why the next post will fail."""
        self.page = 20

    def answer(self, request):
        path = request.url.path
        if request.url.host == "open-upload.tiktokapis.com":
            return self._piece(request)
        if path == "/v2/oauth/token/":
            return self._renew(request)
        if request.headers.get("authorization") not in {f"Bearer {t}" for t in self.access}:
            return refusal(401, "access_token_invalid", "The access token is invalid")
        if path == "/v2/user/info/":
            assert request.url.params["fields"] == "open_id,display_name"
            return self._ok({"user": {"open_id": "o-1", "display_name": "Kopi"}})
        assert request.method == "POST"
        assert request.headers["content-type"] == "application/json; charset=UTF-8"
        known = {
            "/v2/post/publish/creator_info/query/": (self._creator, {"video.publish"}),
            "/v2/post/publish/video/init/": (self._video, {"video.publish"}),
            "/v2/post/publish/inbox/video/init/": (self._draft, {"video.upload"}),
            "/v2/post/publish/content/init/": (self._photos, {"video.publish", "video.upload"}),
            "/v2/post/publish/status/fetch/": (self._status, {"video.publish", "video.upload"}),
            "/v2/video/list/": (self._list, {"video.list"}),
        }
        answer, scopes = known[path]
        if not scopes & self.scopes:
            return refusal(401, "scope_not_authorized", "The user did not authorize the scope")
        return answer(json.loads(request.content), request)

    def published(self):
        """Give what is out for somebody to see."""
        return [post for post in self.posts.values() if post["state"] == "out"]

    def _ok(self, data):
        return httpx2.Response(200, json={"data": data, "error": NO_ERROR})

    # Starting

    def _creator(self, body, request):
        assert body == {}
        return self._ok(
            {
                "creator_avatar_url": "https://p16.example/a.webp",
                "creator_nickname": "Kopi Senja",
                "creator_username": "kopisenja",
                "privacy_level_options": list(self.options),
                "comment_disabled": "comment" in self.off,
                "duet_disabled": "duet" in self.off,
                "stitch_disabled": "stitch" in self.off,
                "max_video_post_duration_sec": self.longest,
            }
        )

    def _video(self, body, request):
        fields(body, {"post_info": dict, "source_info": dict}, ("post_info", "source_info"))
        info = body["post_info"]
        fields(info, VIDEO_INFO, ("privacy_level",))
        assert units(info.get("title", "")) <= 2200
        return self._refused_info(info) or self._start(body["source_info"], info, "direct")

    def _draft(self, body, request):
        fields(body, {"source_info": dict}, ("source_info",))
        return self._start(body["source_info"], {}, "draft")

    def _refused_info(self, info):
        if info["privacy_level"] not in self.options:
            return refusal(403, "privacy_level_option_mismatch")
        if not self.audited and info["privacy_level"] != "SELF_ONLY":
            return refusal(403, "unaudited_client_can_only_post_to_private_accounts")
        if info.get("brand_content_toggle") and info["privacy_level"] == "SELF_ONLY":
            return refusal(400, "invalid_param", "Branded content can not be private")
        return None

    def _start(self, source, info, mode):
        fields(source, FILE, FILE)
        assert source["source"] == "FILE_UPLOAD"
        size, chunk, count = (
            source[key] for key in ("video_size", "chunk_size", "total_chunk_count")
        )
        if count != size // chunk or not 1 <= count <= 1000:
            return refusal(400, "invalid_params", "The total chunk count is invalid")
        if chunk > self.largest or (chunk < self.smallest and chunk != size):
            return refusal(400, "invalid_params", "The chunk size is invalid")
        name = self._new(info, mode, "video", state="upload", size=size, chunk=chunk, count=count)
        url = f"{UPLOAD}?upload_id={name[-6:]}&upload_token=Xza123-{name[-6:]}"
        self.posts[name]["url"] = url
        return self._ok({"publish_id": name, "upload_url": url})

    def _photos(self, body, request):
        known = {"media_type": str, "post_mode": str, "post_info": dict, "source_info": dict}
        fields(body, known, known)
        info, source = body["post_info"], body["source_info"]
        fields(info, PHOTO_INFO)
        fields(source, FETCHED, FETCHED)
        assert body["media_type"] == "PHOTO"
        assert source["source"] == "PULL_FROM_URL"
        assert 1 <= len(source["photo_images"]) <= 35
        assert units(info.get("title", "")) <= 90
        assert units(info.get("description", "")) <= 4000
        if not all(url.startswith("https://media.test/") for url in source["photo_images"]):
            return refusal(403, "url_ownership_unverified")
        if body["post_mode"] == "DIRECT_POST":
            refused = self._refused_info(info)
            if refused:
                return refused
        else:
            assert body["post_mode"] == "MEDIA_UPLOAD"
            assert set(info) <= {"title", "description"}
        mode = "direct" if body["post_mode"] == "DIRECT_POST" else "draft"
        name = self._new(info, mode, "photo", images=source["photo_images"])
        self._work_on(self.posts[name])
        return self._ok({"publish_id": name})

    def _new(self, info, mode, kind, **more):
        number = len(self.posts) + 1
        name = f"{'v_pub_file' if kind == 'video' else 'p_pub_url'}~v2-1.{number:06d}"
        self.posts[name] = {
            "publish_id": name,
            "post_id": 7_400_000_000_000_000_000 + number,
            "info": info,
            "mode": mode,
            "kind": kind,
            "content": b"",
            "wait": self.polls_needed,
            "moderation": self.moderation,
            "fail_reason": self.fail_reason,
            "state": "new",
            **more,
        }
        self.fail_reason = ""
        return name

    # Uploading

    def _piece(self, request):
        assert request.method == "PUT"
        assert "authorization" not in request.headers
        (post,) = [post for post in self.posts.values() if post.get("url") == str(request.url)]
        if post["state"] != "upload":
            return httpx2.Response(404, json={"error": "the upload is over"})
        span = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", request.headers["content-range"])
        first, last, size = map(int, span.groups())
        assert request.headers["content-type"] in {"video/mp4", "video/webm", "video/quicktime"}
        assert request.headers["content-length"] == str(last - first + 1)
        assert last - first + 1 == len(request.content)
        assert size == post["size"]
        if first != len(post["content"]):
            return httpx2.Response(416, json={"error": "not where the last piece ended"})
        number = first // post["chunk"]
        wanted = size if number == post["count"] - 1 else first + post["chunk"]
        if last + 1 != wanted:
            return httpx2.Response(400, json={"error": "the piece is not as announced"})
        post["content"] += request.content
        if len(post["content"]) < size:
            return httpx2.Response(206)
        self._work_on(post)
        return httpx2.Response(201)

    def _work_on(self, post):
        """Work on a post that is complete."""
        post["at"] = self.clock()
        if post["fail_reason"]:
            post["state"] = "failed"
        else:
            post["state"] = "out" if post["mode"] == "direct" else "inbox"

    # Asking

    def _status(self, body, request):
        fields(body, {"publish_id": str}, ("publish_id",))
        post = self.posts.get(body["publish_id"])
        if post is None:
            return refusal(400, "invalid_publish_id")
        said = {"uploaded_bytes": len(post["content"])} if post["kind"] == "video" else {}
        busy = "PROCESSING_UPLOAD" if post["kind"] == "video" else "PROCESSING_DOWNLOAD"
        if post["state"] == "upload" or post["wait"]:
            post["wait"] -= bool(post["wait"] and post["state"] != "upload")
            return self._ok({"status": busy, **said})
        if post["state"] == "failed":
            return self._ok({"status": "FAILED", "fail_reason": post["fail_reason"], **said})
        if post["state"] == "inbox":
            return self._ok({"status": "SEND_TO_USER_INBOX", **said})
        public = post["info"].get("privacy_level") == "PUBLIC_TO_EVERYONE"
        if public and post["moderation"]:
            post["moderation"] -= 1
        elif public:
            said["publicaly_available_post_id"] = [post["post_id"]]
        return self._ok({"status": "PUBLISH_COMPLETE", **said})

    def _list(self, body, request):
        fields(body, {"max_count": int, "cursor": int})
        assert body["max_count"] <= 20
        wanted = request.url.params["fields"].split(",")
        assert set(wanted) <= {"id", "title", "video_description", "create_time", "share_url"}
        listed = [
            post
            for post in reversed(self.published())
            if post["info"].get("privacy_level") == "PUBLIC_TO_EVERYONE"
        ]
        start = body.get("cursor", 0)
        size = min(self.page, body["max_count"])
        videos = [self._item(post) for post in listed[start : start + size]]
        more = start + size < len(listed)
        return self._ok({"videos": videos, "cursor": start + size, "has_more": more})

    def _item(self, post):
        info = post["info"]
        url = f"https://www.tiktok.com/@kopisenja/{post['kind']}/{post['post_id']}"
        return {
            "id": str(post["post_id"]),
            "title": info.get("title", ""),
            "video_description": info.get("description", info.get("title", "")),
            "create_time": int(post["at"].timestamp()),
            "share_url": f"{url}?utm_campaign=tt4d_open_api",
        }

    def _renew(self, request):
        form = dict(parse_qsl(request.content.decode()))
        assert set(form) == {"grant_type", "refresh_token", "client_key", "client_secret"}
        if form["refresh_token"] not in self.refresh:
            body = {"error": "invalid_grant", "error_description": "expired", "log_id": "1"}
            return httpx2.Response(400, json=body)
        number = int(self.clock().timestamp()) + len(self.requests)
        # The old ones end at once.
        self.access = [f"act.renewed-{number}-ABCDEFGH"]
        self.refresh = [f"rft.renewed-{number}-ABCDEFGH"]
        return httpx2.Response(
            200,
            json={
                "access_token": self.access[0],
                "expires_in": 86400,
                "open_id": "o-1",
                "refresh_expires_in": 31536000,
                "refresh_token": self.refresh[0],
                "scope": ",".join(sorted(self.scopes)),
                "token_type": "Bearer",
            },
        )
