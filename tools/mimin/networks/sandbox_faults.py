"""Faults on request: how tests and demos make the sandbox behave as badly as a real network."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path

from whenever import Instant, TimeDelta

from mimin.networks.protocol import NotPublished
from mimin.networks.sandbox_rows import opened
from mimin.networks.waiting import at_most

EVERYONE = "*"
"""In place of `brand/account`: the next call of whichever account."""


class Fault(StrEnum):
    """What goes wrong, and whether the post is out all the same."""

    UPLOAD_REFUSED = "upload-refused"
    """While preparing; nothing is public."""
    REFUSED = "refused"
    """A documented refusal for good; nothing is out."""
    UNREACHABLE = "unreachable"
    """The connection was never made; nothing is out, and another try may help."""
    LIMITED = "limited"
    """Too many requests (429) until `seconds` from now; nothing is out."""
    BROKEN = "broken"
    """A server error (5xx) that says nothing; nothing is out."""
    BROKEN_AFTER = "broken-after"
    """The same words, but the post is out."""
    TIMEOUT = "timeout"
    """No answer; nothing is out."""
    ANSWER_LOST = "answer-lost"
    """No answer, but the post is out."""
    SLOW = "slow"
    """Waits `seconds`, then publishes."""
    SLOW_ANSWER = "slow-answer"
    """Publishes, then waits `seconds` with the answer: the moment to kill a run."""
    LATE = "late"
    """No answer; the post is out, but `find` sees it only `seconds` later."""
    BLIND = "blind"
    """`find` can not say anything."""
    OTHER_ACCOUNT = "other-account"
    """`whoami` names another account, as if the secret were somebody else's."""


class SandboxError(Exception):
    """An answer that proves nothing, such as a 5xx."""


def inject(folder: Path, ref: str, fault: Fault, times: int = 1, *, seconds: float = 0) -> None:
    """Let the next `times` fitting calls of the account `ref` (or `EVERYONE`) go wrong."""
    with opened(folder) as rows:
        rows.execute(
            "INSERT INTO faults (account, fault, seconds, times) VALUES (?, ?, ?, ?)",
            (ref, fault.value, seconds, times),
        )


def pending(folder: Path) -> list[tuple[str, Fault, int]]:
    """List the faults still to come: account, fault, times."""
    with opened(folder) as rows:
        found = rows.execute(
            "SELECT account, fault, times FROM faults WHERE times > 0 ORDER BY number"
        ).fetchall()
    return [(row["account"], Fault(row["fault"]), row["times"]) for row in found]


def take(folder: Path, ref: str, fitting: frozenset[Fault]) -> tuple[Fault, float] | None:
    """Use up the oldest fault that fits this call, if there is one."""
    marks = ", ".join("?" for _ in fitting)
    with opened(folder) as rows:
        row = rows.execute(
            "SELECT number, fault, seconds FROM faults WHERE times > 0"  # noqa: S608 - only `?` put in
            f" AND account IN (?, ?) AND fault IN ({marks}) ORDER BY number LIMIT 1",
            (ref, EVERYONE, *sorted(fitting)),
        ).fetchone()
        if row is None:
            return None
        rows.execute("UPDATE faults SET times = times - 1 WHERE number = ?", (row["number"],))
    return Fault(row["fault"]), row["seconds"]


PREPARING = frozenset({Fault.UPLOAD_REFUSED})
FINDING = frozenset({Fault.BLIND})
IDENTIFYING = frozenset({Fault.OTHER_ACCOUNT})
COMMITTING = frozenset(Fault) - PREPARING - FINDING - IDENTIFYING


def before(fault: Fault | None, seconds: float, now: Instant) -> None:
    """Do what the fault does before the post is stored.

    Raises:
        NotPublished: where the network says so.
        SandboxError: for an answer that proves nothing.
        TimeoutError: for no answer at all.
    """
    match fault:
        case Fault.REFUSED:
            raise NotPublished("400 Refused: simulated refusal", permanent=True)
        case Fault.UNREACHABLE:
            raise NotPublished("simulated: no connection")
        case Fault.LIMITED:
            reset = at_most(now + TimeDelta(seconds=seconds), now)
            raise NotPublished("429 Too Many Requests: simulated", retry_at=reset)
        case Fault.BROKEN:
            raise SandboxError("502 Bad Gateway: simulated")
        case Fault.TIMEOUT:
            raise TimeoutError("simulated: no answer in time")
        case Fault.SLOW:
            time.sleep(seconds)
        case _:
            pass


def after(fault: Fault | None, seconds: float) -> None:
    """Do what the fault does once the post is stored.

    Raises:
        SandboxError: for an answer that proves nothing.
        TimeoutError: for no answer at all.
    """
    match fault:
        case Fault.BROKEN_AFTER:
            raise SandboxError("502 Bad Gateway: simulated")
        case Fault.ANSWER_LOST | Fault.LATE:
            raise TimeoutError("simulated: no answer in time")
        case Fault.SLOW_ANSWER:
            time.sleep(seconds)
        case _:
            pass
