"""The first comment under a post of Instagram or Facebook: posting it, and finding it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mimin.networks import matching
from mimin.networks.graph_answers import Named
from mimin.networks.graph_rules import comment_form
from mimin.networks.protocol import NotPublished, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mimin.networks.graph import Graph
    from mimin.networks.graph_answers import Entry
    from mimin.networks.protocol import Absent, Job

COMMENT = "comment"
"""Handle that marks a comment: a look-up has no payload to tell it from a post by."""

ON = "on"
"""Handle of a comment's receipt: the post that it stands under."""


def comment_handles(job: Job) -> dict[str, str]:
    """Give what a look-up for a comment needs; there is nothing to prepare."""
    return {matching.TEXT: matching.text_hash(job.part.text), COMMENT: "first"}


def is_comment(job: Job) -> bool:
    """Tell whether the prepared part is a comment."""
    return COMMENT in job.handles


def post_comment(graph: Graph, job: Job, post: str) -> Receipt:
    """Post the comment under *post*: the one call.

    Raises:
        NotPublished: with proof that it is not out.
        Unclear: for everything else.
    """
    name = graph.publish(f"{post}/comments", Named, data=comment_form(job.part)).id
    return comment_receipt(job, name)


def comment_receipt(job: Job, name: str) -> Receipt:
    """Give the proof that a comment is out; networks give it no address of its own."""
    above = job.sent[0]
    return Receipt(remote_id=name, url=above.url, handles={ON: above.remote_id})


def find_comment(
    graph: Graph,
    job: Job,
    post: str,
    fields: str,
    ours: Callable[[Entry], bool],
    **params: str,
) -> Receipt | Absent | None:
    """Look for the comment among those that are *ours* under the post."""
    entries, complete = graph.entries(f"{post}/comments", fields, matching.start_of(job), **params)
    listed = [
        matching.Listed(
            receipt=comment_receipt(job, entry.id), at=entry.at, text=entry.text, own=ours(entry)
        )
        for entry in entries
    ]
    return matching.match_comment(listed, job, graph.access.clock(), complete=complete)


def check_sent(job: Job) -> None:
    """Refuse a comment whose post is not out.

    Raises:
        NotPublished: if there is no post to comment on.
    """
    if not job.sent:
        raise NotPublished(f"{job.token} comments on a post that is not out; nothing was sent")


def is_receipt_of_comment(handles: Mapping[str, str]) -> bool:
    """Tell whether a receipt is a comment's."""
    return ON in handles
