"""Bluesky on a data server in this process."""

from __future__ import annotations

import json

from network_benches.bench import HttpBench, substitute
from network_fakes import pds

from mimin.model.brand import Account


class BlueskyBench(HttpBench):
    path = "com.atproto.repo.createRecord"
    dedupes = True

    def connect(self):
        from mimin.networks.bluesky_connection import BlueskyConnection

        return BlueskyConnection(self.access, transport=self.server, sleep=lambda _: None)

    def published(self):
        return list(self.server.records.values())

    def expected(self, job):
        shown = self.network.wire(job)
        token = list(self.server.access)[-1]
        filled = {"server": "https://pds.test", "token": token, "did": pds.DID}
        return substitute(shown, filled | self.uploaded(job) | self.parents(job))

    def uploaded(self, job):
        return {name: json.loads(value) for name, value in job.handles.items() if value[0] == "{"}

    def parents(self, job):
        return {
            f"part {number} {name}": value
            for number, receipt in enumerate(job.sent, 1)
            for name, value in (("uri", receipt.remote_id), ("cid", receipt.handles["cid"]))
        }

    def parent_of(self, number):
        reply = self.published()[number].get("reply")
        return reply and (reply["root"]["uri"], reply["parent"]["uri"])

    def refuse(self):
        self.server.fail(self.path, status=400, body={"error": "InvalidRequest", "message": "no"})


def bluesky(clock):
    account = Account(
        network="bluesky", handle=pds.HANDLE, server="https://pds.test", secret="BSKY"
    )
    return account, pds.PASSWORD, pds.FakePds(clock), BlueskyBench


KINDS = {"bluesky": bluesky}
