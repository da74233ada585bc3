"""Zones as people name them → the zone of the IANA database that they mean.

A hint never changes the hour: what is an offset leads to a zone that always has that offset, and a
misspelt name only to a place. `Etc/GMT+7` has its sign the other way round (IANA's `etcetera`).
"""

from __future__ import annotations

import re
from difflib import get_close_matches

_OFFSET = re.compile(r"(?:utc|gmt)?([+-]?)(\d{1,2})(?:[:.]?(\d\d))?", re.ASCII)
_REVERSED = re.compile(r"Etc/GMT([+-])(\d{1,2})", re.ASCII)
_NAMED = {"wib": 420, "wita": 480, "wit": 540, "utc": 0, "gmt": 0, "z": 0}
_ALWAYS = {
    -600: "Pacific/Honolulu",
    -420: "America/Phoenix",
    -360: "America/Costa_Rica",
    -300: "America/Bogota",
    -240: "America/Puerto_Rico",
    -180: "America/Argentina/Buenos_Aires",
    0: "UTC",
    60: "Africa/Lagos",
    120: "Africa/Johannesburg",
    180: "Asia/Riyadh",
    240: "Asia/Dubai",
    300: "Asia/Karachi",
    330: "Asia/Kolkata",
    345: "Asia/Kathmandu",
    360: "Asia/Dhaka",
    390: "Asia/Yangon",
    420: "Asia/Jakarta",
    480: "Asia/Makassar",
    540: "Asia/Jayapura",
    600: "Australia/Brisbane",
}
"""Minutes ahead of UTC → a place whose clocks show them all year round; a test holds it to IANA."""


def zone_hint(zone: str) -> str:
    """Say which zone somebody may mean who wrote *zone*, which is none."""
    plain = zone.strip().lower()
    minutes = _NAMED.get(plain, _minutes(plain))
    if minutes is not None:
        place = _ALWAYS.get(minutes)
        if place:
            return f"; did you mean {place!r}, where clocks are always {shown(minutes)}?"
        return (
            f"; an offset does not tell when clocks change, so write the place whose clocks "
            f"show {shown(minutes)}"
        )
    near = _near(plain)
    return f"; did you mean {near!r}?" if near else "; write one such as Asia/Jakarta (WIB)"


def reversed_zone(zone: str) -> str:
    """Warn of `Etc/GMT+7`, which is seven hours *behind* UTC; empty for any other zone."""
    found = _REVERSED.fullmatch(zone)
    if found is None or not int(found[2]):
        return ""
    meant = int(found[2]) * (60 if found[1] == "+" else -60)

    def named(minutes: int) -> str:
        return _ALWAYS.get(minutes) or f"the place whose clocks show {shown(minutes)}"

    return (
        f"{zone!r} has its sign the other way round: its clocks show {shown(-meant)}; for "
        f"{shown(meant)} write {named(meant)}, for {shown(-meant)} write {named(-meant)}"
    )


def shown(minutes: int) -> str:
    """Write an offset as `UTC+07:00`."""
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _minutes(text: str) -> int | None:
    found = _OFFSET.fullmatch(text.replace(" ", ""))
    if found is None or not text.strip("0123456789"):
        return None
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return None if minutes > 14 * 60 else -minutes if found[1] == "-" else minutes


def _near(plain: str) -> str | None:
    """Find the place that a name is close to; never an offset, whose digits are all alike."""
    from zoneinfo import available_timezones

    names = [name for name in available_timezones() if "/" in name and not name.startswith("Etc/")]
    wanted = re.sub(r"[ _-]+", "_", plain)
    by_name = {name.lower(): name for name in names}
    # The last part alone, as in `Jakarta`; a name that two regions have is left alone.
    by_city: dict[str, set[str]] = {}
    for name in names:
        by_city.setdefault(name.rpartition("/")[2].lower(), set()).add(name)
    if wanted in by_name:
        return by_name[wanted]
    if len(by_city.get(wanted, ())) == 1:
        return next(iter(by_city[wanted]))
    close = get_close_matches(wanted, by_name, n=1, cutoff=0.8)
    if close:
        return by_name[close[0]]
    close = get_close_matches(
        wanted, [name for name in by_city if len(by_city[name]) == 1], n=1, cutoff=0.8
    )
    return next(iter(by_city[close[0]])) if close else None


_SHORT = {
    **dict.fromkeys(("CET", "CEST", "MEZ", "MESZ"), ("Europe/Berlin",)),
    **dict.fromkeys(("EET", "EEST"), ("Europe/Athens",)),
    **dict.fromkeys(("WET", "WEST"), ("Europe/Lisbon",)),
    **dict.fromkeys(("ET", "EST", "EDT"), ("America/New_York",)),
    **dict.fromkeys(("CT", "CDT"), ("America/Chicago",)),
    **dict.fromkeys(("MT", "MST", "MDT"), ("America/Denver", "America/Phoenix")),
    **dict.fromkeys(("PT", "PST", "PDT"), ("America/Los_Angeles",)),
    **dict.fromkeys(("AEST", "AEDT"), ("Australia/Sydney", "Australia/Brisbane")),
    **dict.fromkeys(("NZST", "NZDT"), ("Pacific/Auckland",)),
    "ACST": ("Australia/Adelaide", "Australia/Darwin"),
    "AST": ("Asia/Riyadh", "America/Halifax"),
    "AWST": ("Australia/Perth",),
    "BST": ("Europe/London", "Asia/Dhaka"),
    "CST": ("America/Chicago", "Asia/Shanghai"),
    "GST": ("Asia/Dubai",),
    "HKT": ("Asia/Hong_Kong",),
    "ICT": ("Asia/Bangkok",),
    "IST": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "JST": ("Asia/Tokyo",),
    "KST": ("Asia/Seoul",),
    "MSK": ("Europe/Moscow",),
    "MYT": ("Asia/Kuala_Lumpur",),
    "PHT": ("Asia/Manila",),
    "PKT": ("Asia/Karachi",),
    "SGT": ("Asia/Singapore",),
    "TRT": ("Europe/Istanbul",),
}
"""Short names of zones → places whose clocks people mean by them; a test holds them to IANA."""


def places_of(short: str) -> tuple[str, ...]:
    """Give the places that a short name of a zone, such as `SGT`, may mean; none if unknown."""
    return _SHORT.get(short.upper(), ())
