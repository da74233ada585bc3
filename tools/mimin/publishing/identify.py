"""Who are we: what the networks say about our accounts, and the limits that they report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mimin.model.base import fold
from mimin.networks.http import Unclear
from mimin.networks.protocol import Connection, Identifies, Identity, NotPublished, TellsLimits
from mimin.networks.reported import keep_limits
from mimin.publishing.desk import Connections, Desk


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What came of asking about one account."""

    ref: str
    word: str
    """How it stands, in a word or two."""
    failed: bool = False
    reason: str = ""
    identity: Identity | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    """What the network reports of its own: field of `Limits` → value."""


def identify(desk: Desk, refs: Iterable[str], connections: Connections) -> Iterator[Checked]:
    """Ask about each account; one that fails holds up no other."""
    for ref in refs:
        if ref in connections.refused:
            reason = connections.refused[ref]
            yield Checked(ref=ref, word="not asked", failed=True, reason=reason)
            continue
        if ref in connections.missing:
            reason = f"the environment variable {connections.missing[ref]} is not set"
            yield Checked(ref=ref, word="no secret", failed=True, reason=reason)
            continue
        try:
            yield _ask(desk, ref, connections[ref])
        except (NotPublished, Unclear) as error:
            yield Checked(ref=ref, word="failed", failed=True, reason=str(error))


def _ask(desk: Desk, ref: str, connection: Connection) -> Checked:
    if not isinstance(connection, Identifies):
        network = desk.account(ref).network
        return Checked(
            ref=ref, word="can not be asked", reason=f"{network} does not say who we are"
        )
    identity = connection.whoami()
    limits = dict(connection.own_limits()) if isinstance(connection, TellsLimits) else {}
    if limits:
        keep_limits(desk.workspace.private, ref, limits)
    wrong = bool(identity.lacking) or not _is_the_handle(desk, ref, identity)
    reason = "" if _is_the_handle(desk, ref, identity) else _other_handle(desk, ref, identity)
    return Checked(
        ref=ref, word="wrong" if wrong else "ok", failed=wrong, reason=reason, identity=identity,
        limits=limits,
    )  # fmt: skip


def _is_the_handle(desk: Desk, ref: str, identity: Identity) -> bool:
    ours = fold(desk.account(ref).handle.removeprefix("@"))
    theirs = fold(identity.handle.removeprefix("@"))
    # `name@instance` and `name` are the same account of one server.
    return not theirs or theirs.partition("@")[0] == ours.partition("@")[0]


def _other_handle(desk: Desk, ref: str, identity: Identity) -> str:
    handle = desk.account(ref).handle
    return f"the secret belongs to {identity.handle}, brand.yml says {handle}; mend one of them"
