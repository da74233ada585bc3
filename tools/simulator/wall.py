"""Networks in memory that hold whatever they are sent, as often as they are sent it.

Nothing here protects the engine from itself: a post that is sent twice hangs there twice. They
differ in what can be asked afterwards: `sim-keyed` proves presence and absence, `sim-listed` shows
what is there but never proves absence, `sim-blind` says nothing, and `sim-hand` needs a person.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from whenever import TimeDelta

from mimin.networks.protocol import (
    NO_SETTINGS,
    Absent,
    Access,
    HandedOver,
    Job,
    NotPublished,
    Receipt,
    Recovery,
)
from mimin.networks.sandbox_rules import GENEROUS
from simulator.runner import Runner, needed
from simulator.schedule import Killed

if TYPE_CHECKING:
    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.payload import Payload
    from mimin.networks.protocol import Objection

MODES = ("keyed", "listed", "blind", "hand")
BEFORE = {"refused", "no-connection", "limited", "limited-blind", "broken", "timeout"}
"""Faults after which nothing is out."""
AFTER = {"broken-after", "answer-lost", "late"}
"""Faults after which it is out all the same."""
COMMIT_FAULTS = (*sorted(BEFORE), *sorted(AFTER), "slow")
PREPARE_FAULTS = ("upload-refused", "no-connection")
FIND_FAULTS = ("blind", "broken")
SLOWEST = 170.0
"""Seconds that a call may take until the network has acted: less than the engine's patience."""


@dataclass(frozen=True)
class Hung:
    """One part as it hangs on the wall."""

    id: str
    token: str
    account: str
    text: str
    at: float
    visible_at: float
    parent: str | None
    run: str


class Wall:
    """All networks of a world: token → everything that was hung under it."""

    def __init__(self) -> None:
        """Start empty."""
        self.posts: dict[str, list[Hung]] = {}
        self.under_way: dict[str, int] = {}
        """Token → calls that may still have an effect."""

    def hang(self, hung: Hung) -> None:
        """Make a part public."""
        self.posts.setdefault(hung.token, []).append(hung)


@dataclass(frozen=True)
class SimulatedNetwork:
    """What is known about one of the networks without connecting."""

    name: str
    recovery: Recovery = Recovery.LIST
    settings: Mapping[str, str] = field(default_factory=lambda: NO_SETTINGS)

    def limits(self, account: Account) -> Limits:  # noqa: ARG002 - one signature for all networks
        """Allow much."""
        return GENEROUS

    def check(self, payload: Payload, account: Account) -> tuple[Objection, ...]:  # noqa: ARG002
        """Object to nothing."""
        return ()

    def wire(self, job: Job) -> dict[str, object]:
        """Show what is sent."""
        return {"token": job.token, "text": job.part.text, "parent": _parent(job)}

    def connect(self, access: Access) -> SimulatedConnection:
        """Give a connection; asks nothing."""
        return SimulatedConnection(access, self.name.removeprefix("sim-"))

    def connection(self) -> type[SimulatedConnection]:
        """Give the class of its connections."""
        return SimulatedConnection


@dataclass(frozen=True)
class SimulatedConnection:
    """One account."""

    access: Access
    mode: str

    def prepare(self, job: Job) -> Mapping[str, str]:
        """Upload; nothing is public.

        Raises:
            NotPublished: where a fault was asked for.
        """
        runner = needed()
        runner.step("before prepare")
        fault, _ = runner.take("prepare")
        runner.spend(0.1, 2.0)
        if fault:
            raise NotPublished(f"simulated: {fault}", permanent=fault == "upload-refused")
        runner.step("after prepare")
        return {"upload": f"{job.index}"}

    def commit(self, job: Job) -> Receipt:
        """Hang the part up, with whatever fault was asked for.

        Raises:
            NotPublished: with proof that nothing is out.
            HandedOver: where a person posts.
            TimeoutError: for an answer that never came.
            OSError: for an answer that proves nothing.
        """
        runner = needed()
        runner.step("before commit")
        runner.world.audit.sending(job, runner)
        if self.mode == "hand":
            raise HandedOver(Path("pack"))
        fault, seconds = runner.take("commit")
        self._refuse(fault, seconds, runner)
        hung = self._send(job, runner, fault, seconds)
        runner.step("sent")
        runner.spend(0.1, 2.0)
        if fault == "broken-after":
            raise OSError("502 Bad Gateway: simulated")
        if fault in AFTER:
            raise TimeoutError("simulated: no answer in time")
        runner.step("after commit")
        return Receipt(remote_id=hung.id, url=hung.id)

    def _refuse(self, fault: str, seconds: float, runner: Runner) -> None:
        runner.spend(0.1, 1.0)
        match fault:
            case "refused":
                raise NotPublished("400 Refused: simulated", permanent=True)
            case "no-connection":
                raise NotPublished("simulated: no connection")
            case "limited":
                reset = runner.world.schedule.now() + TimeDelta(seconds=seconds)
                raise NotPublished("429: simulated", retry_at=reset)
            case "limited-blind":
                raise NotPublished("429: simulated, without a time")
            case "broken":
                raise OSError("502 Bad Gateway: simulated")
            case "timeout":
                raise TimeoutError("simulated: no answer in time")
            case _:
                pass

    def _send(self, job: Job, runner: Runner, fault: str, seconds: float) -> Hung:
        """Send the request; once it is on its way, the death of its sender stops nothing."""
        schedule, audit = runner.world.schedule, runner.world.audit
        delay = min(seconds, SLOWEST) if fault == "slow" else runner.random.uniform(0.1, 2.0)
        arrives = schedule.seconds + delay
        visible = arrives + (seconds if fault == "late" else 0)

        def hang() -> Hung:
            hung = self._hung(job, runner, schedule.seconds, visible)
            runner.world.wall.hang(hung)
            audit.hung(hung, job, runner)
            return hung

        under_way = runner.world.wall.under_way
        under_way[job.token] = under_way.get(job.token, 0) + 1
        try:
            runner.step("on its way")
            schedule.sleep(delay)
        except Killed:
            if runner.random.random() < 0.5:
                runner.world.tally["fault: commit killed on its way"] += 1
                schedule.spawn(hang, at=max(arrives, schedule.seconds))
            raise
        finally:
            under_way[job.token] -= 1
        return hang()

    def _hung(self, job: Job, runner: Runner, at: float, visible: float) -> Hung:
        number = len(runner.world.wall.posts.get(job.token, ())) + 1
        name = f"sim:{job.token}" + (f":{number}" if number > 1 else "")
        text, parent = job.part.text, _parent(job)
        return Hung(name, job.token, self.access.ref, text, at, visible, parent, runner.name)

    def find(self, job: Job) -> Receipt | Absent | None:
        """Look, as well as this network lets one look.

        Raises:
            OSError: where a fault was asked for.
        """
        runner = needed()
        runner.step("before find")
        fault, _ = runner.take("find")
        runner.spend(0.1, 2.0)
        if fault == "broken":
            raise OSError("503: simulated")
        if fault or self.mode in {"blind", "hand"}:
            return None
        hung = runner.world.wall.posts.get(job.token, [])
        runner.step("after find")
        if not hung:
            return Absent.PROVEN if self.mode == "keyed" else None
        seen = hung[0].visible_at <= runner.world.schedule.seconds
        return Receipt(remote_id=hung[0].id, url=hung[0].id) if seen else None


def _parent(job: Job) -> str | None:
    return job.sent[-1].remote_id if job.sent else None


NETWORKS = {f"sim-{mode}": SimulatedNetwork(f"sim-{mode}") for mode in MODES}


def register() -> dict[str, str]:
    """Make modules of the networks, and give the lines for the registry: name → module."""
    lines = {}
    for name, network in NETWORKS.items():
        module = types.ModuleType(f"simulator.network_{name.replace('-', '_')}")
        module.NETWORK = network  # type: ignore[attr-defined]
        sys.modules[module.__name__] = module
        lines[name] = module.__name__
    return lines
