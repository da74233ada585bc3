"""What is public, judged by what the networks hold and what the team means, never by names.

A part is the same part wherever its words stand: under another file, id, alias or brand. Each may
be public once on a real account, in the words and at the time of the newest commit that counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.clocks import LIMIT
from simulator.content import read_piece

if TYPE_CHECKING:
    from mimin.networks.protocol import Job
    from simulator.content import House, Spec
    from simulator.mainline import Snapshot
    from simulator.runner import Runner
    from simulator.wall import Hung
    from simulator.world import World

SLACK = 20 * 60.0
"""Seconds that a run may take from its plan to a call, for what was in time when it was planned."""
LEEWAY = 5 * 60.0
"""Seconds that two calls may come closer than was planned: the first may have been slow."""


class Public:
    """Judges every call and everything that becomes public."""

    def __init__(self, world: World, fail: Callable[[str, str], None]) -> None:
        """Judge a world; broken promises go to *fail*."""
        self._world = world
        self._fail = fail
        self._last: dict[str, tuple[float, str, float, str]] = {}
        self.lineages: dict[str, str] = {}
        """The engine's key → whose words were sent under it."""

    # Before a call

    def sending(self, job: Job, real: str, runner: Runner, law: str, *, approved: bool) -> None:
        """Judge a call that is about to be made.

        Args:
            job: What is sent.
            real: The real account.
            runner: Who sends it.
            law: The commit of main that counted when the part was claimed: the runner's own, or a
                newer one that a run had worked from on this account.
            approved: Whether somebody has approved this payload for this real account.
        """
        name = f"{job.key} part {job.index + 1}"
        heads = self._world.main.heads
        account, text = job.payload.account, job.part.text
        piece = read_piece(text)
        if piece is not None:
            self.lineages.setdefault(job.key, piece.lineage)
        spec = heads[runner.head].find(text, account)
        house = heads[runner.head].houses.get(account.partition("/")[0])
        if house is None or spec is None:
            if house is None or house.approval != "none":
                self._fail("approval", f"{name}: what is sent is not what was committed")
            return
        if house.approval == "review" and not approved:
            self._fail("approval", f"{name}: nobody has approved this payload")
        self._judge_blackout(name, house, spec)
        self._judge_time(name, job, spec, house, runner)
        if law != runner.head:
            self._judge_by_law(name, text, real, heads[law], approved=approved)

    def _judge_by_law(
        self, name: str, text: str, real: str, law: Snapshot, *, approved: bool
    ) -> None:
        """Judge by a newer commit than the runner's own, which the ledger tells it of."""
        known = [spec for spec in law.specs.values() if text in spec.texts and not spec.retract]
        known = [
            spec
            for spec in known
            if real in {law.real(f"{spec.brand}/{alias}") for alias in spec.accounts}
        ]
        if not known:
            self._fail("stale", f"{name}: a newer commit has taken this text out, or changed it")
            return
        house = law.houses[known[0].brand]
        if house.approval == "review" and not approved:
            self._fail("approval", f"{name}: nobody has approved it, as a newer commit wants")
        self._judge_blackout(name, house, known[0])
        if self._world.schedule.seconds < min(spec.due for spec in known) - LIMIT:
            self._fail("early", f"{name}: a newer commit has given it a later time")

    def _judge_blackout(self, name: str, house: House, spec: Spec) -> None:
        now = self._world.schedule.seconds
        if house.is_black(now):
            self._fail("blackout", f"{name} is sent on a day that its brand has blacked out")
        if house.is_black(spec.due):
            self._fail("blackout", f"{name} is sent, and planned on a blacked-out day")

    def _judge_time(self, name: str, job: Job, spec: Spec, house: House, runner: Runner) -> None:
        now = self._world.schedule.seconds
        off = min(abs(runner.offset), LIMIT)
        if spec.expires is not None and now >= spec.expires + off:
            self._fail("expires", f"{name} is sent {now - spec.expires:.0f} s after it expired")
        # A thread that has begun goes on at once, whatever time its file has now.
        if not job.index and now < spec.due - off:
            self._fail("early", f"{name} is sent {spec.due - now:.0f} s before its time")
        if job.index:
            return
        allowed = _seconds(spec.grace or house.grace)
        if (spec.late or house.late) != "post" and now - spec.due > allowed + SLACK:
            self._fail("late", f"{name} is sent {now - spec.due:.0f} s late; {allowed} are allowed")
        if runner.clock is None:
            self._judge_order(name, job.payload.account, spec, runner)
        self._judge_spacing(name, job.key, job.payload.account, spec, house.spacing)

    def _judge_order(self, name: str, account: str, spec: Spec, runner: Runner) -> None:
        # What is late waits its turn, and what keeps its time does not wait for it.
        lane = f"{account} {'late' if spec.due < runner.started - 300 else 'on time'}"
        if spec.due < runner.last_due.get(lane, 0.0):
            self._fail("order", f"{name} is sent after what was due later")
        runner.last_due[lane] = spec.due

    def _judge_spacing(
        self, name: str, key: str, account: str, spec: Spec, spacing: int | None
    ) -> None:
        now = self._world.schedule.seconds
        at, other, due, head = self._last.get(account, (0.0, "", 0.0, ""))
        # Who sent the other one can keep clear only of what it had checked out.
        heads = self._world.main.heads
        foreseen = heads[head].specs.get(spec.id) if head else None
        if foreseen is None or foreseen.due != spec.due:
            return
        if spacing is not None and other != key:
            wanted = min(spacing * 60.0, abs(spec.due - due))
            if now - at < wanted - LEEWAY:
                self._fail("spacing", f"{name} is sent {now - at:.0f} s after {other}")

    # After it

    def hung(self, hung: Hung, job: Job, runner: Runner) -> None:
        """Judge what has just become public."""
        self._world.tally["parts"] += 1
        self._world.tally["deliveries"] += job.index == 0
        self._judge_copies(hung, f"again by {runner.name}")
        spec = self._world.main.heads[runner.head].find(hung.text, job.payload.account)
        if spec is not None and not job.index:
            self._last[job.payload.account] = (hung.at, job.key, spec.due, runner.head)
        if job.index:
            self._judge_thread(hung, job.payload.parts[job.index - 1].text)

    def by_hand(self, hung: Hung) -> None:
        """Judge what a person has just posted, as a pack said."""
        self._world.tally["parts"] += 1
        self._world.tally["deliveries"] += hung.parent is None
        self._judge_copies(hung, "by hand")

    def _judge_copies(self, hung: Hung, who: str) -> None:
        wall = self._world.wall
        others = [] if hung.piece is None else wall.copies(hung.real, hung.piece)
        names = {other.id for other in [*others, *wall.posts[hung.token]] if not other.gone}
        names -= {hung.id}
        if names:
            self._world.tally["duplicates"] += 1
            listed = ", ".join(sorted(names))
            self._fail("duplicate", f"{hung.id} is out on {hung.real} as {listed} too; {who}")

    def _judge_thread(self, hung: Hung, before: str) -> None:
        """A part answers the one that stands before it in the thread."""
        wall = self._world.wall
        parent = wall.called(hung.parent or "")
        if parent is None or parent.text != before:
            shown = parent.text if parent else None
            self._fail("thread", f"{hung.id} answers {shown!r}, and was written after {before!r}")

    # What is out already

    def changing(self, hung: Hung, job: Job, runner: Runner) -> None:
        """Judge a change that is about to be made: never back to what an older commit says."""
        main = self._world.main
        spec = main.heads[runner.head].find(job.part.text, job.payload.account)
        if spec is None:
            self._fail("approval", f"{hung.id} is changed to what was not committed")
        elif hung.piece and hung.piece.lineage not in {each.lineage for each in spec.pieces}:
            self._fail("edit", f"{hung.id} is written over by {spec.id}, which is another post")
        here = any(hung.text in each.texts for each in main.heads[runner.main].specs.values())
        newer = bool(hung.head) and main.age(hung.head) > main.age(runner.head)
        same = job.part.text == hung.text  # asked for again by two runs at once
        if here and newer and not same and runner.head != runner.main:
            self._fail("stale", f"{hung.id} is set back by {runner.name}, which is not up to date")

    def retracting(self, hung: Hung, runner: Runner) -> None:
        """Judge that a part is about to be taken down: somebody must have asked for it."""
        specs = self._world.main.heads[runner.head].specs.values()
        piece = hung.piece
        asked = any(
            spec.retract and piece is not None and piece.lineage in {p.lineage for p in spec.pieces}
            for spec in specs
        )
        if not asked:
            self._fail("retract", f"{hung.id} is taken down, and nobody has asked for it")


def _seconds(duration: str) -> int:
    units = {"m": 60, "h": 3600, "d": 86400}
    return int(duration[:-1]) * units[duration[-1]]
