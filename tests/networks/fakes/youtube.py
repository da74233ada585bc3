"""A YouTube that takes uploads piece by piece and refuses as the real one, held to the document."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl

import httpx2
from network_fakes import discovery
from network_fakes.wire import FakeServer

BASE = "https://www.googleapis.com"
TOKEN = "ya29.youtube-access-token-ABCDEFGH"
REFRESH = "1//youtube-refresh-token-ABCDEFGH"
CHANNEL = "UCkopisenja0000000000000"
UPLOADS = "UUkopisenja0000000000000"
STEP = 262_144
READ_ONLY = {"publishedAt", "channelId", "channelTitle", "liveBroadcastContent"}


def error(status, reason, message="", headers=None):
    """Write an error as the API writes it."""
    inner = {"code": status, "message": message or reason, "status": "FAILED"}
    inner["errors"] = [{"domain": "youtube", "reason": reason, "message": message or reason}]
    return httpx2.Response(status, headers=headers, json={"error": inner})


class FakeYouTube(FakeServer):
    """One channel with its videos, comments and open uploads."""

    def __init__(self, clock):
        super().__init__(clock)
        self.access = [TOKEN]
        self.refresh = [REFRESH]
        self.videos = {}
        self.comments = []
        self.sessions = {}
        self.takes = None
        """Most bytes that are taken of one piece; None for all."""
        self.audited = True
        self.long_uploads = "allowed"
        self.has_channel = True
        self.can_comment = True
        self.hidden = set()
        """Videos that the list of uploads does not show yet."""
        self.page = 50

    def answer(self, request):
        if request.url.host == "oauth2.googleapis.com":
            return self._renew(request)
        if request.headers.get("authorization") not in {f"Bearer {t}" for t in self.access}:
            return error(401, "authError", "Invalid Credentials")
        if "upload_id" in request.url.params:
            return self._piece(request)
        name = discovery.method_of(request)
        if request.method in {"POST", "PUT"}:
            discovery.validate_request(name, json.loads(request.content))
        return getattr(self, f"_{name.replace('.', '_')}")(request)

    def _reply(self, name, body, status=200):
        discovery.validate_response(name, body)
        return httpx2.Response(status, json=body)

    # Uploads

    def _videos_insert(self, request):
        params = request.url.params
        body = json.loads(request.content)
        assert request.url.path.startswith("/upload/")
        assert params["uploadType"] == "resumable"
        assert set(params["part"].split(",")) == set(body)
        refusal = _refused_snippet(body["snippet"])
        if refusal:
            return refusal
        if "privacyStatus" not in body["status"]:
            return error(400, "invalidVideoMetadata")
        mime = request.headers["x-upload-content-type"]
        assert mime.startswith("video/") or mime == "application/octet-stream"
        name = f"session-{len(self.sessions) + 1}-ABCDEFGHIJKLMNOP"
        self.sessions[name] = {
            "size": int(request.headers["x-upload-content-length"]),
            "mime": mime,
            "body": body,
            "parts": params["part"].split(","),
            "content": b"",
            "video": None,
        }
        location = f"{BASE}/upload/youtube/v3/videos?uploadType=resumable&upload_id={name}"
        return httpx2.Response(200, headers={"location": location})

    def _piece(self, request):
        session = self.sessions.get(request.url.params["upload_id"])
        if session is None:
            return httpx2.Response(404, text="Not Found")
        span = request.headers["content-range"]
        assert request.headers["content-length"] == str(len(request.content))
        asked = re.fullmatch(r"bytes \*/(\d+)", span)
        if asked:
            assert int(asked[1]) == session["size"]
            assert request.content == b""
            return self._progress(session)
        first, last, size = map(int, re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", span).groups())
        assert request.headers["content-type"] == session["mime"]
        assert size == session["size"]
        assert last - first + 1 == len(request.content) > 0
        if session["video"]:
            return self._progress(session)
        if first != len(session["content"]):
            return error(400, "badRequest", "the piece does not begin where the last one ended")
        if last + 1 < size and len(request.content) % STEP:
            return error(400, "badRequest", "the piece is no multiple of 256 KiB")
        session["content"] += request.content[: self.takes]
        if len(session["content"]) == size:
            self._publish(session)
        return self._progress(session)

    def _progress(self, session):
        if session["video"]:
            body = self._shown(session["video"], session["parts"])
            return self._reply("videos.insert", body)
        taken = len(session["content"])
        return httpx2.Response(308, headers={"range": f"bytes=0-{taken - 1}"} if taken else {})

    def _publish(self, session):
        name = f"vid{len(self.videos):08d}"
        body = session["body"]
        snippet = {
            "description": "",
            "categoryId": "22",
            **body["snippet"],
            "publishedAt": self._now(),
            "channelId": CHANNEL,
            "channelTitle": "Kopi Senja",
            "liveBroadcastContent": "none",
        }
        status = {**body["status"], "uploadStatus": "uploaded", "license": "youtube"}
        if not self.audited:
            status["privacyStatus"] = "private"
        self.videos[name] = {
            "id": name,
            "snippet": snippet,
            "status": status,
            **{key: body[key] for key in body if key not in {"snippet", "status"}},
            "content": session["content"],
            "notified": True,
        }
        session["video"] = name

    # What is there

    def _shown(self, name, parts):
        video = self.videos[name]
        kept = {part: video[part] for part in parts if part in video}
        return {"kind": "youtube#video", "etag": "e", "id": name, **kept}

    def _videos_list(self, request):
        names = [name for name in request.url.params["id"].split(",") if name in self.videos]
        parts = request.url.params["part"].split(",")
        items = [self._shown(name, parts) for name in names]
        return self._reply("videos.list", {"kind": "youtube#videoListResponse", "items": items})

    def _videos_update(self, request):
        body = json.loads(request.content)
        if body["id"] not in self.videos:
            return error(404, "videoNotFound")
        refusal = _refused_snippet(body["snippet"])
        if refusal:
            return refusal
        video = self.videos[body["id"]]
        # The whole part is replaced.
        kept = {key: value for key, value in video["snippet"].items() if key in READ_ONLY}
        video["snippet"] = {"description": "", **body["snippet"], **kept}
        return self._reply("videos.update", self._shown(body["id"], ["snippet"]))

    def _videos_delete(self, request):
        if self.videos.pop(request.url.params["id"], None) is None:
            return error(404, "videoNotFound")
        return httpx2.Response(204)

    def _channels_list(self, request):
        assert request.url.params["mine"] == "true"
        channel = {
            "kind": "youtube#channel",
            "id": CHANNEL,
            "snippet": {"title": "Kopi Senja", "customUrl": "@kopisenja"},
            "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": UPLOADS}},
            "status": {"privacyStatus": "public", "longUploadsStatus": self.long_uploads},
        }
        parts = {"kind", "id", *request.url.params["part"].split(",")}
        items = [{key: channel[key] for key in channel if key in parts}] if self.has_channel else []
        return self._reply("channels.list", {"kind": "youtube#channelListResponse", "items": items})

    def _playlistItems_list(self, request):  # noqa: N802 - after the API's method
        params = request.url.params
        assert params["playlistId"] == UPLOADS
        names = [name for name in reversed(self.videos) if name not in self.hidden]
        page, token = self._paged(names, params)
        items = [self._item(name) for name in page]
        return self._reply("playlistItems.list", {"items": items, **token})

    def _item(self, name):
        snippet = self.videos[name]["snippet"]
        shown = {key: snippet[key] for key in ("title", "description", "publishedAt", "channelId")}
        resource = {"kind": "youtube#video", "videoId": name}
        return {
            "kind": "youtube#playlistItem",
            "snippet": {**shown, "playlistId": UPLOADS, "resourceId": resource},
            "contentDetails": {"videoId": name},
        }

    def _paged(self, items, params):
        start = int(params.get("pageToken", "0"))
        size = min(self.page, int(params["maxResults"]))
        token = {"nextPageToken": str(start + size)} if start + size < len(items) else {}
        return items[start : start + size], token

    # Comments

    def write(self, video, text, author=CHANNEL):
        """Let somebody comment in another way."""
        name = f"Ugx{len(self.comments):08d}"
        snippet = {
            "authorChannelId": {"value": author},
            "textOriginal": text,
            "textDisplay": text,
            "videoId": video,
            "publishedAt": self._now(),
        }
        comment = {"kind": "youtube#comment", "id": name, "snippet": snippet}
        self.comments.append(comment)
        return comment

    def _thread(self, comment):
        snippet = {
            "channelId": CHANNEL,
            "videoId": comment["snippet"]["videoId"],
            "topLevelComment": comment,
            "canReply": True,
            "totalReplyCount": 0,
            "isPublic": True,
        }
        return {"kind": "youtube#commentThread", "id": comment["id"], "snippet": snippet}

    def _commentThreads_insert(self, request):  # noqa: N802 - after the API's method
        snippet = json.loads(request.content)["snippet"]
        text = snippet["topLevelComment"]["snippet"]["textOriginal"]
        if not snippet.get("channelId") or not snippet.get("videoId"):
            return error(400, "channelOrVideoIdMissing")
        if snippet["videoId"] not in self.videos:
            return error(404, "videoNotFound")
        video = self.videos[snippet["videoId"]]["status"]
        if not self.can_comment or video["selfDeclaredMadeForKids"]:
            return error(403, "commentsDisabled")
        if not text.strip():
            return error(400, "commentTextRequired")
        return self._reply(
            "commentThreads.insert", self._thread(self.write(snippet["videoId"], text))
        )

    def _commentThreads_list(self, request):  # noqa: N802 - after the API's method
        params = request.url.params
        assert params["order"] == "time"
        under = [
            comment
            for comment in reversed(self.comments)
            if comment["snippet"]["videoId"] == params["videoId"]
        ]
        page, token = self._paged(under, params)
        items = [self._thread(comment) for comment in page]
        return self._reply("commentThreads.list", {"items": items, **token})

    def _comments_update(self, request):
        body = json.loads(request.content)
        for comment in self.comments:
            if comment["id"] == body["id"]:
                text = body["snippet"]["textOriginal"]
                comment["snippet"] |= {"textOriginal": text, "textDisplay": text}
                return self._reply("comments.update", comment)
        return error(404, "commentNotFound")

    def _comments_delete(self, request):
        name = request.url.params["id"]
        before = len(self.comments)
        self.comments = [comment for comment in self.comments if comment["id"] != name]
        return (
            httpx2.Response(204) if len(self.comments) < before else error(404, "commentNotFound")
        )

    # Tokens

    def _renew(self, request):
        assert request.url.path == "/token"
        form = dict(parse_qsl(request.content.decode()))
        assert set(form) == {"grant_type", "refresh_token", "client_id", "client_secret"}
        if form["refresh_token"] not in self.refresh:
            return httpx2.Response(400, json={"error": "invalid_grant"})
        token = f"ya29.renewed-token-{len(self.access)}-ABCDEFGH"
        self.access = [token]
        answer = {"access_token": token, "expires_in": 3599, "token_type": "Bearer", "scope": "s"}
        return httpx2.Response(200, json=answer)

    def _now(self):
        return self.clock().format_iso(unit="second")


def _refused_snippet(snippet):
    title, description = snippet.get("title", ""), snippet.get("description", "")
    if not title.strip() or len(title) > 100 or set("<>") & set(title):
        return error(400, "invalidTitle")
    if len(description.encode()) > 5000 or set("<>") & set(description):
        return error(400, "invalidDescription")
    if not snippet.get("categoryId", "").isdigit():
        return error(400, "invalidCategoryId")
    return None
