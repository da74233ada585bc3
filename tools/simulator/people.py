"""What people do at the desk besides editing: freeze, approve, look, and say what is there."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from whenever import TimeDelta

from mimin.cli.shared import open_desk
from mimin.errors import MiminError
from mimin.ledger.standing import Standing, State
from mimin.model.event import Event, Kind
from mimin.planning.bond import Bond, bond_of, campaign_of
from mimin.planning.plan import Cause
from mimin.publishing import decide
from mimin.publishing.decide import Person
from simulator.actions import Action
from simulator.clocks import SimulatedClock
from simulator.runner import Runner
from simulator.schedule import Pool
from simulator.wall import Hung, remote_id

if TYPE_CHECKING:
    from mimin.ledger.ledger import Book, Ledger
    from mimin.planning.plan import Line
    from mimin.publishing.desk import Desk
    from simulator.world import World

_WAITING = {State.CLAIMED, State.UNKNOWN, State.HANDED}


def at_the_desk(world: World, action: Action, work: Callable[[Runner], None]) -> None:
    """Let a person work; what the engine refuses is said to them, and they leave it."""
    runner = world.runner(f"person-{action['n']}", -1, action)

    def sit() -> None:
        try:
            work(runner)
        except MiminError:
            world.tally["people: were refused"] += 1

    task = world.schedule.spawn(sit, runner)
    world.schedule.join(task)
    if task.error is not None:
        raise task.error


def person_of(world: World, action: Action) -> Person:
    """Name who sits at the desk now."""
    return Person("rara", world.schedule.now(), f"person-{action['n']}")


def desk_of(world: World) -> Desk:
    """Open the workspace as people have it."""
    return open_desk(world.desk, None)


def freeze(world: World, action: Action) -> None:
    """Stop accounts, or let them go on."""

    def work(_: Runner) -> None:
        resume = action["do"] == "resume"
        person = person_of(world, action)
        decide.freeze(desk_of(world).ledger, action["scope"], "", person, resume=resume)

    at_the_desk(world, action, work)


def approve(world: World, action: Action) -> None:
    """Approve what is planned as it is on main now, or a share of it."""
    share = random.Random(f"{world.script.seed} {action['n']}")  # noqa: S311 - to vary

    def work(runner: Runner) -> None:
        desk = desk_of(world)
        lines = desk.plan(desk.book(), SimulatedClock(runner), TimeDelta(hours=24 * 60))
        chosen = [
            Event(
                at=world.schedule.now(),
                kind=Kind.APPROVED,
                account=line.delivery.account,
                key=line.delivery.own_key,
                digest=line.delivery.digest,
                destination=desk.account(line.delivery.account).destination,
                by="sari",
                handles={"via": "github", "pull": "1", **_bond(desk, line).handles()},
            )
            for line in lines
            if line.cause is Cause.UNAPPROVED and share.random() <= max(0.5, action["share"])
        ]
        desk.ledger.record(chosen)
        world.audit.catch_up()

    at_the_desk(world, action, work)


def _bond(desk: Desk, line: Line) -> Bond:
    """Give what the approval covers beside the payload, as `mimin approve` does."""
    workspace = desk.workspace
    campaign = campaign_of(line.post, workspace.schedules)
    return bond_of(line.delivery, line.post, workspace.brands[line.post.brand], campaign)


def tend(world: World, action: Action) -> None:
    """Look at what waits for a person, and say truly what is there."""

    def work(_: Runner) -> None:
        desk = desk_of(world)
        ledger = desk.ledger
        book = ledger.read()
        waiting = [
            standing
            for standing in book.standings.values()
            if any(part.state in _WAITING for part in standing.parts.values())
        ]
        person = person_of(world, action)
        # A whole team at its keyboards: they share pushes, as accounts of one run do.
        list(Pool().map(lambda each: _say(world, ledger, book, each, person), waiting))

    at_the_desk(world, action, work)


def _say(world: World, ledger: Ledger, book: Book, standing: Standing, person: Person) -> None:
    parts = {index: part for index, part in standing.parts.items() if part.state in _WAITING}
    if len(parts) != 1:
        return
    ((index, part),) = parts.items()
    token = f"{standing.key}/{index}"
    if world.wall.under_way.get(token, 0):
        return
    try:
        if part.state is State.HANDED and token not in world.wall.posts:
            _post_by_hand(world, token)
        found = world.wall.posts.get(token)
        if found:
            decide.is_out(ledger, book, standing.key, found[0].id, person)
        elif part.state is not State.HANDED:
            decide.is_not_out(ledger, book, standing.key, person)
    except MiminError:
        world.tally["people: were refused"] += 1


def _post_by_hand(world: World, token: str) -> None:
    now, pack = world.schedule.seconds, world.wall.packs[token]
    name, run = remote_id(token), "person"
    hung = Hung(name, token, pack.real, pack.text, now, now, pack.parent, run, pack.head)
    world.wall.hang(hung)
    world.audit.public.by_hand(hung)


def wipe(world: World, action: Action) -> None:
    """Give a runner a new machine."""
    world.wipe(action["clone"])
