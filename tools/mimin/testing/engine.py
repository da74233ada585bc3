"""The real engine at work on a bench: deliver and reconcile, with a ledger in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from whenever import TimeDelta

from mimin.ledger.ledger import Ledger
from mimin.model.delivery import Delivery
from mimin.publishing.deliver import Courier
from mimin.publishing.reconcile import reconcile
from mimin.testing.bench import KEY, REF


class _Snapshot:
    """The files of the ledger's branch at one moment."""

    def __init__(self, contents):
        self._contents = dict(contents)
        self.files = dict.fromkeys(self._contents, "")

    def read(self, path):
        return self._contents.get(path, b"")

    def blobs(self, paths):
        return {path: self._contents[path] for path in paths if path in self._contents}


@dataclass
class MemoryBranch:
    """The ledger's branch without git."""

    contents: dict = field(default_factory=dict)

    def read(self, *, fetch=True):
        return _Snapshot(self.contents)

    def transact(self, decide, *, message, at):
        for path, change in decide(_Snapshot(self.contents)).items():
            self.contents[path] = change.apply(self.contents.get(path))


@dataclass
class BenchClock:
    """The bench's clock, as the engine asks for it."""

    clock: object

    def now(self):
        return self.clock.now

    def wait_until(self, moment):
        self.clock.now = max(self.clock.now, moment)


class Engine:
    """Publishes one post of a bench, as often as it is told to, and looks for it."""

    def __init__(self, bench, known=(), *, number=0):
        """Begin with an empty ledger.

        Args:
            bench: Whose post it is.
            known: What the ledger would know to be out besides.
            number: Of the post; each has a key, a time and words of its own.
        """
        self.bench = bench
        self.known = tuple(known)
        self.ledger = Ledger(MemoryBranch())
        self.clock = BenchClock(bench.clock)
        self.payload = bench.job(f"Halo, Bandung! {number}").payload
        self.delivery = Delivery(
            post=f"{KEY.partition('@')[0]}-{number}",
            account=REF,
            due=bench.clock.now + TimeDelta(seconds=10),
            parts=1,
            digest=self.payload.digest,
        )
        self.before = len(bench.published())
        self.runs = 0

    def deliver(self, *, plant=lambda: None):
        """Try to publish; *plant* is called right before the publishing call."""
        connection = self._hooked("commit", plant)
        courier = Courier(
            connection=connection,
            ledger=self.ledger,
            clock=self.clock,
            run=f"run{self.runs}",
            tell=lambda *_: None,
        )
        standing = self.ledger.read().standing(self.delivery.key)
        try:
            return courier.deliver(self.delivery, self.payload, standing)
        finally:
            self.bench.server.faults.clear()
            self.check()

    def look(self, *, plant=lambda: None):
        """Reconcile when the claim's run must be over; *plant* is called right before the look."""
        self.bench.clock.move(minutes=12)
        try:
            reconcile(
                self.ledger.read(),
                connections={REF: self._hooked("find", plant)},
                ledger=self.ledger,
                clock=self.clock,
                run=f"run{self.runs}",
            )
        finally:
            self.bench.server.faults.clear()
            self.check()

    @property
    def live(self):
        """How often the post is out."""
        return len(self.bench.published()) - self.before

    @property
    def state(self):
        """What the ledger says of the post."""
        return str(self.ledger.read().standing(self.delivery.key).state())

    def check(self):
        """Assert what may never be: a second post, or a live one that is called unpublished."""
        assert self.live <= 1
        assert not self.live or self.state in {"unknown", "published"}, self.state

    def _hooked(self, method, plant):
        self.runs += 1
        connection = self.bench.connect()
        call = getattr(connection, method)

        def hooked(job):
            plant()
            return call(replace(job, known=job.known or self.known))

        setattr(connection, method, hooked)
        return connection
