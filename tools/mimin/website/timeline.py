"""The timeline of a post: who changed it, and what the ledger says happened to it."""

from __future__ import annotations

from typing import NamedTuple

from whenever import Instant

from mimin.model.event import Event, Kind
from mimin.planning.examined import Examined
from mimin.planning.plan import Cause, Line
from mimin.website import markup
from mimin.website.markup import text
from mimin.website.scene import Scene


class _Item(NamedTuple):
    at: Instant
    what: str
    where: str
    text: str
    by: str


def timeline(post: Examined, scene: Scene) -> str:
    """Draw what happened to a post; empty when nothing did."""
    items = _items(post, scene)
    if not items:
        return ""
    zone = scene.brands[post.brand].zone
    drawn = "".join(_item(item, zone, scene) for item in items)
    return (
        f"<section>\n<h2>{text(scene.words('post.history'))}</h2>\n{_people(post, scene)}"
        f'<ol class="mimin-timeline">\n{drawn}</ol>\n</section>\n'
    )


def _items(post: Examined, scene: Scene) -> list[_Item]:
    what = scene.words("event.commit")
    found = [
        _Item(commit.at, what, "", commit.subject, commit.author)
        for commit in scene.history.get(post.path, ())
    ]
    for line in scene.lines_of[post.path]:
        key = line.delivery.key
        found += [_event(event, line, scene) for event in scene.events_of.get(key, ())]
    return sorted(found, key=lambda item: item.at)


def _event(event: Event, line: Line, scene: Scene) -> _Item:
    words = scene.words
    part = ""
    if line.delivery.parts > 1 and event.kind is not Kind.APPROVED:
        part = words("post.part", number=event.part + 1, total=line.delivery.parts)
    says = " · ".join(each for each in (part, event.reason) if each)
    what = words(f"event.{event.kind}")
    account = event.account.partition("/")[2]
    return _Item(event.at, what, account, says, event.by or event.run)


def _item(item: _Item, zone: str, scene: Scene) -> str:
    where = f' <span class="mimin-tag">{text(item.where)}</span>' if item.where else ""
    by = f' <span class="mimin-place">{text(item.by)}</span>' if item.by else ""
    moment = markup.happened(item.at, zone, scene.words)
    return f"<li>{moment} <b>{text(item.what)}</b>{where} {text(item.text)}{by}</li>\n"


def _people(post: Examined, scene: Scene) -> str:
    words, commits = scene.words, scene.history.get(post.path)
    if not commits:
        return ""
    names = _approvers(scene.lines_of[post.path])
    yes = f" · {text(words('post.approved'))} <b>{text(', '.join(names))}</b>" if names else ""
    return f"<p>{text(words('post.author'))} <b>{text(commits[-1].author)}</b>{yes}</p>\n"


def _approvers(lines: list[Line]) -> list[str]:
    # What waits for approval shows only whose yes counts; an approval may be there and be none.
    names = [name for line in lines for name in line.approved]
    names += [
        event.by
        for line in lines
        for event in line.standing.approvals
        if line.cause is not Cause.UNAPPROVED and event.by and event.digest == line.delivery.digest
    ]
    return list(dict.fromkeys(names))
