"""Fakes for everything around publishing: a branch in memory, a network that is only a wall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from whenever import Instant, TimeDelta

from mimin.ledger.ledger import Book, Ledger
from mimin.ledger.standing import fold
from mimin.model.brand import Account, Brand
from mimin.model.delivery import Delivery
from mimin.model.event import Event, Kind
from mimin.model.payload import Part, Payload
from mimin.networks.protocol import Absent, Job, Receipt
from mimin.planning.examined import Examined
from mimin.publishing.clock import FixedClock
from mimin.publishing.deliver import Courier, Step
from mimin.store import UnreachableError

NOW = Instant.from_utc(2026, 12, 1, 2, 0)
REF = "kopi-senja/bluesky"
POST = "kopi-senja/gajian"
KEY = "kopi-senja/gajian@bluesky"


class MemorySnapshot:
    """The files of the branch at one moment."""

    def __init__(self, contents: Mapping[str, bytes]):
        self._contents = dict(contents)
        self.files = dict.fromkeys(self._contents, "")

    def read(self, path):
        return self._contents.get(path, b"")

    def blobs(self, paths):
        return {path: self._contents[path] for path in paths if path in self._contents}


@dataclass
class MemoryBranch:
    """A branch that several ledgers may share; `deaf` makes its remote unreachable."""

    contents: dict = field(default_factory=dict)
    deaf: bool = False
    interfere: list = field(default_factory=list)
    """Called one by one, each before a transaction decides: what another runner does just then."""
    written: int = 0

    def read(self, *, fetch=True):
        if self.deaf and fetch:
            raise UnreachableError("mimin/ledger: remote origin can not be read")
        return MemorySnapshot(self.contents)

    def transact(self, decide, *, message, at):
        if self.interfere:
            self.interfere.pop(0)()
        if self.deaf:
            raise UnreachableError("mimin/ledger: remote origin can not be read")
        for path, change in decide(MemorySnapshot(self.contents)).items():
            self.contents[path] = change.apply(self.contents.get(path))
            self.written += 1

    def ledger(self):
        return Ledger(self)


class Wall:
    """A network without keys: what is sent twice hangs there twice."""

    def __init__(self):
        self.hanging = []
        self.refusals = {}
        """Part → exception of its next call, before anything hangs."""
        self.losses = {}
        """Part → exception of its next call, though it hangs."""
        self.unprepared = {}
        self.blind = False
        self.calls = []
        self.on_commit = None
        self.on_prepare = None

    def prepare(self, job: Job):
        self.calls.append(("prepare", job.index))
        if self.on_prepare:
            self.on_prepare(job)
        if job.index in self.unprepared:
            raise self.unprepared.pop(job.index)
        return {"upload": f"{job.token}"}

    def commit(self, job: Job):
        self.calls.append(("commit", job.index))
        if self.on_commit:
            self.on_commit(job)
        if job.index in self.refusals:
            raise self.refusals.pop(job.index)
        parent = job.sent[-1].remote_id if job.sent else None
        self.hanging.append((job.token, job.part.text, parent))
        if job.index in self.losses:
            raise self.losses.pop(job.index)
        return self._receipt(job.token)

    def find(self, job: Job):
        self.calls.append(("find", job.index))
        if self.blind:
            return None
        known = [token for token, _, _ in self.hanging]
        return self._receipt(job.token) if job.token in known else Absent.PROVEN

    @property
    def texts(self):
        return [text for _, text, _ in self.hanging]

    def _receipt(self, token):
        return Receipt(remote_id=f"wall:{token}", url=f"https://wall.invalid/{token}")


def brand(**fields):
    accounts = {
        "bluesky": Account(network="sandbox", handle="kopisenja"),
        "mastodon": Account(network="sandbox", handle="kopisenja-2"),
        "x": Account(network="sandbox", handle="kopisenja-3"),
    }
    given = {
        "id": "kopi-senja",
        "path": "content/kopi-senja/brand.yml",
        "name": "Kopi Senja",
        "zone": "Asia/Jakarta",
        "languages": ("id",),
        "accounts": accounts,
    }
    return Brand(**given | fields)


def payload(count=1, text="Bagian", account=REF):
    parts = tuple(Part(text=f"{text} {number}") for number in range(1, count + 1))
    return Payload(account=account, network="sandbox", parts=parts)


def delivery(count=1, *, text="Bagian", account=REF, post=POST, **fields):
    given = {"post": post, "account": account, "due": NOW, "parts": count}
    made = payload(count, text, account)
    given["digest"], given["contents"] = made.digest, tuple(part.content for part in made.parts)
    return Delivery(**given | fields)


def examined(*deliveries, **fields):
    path = "content/kopi-senja/posts/gajian.md"
    given = {
        "path": path,
        "brand": "kopi-senja",
        "id": "gajian",
        "title": "Gajian",
        "deliveries": deliveries or (delivery(),),
        "inputs": {path: "b1"},
    }
    return Examined(**given | fields)


def event(kind, *, part=0, minutes=0.0, run="a", account=REF, key=KEY, **fields):
    at = NOW + TimeDelta(minutes=minutes)
    if kind is Kind.CLAIMED:
        fields = {"until": at + TimeDelta(minutes=2), "due": NOW} | fields
    if kind is Kind.PUBLISHED:
        fields = {"remote_id": f"wall:{key}/{part}"} | fields
    return Event(at=at, kind=kind, account=account, key=key, part=part, run=run, **fields)


def book(*events, freezes=()):
    return Book(fold(events), tuple(freezes))


@dataclass
class Scene:
    """One account, its wall, and a ledger in memory that other runs may share."""

    branch: MemoryBranch = field(default_factory=MemoryBranch)
    wall: Wall = field(default_factory=Wall)
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    told: list = field(default_factory=list)

    @property
    def ledger(self):
        return self.branch.ledger()

    def courier(self, run="a", ledger=None, clock=None):
        return Courier(
            connection=self.wall,
            ledger=ledger or self.ledger,
            clock=clock or self.clock,
            run=run,
            tell=lambda _delivery, part, step, note: self.told.append((part, step, note)),
        )

    def deliver(self, count=1, *, run="a", text="Bagian", ledger=None, **fields):
        wanted = delivery(count, text=text, **fields)
        standing = self.ledger.read().standing(wanted.key)
        return self.courier(run, ledger).deliver(wanted, payload(count, text), standing)

    def steps(self):
        return [step for _, step, _ in self.told if step not in {Step.PREPARE, Step.WAIT}]

    def kinds(self):
        return [str(found.kind) for found in self.ledger.events()]

    def state(self, parts=None, key=KEY):
        return str(self.ledger.read().standing(key).state(parts))

    def write(self, *events):
        self.ledger.record(events)

    def later(self, **span):
        self.clock.wait_until(self.clock.now() + TimeDelta(**span))
