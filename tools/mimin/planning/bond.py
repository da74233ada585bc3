"""The bond: what an approval covers beside the payload: where it goes, and how late it may."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from whenever import Instant

from mimin.foreign import read_json
from mimin.model.brand import Brand, Late
from mimin.model.delivery import Delivery
from mimin.model.event import Event
from mimin.model.schedule import Campaign, ScheduleFields
from mimin.planning.examined import Examined

ACCESS = "access"
"""The handle of an approval that says with which secret, and by which settings and media host."""
TERMS = "terms"
"""The handle of an approval that says how late the delivery may still go out."""
_NAMES = ("network", "server", "handle")


@dataclass(frozen=True)
class Bond:
    """What decides where a payload and the account's token go, and how late they may."""

    destination: str
    """`Account.destination`; empty when the brand has no such account."""
    access: Mapping[str, str]
    """`secret`, `media_host`, `media_address` and `settings.NAME`, those that are set."""
    terms: Mapping[str, str]
    """`late`, `grace` (seconds) and `expires`, as the post or its campaign says."""

    def handles(self) -> dict[str, str]:
        """Give the handles with which an approval keeps it; what says nothing is left out."""
        said = {ACCESS: self.access, TERMS: self.terms}
        return {name: write(values) for name, values in said.items() if values}

    def goes_elsewhere(self, other: Bond) -> list[str]:
        """Name the fields in which *other* has another destination or another access."""
        found = _destinations(self.destination, other.destination)
        return found + _differing(self.access, other.access)

    def moved_since(self, event: Event) -> list[str]:
        """Name the fields of the account that are not what they were when it was approved.

        Of an approval without a destination, which an earlier mimin wrote, nothing can be said.
        """
        if not event.destination:
            return []
        found = _destinations(event.destination, self.destination)
        return found + _differing(read(event.handles.get(ACCESS, "{}")), self.access)

    def wider_since(self, event: Event) -> list[str]:
        """Name the rules about time that allow more than when it was approved."""
        if not event.destination:
            return []
        return wider_terms(read(event.handles.get(TERMS, "{}")), self.terms)


def bond_of(
    delivery: Delivery, post: Examined, brand: Brand, campaign: Campaign | None = None
) -> Bond:
    """Say what is to be bound of a delivery as the files are."""
    name = delivery.account.partition("/")[2]
    account = brand.accounts.get(name)
    if account is None:
        return Bond("", {}, {})
    late = post.late or (campaign.late if campaign else None)
    grace = post.grace
    if grace is None and campaign is not None and campaign.grace is not None:
        grace = campaign.grace.total("seconds")
    terms = {
        "late": str(late) if late else "",
        "grace": "" if grace is None else f"{grace:.0f}",
        "expires": delivery.expires.format_iso() if delivery.expires else "",
    }
    return Bond(account.destination, access_of(brand, name), _said(terms))


def campaign_of(post: Examined, schedules: Mapping[str, ScheduleFields]) -> Campaign | None:
    """Give the campaign that a post belongs to, where its brand's calendar has it."""
    schedule = schedules.get(post.brand)
    return schedule.campaigns.get(post.campaign) if schedule else None


def access_of(brand: Brand, name: str) -> dict[str, str]:
    """Name what decides, beside its destination, where an account's token and media go."""
    account = brand.accounts[name]
    found = {
        "secret": account.secret or "",
        "media_host": brand.media_host or "",
        "media_address": brand.media_address or "",
        **{f"settings.{key}": value for key, value in sorted(account.settings.items())},
    }
    return _said(found)


def wider_terms(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Name the rules in which *now* lets something go out later than *then*.

    A rule that was taken out leaves it to the brand, which may allow more: that counts as wider.
    """
    found = []
    old, new = then.get("late", ""), now.get("late", "")
    if old != new and new not in {Late.HOLD, Late.DROP}:
        found.append("late")
    old, new = then.get("grace", ""), now.get("grace", "")
    if old != new and not (old and new and int(new) < int(old)):
        found.append("grace")
    old, new = then.get("expires", ""), now.get("expires", "")
    if old and (not new or Instant.parse_iso(new) > Instant.parse_iso(old)):
        found.append("expires")
    return found


def write(values: Mapping[str, str]) -> str:
    """Write values as one line of JSON that is always the same."""
    return json.dumps(dict(values), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> dict[str, str]:
    """Read what `write` wrote; of anything else nothing is believed."""
    try:
        found = read_json(text)
    except ValueError:
        return {"?": text}
    if not isinstance(found, dict):
        return {"?": text}
    return {str(name): str(value) for name, value in found.items()}


def _said(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _differing(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*then, *now} if then.get(name) != now.get(name))


def _destinations(then: str, now: str) -> list[str]:
    """Name the fields in which two destinations (`Account.destination`) differ."""
    if then == now:
        return []
    old, new = _parts(then), _parts(now)
    return [name for name in _NAMES if old[name] != new[name]] or ["account"]


def _parts(destination: str) -> dict[str, str]:
    network, _, rest = destination.partition(" ")
    server, mark, handle = rest.rpartition("@")
    return {"network": network, "server": server.strip(), "handle": mark + handle}
