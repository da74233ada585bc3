"""Balance: free slots, gaps and the mix of pillars, in words for pages of an internal site."""

from __future__ import annotations

from dataclasses import dataclass

from whenever import Date, Instant

from mimin.model.brand import Brand
from mimin.planning.slots import FreeSlot, Gap, Share, free_slots, look_at
from mimin.website import dates
from mimin.website.scene import Scene


@dataclass(frozen=True)
class FreeTime:
    """A time of a brand's slots at which some of its accounts have nothing yet."""

    brand: str
    clock: str
    accounts: str
    """Their names, as posts write them."""
    ids: str
    """The same as `brand/account`, for filters."""
    pillar: str


@dataclass(frozen=True)
class Balance:
    """How full and how mixed a brand's days are."""

    brand: Brand
    title: str
    """Which days."""
    shares: list[Share]
    gaps: list[str]
    """In words, in their order."""


def free_times(scene: Scene, first: Date, last: Date) -> dict[Date, list[FreeTime]]:
    """Find what is free on each day, from one local day to another.

    A public site tells nothing of it: it would show what is planned.
    """
    found: dict[Date, list[FreeTime]] = {}
    if scene.public:
        return found
    for name, schedule in scene.schedules.items():
        brand = scene.brands.get(name)
        if brand is None or not schedule.slots:
            continue
        together: dict[tuple[Instant, str], list[FreeSlot]] = {}
        for slot in free_slots(brand, schedule, scene.lines, first, last):
            together.setdefault((slot.at, slot.pillar), []).append(slot)
        for (at, pillar), slots in together.items():
            local = at.to_tz(brand.zone)
            free = FreeTime(
                brand.id,
                dates.clock(local, scene.words),
                ", ".join(slot.account.partition("/")[2] for slot in slots),
                " ".join(slot.account for slot in slots),
                pillar,
            )
            found.setdefault(local.date(), []).append(free)
    return found


def balances(scene: Scene, first: Date, last: Date, title: str) -> list[Balance]:
    """Weigh the days from one to another, for each brand whose calendar has slots or a mix."""
    if scene.public:
        return []
    found = (balance_of(scene, name, first, last, title) for name in scene.schedules)
    return [balance for balance in found if balance is not None]


def balance_of(scene: Scene, name: str, first: Date, last: Date, title: str) -> Balance | None:
    """Weigh one brand's days; None where its calendar has no slots and no mix."""
    brand, schedule = scene.brands.get(name), scene.schedules.get(name)
    if brand is None or schedule is None or not (schedule.slots or schedule.mix):
        return None
    found = look_at(brand, schedule, scene.lines, first, last, scene.now)
    holes = [_gap(brand, gap, scene) for gap in found.gaps]
    return Balance(brand, title, found.mix, holes) if found.mix or holes else None


def _gap(brand: Brand, gap: Gap, scene: Scene) -> str:
    first, last = (at.to_tz(brand.zone).date() for at in (gap.first, gap.last))
    return scene.words(
        "balance.gap",
        account=_name(brand, gap.account),
        first=dates.short_day(first, scene.words),
        last=dates.short_day(last, scene.words),
        slots=gap.slots,
    )


def _name(brand: Brand, ref: str) -> str:
    account = ref.partition("/")[2]
    return brand.accounts[account].name or account
