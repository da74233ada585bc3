"""Is a status of ours on the account's own timeline: yes, provably not, or nobody can say.

A wrong "yes" loses a post in silence and a wrong "no" posts it twice, so both need a clear case;
what has our text at a strange time, or our time and another text, is left to a person. A timeline
proves absence only if it shows what must be on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import AwareDatetime
from whenever import Instant, TimeDelta

from mimin.networks.http import Answer, Id
from mimin.networks.mastodon import media_handle, parent_id
from mimin.networks.mastodon_text import html_hash
from mimin.networks.matching import is_credible, reach_of
from mimin.networks.protocol import Absent, Receipt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mimin.networks.protocol import Job

TEXT = "text"
"""Handle under which the text's hash is kept: a look-up does not have the payload."""

_EARLY = TimeDelta(seconds=60)
"""How far the instance's clock may be behind ours for a status that is taken for ours."""
_LATE = TimeDelta(minutes=10)
"""How long after the due time a status with our text is still taken for ours."""
_SKEW = TimeDelta(minutes=15)
"""How far back is looked for what only may be ours."""
_SETTLED = TimeDelta(seconds=120)
"""A call that we stopped waiting for may still be carried out, and shown, for so long."""


class _Attachment(Answer):
    id: str


class Status(Answer):
    """What we need of a status."""

    id: Id
    url: str | None = None
    uri: str = ""
    content: str = ""
    created_at: AwareDatetime
    in_reply_to_id: str | None = None
    media_attachments: tuple[_Attachment, ...] = ()

    @property
    def at(self) -> Instant:
        """When the instance took it in."""
        return Instant(self.created_at)

    @property
    def receipt(self) -> Receipt:
        """The proof that it is out."""
        return Receipt(remote_id=self.id, url=self.url or self.uri)


@dataclass(frozen=True)
class Timeline:
    """The newest own statuses, as far back as a job can matter."""

    start: Instant
    statuses: tuple[Status, ...] = ()
    reach: Instant = Instant.MIN
    """How far back it has to go to be believed: to our newest known status as well."""
    complete: bool = False
    """Whether it reaches back to `reach`, or ends before."""
    stuck: bool = False
    """Whether the instance gave the same page again."""

    @classmethod
    def since(cls, job: Job) -> Timeline:
        """Begin a timeline that will reach back far enough for this job."""
        return cls(start=job.at - _SKEW, reach=min(job.at - _SKEW, reach_of(job)))

    def extended(self, page: Sequence[Status]) -> Timeline:
        """Add the next older page."""
        known = {status.id for status in self.statuses}
        fresh = tuple(status for status in page if status.id not in known)
        # Pinned or back-dated statuses may stand out of order, so only a page that ends too early
        # (or an empty one) shows that there is no more.
        complete = not page or page[-1].at < self.reach
        return replace(
            self,
            statuses=self.statuses + fresh,
            complete=complete,
            stuck=not complete and not fresh,
        )


def search(timeline: Timeline, job: Job, now: Instant) -> Receipt | Absent | None:
    """Tell whether the job's status is there."""
    others = {receipt.remote_id.rpartition("/")[2] for receipt in job.sent}
    near = [
        status
        for status in reversed(timeline.statuses)
        if status.at >= timeline.start and status.id not in others
    ]
    for status in near:
        if _is_ours(status, job):
            return status.receipt
    if any(_may_be_ours(status, job) for status in near):
        return None
    settled = now >= job.latest + _SETTLED
    posts = ((status.receipt, status.at) for status in timeline.statuses)
    credible = timeline.complete and is_credible(posts, job)
    return Absent.PROVEN if credible and settled else None


def _is_ours(status: Status, job: Job) -> bool:
    parent = parent_id(job) if job.index else None
    return (
        _is_on_time(status, job)
        and status.in_reply_to_id == parent
        and _attached(status) == _uploaded(job)
        and _says_the_same(status, job)
    )


def _may_be_ours(status: Status, job: Job) -> bool:
    """Suspect every status of that time: it may have been edited, or rendered in a way of its own.

    Only an answer to somebody else can not be the beginning of a post.
    """
    if _says_the_same(status, job) or set(_attached(status)) & set(_uploaded(job)):
        return True
    an_answer = status.in_reply_to_id is not None and job.index == 0
    return _is_on_time(status, job) and not an_answer


def _is_on_time(status: Status, job: Job) -> bool:
    return job.at - _EARLY <= status.at <= max(job.at, job.due) + _LATE


def _says_the_same(status: Status, job: Job) -> bool:
    return html_hash(status.content) == job.handles[TEXT]


def _attached(status: Status) -> list[str]:
    return sorted(attachment.id for attachment in status.media_attachments)


def _uploaded(job: Job) -> list[str]:
    names = (media_handle(number) for number in range(len(job.handles)))
    return sorted(job.handles[name] for name in names if name in job.handles)
