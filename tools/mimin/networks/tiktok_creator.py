"""What TikTok says about the creator: who they are, and what they may do just now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mimin.networks.http import Answer, Refusal
from mimin.networks.protocol import Identity, NotPublished
from mimin.networks.tiktok import PRIVACY
from mimin.networks.tiktok_api import SCOPES

if TYPE_CHECKING:
    from mimin.networks.protocol import Access, Job
    from mimin.networks.tiktok_api import Api

_CREATOR = "/v2/post/publish/creator_info/query/"
_PERSON = "/v2/user/info/?fields=open_id,display_name"


class Creator(Answer):
    """What the creator may do just now."""

    creator_nickname: str = ""
    creator_username: str = ""
    privacy_level_options: tuple[str, ...] = ()
    comment_disabled: bool = False
    duet_disabled: bool = False
    stitch_disabled: bool = False
    max_video_post_duration_sec: int = 0

    @property
    def options(self) -> str:
        """Who may see a post, in TikTok's words."""
        return ", ".join(self.privacy_level_options) or "nobody"

    @property
    def restrictions(self) -> tuple[str, ...]:
        """What a post can not have, in words for a person."""
        public = "PUBLIC_TO_EVERYONE" in self.privacy_level_options
        off = {
            "comments": self.comment_disabled,
            "duets": self.duet_disabled,
            "stitches": self.stitch_disabled,
        }
        return (
            *(() if public else (f"posts can not be public, only: {self.options}",)),
            *(f"{what} are switched off in the app" for what, is_off in off.items() if is_off),
        )


class _Creators(Answer):
    data: Creator


class _Person(Answer):
    open_id: str
    """Of this creator for this app: another app is told another id."""
    display_name: str = ""


class _Persons(Answer):
    user: _Person


class _Data(Answer):
    data: _Persons


def ask_creator(api: Api) -> Creator:
    """Ask what the creator may do; TikTok wants this before each post.

    Raises:
        NotPublished, Unclear: as `Api.ask`.
    """
    return api.ask(_CREATOR, {}, _Creators).data


def check_creator(creator: Creator, job: Job) -> None:
    """Refuse what the creator may not do.

    Raises:
        NotPublished: for good, because only a changed post or account helps.
    """
    privacy = PRIVACY[job.payload.visibility]
    if privacy not in creator.privacy_level_options:
        raise NotPublished(
            f"{job.payload.account} may not post as {privacy}, only as {creator.options};"
            " change `visibility:`, or the account's privacy in the app",
            permanent=True,
        )
    longest = creator.max_video_post_duration_sec
    for media in job.part.media:
        if longest and media.seconds > longest:
            raise NotPublished(
                f"{media.path} plays {media.seconds:g} s, {longest} allowed for this account;"
                " shorten it",
                permanent=True,
            )


def identify(api: Api, access: Access) -> Identity:
    """Say who the creator is; an account that makes drafts needs less than one that posts.

    Raises:
        NotPublished, Unclear: as `Api.ask`.
    """
    person = api.read(_PERSON, _Data).data.user
    creator = Creator()
    lacking: tuple[str, ...] = ()
    if access.account.settings.get("mode", "direct") == "direct":
        try:
            creator = ask_creator(api)
        except Refusal as refusal:
            if refusal.code not in SCOPES:
                raise
            lacking = ("video.publish",)
    return Identity(
        remote_id=person.open_id,
        handle=creator.creator_username or access.account.handle,
        name=creator.creator_nickname or person.display_name,
        lacking=lacking,
        expires=api.expires,
        restrictions=creator.restrictions if creator.privacy_level_options else (),
    )
