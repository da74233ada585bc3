"""What the old tool already sent → events, so that nothing is ever posted a second time."""

from __future__ import annotations

from collections.abc import Iterator

from mimin.importers.incoming import Incoming
from mimin.importers.options import Options
from mimin.importers.report import State
from mimin.model.delivery import delivery_key
from mimin.model.event import Event, Kind

PUBLISHED = "imported"
"""Reason of the events that stand for what went out before mimin; they have no remote id."""
CLOSED = "imported: nothing more of it is to go out"
DROPPED = "imported: the old tool did not confirm it; post it again as a new post if it is missed"


def tell_history(name: str, post: Incoming, options: Options) -> Iterator[Event]:
    """Tell the ledger what is known about each delivery of a post.

    A failure is recorded as dropped, not as refused: the old tool also said "failed" after a
    thread that broke in the middle or a text that came back changed, so it is no proof that
    nothing is out, and a second try is a person's decision.
    """
    for account, state in post.states.items():
        if state is State.NEW:
            continue
        where = f"{options.brand}/{account}"
        base = Event(
            at=options.now,
            kind=Kind.DROPPED,
            account=where,
            key=delivery_key(f"{options.brand}/{name}", where),
            due=post.added,
            reason=DROPPED,
        )
        if state is State.PUBLISHED:
            for part in range(len(post.forms[account].parts)):
                yield base.model_copy(
                    update={"kind": Kind.PUBLISHED, "part": part, "reason": PUBLISHED}
                )
            # Our way to cut a thread may need more parts than theirs; none of them is missing.
            yield base.model_copy(update={"reason": CLOSED})
        else:
            yield base
