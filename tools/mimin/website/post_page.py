"""A post's page: what each network gets or got, and everything that happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup
from whenever import Instant

from mimin.model.brand import Account
from mimin.model.event import Event, Kind
from mimin.planning.examined import Examined
from mimin.planning.plan import Cause, Line
from mimin.website import dates
from mimin.website.months import month_address
from mimin.website.rendering import render
from mimin.website.scene import Scene

_TIMES = 12


@dataclass(frozen=True, kw_only=True)
class Target:
    """One account that a post goes to."""

    name: str
    account: Account
    lines: list[Line]
    more: int
    html: Markup
    changed: bool
    simulated: bool


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something that happened."""

    at: Instant
    what: str
    where: str = ""
    text: str = ""
    by: str = ""


def post_page(
    post: Examined, drawings: Mapping[str, str], scene: Scene, base: str = "../../"
) -> str:
    """Draw the page of one post around the drawings of its previews, account → HTML."""
    lines = scene.lines_of[post.path]
    brand = scene.brands[post.brand]
    schedule = scene.schedules.get(post.brand)
    first = next((line.delivery.due for line in lines if line.delivery.due is not None), None)
    local = first.to_tz(brand.zone).date() if first is not None else None
    commits = scene.history.get(post.path, [])
    return render(
        "post.html",
        scene=scene,
        words=scene.words,
        base=base,
        post=post,
        brand=brand,
        campaign=schedule.campaigns.get(post.campaign) if schedule else None,
        month=month_address(local.year, local.month)[9:-5] if local else "",
        month_name=dates.month_name(local.year, local.month, scene.words) if local else "",
        note=scene.previews[post.path].note if post.path in scene.previews else "",
        targets=_targets(post, drawings, scene),
        timeline=_timeline(post, lines, scene),
        author=commits[-1].author if commits else "",
        approvers=_approvers(lines),
        files=scene.files.get(post.path, ()),
    )


def _targets(post: Examined, drawings: Mapping[str, str], scene: Scene) -> list[Target]:
    accounts = scene.brands[post.brand].accounts
    by_account: dict[str, list[Line]] = {}
    for line in scene.lines_of[post.path]:
        by_account.setdefault(line.delivery.account.partition("/")[2], []).append(line)
    return [
        Target(
            name=name,
            account=accounts[name],
            lines=lines[:_TIMES],
            more=max(0, len(lines) - _TIMES),
            # The preview is a template's own output, escaped when it was drawn.
            html=Markup(drawings.get(name, "")),  # noqa: S704 - see above
            changed=any(line.cause is Cause.CHANGED for line in lines),
            simulated=accounts[name].network == "sandbox",
        )
        for name, lines in by_account.items()
    ]


def _timeline(post: Examined, lines: list[Line], scene: Scene) -> list[Item]:
    words = scene.words
    found = [
        Item(at=commit.at, what=words("event.commit"), text=commit.subject, by=commit.author)
        for commit in scene.history.get(post.path, [])
    ]
    for line in lines:
        found += [_item(event, line, scene) for event in scene.events_of.get(line.delivery.key, [])]
    return sorted(found, key=lambda item: item.at)


def _item(event: Event, line: Line, scene: Scene) -> Item:
    words = scene.words
    part = ""
    if line.delivery.parts > 1 and event.kind is not Kind.APPROVED:
        part = words("post.part", number=event.part + 1, total=line.delivery.parts)
    return Item(
        at=event.at,
        what=words(f"event.{event.kind}"),
        where=event.account.partition("/")[2],
        text=" · ".join(text for text in (part, event.reason) if text),
        by=event.by or event.run,
    )


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
