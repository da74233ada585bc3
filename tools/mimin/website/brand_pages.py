"""Pages of brands, their accounts with their limits, and their campaigns."""

from __future__ import annotations

from mimin.checks.examine import rules_of
from mimin.model.brand import Brand
from mimin.model.limits import Limits
from mimin.model.schedule import Slot, Weekday
from mimin.planning.plan import Action, Cause, Line
from mimin.website import dates
from mimin.website.balance import Balance, balance_of
from mimin.website.drawing import web_address
from mimin.website.feeds import feed_note
from mimin.website.marks import APPROVAL
from mimin.website.months import Almanac
from mimin.website.rendering import render
from mimin.website.rows import first_rows, recent
from mimin.website.scene import Scene
from mimin.website.words import Words

_SHOWN = 20
_MANY = 200
_IDLE = frozenset({Cause.DRAFT, Cause.UNSCHEDULED})
_BYTES = frozenset({"text_bytes", "image_bytes", "video_bytes"})
_TEXTS = frozenset({"text", "text_with_media", "text_with_video"})
_LIMITS = (
    "text",
    "text_with_media",
    "text_with_video",
    "text_bytes",
    "headline",
    "hashtags",
    "mentions",
    "urls",
    "threads",
    "warning",
    "link_card",
    "media_required",
    "images",
    "image_bytes",
    "image_types",
    "image_aspect",
    "image_width",
    "image_short_side",
    "alt",
    "videos",
    "video_bytes",
    "video_seconds",
)


def brand_pages(scene: Scene, almanac: Almanac, base: str = "../") -> dict[str, tuple[str, str]]:
    """Draw every page below `brands/` except the index: address → (title, HTML)."""
    found: dict[str, tuple[str, str]] = {}
    by_brand: dict[str, list[Line]] = {name: [] for name in scene.brands}
    for line in scene.lines:
        by_brand[line.post.brand].append(line)
    for name, brand in scene.brands.items():
        lines = by_brand[name]
        coming = _upcoming(lines, scene)
        page = f"brands/{name}"
        found[f"{page}.html"] = (brand.name, _brand(brand, lines, coming, scene, almanac, base))
        for account in brand.accounts:
            own = [line for line in coming if line.delivery.account == f"{name}/{account}"]
            title = brand.accounts[account].name or account
            html = _account(brand, account, own, scene, base)
            found[f"{page}.account.{account}.html"] = (title, html)
        schedule = scene.schedules.get(name)
        for slug, campaign in (schedule.campaigns if schedule else {}).items():
            html = _campaign(brand, slug, lines, scene, base)
            found[f"{page}.campaign.{slug}.html"] = (campaign.name, html)
    return found


def brands_index(scene: Scene, base: str = "../") -> str:
    """Draw the list of brands."""
    counts = {name: sum(post.brand == name for post in scene.posts) for name in scene.brands}
    brands = [{"brand": brand, "posts": counts[name]} for name, brand in scene.brands.items()]
    return render("brands.html", words=scene.words, base=base, brands=brands)


def _brand(  # noqa: PLR0913, PLR0917 - all of it is on the page
    brand: Brand,
    lines: list[Line],
    coming: list[Line],
    scene: Scene,
    almanac: Almanac,
    base: str,
) -> str:
    schedule = scene.schedules.get(brand.id)
    campaigns = schedule.campaigns if schedule else {}
    pillars = schedule.pillars if schedule else {}
    mix = schedule.mix if schedule else {}
    slots = schedule.slots if schedule else ()
    return render(
        "brand.html",
        scene=scene,
        words=scene.words,
        base=base,
        brand=brand,
        feed_note=feed_note(brand, scene),
        campaigns=[
            (slug, campaign, _span(campaign.starts, campaign.ends, scene.words))
            for slug, campaign in campaigns.items()
        ],
        pillars=[(slug, about, mix.get(slug)) for slug, about in pillars.items()],
        slots=[(_when(slot, scene.words), _who(brand, slot)) for slot in slots],
        balances=_balances(brand, scene),
        upcoming=first_rows(coming, scene, _SHOWN),
        recent=recent(lambda line: line.post.brand == brand.id, scene, _SHOWN),
        waiting=first_rows([line for line in lines if line.cause in _IDLE], scene, _SHOWN),
        months=almanac.months_of(brand.id),
    )


def _when(slot: Slot, words: Words) -> str:
    names = dates.weekday_names(words)
    days = ", ".join(names[list(Weekday).index(day)] for day in slot.days)
    return f"{days} {slot.at.replace(':', '.') if words.language == 'id' else slot.at}"


def _who(brand: Brand, slot: Slot) -> str:
    accounts = ", ".join(brand.accounts[name].name or name for name in slot.accounts)
    return f"{accounts} ({slot.pillar})" if slot.pillar else accounts


def _balances(brand: Brand, scene: Scene) -> list[Balance]:
    """Weigh this month and the next: what is planned now, and what is planned for."""
    from whenever import Date

    if scene.public:
        return []
    today = scene.now.to_tz(brand.zone).date()
    this = Date(today.year, today.month, 1)
    found = []
    for first in (this, this.add(months=1)):
        title = dates.month_name(first.year, first.month, scene.words)
        last = first.add(months=1).subtract(days=1)
        found.append(balance_of(scene, brand.id, first, last, title))
    return [balance for balance in found if balance is not None]


def _account(brand: Brand, name: str, coming: list[Line], scene: Scene, base: str) -> str:
    account = brand.accounts[name]
    return render(
        "account.html",
        scene=scene,
        words=scene.words,
        base=base,
        brand=brand,
        account=account,
        link=web_address(account.url or ""),
        limits=limit_rows(rules_of(account).limits, scene.words),
        upcoming=first_rows(coming, scene, _SHOWN),
        recent=recent(lambda line: line.delivery.account == f"{brand.id}/{name}", scene, _SHOWN),
    )


def _campaign(brand: Brand, slug: str, lines: list[Line], scene: Scene, base: str) -> str:
    campaign = scene.schedules[brand.id].campaigns[slug]
    own = [line for line in lines if line.post.campaign == slug]
    return render(
        "campaign.html",
        scene=scene,
        words=scene.words,
        base=base,
        brand=brand,
        campaign=campaign,
        slug=slug,
        span=_span(campaign.starts, campaign.ends, scene.words),
        rows=first_rows(own, scene, _MANY),
        more=max(0, len({(line.post.path, line.delivery.due) for line in own}) - _MANY),
    )


def _upcoming(lines: list[Line], scene: Scene) -> list[Line]:
    return [
        line
        for line in lines
        if line.delivery.due is not None
        and line.delivery.due >= scene.now
        and (line.action in {Action.PUBLISH, Action.BLOCKED} or line.cause in APPROVAL)
    ]


def _span(starts: str, ends: str, words: Words) -> str:
    from whenever import Date

    days = [dates.plain_day(Date.parse_iso(day), words) for day in (starts, ends)]
    return days[0] if starts == ends else words("campaign.span", starts=days[0], ends=days[1])


def limit_rows(limits: Limits, words: Words) -> list[tuple[str, str]]:
    """List an account's limits in words."""
    return [(words(f"limit.{name}"), _value(name, limits, words)) for name in _LIMITS]


def _value(name: str, limits: Limits, words: Words) -> str:  # noqa: PLR0911 - one kind of value a line
    value = getattr(limits, name)
    if isinstance(value, bool):
        return words("account.yes" if value else "account.no")
    if value is None or value == ():
        return words("account.none")
    if value == 0:
        return words("account.impossible")
    if name == "image_types":
        return ", ".join(kind.partition("/")[2].upper() for kind in value)
    if name == "image_aspect":
        return f"{words.number(value[0])}–{words.number(value[1])}"  # noqa: RUF001 - a range takes an en dash
    if name in _BYTES:
        return _size(value, words)
    if name == "video_seconds":
        return words.span(value)
    unit = limits.text_unit if name in _TEXTS else limits.alt_unit if name == "alt" else ""
    suffix = f" {words('unit.' + unit)}" if unit else ""
    return words.number(value) + suffix


def _size(value: int, words: Words) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= size:
            return f"{words.number(round(value / size, 1))} {unit}"
    return f"{words.number(value)} {words('unit.bytes')}"
