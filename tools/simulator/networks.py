"""The simulated networks, and their connections.

They differ in what can be asked afterwards and changed: `sim-keyed` proves presence and absence and
can change and take down what is out, `sim-listed` shows what is there but never proves absence and
can take it down, `sim-dated` is read by its list as real adapters do, `sim-blind` says
nothing, and `sim-hand` needs a person.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from whenever import Instant, TimeDelta

from mimin.networks.matching import TEXT, text_hash
from mimin.networks.protocol import (
    NO_SETTINGS,
    Absent,
    Access,
    Editing,
    HandedOver,
    Identity,
    Job,
    NotPublished,
    Receipt,
    Recovery,
)
from mimin.networks.sandbox_rules import GENEROUS
from simulator.looks import LAG, LIES, look, receipt_of
from simulator.runner import Runner, needed
from simulator.schedule import Killed
from simulator.wall import Hung, Pack, remote_id

if TYPE_CHECKING:
    from mimin.model.brand import Account
    from mimin.model.limits import Limits
    from mimin.model.payload import Payload
    from mimin.networks.protocol import Objection

MODES = ("keyed", "listed", "blind", "hand")
"""Networks of the plain worlds; `dated` stands only where looks lie."""
BEFORE = {"refused", "no-connection", "limited", "limited-blind", "broken", "timeout"}
"""Faults after which nothing is out."""
AFTER = {"broken-after", "answer-lost", "late"}
"""Faults after which it is out all the same."""
COMMIT_FAULTS = (*sorted(BEFORE), *sorted(AFTER), "slow")
PREPARE_FAULTS = ("upload-refused", "no-connection")
SLOWEST = 170.0
"""Seconds that a call may take until the network has acted: less than the engine's patience."""


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
        return self.connection()(access, self.name.removeprefix("sim-"))

    def connection(self) -> type[SimulatedConnection]:
        """Give the class of its connections."""
        return SimulatedConnection


@dataclass(frozen=True)
class RetractingNetwork(SimulatedNetwork):
    """One that can take down what is out."""

    def connection(self) -> type[SimulatedConnection]:
        """Give the class of its connections."""
        return RetractingConnection


@dataclass(frozen=True)
class EditingNetwork(SimulatedNetwork):
    """One that can change what is out, too."""

    editable: Editing = Editing.ALL

    def connection(self) -> type[SimulatedConnection]:
        """Give the class of its connections."""
        return EditingConnection


@dataclass(frozen=True)
class SimulatedConnection:
    """One account."""

    access: Access
    mode: str
    _told: list[tuple[Instant, Instant]] = field(default_factory=list)

    @property
    def real(self) -> str:
        """Name the real account that its secret is for."""
        return f"sim-{self.mode} @{self.access.account.handle}"

    def server_time(self) -> tuple[Instant, Instant] | None:
        """Give what the network's clock said with its last answer, and ours at that moment."""
        return self._told[-1] if self._told else None

    def whoami(self) -> Identity:
        """Ask who it is."""
        runner = needed()
        runner.step("before whoami")
        runner.spend(0.1, 1.0)
        self._answered(runner)
        return Identity(remote_id=f"id:{self.real}", handle=self.access.account.handle)

    def prepare(self, job: Job) -> Mapping[str, str]:
        """Upload; nothing is public.

        Raises:
            NotPublished: where a fault was asked for.
        """
        runner = needed()
        runner.step("before prepare")
        fault, _ = runner.take("prepare")
        runner.spend(0.1, 2.0)
        if fault != "no-connection":
            self._answered(runner)
        if fault:
            raise NotPublished(f"simulated: {fault}", permanent=fault == "upload-refused")
        runner.step("after prepare")
        return {"upload": f"{job.index}", TEXT: text_hash(job.part.text)}

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
        runner.world.audit.sending(job, self.real, runner)
        if self.mode == "hand":
            path = Path(f"pack-{len(runner.world.wall.packs)}")
            pack = Pack(path, self.real, job.part.text, _parent(job), runner.head)
            runner.world.wall.packs[job.token] = pack
            raise HandedOver(path)
        fault, seconds = runner.take("commit")
        self._refuse(fault, seconds, runner)
        hung = self._send(job, runner, fault, seconds)
        runner.step("sent")
        runner.spend(0.1, 2.0)
        if fault == "refused-after":
            return self._look_after_refusal(job, runner)
        if fault == "broken-after":
            raise OSError("502 Bad Gateway: simulated")
        if fault in AFTER:
            raise TimeoutError("simulated: no answer in time")
        self._answered(runner)
        runner.step("after commit")
        return receipt_of(hung)

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

    def _look_after_refusal(self, job: Job, runner: Runner) -> Receipt:
        """Look whether a refusal is true, as some adapters must; a look that fails is no proof.

        Raises:
            NotPublished: if it is.
            OSError: if nobody can tell.
        """
        found = None
        if not runner.take("find")[0]:
            found = look(runner, self.real, "").by_key(job)
        if isinstance(found, Receipt):
            return found
        if found is Absent.PROVEN:
            raise NotPublished("403 Limited: simulated")
        raise OSError("403 Limited, and the look failed: simulated")

    def _send(self, job: Job, runner: Runner, fault: str, seconds: float) -> Hung:
        """Send the request; once it is on its way, the death of its sender stops nothing."""
        schedule, audit = runner.world.schedule, runner.world.audit
        delay = min(seconds, SLOWEST) if fault == "slow" else runner.random.uniform(0.1, 2.0)
        arrives = schedule.seconds + delay
        hidden = seconds if self.mode != "dated" else min(seconds, LAG)
        visible = arrives + (hidden if fault == "late" else 0)

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
        name = remote_id(job.token) + (f":{number}" if number > 1 else "")
        return Hung(
            name,
            job.token,
            self.real,
            job.part.text,
            at,
            visible,
            _parent(job),
            runner.name,
            runner.head,
        )

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
        if fault == "blind" or self.mode in {"blind", "hand"}:
            return None
        self._answered(runner)
        runner.step("after find")
        looking = look(runner, self.real, fault)
        if self.mode == "dated":
            return looking.by_list(job)
        if fault in LIES:
            return None  # a look by key that is answered by another server says nothing
        found = looking.by_key(job)
        return None if self.mode == "listed" and found is Absent.PROVEN else found

    def _answered(self, runner: Runner) -> None:
        """Keep the time that stands in each answer."""
        self._told.append((runner.world.schedule.now(), self.access.clock()))


class RetractingConnection(SimulatedConnection):
    """One account of a network that lets us take down what is out."""

    def retract(self, job: Job, receipt: Receipt) -> None:
        """Take a part down; what is gone already counts as taken down."""
        runner = needed()
        runner.step("before retract")
        runner.spend(0.1, 1.0)
        hung = runner.world.wall.called(receipt.remote_id)
        if hung is not None:
            runner.world.audit.public.retracting(hung, runner)
            hung.gone = True
        self._answered(runner)
        runner.step("retracted")
        runner.world.tally["taken down"] += 1
        del job


class EditingConnection(RetractingConnection):
    """One account of a network that lets us change what is out, too."""

    def edit(self, job: Job, receipt: Receipt) -> Receipt:
        """Change the words of a part.

        Raises:
            NotPublished: if it is not there any more.
        """
        runner = needed()
        runner.step("before edit")
        runner.spend(0.1, 1.0)
        hung = runner.world.wall.called(receipt.remote_id)
        if hung is None or hung.gone:
            raise NotPublished("404: simulated", permanent=True)
        runner.world.audit.public.changing(hung, job, runner)
        runner.world.wall.write_over(hung, job.part.text, runner.head)
        self._answered(runner)
        runner.step("edited")
        runner.world.tally["changed"] += 1
        return receipt


def _parent(job: Job) -> str | None:
    return job.sent[-1].remote_id if job.sent else None


NETWORKS: dict[str, SimulatedNetwork] = {
    "sim-keyed": EditingNetwork("sim-keyed"),
    "sim-listed": RetractingNetwork("sim-listed"),
    "sim-dated": RetractingNetwork("sim-dated"),
    "sim-blind": SimulatedNetwork("sim-blind"),
    "sim-hand": SimulatedNetwork("sim-hand"),
}


def register() -> dict[str, str]:
    """Make modules of the networks, and give the lines for the registry: name → module."""
    lines = {}
    for name, network in NETWORKS.items():
        module = types.ModuleType(f"simulator.network_{name.replace('-', '_')}")
        module.NETWORK = network  # type: ignore[attr-defined]
        sys.modules[module.__name__] = module
        lines[name] = module.__name__
    return lines
