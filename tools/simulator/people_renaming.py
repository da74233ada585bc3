"""People who call things by other names, copy, split and join posts, and write history anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.actions import HOUR, Action
from simulator.content import House, Login, Piece, Spec
from simulator.people_editing import renamed
from simulator.schedule import outside

if TYPE_CHECKING:
    from simulator.mainline import Main
    from simulator.world import World


def rename(world: World, action: Action) -> None:
    """Give something another name, or a name another content."""
    main = world.main
    spec = main.called(action["post"])
    with outside():
        if spec is not None and RENAMINGS[action["do"]](main, spec, action):
            main.publish(f"{action['do'].capitalize()} {spec.id}")


def _alias(main: Main, spec: Spec, _: Action) -> bool:
    """Call an account something else; its posts follow."""
    old = spec.accounts[0]
    return call(main, main.houses[spec.brand], old, f"{old}b")


def call(main: Main, house: House, old: str, new: str) -> bool:
    """Write another alias for an account, in its brand and in the posts that go there."""
    if new in house.accounts:
        return False
    accounts = {new if name == old else name: login for name, login in house.accounts.items()}
    main.call_otherwise(f"{house.id}/{old}", f"{house.id}/{new}")
    main.put_house(house.changed(accounts=accounts))
    for each in _of(main, house.id):
        names = tuple(new if name == old else name for name in each.accounts)
        main.put(each.changed(accounts=names))
    return True


def _reuse_alias(main: Main, spec: Spec, action: Action) -> bool:
    """Call an account something else, and a new account what it was called; a post goes to both."""
    old, login = spec.accounts[0], main.houses[spec.brand].accounts[spec.accounts[0]]
    if not _alias(main, spec, action):
        return False
    house, post = main.houses[spec.brand], main.specs[spec.id]
    new = Login(login.mode, f"{login.handle}n")
    main.give_away(f"{house.id}/{old}")
    main.put_house(house.changed(accounts={**house.accounts, old: new}))
    main.put(post.changed(accounts=(*post.accounts, old)))
    return True


def _brand(main: Main, spec: Spec, _: Action) -> bool:
    """Call a brand's folder something else."""
    house = main.houses[spec.brand]
    _move_all(main, house, house.changed(id=f"{house.id}b", was=""), {})
    return True


def _merge_brand(main: Main, spec: Spec, action: Action) -> bool:
    """Move all posts and accounts of a brand to another one."""
    others = sorted(main.houses.keys() - {spec.brand})
    if not others:
        return False
    house = main.houses[spec.brand]
    into = main.houses[others[action["pick"] % len(others)]]
    names = {name: name if name not in into.accounts else f"{name}c" for name in house.accounts}
    if any(names[name] in into.accounts for name in names):
        return False
    moved = {names[name]: login for name, login in house.accounts.items()}
    _move_all(main, house, into.changed(accounts={**into.accounts, **moved}), names)
    return True


def _move_all(main: Main, house: House, into: House, names: dict[str, str]) -> None:
    specs = _of(main, house.id)
    for name in house.accounts:
        main.call_otherwise(f"{house.id}/{name}", f"{into.id}/{names.get(name, name)}")
    main.put_house(into)
    for spec in specs:
        main.drop(spec.id)
    main.drop_house(house.id)
    for spec in specs:
        accounts = tuple(names.get(name, name) for name in spec.accounts)
        former = (f"{house.id}/{spec.id}", *spec.former)
        main.put(spec.changed(brand=into.id, accounts=accounts, former=former))


def _move_post(main: Main, spec: Spec, action: Action) -> bool:
    """Move one post to another brand, whose accounts are others."""
    others = sorted(main.houses.keys() - {spec.brand})
    if not others:
        return False
    into = main.houses[others[action["pick"] % len(others)]]
    former = (f"{spec.brand}/{spec.id}", *spec.former)
    main.drop(spec.id)
    accounts = tuple(sorted(into.accounts))[: len(spec.accounts)]
    main.put(spec.changed(brand=into.id, accounts=accounts, former=former))
    return True


def _with_text(main: Main, spec: Spec, _: Action) -> bool:
    """Rename a post's file and mend a mistake in it, in one commit."""
    main.drop(spec.id)
    main.put(renamed(spec).corrected(spec.pieces[0].name))
    return True


def _id(main: Main, spec: Spec, _: Action) -> bool:
    """Change `id:` and leave the file where it is."""
    new = renamed(spec)
    main.drop(spec.id)
    main.put(new.changed(stem=spec.stem or spec.id))
    return True


def _template(main: Main, spec: Spec, action: Action) -> bool:
    """Write a new post over a copy of an old one, which stays, or goes in the same commit."""
    name = f"{spec.id.partition('-salin')[0]}-salin{len(main.line)}"
    pieces = tuple(Piece(name, piece.name) for piece in spec.pieces)
    copy = spec.changed(
        id=name, stem="", was="", pieces=pieces, due=spec.due + 26 * HOUR, expires=None, former=()
    )
    if action["pick"] % 3 == 0:
        main.drop(spec.id)
    main.put(copy)
    return True


def _split(main: Main, spec: Spec, _: Action) -> bool:
    """Make two posts of a thread."""
    if len(spec.pieces) < 2:
        return False
    half = len(spec.pieces) // 2
    name = f"{spec.id.partition('-lanjut')[0]}-lanjut{len(main.line)}"
    main.put(spec.changed(pieces=spec.pieces[:half]))
    rest = spec.pieces[half:]
    main.put(spec.changed(id=name, stem="", was="", pieces=rest, due=spec.due + HOUR, former=()))
    return True


def _join(main: Main, spec: Spec, action: Action) -> bool:
    """Make one thread of two posts for the same accounts."""
    others = [
        each
        for each in _of(main, spec.brand)
        if each.id != spec.id and each.accounts == spec.accounts
    ]
    if not others:
        return False
    other = others[action["pick"] % len(others)]
    main.drop(other.id)
    main.put(spec.changed(pieces=spec.pieces + other.pieces))
    return True


def _squash(main: Main, _spec: Spec, _: Action) -> bool:
    """Write main's history anew, so that the old commits are gone."""
    main.squash()
    return False


def _of(main: Main, brand: str) -> list[Spec]:
    return [spec for spec in main.specs.values() if spec.brand == brand]


RENAMINGS: dict[str, Callable[[Main, Spec, Action], bool]] = {
    "rename-alias": _alias,
    "reuse-alias": _reuse_alias,
    "rename-brand": _brand,
    "merge-brand": _merge_brand,
    "move-post": _move_post,
    "rename-and-mend": _with_text,
    "change-id": _id,
    "copy-as-template": _template,
    "split": _split,
    "join": _join,
    "squash-main": _squash,
}
"""What people call it in the table → who does it; True if there is something to commit."""
