"""Looks: how the simulated networks answer when they are asked what is out, and lie about it."""

from __future__ import annotations

from dataclasses import dataclass

from whenever import TimeDelta

from mimin.networks.protocol import Absent, Job, Receipt
from simulator.runner import Runner
from simulator.wall import Hung, Wall

FIND_FAULTS = ("blind", "broken")
"""A look that says nothing, and one that fails."""
LIES = ("empty", "lacking", "stranger", "lagging")
"""Lists that show nothing, lack what came last, are another account's, or are not up to date."""
LAG = TimeDelta(hours=1)
"""What the simulated networks promise about their lists: older posts are on them."""
_SHOWN = 40


@dataclass(frozen=True)
class Look:
    """One look at one account."""

    wall: Wall
    real: str
    now: float
    fault: str

    def by_key(self, job: Job) -> Receipt | Absent | None:
        """Ask for the part by its key: the network knows it, or proves that it does not."""
        hung = self.wall.posts.get(job.token, [])
        if not hung:
            return Absent.PROVEN
        return receipt_of(hung[0]) if hung[0].visible_at <= self.now else None

    def by_list(self, job: Job) -> Receipt | Absent | None:
        """Look for the part on the account's list; it proves absence only if it shows the rest."""
        shown = self._list()
        for hung in shown:
            if hung.token == job.token:
                return receipt_of(hung)
        old = self.now - job.at.timestamp() > LAG.total("seconds")
        return Absent.PROVEN if old and shows_the_known(job, shown) else None

    def _list(self) -> list[Hung]:
        wall, now = self.wall, self.now
        seen = [each for each in wall.on(self._whose()) if not each.gone and each.visible_at <= now]
        match self.fault:
            case "empty":
                return []
            case "lacking":
                return seen[: len(seen) // 2]
            case "lagging":
                lag = LAG.total("seconds") * 0.75
                return [each for each in seen if each.at <= now - lag][-_SHOWN:]
            case _:
                return seen[-_SHOWN:]

    def _whose(self) -> str:
        if self.fault != "stranger":
            return self.real
        others = sorted({hung.real for hung in self.wall.all()} - {self.real})
        return others[0] if others else self.real


def shows_the_known(job: Job, shown: list[Hung]) -> bool:
    """Tell whether a list shows all that the ledger knows to be out; one must be known."""
    ids = {hung.id for hung in shown}
    return bool(job.known) and all(known.remote_id in ids for known in job.known)


def receipt_of(hung: Hung) -> Receipt:
    """Give the network's proof that a part is out."""
    return Receipt(remote_id=hung.id, url=hung.id)


def look(runner: Runner, real: str, fault: str) -> Look:
    """Look at an account as a runner does."""
    return Look(runner.world.wall, real, runner.world.schedule.seconds, fault)
