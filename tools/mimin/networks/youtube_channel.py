"""YouTube's answers: the channel of the token, and videos and comments as they are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import AwareDatetime
from whenever import Instant

from mimin.networks.http import Answer, Id
from mimin.networks.matching import Listed
from mimin.networks.protocol import NotPublished, Receipt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mimin.networks.http import Server

CHANNELS = "/youtube/v3/channels"
COMMENTS = "/youtube/v3/comments"


class _ChannelSnippet(Answer):
    title: str = ""
    customUrl: str = ""  # noqa: N815 - the API's name


class _ChannelStatus(Answer):
    longUploadsStatus: str = ""  # noqa: N815 - the API's name


class _Playlists(Answer):
    uploads: str


class _ChannelContent(Answer):
    relatedPlaylists: _Playlists  # noqa: N815 - the API's name


class Channel(Answer):
    """What we need of a channel."""

    id: str
    snippet: _ChannelSnippet
    contentDetails: _ChannelContent  # noqa: N815 - the API's name
    status: _ChannelStatus = _ChannelStatus()

    @property
    def handle(self) -> str:
        """How the audience knows it, without the @."""
        return self.snippet.customUrl.removeprefix("@") or self.snippet.title

    @property
    def title(self) -> str:
        """What the channel is called."""
        return self.snippet.title

    @property
    def uploads(self) -> str:
        """Id of the playlist of its videos, private ones among them for its owner."""
        return self.contentDetails.relatedPlaylists.uploads

    @property
    def long_videos(self) -> bool:
        """Whether a video may be longer than 15 minutes, as far as the channel says."""
        return self.status.longUploadsStatus in {"", "allowed", "longUploadsUnspecified"}


class _Channels(Answer):
    items: tuple[Channel, ...] = ()


class _ItemSnippet(Answer):
    title: str = ""
    description: str = ""
    publishedAt: AwareDatetime  # noqa: N815 - the API's name


class _ItemContent(Answer):
    videoId: str  # noqa: N815 - the API's name


class Upload(Answer):
    """One video in the playlist of a channel's uploads."""

    snippet: _ItemSnippet
    contentDetails: _ItemContent  # noqa: N815 - the API's name

    @property
    def at(self) -> Instant:
        """When it was uploaded."""
        return Instant(self.snippet.publishedAt)

    @property
    def listed(self) -> Listed:
        """The video as it is compared with ours."""
        name = self.contentDetails.videoId
        text = f"{self.snippet.title}\n{self.snippet.description}"
        return Listed(receipt=Receipt(remote_id=name, url=video_url(name)), at=self.at, text=text)


class Uploads(Answer):
    """A page of them, newest first."""

    items: tuple[Upload, ...] = ()
    nextPageToken: str = ""  # noqa: N815 - the API's name


class _Author(Answer):
    value: str = ""


class _CommentSnippet(Answer):
    textOriginal: str = ""  # noqa: N815 - the API's name
    textDisplay: str = ""  # noqa: N815 - the API's name
    publishedAt: AwareDatetime | None = None  # noqa: N815 - the API's name
    authorChannelId: _Author = _Author()  # noqa: N815 - the API's name


class Comment(Answer):
    """What we need of a comment."""

    id: Id
    snippet: _CommentSnippet = _CommentSnippet()


class _ThreadSnippet(Answer):
    topLevelComment: Comment  # noqa: N815 - the API's name


class CommentThread(Answer):
    """A comment of its own under a video, with its answers."""

    snippet: _ThreadSnippet

    @property
    def comment(self) -> Comment:
        """The comment at its top."""
        return self.snippet.topLevelComment

    def receipt(self, video: str) -> Receipt:
        """Give the proof that it stands under the video."""
        name = self.comment.id
        url = f"{video_url(video)}&lc={name}"
        # So that it can be told from a video when it is to be changed or deleted.
        return Receipt(remote_id=name, url=url, handles={"comment": video})

    def listed(self, video: str) -> Listed | None:
        """Give the comment as it is compared with ours; None when it has no time."""
        said = self.comment.snippet
        if said.publishedAt is None:
            return None
        text = said.textOriginal or said.textDisplay
        return Listed(receipt=self.receipt(video), at=Instant(said.publishedAt), text=text)


class CommentThreads(Answer):
    """A page of them, newest first."""

    items: tuple[CommentThread, ...] = ()
    nextPageToken: str = ""  # noqa: N815 - the API's name


def video_url(name: str) -> str:
    """Give the page of a video."""
    return f"https://www.youtube.com/watch?v={name}"


def ask_channel(server: Server, headers: Mapping[str, str]) -> Channel:
    """Ask which channel the token belongs to.

    Raises:
        NotPublished: if there is none, or the token is refused.
        Unclear: when there was no usable answer.
    """
    params = {"part": "snippet,contentDetails,status", "mine": "true"}
    answer = server.parse(server.read(CHANNELS, params=params, headers=headers), _Channels)
    if not answer.items:
        raise NotPublished("this Google account has no YouTube channel; make one, or log in again")
    return answer.items[0]
