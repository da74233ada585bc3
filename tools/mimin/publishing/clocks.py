"""Clocks: whether this machine's clock can be believed before something is sent by it.

Two machines five minutes apart in opposite directions take each other's claims for abandoned, and
one that is hours ahead sends what is due tomorrow. The network's clock is asked first; where it is
silent, the newest event of the ledger must not lie ahead of ours.
"""

from __future__ import annotations

from whenever import Instant, TimeDelta

from mimin.networks.protocol import Connection, TellsTime

MOST = TimeDelta(seconds=60)
"""How far a clock may be off. Twice this and the longest call fit into `PATIENCE`."""


def clock_fault(connection: Connection, newest: Instant | None, now: Instant) -> str:
    """Say how far our clock is off; an empty string when it can be believed.

    Args:
        connection: Has talked to its network, if it can.
        newest: The moment of the ledger's newest event.
        now: The present moment by our clock.
    """
    reading = connection.server_time() if isinstance(connection, TellsTime) else None
    if reading is not None:
        theirs, ours = reading
        return _fault((ours - theirs).total("seconds"), "the network's")
    return (
        _fault(min(0.0, (now - newest).total("seconds")), "the ledger's newest event")
        if (newest is not None)
        else ""
    )


def _fault(seconds: float, whose: str) -> str:
    if abs(seconds) <= MOST.total("seconds"):
        return ""
    where = "ahead of" if seconds > 0 else "behind"
    return (
        f"this machine's clock is {_span(abs(seconds))} {where} {whose}; set it (on Linux "
        "`timedatectl set-ntp true`), then run again"
    )


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.0f} h"
