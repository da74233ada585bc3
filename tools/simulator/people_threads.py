"""People who put parts into threads, take them out and change them, above all of half-out ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.actions import DAY, Action
from simulator.content import Piece, Spec
from simulator.people_editing import free_name
from simulator.schedule import outside

if TYPE_CHECKING:
    from simulator.world import World

RESTRUCTURINGS = ("insert-part", "remove-part", "change-part", "move-far")
AMENDMENTS = ("edit-out", "retract-out", "unretract")


def restructure(world: World, action: Action) -> None:
    """Change a thread of which something is out and something is not, or else any other."""
    main = world.main
    half = [spec for spec in main.specs.values() if 0 < _out(world, spec) < len(spec.pieces)]
    world.tally["people: changed a half-out thread"] += bool(half)
    spec = half[action["pick"] % len(half)] if half else main.called(action["post"])
    if spec is None:
        return
    with outside():
        main.put(_restructured(spec, action, _out(world, spec)))
        main.publish(f"{action['do'].capitalize()} {spec.id}")


def _out(world: World, spec: Spec) -> int:
    """Count the parts that are out, on the account where most are."""
    reals = [world.main.now.real(f"{spec.brand}/{alias}") for alias in spec.accounts]
    return max(sum(world.wall.ever(real, piece) for piece in spec.pieces) for real in reals)


def _restructured(spec: Spec, action: Action, out: int) -> Spec:
    """Change a part: mostly one of those that are out."""
    pieces, among = spec.pieces, out if out and action["pick"] % 4 else len(spec.pieces)
    place = action["pick"] // 4 % among
    match action["do"]:
        case "insert-part":
            new = Piece(spec.lineage, free_name(spec, f"s{len(pieces)}"))
            return spec.changed(pieces=(*pieces[:place], new, *pieces[place:]))
        case "remove-part" if len(pieces) > 1:
            return spec.changed(pieces=pieces[:place] + pieces[place + 1 :])
        case "move-far":
            return spec.changed(due=spec.due + 40 * DAY)
        case _:
            return spec.corrected(pieces[place].name)


def amend(world: World, action: Action) -> None:
    """Change or take back a post that is out."""
    main = world.main
    want = action["do"] == "unretract"
    out = [spec for spec in main.specs.values() if _is_out(world, spec) and spec.retract == want]
    if not out:
        return
    spec = out[action["pick"] % len(out)]
    with outside():
        if action["do"] == "edit-out":
            main.put(spec.corrected(spec.pieces[-1].name))
        else:
            main.put(spec.changed(retract=not want))
        main.publish(f"{action['do'].capitalize()} {spec.id}")


def _is_out(world: World, spec: Spec) -> bool:
    reals = [world.main.now.real(f"{spec.brand}/{alias}") for alias in spec.accounts]
    return any(world.wall.ever(real, piece) for real in reals for piece in spec.pieces)
