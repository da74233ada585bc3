"""Bluesky on a data server in this process."""

from __future__ import annotations

import json

from network_fakes import pds

from mimin.model.brand import Account
from mimin.model.payload import Part
from mimin.model.post import Replies
from mimin.testing import server as wire
from mimin.testing.bench import HttpBench, substitute


class BlueskyBench(HttpBench):
    path = "com.atproto.repo.createRecord"
    dedupes = True
    doubtful = (
        {"status": 400, "body": {"error": "InvalidRequest", "message": "no"}},
        {"status": 400, "body": {"error": "InvalidSwap", "message": "no"}},
        {"status": 401, "body": {"error": "AuthMissing", "message": "no"}},
        {"status": 403, "body": {"error": "AccountTakedown", "message": "no"}},
        {"status": 500, "body": {"error": "InternalServerError", "message": "There is already"}},
    )

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


class VideoBench(BlueskyBench):
    """Posts whose media is one video."""

    def image(self, *given, **fields):
        media = super().image(*given, **fields)
        return media.model_copy(update={"mime": "video/mp4", "seconds": 5.0})

    def job(self, *parts, **fields):
        single = [
            part.model_copy(update={"media": part.media[:1]}) if isinstance(part, Part) else part
            for part in parts
        ]
        return super().job(*single, **fields)

    def processing(self, times):
        self.server.polls_needed = times

    def processing_failed(self):
        self.server.fails = "encoding_failure"


class GateBench(BlueskyBench):
    """Posts that only followers may answer."""

    path = "com.atproto.repo.applyWrites"
    PATHS = (path, BlueskyBench.path)

    def job(self, *parts, **fields):
        return super().job(*parts, **{"replies": Replies.FOLLOWERS, **fields})

    def sent(self):
        calls = [call for call in self.server.requests if call.url.path.endswith(self.PATHS)]
        return [wire.shown(request) for request in calls]


def video(clock):
    return (*bluesky(clock)[:3], VideoBench)


def gated(clock):
    return (*bluesky(clock)[:3], GateBench)


KINDS = {"bluesky": bluesky, "bluesky-video": video, "bluesky-gate": gated}
