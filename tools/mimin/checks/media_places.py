"""Where a media file lies that a post names and that is not where the post looks for it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from mimin.nearest import nearest
from mimin.printable import spelled
from mimin.workspace.tree import Tree

_ALIKE = 0.8
_MOVING = frozenset({"mp4", "mov", "m4v", "webm"})


def missing_way_out(name: str, folders: Sequence[str], tree: Tree) -> str:
    """Say how a post comes by the file that it calls *name*.

    The file of that very name is looked for in the whole workspace. Another name is offered only
    when it can hardly be another picture: a photo's number is the same, and so is its kind.

    Args:
        name: What the post says.
        folders: Where the post looks, each with a slash at its end: beside it, and `media/`.
        tree: The workspace.
    """
    if "://" in name:
        return "; nothing is fetched when a post goes out, so save the file here"
    steps = name.replace("\\", "/").split("/")
    named = [step for step in steps if step not in {"", ".", ".."}]
    plain = len(named) == len(steps) and "\\" not in name
    if found := _places(named, tree):
        inside = _inside(found, folders)
        way_out = _other_form(name, inside) if inside else _elsewhere(named, found, folders, tree)
    elif not plain:
        way_out = "write only the file's name, and put the file there"
    elif near := _like(name, folders, tree):
        return f"; did you mean {near!r}?"
    elif tree.repository is not None and any(_is_there(tree, f + name) for f in folders):
        way_out = "git ignores it, so nobody else would have it: see .gitignore"
    else:
        way_out = "add it"
    return f"; {way_out}"


def _places(named: Sequence[str], tree: Tree) -> list[str]:
    """Find the files that are called so, with the folders that are named; in any capitals."""
    wanted = _folded("/".join(named))
    if not wanted:
        return []
    same = [
        path
        for path in (*tree.blobs, *tree.beside)
        if (folded := _folded(path)) == wanted or folded.endswith(f"/{wanted}")
    ]
    exact = [path for path in same if f"/{path}".endswith(f"/{'/'.join(named)}")]
    return sorted(exact or same)


def _inside(found: Sequence[str], folders: Sequence[str]) -> list[str]:
    """Give the names by which a post can call those that lie where it looks."""
    return [p.removeprefix(f) for f in folders for p in found if p.startswith(f)]


def _other_form(name: str, inside: Sequence[str]) -> str:
    """Lead to another form of the name: other capitals, without a folder, or with one."""
    shown = [spelled(repr(each)) for each in dict.fromkeys(inside)]
    if _folded(inside[0]) == _folded(name):
        return f"it is there with other capitals or accents: {shown[0]}"
    if len(shown) > 1:
        return f"write which one is meant: {' or '.join(shown)}"
    if inside[0].count("/") < name.replace("\\", "/").count("/"):
        return f"write {shown[0]}, without the folder"
    return f"it lies in a folder there; write {shown[0]}"


def _elsewhere(
    named: Sequence[str], found: Sequence[str], folders: Sequence[str], tree: Tree
) -> str:
    """Say where the file lies, and where to put it: a brand's `media/` serves all of its posts."""
    media = folders[-1]
    own = [path for path in found if path.startswith(media.removesuffix("media/"))]
    places = [spelled(path) for path in own or found]
    where = f"it lies at {places[0]}; {'move' if own else 'copy'} it into {media}"
    if len(places) > 1:
        where = f"it may be {places[0]} or {places[1]}; copy the right one into {media}"
    if any(folder + named[-1] in tree.blobs for folder in folders):
        return f"{where} under another name, and write that name"
    return where if len(named) == 1 else f"{where}, and write only the file's name"


def _like(name: str, folders: Sequence[str], tree: Tree) -> str | None:
    """Find a name that is surely the same one misspelt, of the same kind of medium."""
    stem, _, suffix = name.rpartition(".")
    for folder in folders:
        stems = {}
        for path in tree.blobs:
            if path.startswith(folder) and "/" not in (known := path.removeprefix(folder)):
                other, _, kind = known.rpartition(".")
                if (kind.lower() in _MOVING) == (suffix.lower() in _MOVING):
                    stems[other] = known
        if near := nearest(stem or suffix, stems, cutoff=_ALIKE):
            return stems[near]
    return None


def _is_there(tree: Tree, path: str) -> bool:
    try:
        return (tree.root / path).exists()
    except (OSError, ValueError):  # a name that no disk allows
        return False


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
