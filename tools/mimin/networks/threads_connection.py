"""Threads as one account: containers, the one call that publishes, and what came of it."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

from mimin.networks import matching
from mimin.networks.approved import raise_objections
from mimin.networks.containers import Containers, Dialect
from mimin.networks.graph import Graph, renewal
from mimin.networks.graph_answers import Listing, QuotaConfig, check_quota
from mimin.networks.graph_rules import CONTAINER, child_handle
from mimin.networks.hosted import public_addresses
from mimin.networks.http import Answer, Wiring, nothing_public
from mimin.networks.matching import TEXT, text_hash
from mimin.networks.protocol import NotPublished, Receipt
from mimin.networks.threads import (
    HOST,
    NETWORK,
    VERSION,
    children,
    container,
    plain,
    user,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2
    from whenever import Instant

    from mimin.networks.graph_answers import Entry
    from mimin.networks.protocol import Absent, Access, Identity, Job

_DIALECT = Dialect(create="threads", publish="threads_publish", fields="status,error_message")
_SCOPES = ("threads_basic", "threads_content_publish")
_POST = "id,text,timestamp,permalink"
_POSTS = "quota_usage,config"
_ANSWERS = "reply_quota_usage,reply_config"
"""Asked only before an answer: it needs a scope of its own, `threads_manage_replies`."""


class _Limit(Answer):
    quota_usage: int = 0
    config: QuotaConfig = QuotaConfig(quota_total=250)
    reply_quota_usage: int = 0
    reply_config: QuotaConfig = QuotaConfig(quota_total=1000)


class _User(Answer):
    id: str
    username: str = ""
    name: str = ""


class ThreadsConnection:
    """One profile."""

    def __init__(
        self,
        access: Access,
        *,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Make ready; nothing is asked yet. `transport` and `sleep` are replaced by tests."""
        self._access = access
        self._user = user(access.account.settings)
        self._wiring = Wiring(transport=transport, sleep=sleep)
        self._graph = Graph(access, HOST, VERSION, self._wiring, renewal("th_refresh_token"))
        self._containers = Containers(self._graph, _DIALECT, self._user)

    def prepare(self, job: Job) -> Mapping[str, str]:
        """Let Threads fetch the media; the container of an answer has to wait for `chain`."""
        raise_objections(NETWORK, self._access, job)
        handles = {TEXT: text_hash(plain(job.part.text))}
        with nothing_public():
            self._check_quota(is_answer=job.index > 0)
            urls = public_addresses(self._access, job.part.media)
            for number, form in enumerate(children(job, urls)):
                handles[child_handle(number)] = self._containers.create(form)
            if not job.index:
                whole = container(dataclasses.replace(job, handles=handles), urls)
                handles[CONTAINER] = self._containers.create(whole)
        return handles

    def chain(self, job: Job) -> Mapping[str, str]:
        """Make the container of an answer, which names the part before."""
        if len(job.sent) < job.index:
            raise NotPublished(f"{job.token} answers a part that is not out; nothing was sent")
        with nothing_public():
            last = self._known(job.sent[-1])
            urls = public_addresses(self._access, job.part.media)
            whole = container(dataclasses.replace(job, sent=(*job.sent[:-1], last)), urls)
            return {CONTAINER: self._containers.create(whole)}

    def commit(self, job: Job) -> Receipt:
        """Publish the container."""
        name = self._containers.publish(job)
        return Receipt(remote_id=name, url=self._graph.link_to(name, self._profile))

    def find(self, job: Job) -> Receipt | Absent | None:
        """Ask the container, and find the post in the list of the account's own."""
        return self._containers.find(job, lambda: self._search(job), self._access.clock())

    def retract(self, job: Job, receipt: Receipt) -> None:  # noqa: ARG002 - as all networks
        """Delete the post; a profile has 100 of these a day."""
        self._graph.remove(self._known(receipt).remote_id)

    def whoami(self) -> Identity:
        """Ask who the token is, and how much of the day's quota is left."""
        with nothing_public():
            found = self._graph.read(self._user, _User, fields="id,username,name")
            limit = self._quota(_POSTS)
        full = limit.quota_usage >= limit.config.quota_total
        total = limit.config.quota_total
        return self._graph.identity(
            {"remote_id": found.id, "handle": found.username, "name": found.name},
            _SCOPES,
            (f"all {total} posts of a day are used up",) if full else (),
        )

    def server_time(self) -> tuple[Instant, Instant] | None:
        """Tell what the network's clock said last, and ours at that moment."""
        return self._wiring.server_time.newest

    def _check_quota(self, *, is_answer: bool) -> None:
        if is_answer:
            limit = self._quota(_ANSWERS)
            check_quota(limit.reply_quota_usage, limit.reply_config, "answers")
        else:
            limit = self._quota(_POSTS)
            check_quota(limit.quota_usage, limit.config, "posts")

    def _quota(self, fields: str) -> _Limit:
        path = f"{self._user}/threads_publishing_limit"
        found = self._graph.read(path, Listing[_Limit], fields=fields).data
        return found[0] if found else _Limit()

    def _search(self, job: Job) -> Receipt | Absent | None:
        edge, other = ("replies", "threads") if job.index else ("threads", "replies")
        now, (listed, complete) = self._access.clock(), self._listed(edge, job)
        found = matching.match(listed, job, now, complete=complete)
        if isinstance(found, Receipt) or not (job.known or job.sent):
            return found
        # Posts and answers are two lists, and what is known of ours is on either of them.
        more, more_complete = self._listed(other, job)
        listed += [dataclasses.replace(each, own=False) for each in more]
        return matching.match(listed, job, now, complete=complete and more_complete)

    def _listed(self, edge: str, job: Job) -> tuple[list[matching.Listed], bool]:
        entries, complete = self._graph.entries(
            f"{self._user}/{edge}", _POST, matching.reach_of(job)
        )
        listed = [
            matching.Listed(receipt=self._receipt(entry), at=entry.at, text=plain(entry.text))
            for entry in entries
        ]
        return listed, complete

    def _known(self, receipt: Receipt) -> Receipt:
        """Give a receipt with the post's id, where a person told only its address."""
        name = self._graph.id_of(receipt.remote_id, f"{self._user}/threads", _POST)
        return receipt.model_copy(update={"remote_id": name})

    def _receipt(self, entry: Entry) -> Receipt:
        return Receipt(remote_id=entry.id, url=entry.permalink or self._profile)

    @property
    def _profile(self) -> str:
        return f"https://www.threads.com/@{self._access.account.handle}"
