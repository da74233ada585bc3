"""The networks that exist: one line each."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import cast

from mimin.errors import UsageError
from mimin.networks.protocol import Network

ADAPTERS = {
    "sandbox": "mimin.networks.sandbox",
    "manual": "mimin.networks.manual",
    "bluesky": "mimin.networks.bluesky",
    "mastodon": "mimin.networks.mastodon",
}
"""Network name → module whose `NETWORK` satisfies `Network`; imported when first used."""


@cache
def find_network(name: str) -> Network:
    """Give the adapter called `name`.

    Raises:
        UsageError: if there is none.
    """
    module = ADAPTERS.get(name)
    if module is None:
        known = ", ".join(ADAPTERS)
        raise UsageError(f"{name!r} is not a network that mimin can publish to; it knows {known}")
    return cast("Network", import_module(module).NETWORK)
