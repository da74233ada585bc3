"""Privacy: what is left of a scene when everybody may read the site.

The data is cut down once, before any page is made: a page can not show what it was never given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mimin.ledger.ledger import Book
from mimin.ledger.standing import State
from mimin.model.brand import Brand
from mimin.model.event import Event, Kind
from mimin.model.post import Visibility
from mimin.planning.examined import Examined
from mimin.planning.plan import Cause, Line
from mimin.website.preview import Preview, Previews, excerpt
from mimin.website.scene import Scene


def make_public(scene: Scene) -> Scene:
    """Keep only what the audience has been shown already, exactly as it was shown."""
    lines: dict[str, list[Line]] = {}
    for line in scene.lines:
        if _is_public(line, scene):
            lines.setdefault(line.post.path, []).append(line)
    previews = {path: _previews(path, found, scene) for path, found in lines.items()}
    posts = {path: _bare(found[0].post, previews[path]) for path, found in lines.items()}
    kept = tuple(
        replace(line, post=posts[line.post.path], cause=Cause.OUT, note="")
        for line in scene.lines
        if _is_public(line, scene)
    )
    return replace(
        scene,
        public=True,
        brands=_brands(kept, scene),
        schedules={},
        reports={},
        observances={},
        posts=tuple(posts.values()),
        lines=kept,
        previews=previews,
        events=tuple(_receipts(kept)),
        book=Book({}),
        history={},
        errors=(),
        unread="",
        source="",
        files={},
    )


def _brands(lines: Iterable[Line], scene: Scene) -> dict[str, Brand]:
    """Keep the brands and accounts that are seen; that a client exists may be a secret too."""
    seen = {line.delivery.account for line in lines}
    found = {}
    for name, brand in scene.brands.items():
        accounts = {key: value for key, value in brand.accounts.items() if f"{name}/{key}" in seen}
        if accounts:
            found[name] = brand.model_copy(update={"accounts": accounts, "people": {}})
    return found


def _is_public(line: Line, scene: Scene) -> bool:
    """Tell whether all of a delivery is out, for everybody, and still as the file says."""
    if line.state is not State.PUBLISHED:
        return False
    preview = _preview(line, scene.previews)
    if preview is None or preview.visibility != Visibility.PUBLIC:
        return False
    shown = {part.shown.digest for part in line.standing.parts.values() if part.shown}
    # A receipt without a digest does not prove that this is the text that went out.
    return shown == {preview.digest}


def _preview(line: Line, previews: Mapping[str, Previews]) -> Preview | None:
    found = previews.get(line.post.path)
    return found.accounts.get(line.delivery.account.partition("/")[2]) if found else None


def _previews(path: str, lines: list[Line], scene: Scene) -> Previews:
    names = {line.delivery.account.partition("/")[2] for line in lines}
    accounts = scene.previews[path].accounts
    return Previews({name: accounts[name] for name in accounts if name in names})


def _bare(post: Examined, shown: Previews) -> Examined:
    """Keep a post's name, and call it by its own first words: its title was for the team."""
    first = next(iter(shown.accounts.values()))
    return Examined(
        path=post.path,
        brand=post.brand,
        id=post.id,
        title=excerpt(first.text) or post.id,
        accounts=tuple(shown.accounts),
        deliveries=(),
        inputs={},
    )


def _receipts(lines: tuple[Line, ...]) -> list[Event]:
    found = [receipt for line in lines for receipt in line.standing.receipts]
    plain = [
        Event(
            at=event.at,
            kind=Kind.PUBLISHED,
            account=event.account,
            key=event.key,
            part=event.part,
            due=event.due,
            url=event.url,
            simulated=event.simulated,
        )
        for event in found
    ]
    return sorted(plain, key=lambda event: event.at)
