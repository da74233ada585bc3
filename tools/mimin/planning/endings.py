"""Endings: what an account needs in order to publish, and the moment from which it has it no more.

A version of an API that its network ends, and a secret that dies. What is due after the announced
end of a version is blocked long before; a secret can be renewed until its last day.
"""

from __future__ import annotations

from dataclasses import replace

from whenever import Date, Instant, Time, TimeDelta

from mimin.model.brand import Account
from mimin.planning.line import Action, Cause, Line, Rules
from mimin.planning.notes import note

VERSION_AHEAD = TimeDelta(hours=24 * 60)
"""Before a version of an API ends, from when on somebody is told."""
SECRET_AHEAD = TimeDelta(hours=24 * 14)
"""Before a secret dies, from when on somebody is told."""


def end_of(day: str, zone: str) -> Instant:
    """Give the moment at which a local day is over."""
    after = Date.parse_iso(day).add(days=1)
    return after.at(Time(0)).assume_tz(zone, disambiguation="compatible").to_instant()


def secret_ends(account: Account, zone: str) -> Instant | None:
    """Give the moment at which an account's secret dies; None when nobody said."""
    return end_of(account.secret_expires, zone) if account.secret_expires else None


def without_ended(lines: list[Line], rules: Rules) -> list[Line]:
    """Block what would go out when its network takes it no more."""
    return [_keep_back(line, rules) for line in lines]


def _keep_back(line: Line, rules: Rules) -> Line:
    if line.action is not Action.PUBLISH or line.moment is None:
        return line
    moment, end = max(line.moment, rules.now), line.delivery.refused_from
    brand, _, name = line.delivery.account.partition("/")
    account, zone = rules.brands[brand].accounts.get(name), rules.brands[brand].zone
    if account is None:
        return line
    if end is not None and moment >= end:
        says = note("version-ended", network=account.network, moment=end)
        return replace(line, action=Action.BLOCKED, cause=Cause.ENDED, note=says)
    if account.secret_expires is None:
        return line
    dead = end_of(account.secret_expires, zone)
    if rules.now >= dead:
        says = note("secret-ended", secret=account.secret or "-", day=account.secret_expires)
        return replace(line, action=Action.BLOCKED, cause=Cause.ENDED, note=says)
    return line
