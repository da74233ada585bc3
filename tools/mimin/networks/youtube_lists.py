"""Looking through what a channel has: its uploads, comments under a video, a video's snippet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from whenever import Instant, TimeDelta

from mimin.networks.http import Answer
from mimin.networks.matching import match, match_comment, reach_of, repeats, start_of
from mimin.networks.protocol import Absent, NotPublished, Receipt
from mimin.networks.youtube import THREADS, VIDEOS, video_id
from mimin.networks.youtube_channel import CommentThreads, Uploads

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mimin.networks.http import Server
    from mimin.networks.matching import Listed
    from mimin.networks.protocol import Job

_PLAYLIST = "/youtube/v3/playlistItems"
_MOST_PAGES = 5
LAG = TimeDelta(hours=1)
"""How long a video may be missing in the list of uploads though it is there; no number is given."""
KEPT = ("title", "description", "categoryId", "tags", "defaultLanguage", "defaultAudioLanguage")
"""Fields of a snippet that an update can set, and deletes where it does not name them."""


class _Snippet(Answer):
    snippet: dict[str, object]


class _Videos(Answer):
    items: tuple[_Snippet, ...] = ()


def find_video(
    server: Server, headers: Mapping[str, str], job: Job, playlist: str, now: Instant
) -> Receipt | Absent | None:
    """Tell whether the video is among the channel's uploads.

    Raises:
        NotPublished, Unclear: when asking failed.
    """
    params = {"part": "snippet,contentDetails", "playlistId": playlist, "maxResults": "50"}
    listed: list[Listed] = []
    seen: set[str] = set()
    complete = False
    for _ in range(_MOST_PAGES):
        page = server.parse(server.read(_PLAYLIST, params=params, headers=headers), Uploads)
        if repeats(seen, (item.contentDetails.videoId for item in page.items)):
            break
        listed += [item.listed for item in page.items]
        oldest = min((item.at for item in page.items), default=now)
        complete = not page.nextPageToken or oldest < reach_of(job)
        if complete:
            break
        params["pageToken"] = page.nextPageToken
    found = match(listed, _listable(job), now, complete=complete)
    if found is Absent.PROVEN and now < job.latest + LAG:
        return None
    return found


def _listable(job: Job) -> Job:
    """Name what is known by the ids that the list has, where a person told an address."""
    found = ((known, video_id(Receipt(remote_id=known.remote_id))) for known in job.known)
    known = tuple(replace(each, remote_id=name) for each, name in found if name)
    return replace(job, known=known, sent=())


def find_comment(
    server: Server, headers: Mapping[str, str], job: Job, video: str, now: Instant
) -> Receipt | Absent | None:
    """Tell whether the comment is among the channel's own under the video.

    Raises:
        NotPublished, Unclear: when asking failed.
    """
    params = {
        "part": "snippet",
        "videoId": video,
        "order": "time",
        "textFormat": "plainText",
        "maxResults": "100",
    }
    listed: list[Listed] = []
    seen: set[str] = set()
    complete = False
    for _ in range(_MOST_PAGES):
        page = server.parse(server.read(THREADS, params=params, headers=headers), CommentThreads)
        if repeats(seen, (thread.comment.id for thread in page.items)):
            break
        made = [(thread, thread.listed(video)) for thread in page.items]
        ours = job.handles["channel"]
        listed += [
            replace(each, own=thread.comment.snippet.authorChannelId.value in {ours, ""})
            for thread, each in made
            if each
        ]
        if not all(each for _, each in made):
            # What has no time may be ours.
            break
        oldest = min((each.at for _, each in made if each), default=now)
        complete = not page.nextPageToken or oldest < start_of(job)
        if complete:
            break
        params["pageToken"] = page.nextPageToken
    return match_comment(listed, job, now, complete=complete)


def read_snippet(server: Server, headers: Mapping[str, str], video: str) -> dict[str, object]:
    """Read what an update of a video has to send back.

    Raises:
        NotPublished: if there is no such video, or the token is refused.
        Unclear: when there was no usable answer.
    """
    params = {"part": "snippet", "id": video}
    answer = server.parse(server.read(VIDEOS, params=params, headers=headers), _Videos)
    if not answer.items:
        raise NotPublished(f"{video} is not among the channel's videos any more", permanent=True)
    fields = answer.items[0].snippet
    return {name: fields[name] for name in KEPT if name in fields}
