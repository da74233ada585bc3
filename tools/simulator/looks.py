"""Looks: how the simulated networks answer when they are asked what is out, and lie about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from whenever import Instant

from mimin.networks.matching import Listed, match
from mimin.networks.protocol import Absent, Job, Receipt
from simulator.runner import Runner
from simulator.wall import Hung, Wall

FIND_FAULTS = ("blind", "broken")
"""A look that says nothing, and one that fails."""
LIES = ("empty", "lacking", "stranger", "lagging")
"""Lists that show nothing, lack what came last, are another account's, or are not up to date.

What a list lacks is among it what the ledger knows to be out: a list as it was before our call is
true as far as anybody can tell, and an engine that believes no such list believes none.
"""
LAG = 150.0
"""Seconds for which a post may be missing on a list: less than adapters wait (`SETTLED`)."""
_SHOWN = 40


@dataclass(frozen=True)
class Look:
    """One look at one account."""

    wall: Wall
    real: str
    now: float
    fault: str
    expected: Callable[[Hung], bool]
    """Whether the ledger knows that a part is out."""

    def by_key(self, job: Job) -> Receipt | Absent | None:
        """Ask for the part by its key: the network knows it, or proves that it does not."""
        hung = self.wall.posts.get(job.token, [])
        if not hung:
            return Absent.PROVEN
        return receipt_of(hung[0]) if hung[0].visible_at <= self.now else None

    def by_list(self, job: Job) -> Receipt | Absent | None:
        """Look for the part on the account's list, as all real adapters that have only a list."""
        shown = [_listed(hung) for hung in self._list()]
        return match(shown, job, Instant.from_timestamp(self.now), complete=True)

    def _list(self) -> list[Hung]:
        wall, now = self.wall, self.now
        seen = [each for each in wall.on(self._whose()) if not each.gone and each.visible_at <= now]
        match self.fault:
            case "empty":
                return []
            case "lacking":
                half = len(seen) // 2
                return seen[:half] if any(self.expected(each) for each in seen[half:]) else []
            case "lagging":
                return [each for each in seen if each.at <= now - LAG][-_SHOWN:]
            case _:
                return seen[-_SHOWN:]

    def _whose(self) -> str:
        if self.fault != "stranger":
            return self.real
        others = sorted({hung.real for hung in self.wall.all()} - {self.real})
        return others[0] if others else self.real


def _listed(hung: Hung) -> Listed:
    at = Instant.from_timestamp(hung.at)
    return Listed(receipt=receipt_of(hung), at=at, text=hung.text, answers=hung.parent or "")


def receipt_of(hung: Hung) -> Receipt:
    """Give the network's proof that a part is out."""
    return Receipt(remote_id=hung.id, url=hung.id)


def look(runner: Runner, real: str, fault: str) -> Look:
    """Look at an account as a runner does."""
    world = runner.world

    def expected(hung: Hung) -> bool:
        key, _, index = hung.token.rpartition("/")
        part = world.audit.parts.get((key, int(index)))
        return int(index) == 0 and part is not None and part.state == "published"

    return Look(world.wall, real, world.schedule.seconds, fault, expected)
