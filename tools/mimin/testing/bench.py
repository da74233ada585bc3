"""What all benches share: an adapter with a network that can be looked into and told to fail."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from whenever import Instant, TimeDelta

from mimin.model.media import Media
from mimin.model.payload import Part, Payload
from mimin.networks.protocol import Access, Chains, Job, Known
from mimin.testing import server as wire

DUE = Instant.from_utc(2026, 12, 1, 3, 30)
REF = "kopi-senja/akun"
KEY = "kopi-senja/gajian@akun"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now

    def move(self, **by):
        self.now += TimeDelta(**by)


@dataclass
class Bench:
    """One adapter at work on a fake network."""

    network: object
    access: Access
    clock: Clock
    files: dict
    server: object = None
    """The fake server, where there is one."""
    secrets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("id",)

    automatic = True
    """Whether the adapter publishes by itself, and no person has to."""
    kind = ""
    """The bench's name; its golden file is called the same."""
    dedupes = False
    """Whether committing twice makes one post."""
    asks = True
    """Whether the network can be asked what is out; a person has to look where it can not."""
    proves = True
    """Whether asking can prove that a post is absent, and not only that it is there."""
    lists = False
    """Whether only a list of the account's own posts can prove that one is absent."""
    threads = True
    """Whether the network has threads; without, only the first part of several is posted."""

    # What only some networks know; a bench that leaves one at None says that it can not happen
    # there. Each makes the fake network do it to the next call that it can happen to.
    wrong_scope = None
    """The token lacks the right to publish."""
    processing = None
    """Media is still being processed when it is asked for, this often."""
    processing_failed = None
    """Media can not be processed."""
    duplicate = None
    """The network refuses the post as a duplicate of one that it has."""
    expire = None
    """The access token has ended, and can be renewed once with the refresh token."""

    def worded(self, text):
        """Give a text as it stands on the wire, where it is escaped there."""
        return text

    def parts(self, *parts):
        """Give the parts that this network takes of a thread."""
        return parts if self.threads else parts[:1]

    def image(self, name="foto.jpg", content=b"\xff\xd8 bukan foto", alt="Segelas kopi susu"):
        self.files[name] = content
        return Media(
            path=name,
            sha256=hashlib.sha256(content).hexdigest(),
            mime="image/jpeg",
            size=len(content),
            width=1200,
            height=800,
            alt=alt,
        )

    def job(self, *parts, index=0, key=KEY, due=DUE, **fields):
        made = tuple(Part(text=part) if isinstance(part, str) else part for part in parts)
        payload = Payload(
            account=REF,
            network=self.network.name,
            parts=made or (Part(text="Halo, Bandung!"),),
            **{"languages": self.languages, **fields},
        )
        return Job(key=key, payload=payload, index=index, due=due, at=self.clock())

    def prepared(self, connection, job):
        return replace(job, handles=dict(connection.prepare(job)))

    def blind(self, job):
        """Give the job as a look-up has it: without the texts."""
        empty = tuple(Part(text="") for _ in job.payload.parts)
        return replace(
            job, payload=job.payload.model_copy(update={"parts": empty, "languages": ()})
        )

    def older(self, **ago):
        """Let the account have a post of long ago; give it as the ledger knows it."""
        now, ago = self.clock.now, TimeDelta(**(ago or {"hours": 2}))
        self.clock.now = now - ago
        connection = self.connect()
        # Some networks refuse the same words twice.
        words = f"Dari {self.clock.now.format_iso()}"
        job = self.job(words, key=f"kopi-senja/lama{len(self.published())}@akun", due=now - ago)
        receipt = connection.commit(self.prepared(connection, job))
        self.clock.now = now
        return Known(receipt.remote_id, now - ago)

    def post_all(self, connection, *parts, **fields):
        """Publish a whole thread as the engine does; give its jobs and receipts."""
        jobs, receipts = [], []
        for index in range(len(parts)):
            job = self.prepared(connection, self.job(*parts, index=index, **fields))
            job = replace(job, sent=tuple(receipts))
            if index and isinstance(connection, Chains):
                job = replace(job, handles={**job.handles, **connection.chain(job)})
            receipts.append(connection.commit(job))
            jobs.append(job)
        return jobs, receipts


def hosted(media):
    """Stand in for the place at which media can be fetched."""
    return f"https://media.test/{media.sha256[:32]}"


class HttpBench(Bench):
    """An adapter on a fake server, whose faults are told in the words of the contract."""

    path = ""
    """How the path of the publishing call ends."""
    tells_time = True
    """Whether connections tell what the server's clock said."""
    doubtful = ()
    """Answers to the publishing call, as `FakeServer.fail` takes them, that the network may give
    though the post is live, beyond those that prove nothing anywhere."""
    listing = None
    """How the path of the list of own posts ends, and what it answers when it is empty."""
    method = ""
    """Method of the publishing call, where others go to the same path; any when empty."""
    headers = ()
    """Headers of the network's own that belong into the golden file, in small letters."""

    def crowd(self):
        """Let so many others be posted by hand that one from before is not on the first page."""
        raise NotImplementedError

    def break_before(self):
        self.server.fail(self.path, breaks="connect-error")

    def lose_answer(self):
        self.server.fail(self.path, breaks="read-timeout")

    def limit(self, seconds):
        self.server.fail(self.path, status=429, headers={"retry-after": str(seconds)}, body={})

    def limit_blindly(self):
        self.server.fail(self.path, status=429, body={})

    def fall_over(self):
        self.server.fail(self.path, status=502, text="<h1>Bad Gateway</h1>")

    def sent(self):
        """Give the publishing calls as `wire` shows them."""
        calls = self.server.calls(self.path)
        return [wire.shown(call) for call in calls if self.method in {"", call.method}]


def substitute(value, filled):
    """Put what the network gave in the place of the braces."""
    if isinstance(value, dict):
        return {name: substitute(item, filled) for name, item in value.items()}
    if isinstance(value, list):
        return [substitute(item, filled) for item in value]
    if not isinstance(value, str):
        return value
    if value[1:-1] in filled and value == f"{{{value[1:-1]}}}":
        return filled[value[1:-1]]
    for name in ("server", "token", "did"):
        if name in filled:
            value = value.replace(f"{{{name}}}", filled[name])
    return value
