"""Discord with one webhook in this process."""

from __future__ import annotations

from network_fakes import discord as fake

from mimin.model.brand import Account
from mimin.model.payload import Part
from mimin.networks.discord_message import content
from mimin.testing import server as wire
from mimin.testing.bench import HttpBench, substitute


class DiscordBench(HttpBench):
    path = f"/{fake.TOKEN}"
    asks = False
    doubtful = ({"status": 400, "body": fake.error(130000, "API resource is overloaded")},)
    threads = False

    def connect(self):
        from mimin.networks.discord_connection import DiscordConnection

        return DiscordConnection(self.access, transport=self.server, sleep=lambda _: None)

    def published(self):
        return self.server.messages

    def worded(self, text):
        return content(Part(text=text))

    def sent(self):
        calls = [call for call in self.server.calls(self.path) if call.method == "POST"]
        return [wire.shown(request) for request in calls]

    def expected(self, job):
        filled = {"server": fake.BASE, "token": f"{fake.ID}/{fake.TOKEN}"}
        return substitute(self.network.wire(job), filled)

    def refuse(self):
        self.fails(400, 50035, "Invalid Form Body")

    def limit(self, seconds):
        body = {"message": "You are being rate limited.", "code": 0}
        body |= {"retry_after": float(seconds), "global": False}
        fake.validator("RatelimitedResponse").validate(body)
        self.server.fail(self.path, status=429, body=body)

    def fails(self, status, code, words):
        self.server.fail(self.path, status=status, body=fake.error(code, words))


ACCOUNT = Account(network="discord", handle="Kopi Senja", secret="DISC")

KINDS = {"discord": lambda clock: (ACCOUNT, fake.ADDRESS, fake.FakeDiscord(clock), DiscordBench)}
