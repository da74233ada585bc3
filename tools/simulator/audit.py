"""What must hold at every step, judged by rules of its own and not by the engine's."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.losses import STILL_TO_SEND, Losses
from simulator.public import SLACK, Public
from simulator.schedule import outside

if TYPE_CHECKING:
    from mimin.networks.protocol import Job
    from simulator.runner import Runner
    from simulator.wall import Hung
    from simulator.world import World

LEASE = 10 * 60.0
"""Seconds for which a claim keeps others away: the engine's lease, and its patience."""
_OPEN = {"claimed", "unknown", "handed", "published"}


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
    law: str = ""
    """The newest commit of main that a run had worked from on its account, when it was claimed."""


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
        self.approvals: set[tuple[str, str]] = set()
        """Digest and real account of what was approved."""
        self._commits: set[str] = set()
        self._spoiled: set[str] = set()
        """Heads that people put there by mistake; what is built on one is a broken promise."""
        self._policies: dict[str, tuple[bool, frozenset[str]]] = {}
        """Brand → whether its policy in force wants reviews, and the real accounts it is for."""
        self._digests: dict[tuple[str | None, str | None], set[str]] = {}
        self._laws: dict[str, str] = {}
        self.public = Public(world, self.fail)
        self.losses = Losses(world, self.fail)

    def fail(self, rule: str, what: str) -> None:
        """Note a broken promise; the first one ends the world."""
        if rule not in self._off:
            self.violations.append(Violation(rule, what, self._world.schedule.seconds))

    # The ledger

    def expect(self, commit: str) -> None:
        """Take note of a commit that a person has made the ledger's head: clones may see it."""
        self._commits.add(commit)
        self._spoiled.add(commit)

    def catch_up(self) -> None:
        """Read what was pushed since the last look, in the order of the commits."""
        world = self._world
        head = world.ledger_head()
        if not world.remote_moved or head in self._spoiled:
            return
        world.remote_moved = False
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
        self._commits |= {
            line.removeprefix("commit ") for line in lines if line.startswith("commit ")
        }
        self._read_lines(lines)

    def _read_lines(self, lines: list[str]) -> None:
        """Read what commits added. A line that only got, or lost, its end is not gone."""
        again = {line[1:] for line in lines if line.startswith("+{")}
        seen = {line[1:] for line in lines if line.startswith("-{")} & again
        for line in lines:
            if line[1:] in seen:
                continue
            if line.startswith("-{"):
                self.fail("append-only", f"a line of the ledger is gone: {line[1:80]}")
            if line.startswith("+{"):
                event = json.loads(line[1:])
                if "kind" in event:  # a word on lost records is no event
                    self._read(event)

    def _read(self, event: dict[str, Any]) -> None:
        kind, account = event["kind"], event["account"]
        self._obey(event)
        self._world.tally[f"event: {kind}"] += 1
        if kind in {"frozen", "resumed"}:
            self.frozen[account] = kind == "frozen"
        elif kind == "policy":
            self._read_policy(account.partition("/")[0], json.loads(event["handles"]["policy"]))
        elif kind == "approved":
            self.approvals.add((event["digest"], self._world.main.now.real(account)))
        elif event.get("key") and kind != "dropped":
            self._read_part(event)

    def _read_policy(self, brand: str, policy: dict[str, Any]) -> None:
        """Take note of a policy that holds now. Nobody here approves a wider one."""
        review = policy["approval"] == "review"
        if self._policies.get(brand, (False,))[0] and not review:
            self.fail("policy", f"{brand} needs no review any more, and nobody has approved that")
        self._policies[brand] = (review, frozenset(policy["accounts"].values()))

    def _wants_review(self, account: str, real: str) -> bool:
        """Tell whether a policy that is in force wants a review of what goes to an account."""
        brand = account.partition("/")[0]
        return any(
            review and (name == brand or real in reals)
            for name, (review, reals) in self._policies.items()
        )

    def _obey(self, event: dict[str, Any]) -> None:
        """From now on, what the commit says that this run worked from counts on its account."""
        runner, account = self._world.runners.get(event.get("run", "")), event["account"]
        if runner is None or not runner.head:
            return
        age, law = self._world.main.age, self._laws.get(account)
        if law is None or age(runner.head) > age(law):
            self._laws[account] = runner.head

    def _read_part(self, event: dict[str, Any]) -> None:
        kind, key, index = event["kind"], event["key"], event.get("part", 0)
        part = self.parts.setdefault((key, index), Part())
        name, out = f"{key} part {index + 1}", bool(self._world.wall.posts.get(f"{key}/{index}"))
        if kind == "claimed":
            if part.state in _OPEN:
                self.fail("claim", f"{name} was claimed while it was {part.state}")
            self._compare_with_twins(key, event)
            if self.is_frozen(event["account"]):
                self.fail("freeze", f"{name} was claimed while {event['account']} was frozen")
            before = self.parts.get((key, index - 1), Part()).state
            if index and before != "published":
                self.fail("order", f"{name} was claimed while the part before was {before}")
            part.run, part.digest = event.get("run", ""), event.get("digest", "")
            part.claimed_at = self._world.schedule.seconds
            laws = [self._laws[name] for name in (event["account"], "*") if name in self._laws]
            part.law = max(laws, key=self._world.main.age, default="")
        if part.state == "published":
            return
        if kind == "refused" and part.state in _OPEN and part.run != event.get("run"):
            return
        if kind == "published" and not out:
            self.fail("truth", f"{name} is said to be out, and is not")
        if kind in {"refused", "absent"} and part.state in _OPEN and out:
            self.fail("truth", f"{name} is said to be {kind}, and is out")
        part.state = "planned" if kind == "absent" else kind

    def _compare_with_twins(self, key: str, event: dict[str, Any]) -> None:
        """One payload may be under way or out under one name only, on each real account."""
        keys = self._digests.setdefault((event.get("digest"), event.get("destination")), set())
        for other in keys - {key}:
            if self._may_be_out(other):
                self.fail("twin", f"{key} was claimed while the same may be out as {other}")
        keys.add(key)

    def _may_be_out(self, key: str) -> bool:
        return any(part.state in _OPEN for (other, _), part in self.parts.items() if other == key)

    def claimed_lately(self, key: str) -> bool:
        """Tell whether a run may still be at a part of a delivery."""
        since = self._world.schedule.seconds - LEASE - SLACK
        return any(
            part.state == "claimed" and part.claimed_at > since
            for (other, _), part in self.parts.items()
            if other == key
        )

    def is_frozen(self, account: str) -> bool:
        """Tell whether a freeze stops the account, as far as the ledger says."""
        scopes = ("*", f"{account.partition('/')[0]}/*", account)
        return any(self.frozen.get(scope, False) for scope in scopes)

    # The networks

    def sending(self, job: Job, real: str, runner: Runner) -> None:
        """Judge a call that is about to be made."""
        with outside():
            self.catch_up()
        part = self.parts.get((job.key, job.index), Part())
        name = f"{job.key} part {job.index + 1}"
        if part.state != "claimed" or part.run != runner.name:
            self.fail("claim", f"{name} is sent by {runner.name} while it is {part.state}")
        if self.is_frozen(job.payload.account):
            self._frozen(name, part)
        approved = (job.payload.digest, real) in self.approvals
        if not approved and self._wants_review(job.payload.account, real):
            self.fail("policy", f"{name}: nobody approved it, and the policy in force wants that")
        self.public.sending(job, real, runner, part.law or runner.head, approved=approved)

    def _frozen(self, name: str, part: Part) -> None:
        """A claim that was durable before the freeze may still be called; nothing else may."""
        behind = self._world.schedule.seconds - part.claimed_at
        self._world.tally["sent after a freeze, claimed before it"] += 1
        if behind > SLACK:
            self.fail("freeze", f"{name} is sent {behind:.0f} s after its claim, and frozen")

    def hung(self, hung: Hung, job: Job, runner: Runner) -> None:
        """Judge what has just become public."""
        self.public.hung(hung, job, runner)

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
        self.losses.run_ended(runner, code, started)

    # The end

    def settled(self, runner: Runner) -> None:
        """Judge a world in which nothing goes wrong any more and people have done their part."""
        now = self._world.schedule.seconds
        for line in runner.lines:
            due = line.delivery.due
            cause = str(line.cause)
            if cause in {"unknown", "claimed", "waiting", "frozen", "unapproved", "uncommitted"}:
                self.losses.lose(f"{line.delivery.key} is still {cause} when all is done")
            if cause in STILL_TO_SEND and due is not None and due.timestamp() <= now:
                self.losses.lose(f"{line.delivery.key} is still {cause} when all is done")
        for (key, index), part in self.parts.items():
            out = bool(self._world.wall.posts.get(f"{key}/{index}"))
            if out != (part.state == "published"):
                self.fail("truth", f"{key} part {index + 1} is {part.state}; on the wall: {out}")
        for token in self._world.wall.posts:
            key, _, number = token.rpartition("/")
            if (key, int(number)) not in self.parts:
                self.fail("truth", f"{token} is out, and the ledger does not know it")
