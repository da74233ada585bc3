"""Pinterest with one account and one board in this process."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

from network_fakes import film
from network_fakes import pinterest as fake
from whenever import TimeDelta

from mimin.model.brand import Account
from mimin.model.payload import Part
from mimin.testing import server as wire
from mimin.testing.bench import HttpBench, substitute


class PinterestBench(HttpBench):
    path = "/v5/pins"
    lists = True
    listing = (f"/boards/{fake.BOARD}/pins", {"items": [], "bookmark": None})
    doubtful = (
        {"status": 409, "body": {"code": 409, "message": "Conflict"}},
        {"status": 400, "body": {"code": 1, "message": "This Pin was created already"}},
    )
    threads = False

    def connect(self):
        from mimin.networks.pinterest_connection import PinterestConnection

        return PinterestConnection(self.access, transport=self.server, sleep=lambda _: None)

    def job(self, *parts, **fields):
        settings = {"board": fake.BOARD, **fields.pop("settings", {})}
        made = [Part(text=part) if isinstance(part, str) else part for part in parts]
        pictured = [self.pictured(part) for part in made or [Part(text="Halo, Bandung!")]]
        return super().job(*pictured, settings=settings, **fields)

    def pictured(self, part):
        """Give every pin a picture."""
        media = part.media or (self.image("menu.jpg", b"\xff\xd8 menu", "Menu"),)
        return part.model_copy(update={"media": media})

    def crowd(self):
        self.server.page = 5
        for number in range(7):
            pin = {**self.server.pins[0], "id": str(9000 + number), "title": f"Tangan {number}"}
            now = self.clock.now.format_iso(unit="second").rstrip("Z")
            self.server.pins.append({**pin, "created_at": now})

    def published(self):
        return self.server.pins

    def sent(self):
        calls = [call for call in self.server.calls(self.path) if call.method == "POST"]
        return [wire.shown(request) for request in calls]

    def expected(self, job):
        files = {
            f"media{number}": base64.b64encode(self.files[media.path]).decode()
            for number, media in enumerate(job.part.media)
        }
        filled = {"server": fake.BASE, "token": fake.TOKEN, **job.handles}
        return substitute(self.network.wire(job), filled | files)

    def refuse(self):
        self.fails(400, 1, "Invalid request: description is too long")

    def wrong_scope(self):
        self.fails(403, 29, "You are not permitted to access that resource: trial access")

    def expire(self):
        self.server.access = []
        self.server.refresh = ["pinr_first_ABCDEFGHIJ"]
        grant = {
            "access_token": fake.TOKEN,
            "refresh_token": self.server.refresh[0],
            "client_id": "1234567",
            "client_secret": "app-secret",
            "expires_at": (self.clock() + TimeDelta(minutes=5)).format_iso(),
        }
        self.access = replace(self.access, secret=json.dumps(grant))

    def fails(self, status, code, words):
        self.server.fail(self.path, status=status, body={"code": code, "message": words})


class VideoBench(PinterestBench):
    def image(self, *given, **fields):
        media = super().image(*given, **fields)
        return media.model_copy(update={"mime": "video/mp4", "seconds": 5.0})

    def pictured(self, part):
        """Give every pin one video."""
        pictured = super().pictured(part)
        return pictured.model_copy(update={"media": pictured.media[:1]})

    def film(self):
        return self.image("film.mp4", film.render(5), "Hujan")

    def processing(self, times):
        self.server.polls_needed = times

    def processing_failed(self):
        self.server.fails = True


ACCOUNT = Account(network="pinterest", handle="kopisenja", secret="PINS")

KINDS = {
    "pinterest": lambda clock: (ACCOUNT, fake.TOKEN, fake.FakePinterest(clock), PinterestBench),
    "pinterest-video": lambda clock: (ACCOUNT, fake.TOKEN, fake.FakePinterest(clock), VideoBench),
}
