"""YouTube in this process, held to Google's discovery document."""

from __future__ import annotations

import json
from dataclasses import replace

from network_fakes import youtube as fake

from mimin.model.brand import Account
from mimin.model.payload import Part
from mimin.testing import server as wire
from mimin.testing.bench import HttpBench, substitute

SETTINGS = {"made_for_kids": "no"}
GRANT = {
    "access_token": fake.TOKEN,
    "refresh_token": fake.REFRESH,
    "client_id": "app",
    "client_secret": "app-secret-ABCDEFGH",
}


class YouTubeBench(HttpBench):
    path = "/upload/youtube/v3/videos"
    doubtful = (
        {"status": 404, "text": "Not Found"},
        {"status": 410, "text": "Gone"},
        {"status": 308, "text": "", "headers": {"location": "https://elsewhere.test/"}},
    )
    threads = False

    def connect(self, **how):
        from mimin.networks.youtube_connection import YouTubeConnection

        return YouTubeConnection(self.access, transport=self.server, sleep=lambda _: None, **how)

    def image(self, name="foto.jpg", content=b"\x00\x00 bukan video", alt="Segelas kopi susu"):
        return super().image(name, content, alt).model_copy(update={"mime": "video/mp4"})

    def parts(self, *parts):
        first = parts[0] if isinstance(parts[0], Part) else Part(text=parts[0])
        return (first.model_copy(update={"media": first.media[:1]}),)

    def job(self, *parts, **fields):
        made = [Part(text=p) if isinstance(p, str) else p for p in parts or ("Halo, Bandung!",)]
        if not made[0].media:
            made[0] = made[0].model_copy(update={"media": (self.image(),)})
        fields = {"headline": "Kopi susu gajian", "settings": SETTINGS, **fields}
        return super().job(*made, **fields)

    def published(self):
        return list(self.server.videos.values())

    def sent(self):
        """Give the calls that carried the last byte, each with the one that opened its upload."""
        starts = [call for call in self.server.calls(self.path) if call.method == "POST"]
        shown = []
        for call in self.server.calls(self.path):
            span = call.headers.get("content-range", "").removeprefix("bytes ")
            last, _, size = span.rpartition("-")[2].partition("/")
            if "*" not in span and size and int(last) + 1 == int(size):
                number = list(self.server.sessions).index(call.url.params["upload_id"])
                shown.append(self._shown(call, starts[number]))
        return shown

    def _shown(self, call, start):
        before = wire.shown(start)
        names = ("x-upload-content-type", "x-upload-content-length")
        before["headers"] |= {name: start.headers[name] for name in names}
        names = ("authorization", "content-type", "content-range")
        (path,) = [path for path in self.files if self.files[path].endswith(call.content)]
        return {
            "before": [before],
            "method": call.method,
            "url": str(call.url),
            "headers": {name: call.headers[name] for name in names},
            "body": f"{{{call.headers['content-range']} of {path}}}",
        }

    def expected(self, job):
        session = list(self.server.sessions)[-1]
        filled = {
            "token": self.server.access[-1],
            "session": f"{fake.BASE}{self.path}?uploadType=resumable&upload_id={session}",
        }
        return substitute(decoded(self.network.wire(job)), filled)

    def refuse(self):
        body = json.loads(fake.error(400, "invalidVideoMetadata").content)
        self.server.fail(self.path, status=400, body=body)

    def wrong_scope(self):
        body = json.loads(fake.error(403, "insufficientPermissions").content)
        self.server.fail(self.path, status=403, body=body)

    def expire(self):
        self.server.access = []
        ended = {"access_token": "ya29.ended-token", "expires_at": self.clock().format_iso()}
        self.access = replace(self.access, secret=json.dumps(GRANT | ended))


def decoded(shown):
    """Write the query of the opening call as httpx2 writes it."""
    before = [{**call, "url": call["url"].replace(",", "%2C")} for call in shown.get("before", ())]
    return {**shown, "before": before}


def youtube(clock):
    account = Account(network="youtube", handle="kopisenja", secret="YT", settings=SETTINGS)
    return account, json.dumps(GRANT), fake.FakeYouTube(clock), YouTubeBench


KINDS = {"youtube": youtube}
