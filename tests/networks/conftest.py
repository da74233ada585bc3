"""Benches: every adapter with a network that can be looked into and told to fail."""

from __future__ import annotations

import hashlib
import importlib
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import pytest
from whenever import Instant, TimeDelta

from mimin.model.brand import Account
from mimin.model.media import Media
from mimin.model.payload import Part, Payload
from mimin.networks.protocol import Access, HandedOver, Job
from mimin.networks.registry import ADAPTERS, find_network

HERE = Path(__file__).parent

# Test modules can not import each other, so the fakes become a package of their own name.
if "network_fakes" not in sys.modules:
    _package = ModuleType("network_fakes")
    _package.__path__ = [str(HERE / "fakes")]
    sys.modules["network_fakes"] = _package

pds = importlib.import_module("network_fakes.pds")
fake_mastodon = importlib.import_module("network_fakes.mastodon")
wire = importlib.import_module("network_fakes.wire")

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
    account_of_payload: str = REF

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

    def post_all(self, connection, *parts, **fields):
        """Publish a whole thread; give its jobs and receipts."""
        jobs, receipts = [], []
        for index in range(len(parts)):
            job = self.prepared(connection, self.job(*parts, index=index, **fields))
            job = replace(job, sent=tuple(receipts))
            receipts.append(connection.commit(job))
            jobs.append(job)
        return jobs, receipts


class BlueskyBench(Bench):
    path = "com.atproto.repo.createRecord"
    dedupes = True

    def connect(self):
        from mimin.networks.bluesky_connection import BlueskyConnection

        return BlueskyConnection(self.access, transport=self.server, sleep=lambda _: None)

    def published(self):
        return list(self.server.records.values())

    def sent(self):
        return [wire.shown(request) for request in self.server.calls(self.path)]

    def expected(self, job):
        shown = self.network.wire(job)
        token = list(self.server.access)[-1]
        filled = {"server": "https://pds.test", "token": token, "did": pds.DID}
        return substitute(shown, filled | self.uploaded(job) | self.parents(job))

    def uploaded(self, job):
        import json

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


class MastodonBench(Bench):
    path = "/api/v1/statuses"
    dedupes = True

    def connect(self):
        from mimin.networks.mastodon_connection import MastodonConnection

        return MastodonConnection(self.access, transport=self.server, sleep=lambda _: None)

    def published(self):
        return self.server.statuses

    def sent(self):
        calls = [call for call in self.server.calls(self.path) if call.method == "POST"]
        return [wire.shown(request) for request in calls]

    def expected(self, job):
        filled = {"server": fake_mastodon.BASE, "token": fake_mastodon.TOKEN}
        parents = {f"part {n} id": receipt.remote_id for n, receipt in enumerate(job.sent, 1)}
        return substitute(self.network.wire(job), filled | dict(job.handles) | parents)

    def parent_of(self, number):
        parent = self.published()[number]["in_reply_to_id"]
        return parent and (parent, parent)

    def refuse(self):
        self.server.fail(self.path, status=422, body={"error": "Validation failed: Text is bad"})


class KeylessBench(MastodonBench):
    dedupes = False


class SandboxBench(Bench):
    dedupes = True
    keys = ("account", "token", "parent", "languages", "warning", "visibility")

    def connect(self):
        return self.network.connect(self.access)

    def published(self):
        from mimin.networks.sandbox_rows import posts

        return posts(self.access.folder)

    def sent(self):
        kept = [post.model_dump(mode="json") for post in self.published()]
        return [
            {"text": post["part"]["text"]} | {key: post[key] for key in self.keys} for post in kept
        ]

    def expected(self, job):
        parents = {f"part {n}": receipt.remote_id for n, receipt in enumerate(job.sent, 1)}
        shown = substitute(self.network.wire(job), parents)
        return {key: shown[key] for key in ("text", *self.keys)}

    def parent_of(self, number):
        post = self.published()[number]
        return post.parent and (post.root, post.parent)

    def inject(self, fault, **how):
        from mimin.networks.sandbox_faults import Fault, inject

        inject(self.access.folder, REF, Fault(fault), **how)

    def refuse(self):
        self.inject("refused")

    def break_before(self):
        self.inject("unreachable")

    def lose_answer(self):
        self.inject("answer-lost")

    def limit(self, seconds):
        self.inject("limited", seconds=seconds)

    def fall_over(self):
        self.inject("broken")


class ManualBench(Bench):
    def connect(self):
        return self.network.connect(self.access)

    def published(self):
        return sorted((self.access.folder / "packs").glob("*"))

    def commit(self, connection, job):
        with pytest.raises(HandedOver) as handed:
            connection.commit(job)
        return handed.value


class OverHttp:
    """Faults of a fake server, told in the words of the contract."""

    def break_before(self):
        self.server.fail(self.path, breaks="connect-error")

    def lose_answer(self):
        self.server.fail(self.path, breaks="read-timeout")

    def limit(self, seconds):
        self.server.fail(self.path, status=429, headers={"retry-after": str(seconds)}, body={})

    def fall_over(self):
        self.server.fail(self.path, status=502, text="<h1>Bad Gateway</h1>")


for _bench in (BlueskyBench, MastodonBench):
    for _name in ("break_before", "lose_answer", "limit", "fall_over"):
        setattr(_bench, _name, getattr(OverHttp, _name))


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
    for name in ("server", "token"):
        if name in filled:
            value = value.replace(f"{{{name}}}", filled[name])
    return value


def build(kind, folder):
    clock = Clock(DUE - TimeDelta(seconds=10))
    files = {}

    def read(path):
        try:
            return files[path]
        except KeyError:
            raise FileNotFoundError(2, "No such file or directory", path) from None

    account, secret, server, bench = {
        "bluesky": lambda: (
            Account(network="bluesky", handle=pds.HANDLE, server="https://pds.test", secret="BSKY"),
            pds.PASSWORD,
            pds.FakePds(clock),
            BlueskyBench,
        ),
        "mastodon": lambda: (
            Account(
                network="mastodon", handle="kopisenja", server=fake_mastodon.BASE, secret="MAST"
            ),
            fake_mastodon.TOKEN,
            fake_mastodon.FakeMastodon(clock),
            MastodonBench,
        ),
        "mastodon without keys": lambda: (
            Account(
                network="mastodon", handle="kopisenja", server=fake_mastodon.BASE, secret="MAST"
            ),
            fake_mastodon.TOKEN,
            fake_mastodon.KeylessMastodon(clock),
            KeylessBench,
        ),
        "sandbox": lambda: (
            Account(network="sandbox", handle="kopisenja"),
            None,
            None,
            SandboxBench,
        ),
        "manual": lambda: (
            Account(network="manual", like="whatsapp", handle="kopisenja"),
            None,
            None,
            ManualBench,
        ),
    }[kind]()
    access = Access(ref=REF, account=account, secret=secret, folder=folder, clock=clock, read=read)
    network = find_network(account.network)
    secrets = (secret,) if secret else ()
    return bench(network, access, clock, files, server, secrets)


AUTOMATIC = [name for name in ADAPTERS if name != "manual"] + ["mastodon without keys"]


@pytest.fixture(params=[*ADAPTERS, "mastodon without keys"])
def any_bench(request, tmp_path):
    """Every adapter there is; one that has no bench here fails."""
    return build(request.param, tmp_path)


@pytest.fixture(params=AUTOMATIC)
def bench(request, tmp_path):
    """Every adapter that publishes by itself."""
    return build(request.param, tmp_path)


@pytest.fixture(params=[name for name in AUTOMATIC if name != "sandbox"])
def http_bench(request, tmp_path):
    """Every adapter that publishes by HTTP."""
    return build(request.param, tmp_path)


@pytest.fixture
def bluesky(tmp_path):
    return build("bluesky", tmp_path)


@pytest.fixture
def mastodon(tmp_path):
    return build("mastodon", tmp_path)


@pytest.fixture
def keyless(tmp_path):
    return build("mastodon without keys", tmp_path)


@pytest.fixture
def manual(tmp_path):
    return build("manual", tmp_path)
