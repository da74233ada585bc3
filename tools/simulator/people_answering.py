"""How people answer what the tool asks: in one of the ways that it names, and truly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whenever import TimeDelta

from simulator.actions import Action
from simulator.clocks import SimulatedClock
from simulator.people import at_the_desk, desk_of
from simulator.people_renaming import call
from simulator.schedule import outside

if TYPE_CHECKING:
    from simulator.content import Spec
    from simulator.mainline import Main
    from simulator.runner import Runner
    from simulator.world import World


def answer(world: World, action: Action) -> None:
    """Read the plan, and answer each question that it asks."""
    asked: list[Any] = []

    def work(runner: Runner) -> None:
        desk = desk_of(world)
        lines = desk.plan(desk.book(), SimulatedClock(runner), TimeDelta(hours=12))
        asked.extend(line for line in lines if getattr(line.note, "sentence", "") in _ANSWERS)

    at_the_desk(world, action, work)
    with outside():
        answered = [line for line in asked if _ANSWERS[line.note.sentence](world, line)]
        if answered:
            world.tally["people: answered questions"] += len(answered)
            world.main.publish(f"Answer {len(answered)} questions")


def _which_post(world: World, line: Any) -> bool:
    """Say whether a post is the one that the ledger knows under a name without a file."""
    spec = _spec_of(world.main, line)
    if spec is None or spec.was:
        return False
    twin = line.note.values["twin"]
    lineages = {piece.lineage for piece in spec.pieces}
    if lineages == {world.audit.public.lineages.get(twin)}:
        world.main.put(spec.changed(was=line.note.values["id"]))
        return True
    return _only_what_is_new(world, spec)


def _only_what_is_new(world: World, spec: Spec) -> bool:
    """Say that a post is new, after taking out of it what is public already."""
    main = world.main
    reals = [main.now.real(f"{spec.brand}/{alias}") for alias in spec.accounts]
    fresh = tuple(
        piece for piece in spec.pieces if not any(world.wall.ever(real, piece) for real in reals)
    )
    if fresh:
        main.put(spec.changed(was="none", pieces=fresh))
    else:
        main.drop(spec.id)
    return True


def _which_account(world: World, line: Any) -> bool:
    """Say whether an account is the one that the ledger knows under a name that is gone."""
    main, values = world.main, line.note.values
    brand, _, alias = values["account"].partition("/")
    house = main.houses.get(brand)
    if house is None or house.accounts[alias].was:
        return False
    login = house.accounts[alias]
    known = login.real in main.reals(values["former"])
    was = (values["former"],) if known else ("none",)
    main.put_house(house.changed(accounts={**house.accounts, alias: login._replace(was=was)}))
    return True


def _other_alias(world: World, line: Any) -> bool:
    """Give an account another alias than one that the ledger knows as another account's."""
    brand, _, alias = line.note.values["account"].partition("/")
    house = world.main.houses.get(brand)
    return (
        house is not None
        and alias in house.accounts
        and call(world.main, house, alias, f"{alias}n")
    )


def _put_back(world: World, line: Any) -> bool:
    """Put the words of a half-out thread back; what is not out yet follows them."""
    spec = _spec_of(world.main, line)
    if spec is None:
        return False
    out = []
    for index in range(len(line.standing.receipts)):
        hung = world.wall.posts.get(f"{line.delivery.key}/{index}")
        if hung and hung[0].piece is not None:
            out.append(hung[0].piece)
    names = {piece[:2] for piece in out}
    rest = [piece for piece in spec.pieces if piece[:2] not in names]
    if (*out, *rest) == spec.pieces:
        return False
    world.main.put(spec.changed(pieces=(*out, *rest)))
    return True


def _spec_of(main: Main, line: Any) -> Spec | None:
    return next((each for each in main.specs.values() if each.path == line.post.path), None)


_ANSWERS = {
    "twin": _which_post,
    "twin-maybe": _which_post,
    "account-renamed": _which_account,
    "account-name-taken": _other_alias,
    "thread-changed": _put_back,
}
"""The sentence that asks → the answer; True if there is something to commit."""
