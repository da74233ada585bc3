"""What people commit on main in the plain worlds: texts, times, names, and what is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.actions import Action
from simulator.content import Piece, Spec
from simulator.schedule import outside

if TYPE_CHECKING:
    from simulator.world import World


def edit(world: World, action: Action) -> None:
    """Change main in one of the plain ways."""
    main, kind = world.main, action["do"]
    spec = main.called(action["post"])
    with outside():
        match kind:
            case "revert":
                main.revert()
            case "rewind-main":
                main.rewind()
            case _ if spec is None:
                pass
            case "delete":
                main.drop(spec.id)
                main.publish(f"Delete {spec.id}")
            case "rename":
                main.drop(spec.id)
                main.put(renamed(spec))
                main.publish(f"Rename {spec.id}")
            case _:
                main.put(_changed(spec, action, world.schedule.seconds))
                main.publish(f"{kind.capitalize()} {spec.id}")


def _changed(spec: Spec, action: Action, now: float) -> Spec:
    match action["do"]:
        case "move":
            return spec.changed(folder="2027" if spec.folder == "2026" else "2026")
        case "reschedule":
            return spec.changed(due=spec.due + action["by"])
        case "expire":
            return spec.changed(expires=int(max(now, spec.due) // 60 * 60 + abs(action["by"])))
        case "cut":
            return _cut(spec, action["parts"]).corrected()
        case _:
            return spec.corrected()


def _cut(spec: Spec, count: int) -> Spec:
    """Give it so many parts; those that are new have names of their own."""
    pieces = spec.pieces[:count]
    for number in range(len(pieces), count):
        pieces += (Piece(spec.lineage, free_name(spec, str(number + 1))),)
    return spec.changed(pieces=pieces)


def free_name(spec: Spec, name: str) -> str:
    """Find a name that no part of the post has yet."""
    while any(piece.name == name for piece in spec.pieces):
        name += "x"
    return name


def renamed(spec: Spec) -> Spec:
    """Give it a new name, and so a new id, and leave the text as it is."""
    stem, _, number = spec.id.partition("-baru")
    former = (f"{spec.brand}/{spec.id}", *spec.former)
    return spec.changed(id=f"{stem}-baru{int(number or 0) + 1}", stem="", was="", former=former)
