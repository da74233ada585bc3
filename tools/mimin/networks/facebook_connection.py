"""A Facebook Page: uploads, the one call that publishes, and the look whether it did."""

from __future__ import annotations

import dataclasses
import mimetypes
import time
from typing import TYPE_CHECKING

from mimin.networks import graph_comments, matching
from mimin.networks.approved import approved_bytes, raise_objections
from mimin.networks.facebook import (
    HOST,
    NETWORK,
    SESSION,
    feed,
    finish,
    has_video,
    photo,
    photo_handle,
    post_address,
    post_id,
    version,
)
from mimin.networks.facebook_video import VIDEO, find_video, upload_video
from mimin.networks.graph import Graph
from mimin.networks.graph_answers import Done, Named
from mimin.networks.http import Answer, Wiring, nothing_public
from mimin.networks.matching import TEXT, text_hash
from mimin.networks.protocol import NotPublished, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2
    from whenever import Instant

    from mimin.model.media import Media
    from mimin.networks.protocol import Absent, Access, Identity, Job

_SCOPES = ("pages_manage_posts", "pages_read_engagement")
_POST = "id,message,created_time"
_COMMENT = "id,message,created_time,from"


class _Whose(Answer):
    id: str
    name: str = ""


class FacebookConnection:
    """One Page."""

    def __init__(
        self,
        access: Access,
        *,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Make ready; nothing is asked yet. `transport` and `sleep` are replaced by tests."""
        self._access = access
        settings = access.account.settings
        self._page = settings.get("page", "")
        self._wiring = Wiring(transport=transport, sleep=sleep)
        self._graph = Graph(access, HOST, version(settings), self._wiring)

    def prepare(self, job: Job) -> Mapping[str, str]:
        """Upload photos unpublished, or a video up to its last piece."""
        raise_objections(NETWORK, self._access, job)
        if job.part.comment:
            return graph_comments.comment_handles(job)
        handles = {TEXT: text_hash(job.part.text)}
        with nothing_public():
            self._check_token()
            if has_video(job.part):
                content = approved_bytes(self._access, job.part.media[0])
                return handles | upload_video(self._graph, self._page, content)
            for number, media in enumerate(job.part.media):
                handles[photo_handle(number)] = self._upload(media)
        return handles

    def commit(self, job: Job) -> Receipt:
        """Post, or finish the video's upload, or comment."""
        if graph_comments.is_comment(job):
            graph_comments.check_sent(job)
            return graph_comments.post_comment(self._graph, job, self._id_of(job.sent[0]))
        if VIDEO in job.handles:
            return self._finish(job)
        wanted = {TEXT, *(photo_handle(number) for number in range(len(job.part.media)))}
        if not wanted <= set(job.handles) or has_video(job.part):
            raise NotPublished(f"{job.token} was not prepared; nothing was sent")
        name = self._graph.publish(f"{self._page}/feed", Named, data=feed(job)).id
        return _receipt(name)

    def find(self, job: Job) -> Receipt | Absent | None:
        """Ask the video, or look through the Page's own posts, which lag a little."""
        if graph_comments.is_comment(job):
            return self._find_comment(job)
        if VIDEO in job.handles:
            receipt = _video_receipt(job)
            return find_video(self._graph, job, receipt, self._access.clock())
        entries, complete = self._graph.entries(
            f"{self._page}/published_posts", _POST, matching.reach_of(job)
        )
        listed = [
            matching.Listed(receipt=_receipt(entry.id), at=entry.at, text=entry.text)
            for entry in entries
        ]
        return matching.match(listed, _listable(job), self._access.clock(), complete=complete)

    def edit(self, job: Job, receipt: Receipt) -> Receipt:
        """Give the post, video or comment another text."""
        field = "description" if VIDEO in receipt.handles else "message"
        path = self._id_of(receipt)
        done = self._graph.send(path, Done, data={field: job.part.text})
        self._graph.demand(done, f"{path} is changed")
        return receipt

    def retract(self, job: Job, receipt: Receipt) -> None:  # noqa: ARG002 - as all networks
        """Delete the post, video or comment."""
        self._graph.remove(self._id_of(receipt))

    def whoami(self) -> Identity:
        """Ask whose the token is; only the Page's own can post as the Page."""
        with nothing_public():
            found = self._whose()
        ours = found.id == self._page
        return self._graph.identity(
            {
                "remote_id": found.id,
                "handle": self._access.account.handle if ours else found.name,
                "name": found.name,
            },
            _SCOPES,
            () if ours else ("only the Page's own token can post as the Page",),
        )

    def server_time(self) -> tuple[Instant, Instant] | None:
        """Tell what the network's clock said last, and ours at that moment."""
        return self._wiring.server_time.newest

    def _finish(self, job: Job) -> Receipt:
        if SESSION not in job.handles:
            raise NotPublished(f"{job.token} was not prepared; nothing was sent")
        done = self._graph.publish(f"{self._page}/videos", Done, data=finish(job))
        self._graph.demand(done, "the upload is finished")
        return _video_receipt(job)

    def _upload(self, media: Media) -> str:
        content = approved_bytes(self._access, media)
        # Not the file's own name: it is the team's.
        name = f"photo{mimetypes.guess_extension(media.mime) or ''}"
        return self._graph.send(
            f"{self._page}/photos",
            Named,
            data=photo(media),
            files={"source": (name, content, media.mime)},
        ).id

    def _find_comment(self, job: Job) -> Receipt | Absent | None:
        if not job.sent:
            return None
        return graph_comments.find_comment(
            self._graph,
            job,
            self._id_of(job.sent[0]),
            _COMMENT,
            lambda entry: entry.author.id == self._page,
            order="reverse_chronological",
        )

    def _check_token(self) -> None:
        found = self._whose()
        if found.id != self._page:
            raise NotPublished(
                f"the token of {self._access.ref} is not the Page's own but of"
                f" {found.name or found.id}; take the `access_token` of the Page from /me/accounts"
            )

    def _whose(self) -> _Whose:
        return self._graph.read("me", _Whose, fields="id,name")

    def _id_of(self, receipt: Receipt) -> str:
        known = post_id(receipt.remote_id)
        if known is None:
            raise NotPublished(
                f"{receipt.remote_id} does not tell the post's id; tell"
                " https://www.facebook.com/ and the id"
            )
        return known


def _receipt(name: str) -> Receipt:
    return Receipt(remote_id=name, url=post_address(name))


def _listable(job: Job) -> Job:
    """Leave out what the list of posts has under another id: a video's own is not its post's."""
    known = tuple(each for each in job.known if "_" in each.remote_id)
    return dataclasses.replace(job, known=known)


def _video_receipt(job: Job) -> Receipt:
    name = job.handles[VIDEO]
    return Receipt(remote_id=name, url=post_address(name), handles={VIDEO: name})
