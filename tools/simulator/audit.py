"""What must hold at every step, judged by rules of its own and not by the engine's."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.schedule import outside

if TYPE_CHECKING:
    from mimin.model.delivery import Delivery
    from mimin.networks.protocol import Job
    from simulator.content import Spec
    from simulator.runner import Runner
    from simulator.wall import Hung
    from simulator.world import World

_OPEN = {"claimed", "unknown", "handed", "published"}
_STILL_TO_SEND = {"due", "late", "retry", "resume", "later"}
_WAITS = {"unknown", "claimed", "held", "waiting"}
SLACK = 20 * 60.0
"""Seconds that a run may take from its plan to a call, for what was in time when it was planned."""

LEEWAY = 5 * 60.0
"""Seconds that two calls may come closer than was planned: the first may have been slow."""


@dataclass(frozen=True)
class Violation:
    """A promise that was broken."""

    rule: str
    what: str
    at: float


@dataclass
class Part:
    """One part, as the audit adds up the ledger."""

    state: str = "planned"
    run: str = ""
    digest: str = ""
    claimed_at: float = 0.0


class Audit:
    """Follows the ledger's commits and the walls, and notes what can not be."""

    def __init__(self, world: World, switched_off: frozenset[str] = frozenset()) -> None:
        """Watch *world*, except for the rules that are *switched_off*."""
        self._world = world
        self._off = switched_off
        self.violations: list[Violation] = []
        self.head = ""
        self.parts: dict[tuple[str, int], Part] = {}
        self.frozen: dict[str, bool] = {}
        self.approvals: dict[str, set[str]] = {}
        self._commits: set[str] = set()
        self._digests: dict[str, set[str]] = {}
        self._texts: dict[tuple[str, str], list[Hung]] = {}
        self._last: dict[str, tuple[float, str, float, str]] = {}

    def fail(self, rule: str, what: str) -> None:
        """Note a broken promise; the first one ends the world."""
        if rule not in self._off:
            self.violations.append(Violation(rule, what, self._world.schedule.seconds))

    # The ledger

    def catch_up(self) -> None:
        """Read what was pushed since the last look, in the order of the commits."""
        world = self._world
        if not world.remote_moved:
            return
        world.remote_moved = False
        head = world.ledger_head()
        if not head or head == self.head:
            return
        span = f"{self.head}..{head}" if self.head else head
        log = (
            "log",
            "--reverse",
            "--first-parent",
            "-p",
            "-U0",
            "--no-color",
            "--format=built on %P%ncommit %H",
            span,
        )
        text = subprocess.run(
            ["git", "-C", str(world.remote), *log], capture_output=True, text=True, check=True
        ).stdout
        lines = text.splitlines()
        if self.head and (not lines or lines[0] != f"built on {self.head}"):
            self.fail("append-only", "the ledger on the remote was not built on what was there")
        self.head = head
        for line in lines:
            if line.startswith("commit "):
                self._commits.add(line.removeprefix("commit "))
            if line.startswith("-{"):
                self.fail("append-only", f"a line of the ledger is gone: {line[1:80]}")
            if line.startswith("+{"):
                self._read(json.loads(line[1:]))

    def _read(self, event: dict[str, Any]) -> None:
        kind, account = event["kind"], event["account"]
        self._world.tally[f"event: {kind}"] += 1
        if kind in {"frozen", "resumed"}:
            self.frozen[account] = kind == "frozen"
        elif kind == "approved":
            self.approvals.setdefault(event["key"], set()).add(event["digest"])
        elif kind not in {"dropped", "policy"}:
            self._read_part(event)

    def _read_part(self, event: dict[str, Any]) -> None:
        kind, key, index = event["kind"], event["key"], event.get("part", 0)
        part = self.parts.setdefault((key, index), Part())
        name, out = f"{key} part {index + 1}", bool(self._world.wall.posts.get(f"{key}/{index}"))
        if kind == "claimed":
            if part.state in _OPEN:
                self.fail("claim", f"{name} was claimed while it was {part.state}")
            self._compare_with_twins(key, event.get("digest", ""))
            if self.is_frozen(event["account"]):
                self.fail("freeze", f"{name} was claimed while {event['account']} was frozen")
            before = self.parts.get((key, index - 1), Part()).state
            if index and before != "published":
                self.fail("order", f"{name} was claimed while the part before was {before}")
            part.run, part.digest = event.get("run", ""), event.get("digest", "")
            part.claimed_at = self._world.schedule.seconds
        if part.state == "published":
            return
        if kind == "refused" and part.state in _OPEN and part.run != event.get("run"):
            return
        if kind == "published" and not out:
            self.fail("truth", f"{name} is said to be out, and is not")
        if kind in {"refused", "absent"} and part.state in _OPEN and out:
            self.fail("truth", f"{name} is said to be {kind}, and is out")
        part.state = "planned" if kind == "absent" else kind

    def _compare_with_twins(self, key: str, digest: str) -> None:
        """One payload may be under way or out under one name only."""
        keys = self._digests.setdefault(digest, set())
        for other in keys - {key}:
            if self._may_be_out(other):
                self.fail("twin", f"{key} was claimed while the same may be out as {other}")
        keys.add(key)

    def _may_be_out(self, key: str) -> bool:
        return any(part.state in _OPEN for (other, _), part in self.parts.items() if other == key)

    def is_frozen(self, account: str) -> bool:
        """Tell whether a freeze stops the account, as far as the ledger says."""
        scopes = ("*", f"{account.partition('/')[0]}/*", account)
        return any(self.frozen.get(scope, False) for scope in scopes)

    # The networks

    def sending(self, job: Job, runner: Runner) -> None:
        """Judge a call that is about to be made."""
        with outside():
            self.catch_up()
        part = self.parts.get((job.key, job.index), Part())
        name = f"{job.key} part {job.index + 1}"
        if part.state != "claimed" or part.run != runner.name:
            self.fail("claim", f"{name} is sent by {runner.name} while it is {part.state}")
        if self.is_frozen(job.payload.account):
            self._frozen(name, part)
        spec = self._spec(job, runner)
        house = self._world.houses[job.payload.account.partition("/")[0]]
        if spec is None or spec.text(job.index) != job.part.text:
            if house.approval != "none":
                self.fail("approval", f"{name}: what is sent is not what was committed")
            return
        if house.approval == "review" and job.payload.digest not in self.approvals.get(
            job.key, set()
        ):
            self.fail("approval", f"{name}: nobody has approved this payload")
        self._judge_time(name, job, spec, runner)

    def _frozen(self, name: str, part: Part) -> None:
        """A claim that was durable before the freeze may still be called; nothing else may."""
        behind = self._world.schedule.seconds - part.claimed_at
        self._world.tally["sent after a freeze, claimed before it"] += 1
        if behind > SLACK:
            self.fail("freeze", f"{name} is sent {behind:.0f} s after its claim, and frozen")

    def _judge_time(self, name: str, job: Job, spec: Spec, runner: Runner) -> None:
        now = self._world.schedule.seconds
        account = job.payload.account
        if spec.expires is not None and now >= spec.expires:
            self.fail("expires", f"{name} is sent {now - spec.expires:.0f} s after it expired")
        if now < spec.due:
            self.fail("early", f"{name} is sent {spec.due - now:.0f} s before its time")
        if job.index:
            return
        house = self._world.houses[spec.brand]
        allowed = _seconds(spec.grace or house.grace)
        if (spec.late or house.late) != "post" and now - spec.due > allowed + SLACK:
            self.fail("late", f"{name} is sent {now - spec.due:.0f} s late; {allowed} are allowed")
        # What is late waits its turn, and what keeps its time does not wait for it.
        lane = f"{account} {'late' if spec.due < runner.started - 300 else 'on time'}"
        if spec.due < runner.last_due.get(lane, 0.0):
            self.fail("order", f"{name} is sent after what was due later")
        runner.last_due[lane] = spec.due
        self._judge_spacing(name, job.key, account, spec, house.spacing)

    def _judge_spacing(
        self, name: str, key: str, account: str, spec: Spec, spacing: int | None
    ) -> None:
        now = self._world.schedule.seconds
        at, other, due, head = self._last.get(account, (0.0, "", 0.0, ""))
        # Who sent the other one can keep clear only of what it had checked out.
        foreseen = self._world.heads.get(head, {}).get(spec.id)
        if foreseen is None or foreseen.due != spec.due:
            return
        if spacing is not None and other != key:
            wanted = min(spacing * 60.0, abs(spec.due - due))
            if now - at < wanted - LEEWAY:
                self.fail("spacing", f"{name} is sent {now - at:.0f} s after {other}")

    def _spec(self, job: Job, runner: Runner) -> Spec | None:
        post = job.key.partition("@")[0].partition("/")[2]
        return self._world.heads[runner.head].get(post)

    def hung(self, hung: Hung, job: Job, runner: Runner) -> None:
        """Judge what has just become public."""
        posts = self._world.wall.posts
        self._world.tally["parts"] += 1
        self._world.tally["deliveries"] += job.index == 0
        twins = {other.token for other in self._texts.setdefault((hung.account, hung.text), [])}
        self._texts[hung.account, hung.text].append(hung)
        if hung.text and twins - {hung.token}:
            self._world.tally["duplicates"] += 1
            self.fail("duplicate", f"{hung.token} is out as {', '.join(twins)} too")
        if len(posts[hung.token]) > 1:
            self._world.tally["duplicates"] += 1
            self.fail("duplicate", f"{hung.token} is out twice; again by {runner.name}")
        spec = self._spec(job, runner)
        if spec is not None and not job.index:
            self._last[hung.account] = (hung.at, job.key, spec.due, runner.head)
        if job.index:
            parent = posts.get(f"{job.key}/{job.index - 1}")
            if not parent or hung.parent != parent[0].id:
                self.fail("thread", f"{hung.token} answers {hung.parent}, not the part before it")

    # Runs

    def left_behind(self, runner: Runner) -> None:
        """Look at what a run, whole or dead, left in its clone: never a ledger of its own."""
        with outside():
            self.catch_up()
            seen = self._world.seen_ledger(runner.clone)
        if seen and seen not in self._commits:
            self.fail("converge", f"{runner.name} left a ledger that the remote never had")

    def run_ended(self, runner: Runner, code: int, started: float) -> None:
        """Look for what was lost in silence by a run that came to its end."""
        with outside():
            self.catch_up()
        if not runner.lines and code:
            return  # it came to no plan, and said so
        named = {line.delivery.key: line for line in runner.lines}
        for spec in self._world.heads[runner.head].values():
            for account in spec.accounts:
                key = f"{spec.brand}/{spec.id}@{account}"
                if key not in named:
                    self._lose(f"{key} is in no line of the plan")
                    continue
                self._judge_line(spec, key, named[key], runner, started)

    def _judge_line(self, spec: Spec, key: str, line: Any, runner: Runner, started: float) -> None:
        cause, code = str(line.cause), runner.code
        if cause == "out":
            if any(f"{key}/{each}" not in self._world.wall.posts for each in range(spec.parts)):
                self._lose(f"{key} is said to be out, and is not")
        elif cause in _STILL_TO_SEND and spec.due <= started:
            moment = line.moment
            waits = key in (runner.waiting or ()) or moment.timestamp() > started
            if not waits and not runner.speaks_of(key, line.delivery.account, code):
                self._lose(f"{key} was due, is planned as {cause!r}, and the run does not name it")
        elif (cause in _WAITS or (cause == "twin" and spec.due <= started)) and code == 0:
            self._lose(f"{key} is {cause}, and the run said all is well")

    def _lose(self, what: str) -> None:
        self._world.tally["silent losses"] += 1
        self.fail("lost", what)

    # The end

    def settled(self, runner: Runner) -> None:
        """Judge a world in which nothing goes wrong any more and people have done their part."""
        now = self._world.schedule.seconds
        for line in runner.lines:
            due = line.delivery.due
            cause = str(line.cause)
            if cause == "twin" and not self._is_twin(line.delivery):
                self._lose(f"{line.delivery.key} is kept back as a twin, and there is none")
            if cause in {"unknown", "claimed", "waiting", "frozen", "unapproved", "uncommitted"}:
                self._lose(f"{line.delivery.key} is still {cause} when all is done")
            if cause in _STILL_TO_SEND and due is not None and due.timestamp() <= now:
                self._lose(f"{line.delivery.key} is still {cause} when all is done")
        for (key, index), part in self.parts.items():
            out = bool(self._world.wall.posts.get(f"{key}/{index}"))
            if out != (part.state == "published"):
                self.fail("truth", f"{key} part {index + 1} is {part.state}; on the wall: {out}")
        for token in self._world.wall.posts:
            key, _, number = token.rpartition("/")
            if (key, int(number)) not in self.parts:
                self.fail("truth", f"{token} is out, and the ledger does not know it")

    def _is_twin(self, delivery: Delivery) -> bool:
        others = self._digests.get(delivery.digest, set()) - {delivery.key}
        return any(self._may_be_out(other) for other in others)


def _seconds(duration: str) -> int:
    units = {"m": 60, "h": 3600, "d": 86400}
    return int(duration[:-1]) * units[duration[-1]]
