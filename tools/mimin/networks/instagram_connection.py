"""Instagram as one account: containers, the one call that publishes, and what came of it."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

from mimin.networks import graph_comments, matching
from mimin.networks.approved import approved_bytes, raise_objections
from mimin.networks.containers import Containers, Dialect
from mimin.networks.graph import Graph, renewal
from mimin.networks.graph_answers import Listing, QuotaConfig, check_quota
from mimin.networks.graph_rules import CONTAINER, child_handle
from mimin.networks.hosted import public_addresses
from mimin.networks.http import Answer, Unclear, Wiring, nothing_public
from mimin.networks.instagram import (
    NETWORK,
    by_facebook,
    children,
    container,
    host,
    is_uploaded,
    user,
    version,
)
from mimin.networks.matching import TEXT, text_hash
from mimin.networks.protocol import NotPublished, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2
    from whenever import Instant

    from mimin.networks.graph_answers import Entry
    from mimin.networks.protocol import Absent, Access, Identity, Job

_DIALECT = Dialect(create="media", publish="media_publish", fields="status_code,status")
_SCOPES = ("instagram_basic", "instagram_content_publish")
"""Of Facebook's tokens; Instagram's own do not tell theirs."""
_POST = "id,caption,timestamp,permalink"
_COMMENT = "id,text,timestamp,username"


class _Limit(Answer):
    quota_usage: int
    config: QuotaConfig


class _Upload(Answer):
    id: str
    uri: str


class _User(Answer):
    id: str = ""
    user_id: str = ""
    username: str
    name: str = ""

    @property
    def own_id(self) -> str:
        """The professional account's id; `id` alone is the app's name for it on Instagram's host.

        Raises:
            Unclear: if Instagram names none.
        """
        name = self.user_id or self.id
        if not name:
            raise Unclear("Instagram did not say which account the token is for")
        return name


class InstagramConnection:
    """One professional account."""

    def __init__(
        self,
        access: Access,
        *,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Make ready; nothing is asked yet. `transport` and `sleep` are replaced by tests."""
        self._access = access
        self._settings = access.account.settings
        self._user = user(self._settings)
        facebook = by_facebook(self._settings)
        self._wiring = Wiring(transport=transport, sleep=sleep)
        self._graph = Graph(
            access,
            host(self._settings),
            version(self._settings),
            self._wiring,
            None if facebook else renewal("ig_refresh_token"),
        )
        self._containers = Containers(self._graph, _DIALECT, self._user)

    def prepare(self, job: Job) -> Mapping[str, str]:
        """Let Instagram fetch the media and process it, as far as the quota still allows a post."""
        raise_objections(NETWORK, self._access, job)
        if job.part.comment:
            return graph_comments.comment_handles(job)
        if not job.part.media:
            raise NotPublished("instagram: a post needs an image or a video", permanent=True)
        with nothing_public():
            used, config = self._quota()
            check_quota(used, config, "posts")
            handles = self._uploaded(job) if is_uploaded(job) else self._fetched(job)
        return {TEXT: text_hash(job.part.text), **handles}

    def commit(self, job: Job) -> Receipt:
        """Publish the container, or post the comment."""
        if graph_comments.is_comment(job):
            graph_comments.check_sent(job)
            return graph_comments.post_comment(self._graph, job, self._id_of(job.sent[0]))
        name = self._containers.publish(job)
        return Receipt(remote_id=name, url=self._graph.link_to(name, self._profile))

    def find(self, job: Job) -> Receipt | Absent | None:
        """Ask the container, and find the post in the list of the account's own."""
        if graph_comments.is_comment(job):
            return self._find_comment(job)
        return self._containers.find(job, lambda: self._search(job), self._access.clock())

    def retract(self, job: Job, receipt: Receipt) -> None:  # noqa: ARG002 - as all networks
        """Delete the post or comment; posts only with one of Facebook's tokens."""
        comment = graph_comments.is_receipt_of_comment(receipt.handles)
        if not (comment or by_facebook(self._settings)):
            raise NotPublished(
                "instagram: posts can be deleted only with `login: facebook`; do it in the app",
                permanent=True,
            )
        self._graph.remove(receipt.remote_id if comment else self._id_of(receipt))

    def whoami(self) -> Identity:
        """Ask who the token is, and how much of the day's quota is left."""
        fields = "id,username,name" if by_facebook(self._settings) else "user_id,username,name"
        with nothing_public():
            found = self._graph.read(self._user, _User, fields=fields)
            used, config = self._quota()
        full = used >= config.quota_total
        return self._graph.identity(
            {
                "remote_id": found.own_id,
                "handle": found.username,
                "name": found.name,
            },
            _SCOPES,
            (f"all {config.quota_total} posts of a day are used up",) if full else (),
        )

    def server_time(self) -> tuple[Instant, Instant] | None:
        """Tell what the network's clock said last, and ours at that moment."""
        return self._wiring.server_time.newest

    def _fetched(self, job: Job) -> dict[str, str]:
        urls = public_addresses(self._access, job.part.media)
        handles = {
            child_handle(number): self._containers.create(form)
            for number, form in enumerate(children(job, urls))
        }
        whole = container(dataclasses.replace(job, handles=handles), urls)
        return handles | {CONTAINER: self._containers.create(whole)}

    def _uploaded(self, job: Job) -> dict[str, str]:
        content = approved_bytes(self._access, job.part.media[0])
        made = self._graph.send(f"{self._user}/media", _Upload, data=container(job, None))
        self._graph.upload(made.uri, content)
        self._containers.wait_for(made.id)
        return {CONTAINER: made.id}

    def _quota(self) -> tuple[int, QuotaConfig]:
        path = f"{self._user}/content_publishing_limit"
        found = self._graph.read(path, Listing[_Limit], fields="quota_usage,config").data
        if not found:
            return 0, QuotaConfig(quota_total=1)
        return found[0].quota_usage, found[0].config

    def _search(self, job: Job) -> Receipt | Absent | None:
        entries, complete = self._graph.entries(
            f"{self._user}/media", _POST, matching.reach_of(job)
        )
        listed = [
            matching.Listed(receipt=self._receipt(entry), at=entry.at, text=entry.text)
            for entry in entries
        ]
        return matching.match(listed, job, self._access.clock(), complete=complete)

    def _find_comment(self, job: Job) -> Receipt | Absent | None:
        if not job.sent:
            return None
        with nothing_public():
            own = self._graph.read(self._user, _User, fields="username").username
        post = self._id_of(job.sent[0])
        return graph_comments.find_comment(
            self._graph, job, post, _COMMENT, lambda entry: entry.username == own
        )

    def _receipt(self, entry: Entry) -> Receipt:
        return Receipt(remote_id=entry.id, url=entry.permalink or self._profile)

    def _id_of(self, receipt: Receipt) -> str:
        """Give the post's id, where a person told only its address."""
        return self._graph.id_of(receipt.remote_id, f"{self._user}/media", _POST)

    @property
    def _profile(self) -> str:
        return f"https://www.instagram.com/{self._access.account.handle}/"
