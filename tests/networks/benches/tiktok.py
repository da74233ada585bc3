"""TikTok in this process: photos that it fetches, and videos that are sent in pieces."""

from __future__ import annotations

import json
from dataclasses import replace

from network_fakes import tiktok as fake

from mimin.model.brand import Account
from mimin.model.payload import Part
from mimin.testing.bench import HttpBench, substitute

GRANT = {
    "access_token": fake.TOKEN,
    "refresh_token": fake.REFRESH,
    "client_id": "app-key",
    "client_secret": "app-secret-ABCDEFGH",
}
HEADERS = ("authorization", "content-type", "content-range")


def shown(call):
    """Write a call with JSON down as `wire` shows it."""
    headers = {name: call.headers[name] for name in HEADERS if name in call.headers}
    body = json.loads(call.content)
    return {"method": call.method, "url": str(call.url), "headers": headers, "json": body}


class PhotoBench(HttpBench):
    path = "/v2/post/publish/content/init/"
    threads = False
    proves = False
    listing = ("/v2/video/list/", {"data": {"videos": []}, "error": {"code": "ok"}})
    doubtful = (
        {"status": 200, "body": {"data": {}, "error": {"code": "internal_error"}}},
        {"status": 400, "body": {"data": {}, "error": {"code": "internal_error"}}},
        {"status": 200, "body": {"data": {}, "error": {"code": "unheard_of"}}},
    )

    def connect(self, **how):
        from mimin.networks.tiktok_connection import TikTokConnection

        return TikTokConnection(self.access, transport=self.server, sleep=lambda _: None, **how)

    def job(self, *parts, **fields):
        made = [Part(text=p) if isinstance(p, str) else p for p in parts or ("Halo, Bandung!",)]
        if not made[0].media:
            made[0] = made[0].model_copy(update={"media": (self.image(),)})
        return super().job(*made, **fields)

    def published(self):
        return self.server.published()

    def sent(self):
        return [shown(call) for call in self.server.calls(self.path)]

    def expected(self, job):
        filled = {"token": self.server.access[-1]} | dict(job.handles)
        return substitute(self.network.wire(job), filled)

    def processing(self, times):
        self.server.polls_needed = times

    def processing_failed(self):
        self.server.fail_reason = "photo_pull_failed"

    def wrong_scope(self):
        body = json.loads(fake.refusal(401, "scope_not_authorized").content)
        self.server.fail(self.path, status=401, body=body)

    def refuse(self):
        body = json.loads(fake.refusal(400, "invalid_params").content)
        self.server.fail(self.path, status=400, body=body)

    def expire(self):
        self.server.access = []
        ended = {"access_token": "act.ended", "expires_at": self.clock().format_iso()}
        self.access = replace(self.access, secret=json.dumps(GRANT | ended))


class VideoBench(PhotoBench):
    path = "/video/"
    proves = True
    listing = None
    doubtful = ({"status": 400, "text": ""}, {"status": 416, "text": ""})
    wrong_scope = None

    def image(self, name="foto.jpg", content=b"\x00\x00 bukan video", alt="Segelas kopi susu"):
        return super().image(name, content, alt).model_copy(update={"mime": "video/mp4"})

    def parts(self, *parts):
        first = parts[0] if isinstance(parts[0], Part) else Part(text=parts[0])
        return (first.model_copy(update={"media": first.media[:1]}),)

    def sent(self):
        """Give the calls that carried the last byte, each with the one that opened its upload."""
        found = []
        for call in self.server.calls(self.path):
            last, size = call.headers["content-range"].rpartition("-")[2].split("/")
            if int(last) + 1 == int(size):
                found.append(self._shown(call))
        return found

    def _shown(self, call):
        urls = [post["url"] for post in self.server.posts.values()]
        starts = [c for c in self.server.requests if c.url.path.endswith("/video/init/")]
        (path,) = [path for path in self.files if self.files[path].endswith(call.content)]
        return {
            "before": [shown(starts[urls.index(str(call.url))])],
            "method": call.method,
            "url": str(call.url),
            "headers": {name: call.headers[name] for name in HEADERS if name in call.headers},
            "body": f"{{{call.headers['content-range']} of {path}}}",
        }

    def expected(self, job):
        url = self.server.posts[job.handles["publish_id"]]["url"]
        filled = {"token": self.server.access[-1], "upload_url": url}
        return substitute(self.network.wire(job), filled)

    def processing_failed(self):
        self.server.fail_reason = "frame_rate_check_failed"

    def refuse(self):
        for post in self.server.posts.values():
            post["fail_reason"] = "file_format_check_failed"


ACCOUNT = Account(network="tiktok", handle="kopisenja", secret="TIKTOK")

KINDS = {
    "tiktok": lambda clock: (ACCOUNT, json.dumps(GRANT), fake.FakeTikTok(clock), PhotoBench),
    "tiktok-video": lambda clock: (ACCOUNT, json.dumps(GRANT), fake.FakeTikTok(clock), VideoBench),
}
