"""List and match: is a post of ours among the account's own, where no key of ours can tell.

A wrong "yes" loses a post in silence and a wrong "no" posts it twice, so both need a clear case:
our text at our time is ours; nothing of that time, in a list that reaches back far enough and has
had time to catch up, is proof of absence; everything between is left to a person.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whenever import Instant, TimeDelta

from mimin.networks.protocol import Absent, Receipt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mimin.networks.protocol import Job

TEXT = "text"
"""Handle under which the hash of the text on the wire is kept: a look-up has no payload."""
SHAPE = "shape"
"""Handle for what else identifies a post, such as the number of its images; may be left out."""

EARLY = TimeDelta(seconds=60)
"""How far a network's clock may be behind ours for a post that is taken for ours."""
LATE = TimeDelta(minutes=10)
"""How long after the due time a post with our text is still taken for ours."""
BACK = TimeDelta(minutes=15)
"""How far back is looked for what only may be ours."""
SETTLED = TimeDelta(minutes=3)
"""How long a network may take to carry out a call that we gave up, and to list the post."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One of the account's own posts, as the network lists it."""

    receipt: Receipt
    at: Instant
    """When the network took it in."""
    text: str
    """As the network gives it back, with links as they were sent."""
    shape: str = ""
    """What `SHAPE` holds of ours; empty when the network does not say."""
    answers: str = ""
    """What it answers; empty for a post of its own."""


def text_hash(text: str) -> str:
    """Give what a text is recognised by: compatibility forms, and single spaces between words."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    return hashlib.sha256(plain.encode()).hexdigest()


def start_of(job: Job) -> Instant:
    """Tell how far back a list has to reach to be complete for this job."""
    return job.at - BACK


def match(
    listed: Iterable[Listed], job: Job, now: Instant, *, complete: bool
) -> Receipt | Absent | None:
    """Tell whether the job's part is among the listed posts.

    Args:
        listed: The account's own posts, in any order.
        job: With at least `TEXT` among its handles; without it nothing can be said.
        now: The moment of the look.
        complete: Whether the list reaches back to `start_of(job)`.
    """
    if TEXT not in job.handles:
        return None
    others = {receipt.remote_id for receipt in job.sent}
    near = [
        post for post in listed if post.at >= start_of(job) and post.receipt.remote_id not in others
    ]
    ours = sorted((post for post in near if _is_ours(post, job)), key=lambda post: post.at)
    if ours:
        return ours[0].receipt
    if any(_may_be_ours(post, job) for post in near):
        return None
    settled = now >= max(job.at, job.due) + SETTLED
    return Absent.PROVEN if complete and settled else None


def _is_ours(post: Listed, job: Job) -> bool:
    parent = job.sent[job.index - 1].remote_id if 0 < job.index <= len(job.sent) else ""
    return (
        _is_on_time(post, job)
        and _says_the_same(post, job)
        and (not post.answers or post.answers == parent)
        and (not post.shape or post.shape == job.handles.get(SHAPE, post.shape))
    )


def _may_be_ours(post: Listed, job: Job) -> bool:
    """Suspect every post of that time: the network may give its text back in a way of its own.

    Only an answer to somebody else can not be the beginning of a post.
    """
    an_answer = bool(post.answers) and job.index == 0
    return _says_the_same(post, job) or (_is_on_time(post, job) and not an_answer)


def _is_on_time(post: Listed, job: Job) -> bool:
    return job.at - EARLY <= post.at <= max(job.at, job.due) + LATE


def _says_the_same(post: Listed, job: Job) -> bool:
    return text_hash(post.text) == job.handles[TEXT]
