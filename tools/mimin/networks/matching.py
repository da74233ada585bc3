"""List and match: is a post of ours among the account's own, where no key of ours can tell.

A wrong "yes" loses a post in silence and a wrong "no" posts it twice, so both need a clear case:
our text at our time is ours; nothing of that time, in a list that reaches back far enough, has had
time to catch up and shows what must be on it, is proof of absence; everything between is left to a
person.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from whenever import Instant, TimeDelta

from mimin.networks.normal import normalize
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
_RECORDED_LATE = TimeDelta(hours=24)
"""How much later than the post itself its receipt may have been written: a look found it then."""


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
    own: bool = True
    """Whether the account made it; what others made only shows how far the list goes back."""


def text_hash(text: str) -> str:
    """Give what a text is recognised by: compatibility forms, and single spaces between words."""
    plain = " ".join(normalize("NFKC", text).split())
    return hashlib.sha256(plain.encode()).hexdigest()


def start_of(job: Job) -> Instant:
    """Tell since when a post only may be ours: what is older is not."""
    return job.at - BACK


def reach_of(job: Job) -> Instant:
    """Tell how far back a list has to be read for this job: to our newest known post as well."""
    newest = max((known.at for known in job.known), default=None)
    return min(start_of(job), newest - _RECORDED_LATE) if newest else start_of(job)


def match(
    listed: Iterable[Listed], job: Job, now: Instant, *, complete: bool
) -> Receipt | Absent | None:
    """Tell whether the job's part is among the listed posts.

    Args:
        listed: The account's own posts, in any order.
        job: With at least `TEXT` among its handles; without it nothing can be said. Its `known` and
            `sent` are what the list must show, so an adapter leaves out what no such list can show.
        now: The moment of the look.
        complete: Whether the list reaches back to `reach_of(job)`, or ends by what the server says.
    """
    if TEXT not in job.handles:
        return None
    posts = list(listed)
    others = {receipt.remote_id for receipt in job.sent}
    near = [
        post
        for post in posts
        if post.own and post.at >= start_of(job) and post.receipt.remote_id not in others
    ]
    ours = sorted((post for post in near if _is_ours(post, job)), key=lambda post: post.at)
    if ours:
        return ours[0].receipt if _shows_ours(posts, job) else None
    if any(_may_be_ours(post, job) for post in near):
        return None
    credible = complete and is_credible(((post.receipt, post.at) for post in posts), job)
    return Absent.PROVEN if credible and is_settled(job, now) else None


def match_comment(
    listed: Iterable[Listed], job: Job, now: Instant, *, complete: bool
) -> Receipt | Absent | None:
    """Tell whether the job's comment is among those under its post; see `match`.

    No such list shows posts, so only an older comment of anybody shows that the list is whole: a
    missing comment on a new post is left to a person.
    """
    alone = replace(job, known=(), sent=job.sent[1:])
    return match(listed, alone, now, complete=complete)


def repeats(seen: set[str], page: Iterable[str]) -> bool:
    """Tell whether a page has nothing that the pages before had not, and remember its ids.

    Paging that does not go on never reaches what stands further back. An empty page repeats
    nothing.
    """
    names = set(page)
    stuck = bool(names) and names <= seen
    seen |= names
    return stuck


def is_settled(job: Job, now: Instant) -> bool:
    """Tell whether the call must have been carried out and listed by now, if it ever was."""
    return now >= job.latest + SETTLED


def is_credible(posts: Iterable[tuple[Receipt, Instant]], job: Job) -> bool:
    """Tell whether a list shows what must be on it, so that what it lacks is not there.

    A server that is ill, a page that is missing, the list of another account or server: all of them
    give lists that look well and lack our posts. So our newest post that the ledger knows has to be
    there, and all of the time that is looked at; and the list has to go back beyond that time.

    Args:
        posts: All that is listed, with the moment at which the network took it in.
        job: What is looked for.
    """
    shown = {_name(name): at for receipt, at in posts for name in (receipt.remote_id, receipt.url)}
    if any(_name(expected) not in shown for expected in _expected(job)):
        return False
    older = any(at < start_of(job) for at in shown.values())
    parts = any(_name(part.remote_id) in shown for part in job.sent)
    known = (shown.get(_name(known.remote_id)) for known in job.known)
    return older or parts or any(at <= job.at for at in known if at)


def _shows_ours(posts: Iterable[Listed], job: Job) -> bool:
    """Tell whether a list shows anything that the ledger knows of ours, where it knows something.

    Sister accounts say the same at the same time: on the list of one, another finds its own words.
    """
    known = {_name(each.remote_id) for each in job.known}
    known |= {_name(part.remote_id) for part in job.sent}
    shown = {_name(name) for post in posts for name in (post.receipt.remote_id, post.receipt.url)}
    return not known or bool(known & shown)


def _expected(job: Job) -> set[str]:
    """List what of ours a list must show: ids, or addresses that a person told."""
    newest = max(job.known, key=lambda known: known.at, default=None)
    dated = {known.remote_id for known in job.known}
    recent = {known.remote_id for known in job.known if known.at >= start_of(job)}
    # Of a part that the ledger's list does not date, nothing says that it is too old to be there.
    parts = {receipt.remote_id for receipt in job.sent} - dated
    return recent | parts | ({newest.remote_id} if newest else set())


def _name(given: str) -> str:
    """Give what a post is known by in its id and its address alike: how they end."""
    return given if "?" in given else given.rstrip("/").rpartition("/")[2]


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
