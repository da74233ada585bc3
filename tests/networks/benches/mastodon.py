"""Mastodon on an instance in this process, with and without idempotency keys."""

from __future__ import annotations

from network_fakes import mastodon as fake

from mimin.model.brand import Account
from mimin.testing import server as wire
from mimin.testing.bench import HttpBench, substitute


class MastodonBench(HttpBench):
    path = "/api/v1/statuses"
    dedupes = True
    lists = True
    listing = ("/statuses", [])
    doubtful = (
        {"status": 422, "body": {"error": "Media 1 is already attached to another post"}},
        {"status": 422, "body": {"error": "Duplicate status"}},
    )

    def connect(self):
        from mimin.networks.mastodon_connection import MastodonConnection

        return MastodonConnection(self.access, transport=self.server, sleep=lambda _: None)

    def crowd(self):
        for number in range(45):
            self.server.write(f"Dengan tangan {number}")

    def published(self):
        return self.server.statuses

    def sent(self):
        calls = [call for call in self.server.calls(self.path) if call.method == "POST"]
        return [wire.shown(request) for request in calls]

    def expected(self, job):
        filled = {"server": fake.BASE, "token": fake.TOKEN}
        parents = {f"part {n} id": receipt.remote_id for n, receipt in enumerate(job.sent, 1)}
        return substitute(self.network.wire(job), filled | dict(job.handles) | parents)

    def parent_of(self, number):
        parent = self.published()[number]["in_reply_to_id"]
        return parent and (parent, parent)

    def refuse(self):
        self.server.fail(self.path, status=422, body={"error": "Validation failed: Text is bad"})


class KeylessBench(MastodonBench):
    dedupes = False

    def processing(self, times):
        self.server.polls_needed = times

    def processing_failed(self):
        self.server.fails = True

    def wrong_scope(self):
        body = {"error": "This action is outside the authorized scopes"}
        self.server.fail(self.path, status=403, body=body)


ACCOUNT = Account(network="mastodon", handle="kopisenja", server=fake.BASE, secret="MAST")


KINDS = {
    "mastodon": lambda clock: (ACCOUNT, fake.TOKEN, fake.FakeMastodon(clock), MastodonBench),
    "mastodon without keys": lambda clock: (
        ACCOUNT,
        fake.TOKEN,
        fake.KeylessMastodon(clock),
        KeylessBench,
    ),
}
