"""Meta's three networks on servers in this process."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from network_fakes import facebook, instagram, threads
from network_fakes.graph import TOKEN, refused

from mimin.model.brand import Account
from mimin.model.media import Media
from mimin.model.payload import Part
from mimin.testing import server as wire
from mimin.testing.bench import HttpBench, hosted


def filled(value, known):
    """Put what the network gave in the place of the braces, also in the middle of a text."""
    if isinstance(value, dict):
        return {name: filled(item, known) for name, item in value.items()}
    if isinstance(value, list):
        return [filled(item, known) for item in value]
    for name, text in known.items():
        value = value.replace(f"{{{name}}}", text)
    return value


class GraphBench(HttpBench):
    threads = False

    def settled(self, parts):
        return parts

    def job(self, *parts, **fields):
        made = [Part(text=part) if isinstance(part, str) else part for part in parts]
        settings = {**self.access.account.settings, **fields.pop("settings", {})}
        made = self.settled(made or [Part(text="Halo, Bandung!")])
        return super().job(*made, settings=settings, **{"languages": (), **fields})

    def video(self, name="film.mp4", content=b"....ftypisom film", alt="Kopi dituang"):
        """Give a video; only where a test needs a real one is it one."""
        self.files[name] = content
        return Media(
            path=name,
            sha256=hashlib.sha256(content).hexdigest(),
            mime="video/mp4",
            size=len(content),
            width=1080,
            height=1920,
            alt=alt,
            seconds=5,
        )

    def publish(self, *parts, **fields):
        """Prepare and publish parts in order, as the engine does; give the receipts."""
        return self.post_all(self.connect(), *parts, **fields)[1]

    def codes(self, *parts, **fields):
        payload = self.job(*parts, **fields).payload
        return [found.code for found in self.network.check(payload, self.access.account)]

    def find_later(self, job, minutes=9):
        """Look when no call can be under way any more, with no more than reconcile has."""
        self.clock.move(minutes=minutes)
        return self.connect().find(self.blind(job))

    def calls(self, method="POST"):
        """Give the last parts of the paths that were called."""
        found = [call for call in self.server.requests if call.method == method]
        return [call.url.path.rpartition("/")[2] for call in found]

    def connect(self):
        made = self.network.connection()
        return made(self.access, transport=self.server, sleep=lambda _: None)

    def published(self):
        return self.server.posts

    def expected(self, job):
        known = {"token": TOKEN, **job.handles}
        known |= {f"part {n} id": receipt.remote_id for n, receipt in enumerate(job.sent, 1)}
        known |= {
            f"media{number} url": hosted(media) for number, media in enumerate(job.part.media)
        }
        return filled(self.network.wire(job), known)

    def refuse(self):
        self.server.fail(self.path, status=400, body=refused(100, message="Invalid parameter"))

    def wrong_scope(self):
        body = refused(10, message="Application does not have permission for this action")
        self.server.fail(self.path, status=403, body=body)


class ContainerBench(GraphBench):
    dedupes = True

    @property
    def doubtful(self):
        """Everything: the container itself is asked."""
        return (
            *LIMITS,
            *TROUBLE,
            {"status": 429, "body": refused(4)},
            {"status": 400, "body": refused(9, 2207042)},
            {"status": 400, "body": refused(24, 2207006)},
            {"status": 400, "body": refused(36004, 2207010)},
            {"status": 403, "body": refused(200)},
            {"status": 400, "body": refused(100)},
        )

    def sent(self):
        """Give each publishing call with the containers that were made before it."""
        found, before = [], []
        for request in self.server.requests:
            if request.method != "POST" or request.url.host == "rupload.facebook.com":
                continue
            edge = request.url.path.rpartition("/")[2]
            if edge == self.server.create:
                before.append(wire.shown(request))
            elif edge == self.server.publish:
                found.append({**wire.shown(request), "before": before})
                before = []
        return found

    def processing(self, times):
        self.server.polls_needed = times

    def processing_failed(self):
        self.server.breaks = "FAILED_PROCESSING_VIDEO"

    def expire(self):
        ends = self.clock().add(hours=24 * 9).format_iso()
        secret = json.dumps({"access_token": TOKEN, "expires_at": ends})
        self.access = replace(self.access, secret=secret)


class InstagramBench(ContainerBench):
    path = "/media_publish"
    listing = ("/me/media", {"data": []})

    def settled(self, parts):
        return [
            part
            if part.media or part.comment
            else part.model_copy(update={"media": (self.image(),)})
            for part in parts
        ]


class InstagramByFacebookBench(InstagramBench):
    listing = (f"/{instagram.FakeInstagram.user}/media", {"data": []})
    expire = None


class ThreadsBench(ContainerBench):
    path = "/threads_publish"
    listing = ("/me/threads", {"data": []})
    threads = True

    def parent_of(self, number):
        parent = self.published()[number]["reply_to"]
        return parent and (parent, parent)


LIMITS = (
    {"status": 403, "body": refused(4, 2207051)},
    {"status": 403, "body": refused(4)},
    {"status": 400, "body": refused(17)},
    {"status": 400, "body": refused(32)},
    {"status": 400, "body": refused(613)},
    {"status": 403, "body": refused(80002)},
)
"""Limits, which were told of posts that are live."""
TROUBLE = (
    {"status": 400, "body": refused(1)},
    {"status": 400, "body": refused(2)},
    {"status": 400, "body": refused(-1, 2207001)},
    {"status": 400, "body": refused(506)},
    {"status": 400, "body": refused(10, is_transient=True)},
    {"status": 400, "body": refused(424242)},
)
"""Trouble inside, a duplicate, and a code that nobody documents."""


class FacebookBench(GraphBench):
    path = "/feed"
    lists = True
    listing = ("/published_posts", {"data": []})
    doubtful = (*LIMITS, *TROUBLE, {"status": 400, "body": refused(100, 1366051)})

    def crowd(self):
        for number in range(7):
            self.server.write(f"Dengan tangan {number}")

    def sent(self):
        """Give each publishing call with the photos that were uploaded before it."""
        found, before = [], []
        for request in self.server.requests:
            edge = request.url.path.rpartition("/")[2]
            if request.method == "POST" and edge == "photos":
                before.append(self.uploaded(request, len(before)))
            elif request.method == "POST" and edge in {"feed", "comments"}:
                found.append(wire.shown(request) | ({"before": before} if before else {}))
                before = []
        return found

    def uploaded(self, request, number):
        form, files = self.server.form(request, "photos")
        assert set(files) == {"source"}
        return {
            "method": "POST",
            "url": str(request.url),
            "headers": {"authorization": request.headers["authorization"]},
            "form": {**form, "source": f"{{media{number}}}"},
        }

    def duplicate(self):
        body = refused(506, message="Duplicate status message")
        self.server.fail(self.path, status=400, body=body)


def _account(network, handle, **settings):
    return Account(network=network, handle=handle, secret="META", settings=settings)


KINDS = {
    "instagram": lambda clock: (
        _account("instagram", instagram.HANDLE),
        TOKEN,
        instagram.FakeInstagram(clock),
        InstagramBench,
    ),
    "instagram-facebook": lambda clock: (
        _account(
            "instagram",
            instagram.HANDLE,
            login="facebook",
            user=instagram.FakeInstagram.user,
        ),
        TOKEN,
        instagram.FakeInstagramByFacebook(clock),
        InstagramByFacebookBench,
    ),
    "facebook": lambda clock: (
        _account("facebook", "kopisenja", page=facebook.PAGE),
        TOKEN,
        facebook.FakeFacebook(clock),
        FacebookBench,
    ),
    "threads": lambda clock: (
        _account("threads", threads.HANDLE),
        TOKEN,
        threads.FakeThreads(clock),
        ThreadsBench,
    ),
}
