"""X in this process, under the names of live traffic and under those of its description."""

from __future__ import annotations

import json
from dataclasses import replace

from network_fakes import x as fake

from mimin.model.brand import Account
from mimin.testing import server as wire
from mimin.testing.bench import HttpBench, substitute


class XBench(HttpBench):
    path = "/2/tweets"
    dedupes = True
    lists = True
    listing = (f"/2/users/{fake.OWN}/tweets", {"meta": {"result_count": 0}})
    doubtful = (
        {
            "status": 403,
            "body": {
                "type": "about:blank",
                "title": "Forbidden",
                "detail": "You are not allowed to create a Tweet with duplicate content.",
                "status": 403,
            },
        },
        {
            "status": 403,
            "body": {"errors": [{"code": 187, "message": "Status is a duplicate."}]},
        },
    )

    def connect(self, **how):
        from mimin.networks.x_connection import XConnection

        how = {"transport": self.server, "sleep": lambda _: None, **how}
        return XConnection(self.access, **how)

    def crowd(self):
        self.server.page_size = 5
        for number in range(7):
            self.server.write(f"Dengan tangan {number}")

    def published(self):
        return self.server.posts

    def filled(self, job):
        token = next(iter(self.server.access))
        parents = {f"part {n} id": receipt.remote_id for n, receipt in enumerate(job.sent, 1)}
        return {"token": token} | dict(job.handles) | parents

    def expected(self, job):
        shown = {name: what for name, what in self.network.wire(job).items() if name != "before"}
        return substitute(shown, self.filled(job))

    def before(self, job):
        return substitute(self.network.wire(job).get("before", []), self.filled(job))

    def described(self):
        return [wire.shown(request) for request in self.server.calls("/2/media/metadata")]

    def parent_of(self, number):
        parent = self.published()[number]["parent"]
        return parent and (parent, parent)

    def refuse(self):
        self.forbid(400, "The text is not allowed", fake.PROBLEMS + "invalid-request")

    def wrong_scope(self):
        self.forbid(403, "You are not permitted to perform this action.")

    def duplicate(self):
        self.forbid(403, "You are not allowed to create a Tweet with duplicate content.")

    def forbid(self, status, detail, kind="about:blank", title="Forbidden"):
        body = {"type": kind, "title": title, "detail": detail, "status": status}
        self.server.fail(self.path, status=status, body=body)

    def processing(self, times):
        self.server.polls_needed = times

    def processing_failed(self):
        self.server.fails_processing = True

    def log_in(self, **fields):
        """Give the account another secret than the one of the bench."""
        self.access = replace(self.access, secret=json.dumps(GRANT | fields))

    def expire(self):
        self.server.access = set()
        self.log_in(expires_at=self.clock().format_iso())


class NewXBench(XBench):
    """The same under the names of the OpenAPI description."""


GRANT = {
    "access_token": fake.TOKEN,
    "refresh_token": fake.REFRESH,
    "client_id": fake.CLIENT,
    "client_secret": fake.CLIENT_SECRET,
}
"""What a log-in prints."""

ACCOUNT = Account(network="x", handle=fake.HANDLE, secret="X_TOKEN")


def new(clock):
    server = fake.FakeX(clock)
    server.generation = "post"
    return ACCOUNT, json.dumps(GRANT), server, NewXBench


KINDS = {
    "x": lambda clock: (ACCOUNT, json.dumps(GRANT), fake.FakeX(clock), XBench),
    "x of the description": new,
}
