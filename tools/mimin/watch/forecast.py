"""Alarms about what is coming: dying secrets, ending versions, empty and crowded accounts."""

from __future__ import annotations

from collections.abc import Iterator

from whenever import Instant, TimeDelta

from mimin.model.brand import Account, Brand
from mimin.networks.versions import ApiVersion
from mimin.planning.endings import end_of
from mimin.planning.plan import Line
from mimin.planning.throttle import SPACING
from mimin.watch.alarm import Alarm, Code, Look

_USUALLY = 3
"""Posts in the last four stretches of quiet that make an account one that usually posts."""
_CROWD = 3
"""Posts within one spacing that are a salvo where the brand has not said what is too close."""


def token(look: Look) -> Iterator[Alarm]:
    """A secret dies before a planned post."""
    for ref, account, brand in _accounts(look):
        if account.secret_expires is None:
            continue
        end = end_of(account.secret_expires, brand.zone)
        behind = _planned_from(ref, end, look)
        if behind or end - look.now <= look.patience.token:
            yield Alarm(
                code=Code.TOKEN,
                subject=ref,
                since=end if end <= look.now else None,
                deliveries=tuple(line.delivery.key for line in behind),
                details={"secret": account.secret or "-", "day": account.secret_expires},
            )


def version(look: Look) -> Iterator[Alarm]:
    """A network ends the version of its API that is used here."""
    users: dict[ApiVersion, list[str]] = {}
    for ref, account, _ in _accounts(look):
        used = look.version_of(account)
        if used is not None:
            users.setdefault(used, []).append(ref)
    for one, refs in users.items():
        end = end_of(one.ends, "UTC")
        if end - look.now > look.patience.version:
            continue
        behind = [line for ref in refs for line in _planned_from(ref, end, look)]
        yield Alarm(
            code=Code.VERSION,
            subject=f"{one.network}/{one.version}",
            since=end if end <= look.now else None,
            deliveries=tuple(line.delivery.key for line in behind),
            details={"network": one.network, "version": one.version, "day": one.ends},
        )


def idle(look: Look) -> Iterator[Alarm]:
    """An account that usually posts has nothing planned."""
    receipts = _receipts(look)
    for ref, _, brand in _accounts(look):
        usual = [at for at in receipts.get(ref, []) if look.now - at <= 4 * brand.quiet]
        if len(usual) < _USUALLY:
            continue
        until = look.now + brand.quiet
        coming = _planned_from(ref, look.now, look)
        if not any(line.delivery.due and line.delivery.due <= until for line in coming):
            days = round(brand.quiet.total("hours") / 24)
            yield Alarm(code=Code.IDLE, subject=ref, since=max(usual), details={"days": str(days)})


def salvo(look: Look) -> Iterator[Alarm]:
    """Posts on one account stand too close together."""
    for ref, _, brand in _accounts(look):
        until = look.now + look.patience.soon
        coming = [
            line
            for line in _planned_from(ref, look.now, look)
            if line.delivery.due and line.delivery.due <= until
        ]
        least = 2 if brand.spacing is not None else _CROWD
        found = _crowded(coming, least, brand.spacing or SPACING)
        if found:
            minutes = round((brand.spacing or SPACING).total("minutes"))
            yield Alarm(
                code=Code.SALVO,
                subject=ref,
                deliveries=tuple(line.delivery.key for line in found),
                details={"minutes": str(minutes)},
            )


def _crowded(lines: list[Line], least: int, gap: TimeDelta) -> list[Line]:
    """Keep the lines that have *least* - 1 others within less than *gap*."""
    found: dict[str, Line] = {}
    for first in range(len(lines) - least + 1):
        group = lines[first : first + least]
        start, end = group[0].delivery.due, group[-1].delivery.due
        if start is not None and end is not None and end - start < gap:
            found.update({line.delivery.key: line for line in group})
    return list(found.values())


def _accounts(look: Look) -> Iterator[tuple[str, Account, Brand]]:
    for brand in look.brands.values():
        for name, account in brand.accounts.items():
            yield f"{brand.id}/{name}", account, brand


def _planned_from(ref: str, start: Instant, look: Look) -> list[Line]:
    """List what is still to go out on an account at or after *start*."""
    lines = look.coming.get(ref, [])
    return [line for line in lines if line.delivery.due and line.delivery.due >= start]


def _receipts(look: Look) -> dict[str, list[Instant]]:
    """Account → when each delivery of it went out."""
    found: dict[str, list[Instant]] = {}
    for standing in look.book.standings.values():
        receipts = standing.receipts
        if receipts:
            found.setdefault(receipts[0].account, []).append(receipts[0].at)
    return found
