"""Looking for photos of ours among the creator's public posts, where TikTok's number was lost.

What is there is proof. What is not there is none: only public posts are listed, after moderation,
and that photos are listed at all is not documented.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from whenever import Instant

from mimin.networks.http import Answer
from mimin.networks.matching import Listed, match, start_of
from mimin.networks.protocol import Receipt

if TYPE_CHECKING:
    from mimin.networks.protocol import Job
    from mimin.networks.tiktok_api import Api

_LIST = "/v2/video/list/?fields=id,title,video_description,create_time,share_url"
_PAGE = 20
_MOST_PAGES = 5


class _Post(Answer):
    id: str
    title: str = ""
    video_description: str = ""
    create_time: int
    share_url: str = ""

    @property
    def at(self) -> Instant:
        return Instant.from_timestamp(self.create_time)

    @property
    def listed(self) -> Listed:
        url = self.share_url.partition("?")[0]
        text = self.video_description or self.title
        return Listed(receipt=Receipt(remote_id=self.id, url=url), at=self.at, text=text)


class _Page(Answer):
    videos: tuple[_Post, ...] = ()
    cursor: int = 0
    has_more: bool = False


class _Posts(Answer):
    data: _Page


def find_listed(api: Api, job: Job, now: Instant) -> Receipt | None:
    """Give our post if it is listed.

    Raises:
        NotPublished, Unclear: when asking failed; the scope `video.list` may be lacking.
    """
    body: dict[str, int] = {"max_count": _PAGE}
    listed: list[Listed] = []
    for _ in range(_MOST_PAGES):
        page = api.ask(_LIST, body, _Posts).data
        listed += [post.listed for post in page.videos]
        oldest = min((post.at for post in page.videos), default=now)
        if not page.has_more or oldest < start_of(job):
            break
        body["cursor"] = page.cursor
    found = match(listed, job, now, complete=False)
    return found if isinstance(found, Receipt) else None
