"""The networks that exist: one line each."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import cast

from mimin.errors import UsageError
from mimin.networks.protocol import Network

ADAPTERS = {
    "sandbox": "mimin.networks.sandbox",
    "manual": "mimin.networks.manual",
    "bluesky": "mimin.networks.bluesky",
    "mastodon": "mimin.networks.mastodon",
    "x": "mimin.networks.x",
    "linkedin": "mimin.networks.linkedin",
    "instagram": "mimin.networks.instagram",
    "facebook": "mimin.networks.facebook",
    "threads": "mimin.networks.threads",
    "tiktok": "mimin.networks.tiktok",
    "youtube": "mimin.networks.youtube",
    "telegram": "mimin.networks.telegram",
    "discord": "mimin.networks.discord",
    "pinterest": "mimin.networks.pinterest",
}
"""Network name → module whose `NETWORK` satisfies `Network`; imported when first used."""


GROUP = "mimin.networks"
"""Entry point group in which other packages offer networks: name → object that is a `Network`."""


@cache
def find_network(name: str) -> Network:
    """Give the adapter called `name`: one of ours, else one that an installed package offers.

    Raises:
        UsageError: if there is none.
    """
    module = ADAPTERS.get(name)
    if module is not None:
        return cast("Network", import_module(module).NETWORK)
    offered = entry_points(group=GROUP, name=name)
    if not offered:
        known = ", ".join(network_names())
        raise UsageError(f"{name!r} is not a network that mimin can publish to; it knows {known}")
    return cast("Network", next(iter(offered)).load())


@cache
def network_names() -> tuple[str, ...]:
    """Name all networks that can be published to: ours first, then those of other packages."""
    others = sorted({point.name for point in entry_points(group=GROUP)} - set(ADAPTERS))
    return (*ADAPTERS, *others)
