"""What people do between and during the runs: edit, freeze, approve, look, and put right."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from whenever import TimeDelta

from mimin.cli.shared import open_desk
from mimin.errors import MiminError
from mimin.ledger.standing import Standing, State
from mimin.ledger.verify import verify
from mimin.model.event import Event, Kind
from mimin.planning.plan import Cause
from mimin.publishing.decide import Person, freeze, is_not_out, is_out
from simulator.actions import DAY, EDITS, HOUR, Action
from simulator.runner import Runner, SimulatedClock
from simulator.schedule import Pool, outside
from simulator.wall import Hung

if TYPE_CHECKING:
    from mimin.ledger.ledger import Book, Ledger
    from mimin.publishing.desk import Desk
    from simulator.content import Spec
    from simulator.world import World

_WAITING = {State.CLAIMED, State.UNKNOWN, State.HANDED}


def _at_the_desk(world: World, action: Action, work: Callable[[Runner], None]) -> None:
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


def _person(world: World, action: Action) -> Person:
    return Person("rara", world.schedule.now(), f"person-{action['n']}")


def _desk(world: World) -> Desk:
    return open_desk(world.desk, None)


def _freeze(world: World, action: Action) -> None:
    def work(_: Runner) -> None:
        resume = action["do"] == "resume"
        freeze(_desk(world).ledger, action["scope"], "", _person(world, action), resume=resume)

    _at_the_desk(world, action, work)


def _approve(world: World, action: Action) -> None:
    """Approve what is planned as it is on main now, or a share of it."""
    share = random.Random(f"{world.script.seed} {action['n']}")  # noqa: S311 - to vary

    def work(runner: Runner) -> None:
        desk = _desk(world)
        lines = desk.plan(desk.book(), SimulatedClock(runner), TimeDelta(hours=24 * 60))
        chosen = [
            Event(
                at=world.schedule.now(),
                kind=Kind.APPROVED,
                account=line.delivery.account,
                key=line.delivery.key,
                digest=line.delivery.digest,
                by="sari",
                handles={"via": "github", "pull": "1"},
            )
            for line in lines
            if line.cause is Cause.UNAPPROVED and share.random() <= max(0.5, action["share"])
        ]
        desk.ledger.record(chosen)

    _at_the_desk(world, action, work)


def _tend(world: World, action: Action) -> None:
    """Look at what waits for a person, and say truly what is there."""

    def work(_: Runner) -> None:
        desk = _desk(world)
        ledger = desk.ledger
        book = ledger.read()
        waiting = [
            standing
            for standing in book.standings.values()
            if any(part.state in _WAITING for part in standing.parts.values())
        ]
        person = _person(world, action)
        # A whole team at its keyboards: they share pushes, as accounts of one run do.
        list(Pool().map(lambda each: _say(world, ledger, book, each, person), waiting))

    _at_the_desk(world, action, work)


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
            _post_by_hand(world, standing, index)
        found = world.wall.posts.get(token)
        if found:
            is_out(ledger, book, standing.key, found[0].id, person)
        elif part.state is not State.HANDED:
            is_not_out(ledger, book, standing.key, person)
    except MiminError:
        world.tally["people: were refused"] += 1


def _post_by_hand(world: World, standing: Standing, index: int) -> None:
    token, now = f"{standing.key}/{index}", world.schedule.seconds
    brand, _, name = standing.key.partition("/")
    account = f"{brand}/{name.partition('@')[2]}"
    world.wall.hang(Hung(f"sim:{token}", token, account, "", now, now, None, "person"))
    world.tally["parts"] += 1
    world.tally["deliveries"] += index == 0


# Editing main


def _edit(world: World, action: Action) -> None:
    spec = world.called(action["post"])
    with outside():
        match action["do"]:
            case "revert":
                world.revert_main()
            case "rewind-main":
                world.rewind_main()
            case _ if spec is None:
                pass
            case "delete":
                world.drop(spec.id)
                world.publish_main(f"Delete {spec.id}")
            case "rename":
                world.drop(spec.id)
                world.put(_renamed(spec))
                world.publish_main(f"Rename {spec.id}")
            case _:
                world.put(_changed(spec, action, world.schedule.seconds))
                world.publish_main(f"{action['do'].capitalize()} {spec.id}")


def _changed(spec: Spec, action: Action, now: float) -> Spec:
    match action["do"]:
        case "move":
            return spec.changed(folder="2027" if spec.folder == "2026" else "2026")
        case "reschedule":
            return spec.changed(due=spec.due + action["by"])
        case "expire":
            return spec.changed(expires=int(max(now, spec.due) // 60 * 60 + abs(action["by"])))
        case "cut":
            return spec.changed(parts=action["parts"], rev=_next(spec))
        case _:
            return spec.changed(rev=_next(spec))


def _renamed(spec: Spec) -> Spec:
    """Give it a new name, and so a new id, and leave the text as it is."""
    stem, _, number = spec.id.partition("-baru")
    return spec.changed(id=f"{stem}-baru{int(number or 0) + 1}", named=spec.named or spec.id)


def _next(spec: Spec) -> int:
    assert isinstance(spec.rev, int)  # noqa: S101 - only scribbles are no numbers
    return spec.rev + 1


def _wipe(world: World, action: Action) -> None:
    with outside():
        world.wipe(action["clone"])


def _rewind_ledger(world: World, action: Action) -> None:
    """Force the ledger back, let a runner that has seen more come, and put it right again.

    Whoever has seen what is gone must say so loudly and send nothing.
    """
    with outside():
        world.audit.catch_up()
        head = world.ledger_head()
        if not head:
            return
        world.git_at(
            world.clone(0), "fetch", "-q", "origin", "+mimin/ledger:refs/mimin/seen/mimin/ledger"
        )
        roots = world.git_at(world.remote, "rev-list", "--max-count=3", head).split()
        if len(roots) < 3:
            return
        world.move_ledger(roots[-1])
    before = dict(world.wall.posts)
    run = {"do": "run", "at": 0, "n": f"{action['n']}-rewound", "clone": 0, "faults": []}
    runner = world.publish(run)
    with outside():
        silent = runner.code == 0 or world.wall.posts.keys() != before.keys()
        now = world.ledger_head()
        world.move_ledger(head)
    if silent or now != roots[-1]:
        world.audit.fail("rewind", f"{runner.name} took a rewound ledger for the truth")


PEOPLE: dict[str, Callable[[World, Action], None]] = {
    "freeze": _freeze,
    "resume": _freeze,
    "approve": _approve,
    "tend": _tend,
    "wipe": _wipe,
    "rewind-ledger": _rewind_ledger,
    **dict.fromkeys(EDITS, _edit),
}


# The end


def settle(world: World) -> None:
    """Stop all trouble, let people and runs finish what is open, and judge what is there."""
    schedule = world.schedule
    for scope in [scope for scope, frozen in world.audit.frozen.items() if frozen]:
        _freeze(world, {"do": "resume", "n": f"end-{scope}", "scope": scope})
    runner = None
    for turn in range(6):
        before = world.ledger_head()
        schedule.sleep(DAY if turn == 0 else 2 * HOUR)
        _approve(world, {"do": "approve", "n": f"end-{turn}", "share": 1.0})
        _tend(world, {"do": "tend", "n": f"end-{turn}"})
        run = {"do": "run", "n": f"end-{turn}", "clone": turn, "lookahead": "12h"}
        runner = world.publish(run)
        if world.audit.violations:
            return
        if world.ledger_head() == before:
            break  # nothing is left that anybody can do
    with outside():
        assert runner is not None  # noqa: S101 - there was a first turn
        world.audit.catch_up()
        world.audit.settled(runner)
        _compare_clones(world)


def _compare_clones(world: World) -> None:
    """All clones read one and the same ledger, and the engine's own audit finds no fault in it."""
    folders = [world.desk, *(world.clone(number) for number in range(world.script.clones))]
    seen = []
    for folder in folders:
        desk = open_desk(folder, None)
        try:
            book = desk.ledger.read()
        except MiminError as error:
            world.audit.fail("converge", str(error))
            return
        states = {key: str(standing.state()) for key, standing in book.standings.items()}
        seen.append((states, world.git_at(folder, "rev-parse", "refs/mimin/seen/mimin/ledger")))
        faults = verify(desk.ledger.events(fetch=False)) if folder == world.desk else []
        for fault in faults:
            world.audit.fail("verify", fault)
    if any(other != seen[0] for other in seen):
        world.audit.fail("converge", "two clones read different ledgers")
