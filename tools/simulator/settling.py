"""The end of a world: all trouble stops, people and runs finish what is open, and it is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mimin.cli.shared import open_desk
from mimin.errors import MiminError
from mimin.ledger.verify import verify
from simulator.actions import DAY, HOUR, Action
from simulator.mainline import run_git
from simulator.people import approve, freeze, tend
from simulator.people_answering import answer
from simulator.schedule import outside

if TYPE_CHECKING:
    from simulator.world import World

_TURNS = 8


def settle(world: World) -> None:
    """Let people and runs come until nothing changes any more, and judge what is there."""
    world.clocks.clear()
    for scope in [scope for scope, frozen in world.audit.frozen.items() if frozen]:
        freeze(world, {"do": "resume", "n": f"end-{scope}", "scope": scope})
    runner = None
    for turn in range(_TURNS):
        before = world.ledger_head(), world.main.head
        world.schedule.sleep(DAY if turn == 0 else 2 * HOUR)
        _people(world, turn)
        run: Action = {"do": "run", "n": f"end-{turn}", "clone": turn, "lookahead": "12h"}
        runner = world.publish(run)
        if world.audit.violations:
            return
        if (world.ledger_head(), world.main.head) == before:
            break  # nothing is left that anybody can do
    with outside():
        assert runner is not None  # noqa: S101 - there was a first turn
        world.audit.catch_up()
        world.audit.settled(runner)
        _compare_clones(world)


def _people(world: World, turn: int) -> None:
    answer(world, {"do": "answer", "n": f"end-answer-{turn}"})
    approve(world, {"do": "approve", "n": f"end-approve-{turn}", "share": 1.0})
    tend(world, {"do": "tend", "n": f"end-tend-{turn}"})


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
        seen.append((states, run_git(folder, "rev-parse", "refs/mimin/seen/mimin/ledger")))
        faults = verify(desk.ledger.events(fetch=False)) if folder == world.desk else []
        for fault in faults:
            world.audit.fail("verify", fault)
    if any(other != seen[0] for other in seen):
        world.audit.fail("converge", "two clones read different ledgers")
