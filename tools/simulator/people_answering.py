"""How people answer what the tool asks: in one of the ways that it names, and truly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whenever import TimeDelta

from simulator.actions import Action
from simulator.clocks import SimulatedClock
from simulator.people import at_the_desk, desk_of
from simulator.schedule import outside

if TYPE_CHECKING:
    from simulator.content import Spec
    from simulator.runner import Runner
    from simulator.world import World


def answer(world: World, action: Action) -> None:
    """Read the plan, and answer each question that it asks."""
    asked: list[Any] = []

    def work(runner: Runner) -> None:
        desk = desk_of(world)
        lines = desk.plan(desk.book(), SimulatedClock(runner), TimeDelta(hours=12))
        asked.extend(line for line in lines if str(line.cause) in QUESTIONS)

    at_the_desk(world, action, work)
    with outside():
        answered = [line for line in asked if _answer(world, line)]
        if answered:
            world.tally["people: answered questions"] += len(answered)
            world.main.publish(f"Answer {len(answered)} questions")


QUESTIONS = {"twin"}


def _answer(world: World, line: Any) -> bool:
    spec = next((each for each in world.main.specs.values() if each.path == line.post.path), None)
    if spec is None:
        return False
    return _same_post(world, spec, line)


def _same_post(world: World, spec: Spec, line: Any) -> bool:
    """Say that a renamed post is the one that it was: by its old id."""
    before = next((name for name in spec.former if name in line.note), "")
    brand, _, old = before.partition("/")
    if not old or brand != spec.brand or old in world.main.specs:
        return False
    world.main.drop(spec.id)
    world.main.put(spec.changed(id=old, stem=spec.stem or spec.id))
    return True
