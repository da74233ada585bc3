"""Notices: short messages to the team, through whatever of apprise's channels it uses."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

from mimin.errors import MiminError, UsageError


class NoticeError(MiminError):
    """A notice did not reach anybody."""


def send_notice(addresses: Sequence[str], title: str, body: str) -> list[str]:
    """Send one notice to every address.

    Addresses hold tokens, so they are named by their place in the list and never shown.

    Returns:
        What went wrong with single addresses, while at least one got it.

    Raises:
        UsageError: if apprise is not installed or knows none of the addresses' kinds.
        NoticeError: if no address got it.
    """
    try:
        apprise = import_module("apprise")
    except ImportError:
        raise UsageError(
            "notices need apprise, which is not installed; `pip install 'mimin[alerts]'`"
        ) from None
    # It logs addresses.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    failed = [
        f"MIMIN_NOTIFY: address {number} {fault}"
        for number, address in enumerate(addresses, 1)
        if (fault := _send(apprise.Apprise(), address, title, body))
    ]
    if len(failed) == len(addresses):
        raise NoticeError("; ".join(failed) or "MIMIN_NOTIFY holds no address")
    return failed


class _Channel(Protocol):
    def add(self, servers: str) -> bool:
        """Take an address; False when it is of no known kind."""

    def notify(self, *, title: str, body: str) -> bool | None:
        """Send to the addresses taken."""


def _send(channel: _Channel, address: str, title: str, body: str) -> str:
    """Send to one address; say what went wrong, without the address."""
    if not channel.add(address):
        return "is not of a kind that apprise knows"
    return "" if channel.notify(title=title, body=body) else "did not take the notice"
