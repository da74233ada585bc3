"""A post's page: what each network gets or got, and everything that happened to it."""

from __future__ import annotations

from collections.abc import Mapping

from mimin.model.brand import Account
from mimin.model.event import Event
from mimin.model.problem import Problem
from mimin.planning.examined import Examined
from mimin.planning.plan import Cause, Line
from mimin.website import dates, markup
from mimin.website.drawing import web_address
from mimin.website.marks import FILE_CHANGED
from mimin.website.markup import code, text
from mimin.website.months import month_address
from mimin.website.rendering import NETWORK_NAMES, render
from mimin.website.saying import say
from mimin.website.scene import Scene
from mimin.website.timeline import timeline

_TIMES = 12
_BASE = "../../"
_SILENT = frozenset({Cause.OUT, Cause.DRAFT, Cause.UNSCHEDULED})
"""Causes that the page explains without their note."""


class PostPages:
    """Draws posts' pages, keeping what many of them have in common."""

    def __init__(self, scene: Scene) -> None:
        """Draw from *scene*."""
        self._scene = scene
        self._freezes = {
            brand: render("freezes.html", scene=scene, brand=brand) for brand in scene.brands
        }

    def draw(self, post: Examined, drawings: Mapping[str, str]) -> str:
        """Draw the page of one post around the drawings of its previews, account → HTML."""
        scene = self._scene
        note = scene.previews[post.path].note if post.path in scene.previews else ""
        where = f'<h2 class="mimin-hidden">{text(scene.words("post.where"))}</h2>'
        return (
            f'<div class="mimin mimin-post">\n{self._freezes[post.brand]}{_crumbs(post, scene)}'
            f"<h1>{text(post.title)}</h1>\n{_tags(post, scene)}{_problems(post, scene)}"
            f"{_note(note, scene)}"
            f'{where}\n<div class="mimin-deliveries">\n{_targets(post, drawings, scene)}</div>\n'
            f"{timeline(post, scene)}{_files(post, scene)}</div>\n"
        )


def _crumbs(post: Examined, scene: Scene) -> str:
    brand = scene.brands[post.brand]
    arrow = ' <span aria-hidden="true">\u203a</span> '
    found = [f'<a href="{_BASE}brands/{brand.id}.html">{text(brand.name)}</a>']
    schedule = scene.schedules.get(post.brand)
    campaign = schedule.campaigns.get(post.campaign) if schedule else None
    if campaign is not None:
        address = f"{_BASE}brands/{brand.id}.campaign.{text(post.campaign)}.html"
        found.append(f'<a href="{address}">{text(campaign.name)}</a>')
    elif post.campaign:
        found.append(text(post.campaign))
    dues = (line.delivery.due for line in scene.lines_of[post.path])
    first = next((due for due in dues if due is not None), None)
    if first is not None:
        day = first.to_tz(brand.zone)
        month = dates.month_name(day.year, day.month, scene.words)
        found.append(f'<a href="{_BASE}{month_address(day.year, day.month)}">{month}</a>')
    return f'<p class="mimin-crumbs">{arrow.join(found)}</p>\n'


def _tags(post: Examined, scene: Scene) -> str:
    names = [f"{scene.words('post.pillar')}: {post.pillar}"] if post.pillar else []
    tags = [f'<span class="mimin-tag">{text(name)}</span>' for name in (*names, *post.labels)]
    return f'<p class="mimin-tags">{" ".join(tags)}</p>\n' if tags else ""


def _problems(post: Examined, scene: Scene) -> str:
    if not post.problems:
        return ""
    rows = "".join(_problem(problem, scene) for problem in post.problems)
    bad = any(problem.severity == "error" for problem in post.problems)
    head = f"<h2>{text(scene.words('post.problems' if bad else 'post.warnings'))}</h2>"
    tone = "" if bad else " mimin-problems--warnings"
    return f'<section class="mimin-problems{tone}">\n{head}\n<ul>\n{rows}</ul>\n</section>\n'


def _problem(problem: Problem, scene: Scene) -> str:
    tone = "bad" if problem.severity == "error" else "wait"
    says = text(scene.words(f"severity.{problem.severity}"))
    place = f"<code>{text(problem.path)}:{problem.line}</code> · <code>{text(problem.code)}</code>"
    return (
        f'<li><span class="mimin-mark mimin-mark--{tone}" data-icon="alert">{says}</span> '
        f'{code(problem.message)} <span class="mimin-place">{place}</span></li>\n'
    )


def _note(note: str, scene: Scene) -> str:
    if not note:
        return ""
    title = text(scene.words("post.note"))
    head = f'<p class="mimin-note__title">{title}</p>'
    return f'<aside class="mimin-note" aria-label="{title}">{head}<p>{text(note)}</p></aside>\n'


def _targets(post: Examined, drawings: Mapping[str, str], scene: Scene) -> str:
    by_account: dict[str, list[Line]] = {}
    for line in scene.lines_of[post.path]:
        by_account.setdefault(line.delivery.account.partition("/")[2], []).append(line)
    return "".join(
        _target(post, name, lines, drawings.get(name, ""), scene)
        for name, lines in by_account.items()
    )


def _target(post: Examined, name: str, lines: list[Line], drawing: str, scene: Scene) -> str:
    words, account = scene.words, scene.brands[post.brand].accounts[name]
    address = f"{_BASE}brands/{post.brand}.account.{name}.html"
    link = f'<a href="{address}">{markup.handle(account)}</a>'
    simulated = markup.simulated(words) + "\n" if account.network == "sandbox" else ""
    times = "".join(_time(line, account, scene) for line in lines[:_TIMES])
    if len(lines) > _TIMES:
        more = words.count("more", len(lines) - _TIMES)
        times += f'<li class="mimin-row__note">{text(more)}</li>\n'
    changed = ""
    if any(line.cause in FILE_CHANGED for line in lines):
        changed = f'<p class="mimin-fine mimin-delivery__now">{text(words("post.changed"))}</p>\n'
    empty = f'<p class="mimin-empty">{text(words("post.nothing"))}</p>\n'
    return (
        f'<article class="mimin-delivery" aria-labelledby="to-{name}">\n<header>\n'
        f'<h3 id="to-{name}">{markup.network(account.rules)} {link}</h3>\n{simulated}</header>\n'
        f'<ul class="mimin-times">\n{times}</ul>\n{changed}{drawing or empty}</article>\n'
    )


def _time(line: Line, account: Account, scene: Scene) -> str:
    words, zone, delivery = scene.words, scene.brand_of(line).zone, line.delivery
    found = [markup.mark(line.cause, words)]
    if delivery.due is not None:
        found.append(markup.due(delivery.due, zone, words))
    if delivery.occurrence:
        says = text(words("post.repeat", number=delivery.occurrence))
        found.append(f'<span class="mimin-tag">{says}</span>')
    receipts = line.standing.receipts
    for number, receipt in enumerate(receipts, 1):
        ordinal = f" ({number})" if len(receipts) > 1 else ""
        found.append(_receipt(receipt, ordinal, account, scene))
    if line.note and line.cause not in _SILENT:
        says = code(say(line.note, zone, words))
        found.append(f'<span class="mimin-row__note">{says}</span>')
    return "<li>\n" + "\n".join(found) + "\n</li>\n"


def _receipt(receipt: Event, ordinal: str, account: Account, scene: Scene) -> str:
    words = scene.words
    if receipt.simulated or not web_address(receipt.url):
        name = f"<code>{text(receipt.remote_id[-10:])}</code>"
        return f'<span class="mimin-utc">{text(words("post.receipt"))} {name}</span>'
    says = words("post.open", network=NETWORK_NAMES.get(account.rules, account.rules)) + ordinal
    rel = "noopener noreferrer"
    return f'<a class="mimin-receipt" href="{text(receipt.url)}" rel="{rel}">{text(says)}</a>'


def _files(post: Examined, scene: Scene) -> str:
    files = scene.files.get(post.path, ())
    if not files:
        return ""
    rows = "".join(f"<li>{_file(name, scene.source)}</li>" for name in files)
    head = f"<h2>{text(scene.words('post.files'))}</h2>"
    return f'<section>\n{head}\n<ul class="mimin-files">{rows}</ul>\n</section>\n'


def _file(name: str, source: str) -> str:
    shown = f"<code>{text(name)}</code>"
    return f'<a href="{text(source + name)}">{shown}</a>' if source else shown
